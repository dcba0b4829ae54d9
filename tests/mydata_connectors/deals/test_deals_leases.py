"""Reports of leases: one party with the signed contract is enough; what the contract does not say is refused."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import pytest

from domain.errors import UnknownThing
from domain.leases import LeaseReport
from domain.time import now, seoul_date
from mydata_connectors.rtms import LeaseDesk
from mydata_connectors.sandbox._people import identity_ref, people

if TYPE_CHECKING:
    from tests.mydata_connectors.deals.conftest import Deals

TODAY = seoul_date(now())
LESSOR, LESSEE, OTHER = "minjun", "seoa", "haneul"
HOME = {
    "unique_no": "1143-2019-004521", "lot_address": "경기도 안양시 만안구 안양동 1412", "building": "온마을 래미안",
    "dong": "103동", "ho": "1204호", "exclusive_area": "59.94", "use": "아파트",
}  # fmt: skip
SHOP = {**HOME, "use": "제1종근린생활시설"}


def terms(**changes: Any) -> dict[str, Any]:
    said = {
        "monthly_rent": 900_000, "starts_on": TODAY.isoformat(), "ends_on": (TODAY + timedelta(days=729)).isoformat()
    }  # fmt: skip
    plain = {
        "kind": "lease", "contract_id": str(uuid4()), "made_on": TODAY.isoformat(), "price": 300_000_000,
        "property": HOME, "lease": said,
    }  # fmt: skip
    return {**plain, **changes}


def party(role: str, login: str, **more: Any) -> dict[str, Any]:
    return {"role": role, "identity_ref": identity_ref(login), "name": people()[login].name, **more}


def report(pdf: bytes, **changes: Any) -> LeaseReport:
    return LeaseReport.model_validate({
        "reference": f"ONJIP-{uuid4().hex[:24].upper()}", "contract_sha256": hashlib.sha256(pdf).hexdigest(),
        "contract_date": TODAY, "property": HOME, "part": "전부", "part_area": "59.94", "deposit": 300_000_000,
        "monthly_rent": 900_000, "starts_on": TODAY, "ends_on": TODAY + timedelta(days=729), "renewal": "new",
        "parties": [party("lessor", LESSOR), party("lessee", LESSEE)], **changes,
    })  # fmt: skip


async def filed(deals: Deals, pdf: bytes | None, body: LeaseReport, *signers: str) -> tuple[int, dict[str, Any]]:
    signed = await deals.signed(body, *signers)
    given = {"contract": base64.b64encode(pdf).decode()} if pdf is not None else {}
    got = await deals.act("rtms", "/leases", {**signed, **given})
    return got.status, got.data


@pytest.mark.parametrize("who", [LESSOR, LESSEE])
async def test_one_party_reports_with_the_contract_and_the_date_is_fixed(
    deals: Deals, http: httpx.AsyncClient, who: str
) -> None:
    pdf = await deals.signed_pdf(terms(), LESSOR, LESSEE)
    body = report(pdf)
    status, receipt = await filed(deals, pdf, body, who)
    assert (status, receipt["state"], receipt["late"]) == (200, "received", False)
    desk = LeaseDesk(deals.box.exchange("rtms", http))
    state = await deals.until(lambda: desk.lease(receipt["number"]), lambda found: found.state == "certified")
    assert state.fixed_on == TODAY
    assert state.certificate_no != state.fixed_date_no
    found = await deals.ask("rtms", "/leases", f"reference={body.reference}", purpose="lookup")
    assert [one["number"] for one in found["items"]] == [receipt["number"]]
    assert len(await deals.acts("rtms", "lease", body.reference)) == 1
    with pytest.raises(UnknownThing):
        await desk.lease("RTMS-L-2026-999999")


async def test_what_the_other_party_has_reported_keeps_its_number(deals: Deals) -> None:
    pdf = await deals.signed_pdf(terms(), LESSOR, LESSEE)
    mine, theirs = report(pdf), report(pdf)
    _, first = await filed(deals, pdf, mine, LESSOR)
    status, again = await filed(deals, pdf, theirs, LESSEE)
    assert (status, again["number"]) == (200, first["number"])
    assert await deals.acts("rtms", "lease", theirs.reference) == []
    found = await deals.ask("rtms", "/leases", f"reference={theirs.reference}", purpose="lookup")
    assert [one["number"] for one in found["items"]] == [first["number"]]
    async with deals.box.person("rtms", LESSEE) as browser:
        assert first["number"] in (await browser.get("/people/leases")).text


async def test_after_the_last_day_it_is_taken_and_marked(deals: Deals) -> None:
    for days, late in ((30, False), (31, True)):
        made_on = TODAY - timedelta(days=days)
        pdf = await deals.signed_pdf(terms(made_on=made_on.isoformat()), LESSOR, LESSEE)
        status, receipt = await filed(deals, pdf, report(pdf, contract_date=made_on), LESSEE)
        assert (status, receipt["late"]) == (200, late)


@pytest.mark.parametrize(
    ("said", "reported", "code"),
    [
        ({}, {"deposit": 299_999_999}, "sums_differ"),
        ({}, {"monthly_rent": 0}, "sums_differ"),
        ({}, {"ends_on": TODAY + timedelta(days=364)}, "days_differ"),
        ({}, {"contract_date": TODAY - timedelta(days=1)}, "days_differ"),
        ({}, {"contract_date": TODAY + timedelta(days=1)}, "contract_in_future"),
        ({}, {"property": {**HOME, "ho": "1205호"}}, "another_home"),
        ({}, {"parties": [party("lessor", LESSOR)]}, "party_missing"),
        ({}, {"parties": [party("lessor", OTHER), party("lessee", LESSEE)]}, "contract_unsigned_by_party"),
        ({}, {"contract_sha256": "0" * 64}, "contract_copy_differs"),
        ({"kind": "sale"}, {}, "not_a_lease"),
        ({"property": SHOP}, {"property": SHOP}, "not_a_home"),
        ({"property": SHOP}, {}, "another_home"),
    ],
)  # fmt: skip
async def test_what_the_contract_does_not_say_is_refused(
    deals: Deals, said: dict[str, Any], reported: dict[str, Any], code: str
) -> None:
    pdf = await deals.signed_pdf(terms(**said), LESSOR, LESSEE)
    body = report(pdf, **reported)
    status, answer = await filed(deals, pdf, body, LESSEE)
    assert (status, answer["code"]) == (422, code)
    assert not await deals.acts("rtms", "lease", body.reference)


async def test_without_the_contract_one_party_is_not_enough(deals: Deals) -> None:
    pdf = await deals.signed_pdf(terms(), LESSOR, LESSEE)
    assert (await filed(deals, None, report(pdf), LESSOR))[1]["code"] == "contract_missing"
    unsigned = await deals.signed_pdf(terms(), LESSOR)
    assert (await filed(deals, unsigned, report(unsigned), LESSOR))[1]["code"] == "contract_unsigned_by_party"


async def test_who_may_report_for_a_party(deals: Deals) -> None:
    """Who represents it by law may; who was only let to make the contract needs a mandate (규칙 제6조의5)."""
    pdf = await deals.signed_pdf(terms(), OTHER, LESSEE)
    for authority, status in (("attorney", 422), ("parent", 200)):
        lessor = party("lessor", LESSOR, agent_ref=identity_ref(OTHER), authority=authority)
        body = report(pdf, parties=[lessor, party("lessee", LESSEE)])
        assert (await filed(deals, pdf, body, OTHER))[0] == status
    assert (await filed(deals, pdf, report(pdf), "daon"))[1]["code"] == "reporter_missing"
