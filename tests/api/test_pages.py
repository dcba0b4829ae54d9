"""The pages without a browser: every one for the right person in both languages, and what happens to a bad form."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from fastapi.routing import APIRoute

from api import access
from api.pages import forms, words
from api.pages import site as pages
from domain.facts import Item
from domain.words import STEPS, Agency, CaseKind, ContractKind, Outcome, PartyRole, Role, Step, SupplyKind
from store.tables.cases import CaseRow
from store.tables.consents import ConsentRow
from store.tables.contracts import ContractDraftRow
from store.tables.notices import NoticeRow

# Helper modules stand beside the tests; ``importlib`` mode puts no folder on the path by itself.
sys.path.insert(0, str(Path(__file__).parent))
from page_reader import PageReader

if TYPE_CHECKING:
    from fastapi.dependencies.models import Dependant

    from tests.api.conftest import Browser, Site

PAGE = {"Accept": "text/html"}
PUBLIC = {
    "GET /", "GET /about", "GET /language/{lang}", "GET /notices", "GET /notices/{notice_id}",
    "GET /notices/{notice_id}/draw", "GET /verify", "GET /invitations/{token}",
}  # fmt: skip
EVERYBODY = ("/", "/about", "/notices", "/notices?show=all", "/verify", f"/invitations/{'a' * 64}")
MEMBERS = ("/my", "/my/live", "/cases/new", "/consents", "/access", "/verify")


def routes() -> dict[str, APIRoute]:
    found = [route for router in pages.ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    return {f"{method} {route.path}": route for route in found for method in route.methods}


def calls(dependant: Dependant) -> set[object]:
    return {dependant.call}.union(*(calls(one) for one in dependant.dependencies))


def read(reply: httpx.Response, lang: str = "ko") -> PageReader:
    page = PageReader(reply.text)
    assert page.faults == []
    assert page.lang == lang
    return page


async def get(browser: Browser, path: str, lang: str = "ko") -> httpx.Response:
    cookies = {"Cookie": f"onjip_session={browser.http.cookies['onjip_session']}; onjip_language={lang}"}
    return await browser.http.get(path, headers={**PAGE, **cookies})


async def send(browser: Browser, path: str, form: dict[str, object]) -> httpx.Response:
    return await browser.http.post(path, data=form, headers=PAGE)


async def opened(browser: Browser, title: str = "우리 집") -> str:
    return str((await browser.post("/cases", {"kind": "A", "title": title})).json()["id"])


def test_every_page_passes_the_door_but_the_public_ones() -> None:
    unguarded = {
        name for name, route in routes().items()
        if not {access.current_person, access.current_session} & calls(route.dependant)
    }  # fmt: skip
    assert unguarded == PUBLIC


def test_every_form_carries_a_key() -> None:
    posts = {name: route for name, route in routes().items() if name.startswith("POST ")}
    keyless = {name for name, route in posts.items() if forms.posted not in calls(route.dependant)}
    assert keyless == {"POST /logout"}


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


async def test_a_bad_form_comes_back_with_its_values_and_nothing_is_written(site: Site) -> None:
    broker = await site.browser("정다온", ("broker", "온누리공인"))
    before = await site.fingerprint()
    form: dict[str, object] = {
        "csrf": broker.csrf, "key": "draft-0001", "unique_no": "12-34", "price": "4억", "deposit": "1,000",
        "deposit_on": "2026-13-40", "seller_code": "ABCD2345", "special_clauses": "<b>특약</b>",
    }  # fmt: skip
    reply = await send(broker, "/contracts", form)
    page = read(reply)
    assert reply.status_code == 422
    assert "오류: " in reply.text
    for name in ("unique_no", "price", "deposit_on", "buyer_code"):
        assert f"#{name}" in page.links
        assert f'id="{name}-fault"' in reply.text
    assert 'value="4억"' in reply.text
    assert "&lt;b&gt;특약" in reply.text
    assert await site.fingerprint() == before


async def test_the_same_form_sent_twice_is_done_once(site: Site) -> None:
    browser = await site.browser()
    form = {"csrf": browser.csrf, "key": "once-0001", "title": "두 번 누른 단추"}
    first, second = [await send(browser, "/cases", form) for _ in range(2)]
    assert first.status_code == second.status_code == 303
    assert first.headers["location"] == second.headers["location"]
    assert len(await site.rows(CaseRow, title="두 번 누른 단추")) == 1
    other = await send(browser, "/cases", {**form, "title": "다른 제목"})
    assert other.status_code == 409


@pytest.mark.parametrize(
    ("change", "status"),
    [({"csrf": "wrong"}, 403), ({"key": ""}, 400), ({"key": "short"}, 400), ({"title": "가" * 101}, 422)],
)
async def test_forms_without_their_secrets_are_refused(site: Site, change: dict[str, str], status: int) -> None:
    browser = await site.browser()
    before = await site.fingerprint()
    reply = await send(browser, "/cases", {"csrf": browser.csrf, "key": "case-0001", "title": "집", **change})
    assert reply.status_code == status
    read(reply)
    assert await site.fingerprint() == before


async def test_consents_are_asked_seen_and_refused(site: Site) -> None:
    browser = await site.browser()
    case = await opened(browser)
    form = {
        "csrf": browser.csrf,
        "key": "consent-1",
        "members": ["self", "spouse"],
        "items": ["household"],
        "months": "6",
    }
    nothing = await send(browser, f"/cases/{case}/consents", {**form, "key": "consent-0", "items": [], "months": "99"})
    assert nothing.status_code == 422
    assert {"#items", "#months"} <= read(nothing).links
    assert (await send(browser, f"/cases/{case}/consents", form)).status_code == 303
    assert "/invitations/" in read(await get(browser, f"/cases/{case}")).text
    for row in await site.rows(ConsentRow):
        if str(row.case_id) != case:
            continue
        page = read(await get(browser, f"/consents/{row.id}"))
        assert ("배우자에게 보낼 초대 링크" in page.text) is (row.relation == "spouse")
        actions = {form.action for form in page.forms}
        assert (f"/consents/{row.id}/give" in actions) is (row.relation == "self")
    own = next(row for row in await site.rows(ConsentRow) if str(row.case_id) == case and row.relation == "self")
    given = await send(browser, f"/consents/{own.id}/give", {"csrf": browser.csrf, "key": "give-0001"})
    assert given.headers["location"].startswith("https://identity.test/authorize")
    await send(browser, f"/consents/{own.id}/refuse", {"csrf": browser.csrf, "key": "refuse-1"})
    page = read(await get(browser, f"/consents/{own.id}"))
    assert "거부함" in page.text
    assert not [form for form in page.forms if form.action.startswith("/consents")]


async def test_the_language_is_remembered_and_leads_back_here_only(site: Site) -> None:
    async with site.client() as http:
        reply = await http.get("/language/en?next=/notices%3Fshow%3Dall")
        assert reply.headers["location"] == "/notices?show=all"
        assert reply.cookies["onjip_language"] == "en"
        assert (await http.get("/language/en?next=//evil.test")).headers["location"] == "/"
        assert (await http.get("/language/fr")).status_code == 422


async def test_logging_out_ends_the_session(site: Site) -> None:
    browser = await site.browser()
    assert (await send(browser, "/logout", {"csrf": browser.csrf})).headers["location"] == "/?said=logged_out"
    browser.http.cookies.clear()
    assert (await browser.http.get("/my", headers=PAGE)).status_code == 303


async def test_uploads_that_are_no_contract(site: Site) -> None:
    browser = await site.browser()

    async def upload(data: bytes | None) -> httpx.Response:
        files = {"file": ("a.pdf", data, "application/pdf")} if data is not None else {"file": ("", b"", "text/plain")}
        form = {"csrf": browser.csrf, "key": "upload-1"}
        return await browser.http.post("/verify", data=form, files=files, headers=PAGE)

    assert "PDF 파일이 아닙니다" in read(await upload(b"hello")).text
    assert (await upload(None)).status_code == 422
    large = await upload(b"%PDF-" + b"0" * (11 * 1024 * 1024))
    assert large.status_code == 413
    assert "too_large" in read(large).text
    accepted = await upload(b"%PDF-1.7 not much")
    assert accepted.status_code == 303
    waiting = await get(browser, accepted.headers["location"])
    assert "확인하고 있습니다" in read(waiting).text


async def test_a_live_part_is_sent_again_only_when_it_has_changed(site: Site) -> None:
    browser = await site.browser()
    case = await opened(browser)
    page = (await get(browser, f"/cases/{case}")).text
    found = re.search(r'hx-get="([^"]+)"', page)
    assert found
    assert (await get(browser, found[1])).status_code == 204
    form = {"csrf": browser.csrf, "key": "consent-2", "members": ["self"], "items": ["household"], "months": "3"}
    await send(browser, f"/cases/{case}/consents", form)
    changed = await get(browser, found[1])
    assert changed.status_code == 200
    assert "동의 요청 확인" in changed.text
    assert "hx-get" not in (await get(browser, f"/cases/{case}?live=off")).text


async def test_a_publication_that_the_law_forbids_names_its_article(site: Site) -> None:
    officer = await site.browser("오지훈", ("officer", "민간건설"))
    page = read(await get(officer, "/notices/new"))
    blank = next(form for form in page.forms if form.action == "/notices").fields
    filled = {
        **blank, "name": "하늘마을", "supplier": "민간건설", "supplier_public": "no", "housing_kind": "private",
        "agency": "applyhome", "name_1": "59A", "exclusive_area_1": "59.9", "price_1": "500,000,000",
        "general_1": "3", "account_number": "123-45-6789",
    }  # fmt: skip
    reply = await send(officer, "/notices", filled)
    page = read(reply)
    assert reply.status_code == 422
    assert "승인" in page.text
    assert "주택공급에 관한 규칙 제20조" in page.text
    assert await site.rows(NoticeRow, supplier="민간건설") == []


async def test_a_draft_that_was_refused_says_why(site: Site) -> None:
    broker = await site.browser("정다온", ("broker", "온누리공인"))
    case = CaseRow(kind="B", title="매매", created_by=broker.id)
    await site.add(case)
    refusal = {
        "code": "seller_not_owner",
        "ko": "매도인이 소유자와 다릅니다.",
        "en": "Not the owner.",
        "article": "민법",
    }
    draft = ContractDraftRow(id=case.id, case_id=case.id, broker_id=broker.id, refusal=refusal)
    await site.add(draft)
    page = read(await get(broker, f"/contracts/{draft.id}"))
    assert "매도인이 소유자와 다릅니다." in page.text
