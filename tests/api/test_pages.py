"""The pages without a browser: every one for the right person in both languages, and what happens to a bad form."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fastapi.routing import APIRoute

from api import access
from api.pages import forms, papers, words
from api.pages import site as pages
from domain import filings, leases
from domain.contracts import PropertyTerms
from domain.facts import Item
from domain.words import STEPS, Agency, CaseKind, ContractKind, Outcome, PartyRole, Role, Step, SupplyKind

# Helper modules stand beside the tests; ``importlib`` mode puts no folder on the path by itself.
sys.path.insert(0, str(Path(__file__).parent))
from page_reader import PAGE, get, opened, read, send

if TYPE_CHECKING:
    from fastapi.dependencies.models import Dependant

    from tests.api.conftest import Site

PUBLIC = {
    "GET /", "GET /about", "GET /language/{lang}", "GET /live/{wish}", "GET /notices", "GET /notices/{notice_id}",
    "GET /notices/{notice_id}/draw", "GET /notices/{notice_id}/ceremony", "GET /notices/{notice_id}/ceremony/live",
    "GET /notices/{notice_id}/reserve",
    "GET /verify", "POST /verify", "GET /verify/files/{ticket}", "GET /verify/files/{ticket}/live",
    "GET /verify/{code}", "GET /invitations/{token}", "GET /check",
    "POST /check",
}  # fmt: skip
EVERYBODY = ("/", "/about", "/notices", "/notices?show=all", "/verify", "/check", f"/invitations/{'a' * 64}")
MEMBERS = ("/my", "/my/live", "/cases/new", "/consents", "/access", "/verify")


def routes() -> dict[str, APIRoute]:
    found = [route for router in pages.ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    return {f"{method} {route.path}": route for route in found for method in route.methods}


def calls(dependant: Dependant) -> set[object]:
    return {dependant.call}.union(*(calls(one) for one in dependant.dependencies))


def test_every_page_passes_the_door_but_the_public_ones() -> None:
    unguarded = {
        name for name, route in routes().items()
        if not {access.current_person, access.current_session} & calls(route.dependant)
    }  # fmt: skip
    assert unguarded == PUBLIC


def test_every_form_carries_a_key() -> None:
    posts = {name: route for name, route in routes().items() if name.startswith("POST ")}
    keyless = {name for name, route in posts.items() if forms.posted not in calls(route.dependant)}
    # Nothing that counts is kept of a preview, a what-if or an uploaded contract: sent twice, it is answered twice.
    assert keyless == {"POST /logout", "POST /check", "POST /cases/{case_id}/eligibility/what-if", "POST /verify"}


def test_things_of_one_person_have_their_own_guard() -> None:
    guards = {
        "case_id": access.case_member, "contract_id": access.contract_party, "transfer_id": access.transfer_party,
        "approval_id": access.approval_owner,
    }  # fmt: skip
    for name, route in routes().items():
        for parameter in re.findall(r"{(\w+)}", route.path):
            if parameter in guards:
                assert guards[parameter] in calls(route.dependant), name


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        ("agency", Agency), ("item", Item), ("item_why", Item), ("supply", SupplyKind), ("outcome", Outcome),
        ("contract", ContractKind), ("party", PartyRole), ("party", Role), ("step", Step), ("case_kind", CaseKind),
    ],
)  # fmt: skip
def test_every_code_has_words_in_both_languages(table: str, codes: type) -> None:
    for code in codes:
        ko, en = words.pair(table, str(code))
        assert str(code) not in (ko, en), code
        assert re.search("[가-힣]", ko)
        assert not re.search("[가-힣]", en)


SIGNED = (
    filings.SaleReport, filings.ReportParty, filings.ReportCancellation, filings.TaxReturn, filings.TaxRefund,
    filings.BondOrder, filings.Mandate, filings.TransferApplication, filings.TransferParty, filings.RightProof,
    filings.Release, PropertyTerms, leases.LeaseReport, leases.LeaseParty, leases.LeaseBroker,
)  # fmt: skip


def test_every_member_of_a_signed_body_has_a_label_or_is_a_handle() -> None:
    names = {name for model in SIGNED for name in model.model_fields}
    assert names <= {*papers.NAMES, *papers.HIDDEN}


def test_a_paper_hides_handles_and_passwords() -> None:
    body = {
        "agent_ref": "idr_0", "price": 487_000_000, "cause_date": "2026-11-23",
        "right_proof": {"serial": "WTDI-UPRV", "password": "48021"}, "contract_copy": "QUJD" * 200,
    }  # fmt: skip
    shown = papers.lines(body, "ko")
    assert (0, "거래금액", "487,000,000원") in shown
    assert (0, "등기원인일", "2026. 11. 23.(월)") in shown
    assert (1, "비밀번호", papers.MASK) in shown
    text = str(shown) + papers.shortened(json.dumps(body, indent=2))
    assert "48021" not in text
    assert "idr_0" not in str(shown)
    assert len(text) < 1200


def test_every_step_of_both_cases_has_words() -> None:
    assert {str(step) for steps in STEPS.values() for step in steps} <= set(words.STEP)


@pytest.mark.parametrize("lang", ["ko", "en"])
async def test_pages_for_everybody(site: Site, lang: str) -> None:
    async with site.client() as http:
        for path in EVERYBODY:
            reply = await http.get(path, headers={**PAGE, "Cookie": f"onjip_language={lang}"})
            assert reply.status_code == 200, path
            page = read(reply, lang)
            if lang == "en":
                assert len(re.findall("[가-힣]", page.text)) < 400, path  # names of notices and articles only


@pytest.mark.parametrize("lang", ["ko", "en"])
async def test_pages_of_members(site: Site, lang: str) -> None:
    browser = await site.browser()
    case = await opened(browser)
    for path in (
        *MEMBERS,
        f"/cases/{case}",
        f"/cases/{case}/consents",
        f"/cases/{case}/eligibility",
        f"/cases/{case}/apply",
    ):
        reply = await get(browser, path, lang)
        assert reply.status_code == 200, path
        if not path.endswith("/live"):
            read(reply, lang)


@pytest.mark.parametrize(
    ("role", "house", "path"),
    [("broker", "온누리공인", "/contracts/new"), ("officer", "과천도시공사", "/notices/new")],
)
async def test_pages_of_offices(site: Site, role: str, house: str, path: str) -> None:
    holder, other = await site.browser("정다온", (role, house)), await site.browser()
    for lang in ("ko", "en"):
        read(await get(holder, path, lang), lang)
        read(await get(holder, "/my", lang), lang)
    refused = await get(other, path)
    assert refused.status_code == 403
    assert "not_allowed" in read(refused).text


async def test_strangers_are_sent_to_the_log_in_and_come_back(site: Site) -> None:
    async with site.client() as http:
        reply = await http.get("/cases/new", headers=PAGE)
        assert reply.status_code == 303
        assert reply.headers["location"] == "/login?next=/cases/new"
        refused = await http.post("/cases", data={"title": "x"}, headers=PAGE)
        assert refused.status_code == 401
        assert "/login?next=%2Fmy" in read(refused).links


async def test_somebody_elses_case_does_not_exist(site: Site) -> None:
    owner, stranger = await site.browser(), await site.browser("박지호")
    case = await opened(owner)
    for path in (f"/cases/{case}", f"/cases/{case}/live", f"/cases/{case}/consents", f"/cases/{case}/apply"):
        assert (await get(stranger, path)).status_code == 404
    assert (await send(stranger, f"/cases/{case}/consents", {"csrf": stranger.csrf, "key": "k" * 8})).status_code == 404


async def test_a_problem_is_a_page_for_browsers_and_json_for_clients(site: Site) -> None:
    async with site.client() as http:
        page = await http.get("/nothing", headers=PAGE)
        assert page.status_code == 404
        assert page.headers["content-type"].startswith("text/html")
        assert "default-src 'self'" in page.headers["content-security-policy"]
        assert "not_found" in read(page).text
        assert (await http.get("/nothing")).headers["content-type"] == "application/problem+json"
        api = await http.get("/api/v1/nothing", headers=PAGE)
        assert api.headers["content-type"] == "application/problem+json"
