"""Leases, powers of attorney and amendments at the API: wished, refused at once where that can be known, and read."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from domain.messages import DraftStart
from domain.time import now, seoul_date
from domain.words import ContractKind
from law.forms.explaining import asked
from store.tables.exchange import OutboxRow

if TYPE_CHECKING:
    from tests.api.conftest import Browser, Make, Site

DAY = seoul_date(now())
STATEMENTS = {str(row.ask): "해당 없음" for row in asked(ContractKind.LEASE)}


def lease(lessor: Browser, lessee: Browser, **changed: Any) -> dict[str, Any]:
    start, end = DAY + timedelta(days=30), DAY + timedelta(days=760)
    return {
        "unique_no": "1143-2019-004521", "deposit": 100, "lessor_code": lessor.person.code,
        "lessee_code": lessee.person.code, "statements": STATEMENTS,
        "payments": [{"kind": "deposit", "amount": 10, "due_on": DAY.isoformat()}, {"kind": "balance", "amount": 90}],
        "lease": {
            "starts_on": start.isoformat(), "ends_on": end.isoformat(), "part": "전부", "part_area": "59.98",
            "monthly_rent": 5, "rent_day": 25, "repairs": "없음", "unpaid_taxes": "없음", "fixed_dates": "없음",
        },
        **changed,
    }  # fmt: skip


async def people(site: Site) -> tuple[Browser, Browser, Browser, Browser]:
    broker = await site.browser("정다온", ("broker", "다온"))
    return broker, await site.browser("최민준"), await site.browser("윤서아"), await site.browser("최하늬")


async def test_a_lease_is_promised_with_everything_that_was_said(site: Site) -> None:
    broker, lessor, lessee, agent = await people(site)
    acting = [{"role": "lessee", "code": agent.person.code, "authority": "parent"}]
    body = lease(lessor, lessee, agents=acting, switches=["detailed_address"])
    answer = await broker.post("/leases", body)
    assert answer.status_code == 202, answer.text
    (promised,) = await site.rows(OutboxRow, workflow_id=f"draft-{answer.json()['contract_id']}")
    start = DraftStart.model_validate(promised.payload)
    assert (start.kind, start.price) == (ContractKind.LEASE, 100)
    assert (start.seller_id, start.buyer_id, start.broker_id) == (lessor.id, lessee.id, broker.id)
    assert [(one.role, one.person_id) for one in start.agents] == [("lessee", agent.id)]
    assert start.lease is not None
    assert start.lease.monthly_rent == 5
    assert start.switches == ("detailed_address",)


async def test_a_power_of_attorney_is_given_by_the_one_who_asks(site: Site) -> None:
    _, principal, _, agent = await people(site)
    body = {
        "unique_no": "1143-2019-004521", "agent_code": agent.person.code,
        "power": {"powers": ["let"], "purpose": "임대", "valid_until": (DAY + timedelta(days=60)).isoformat()},
    }  # fmt: skip
    answer = await principal.post("/powers", body)
    assert answer.status_code == 202, answer.text
    (promised,) = await site.rows(OutboxRow, workflow_id=f"draft-{answer.json()['contract_id']}")
    start = DraftStart.model_validate(promised.payload)
    assert (start.kind, start.seller_id, start.buyer_id) == (ContractKind.POWER, principal.id, agent.id)
    itself = await principal.post("/powers", {**body, "agent_code": principal.person.code})
    assert (itself.status_code, itself.json()["code"]) == (422, "party_twice")


async def test_what_a_lease_is_refused_for_at_once(site: Site) -> None:
    broker, lessor, lessee, _ = await people(site)
    unsaid = {name: text for name, text in STATEMENTS.items() if name != "small_deposit"}
    wrong = [
        (lease(lessor, lessee, statements=unsaid), 422, "explanation_incomplete"),
        (lease(lessor, lessee, switches=["rebuilding_none", "rebuilding_planned"]), 422, "switches_conflict"),
        (lease(lessor, lessee, switches=["tenant_leaves"]), 422, "switch_unknown"),
        (lease(lessor, lessor), 422, "party_twice"),
        (lease(broker, lessee), 422, "party_twice"),
        (lease(lessor, lessee, lessee_code="22222222"), 404, "unknown_party_code"),
        (lease(lessor, lessee, deposit=101), 422, "invalid"),
    ]  # fmt: skip
    before = await site.fingerprint()
    for body, status, code in wrong:
        answer = await broker.post("/leases", body)
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert await site.fingerprint() == before
    said = (await broker.post("/leases", wrong[0][0])).json()
    assert "최우선변제금" in said["ko"]
    assert "공인중개사법 시행령 제21조" in str(said)


@pytest.mark.parametrize(("kind", "key"), [("lease", "deposit_insurance"), ("sale", "mortgage_cleared")])
async def test_a_form_tells_what_it_asks(site: Site, kind: str, key: str) -> None:
    broker, *_ = await people(site)
    found = (await broker.get(f"/forms/{kind}")).json()
    assert key in {one["key"] for one in found["special_clauses"]}
    assert all(one["law"] for one in found["special_clauses"])
    assert all(one["article"] for one in found["contents"])
    assert {one["key"] for one in found["statements"]} == {row.ask for row in asked(ContractKind(kind))}
    assert (await broker.get("/forms/marriage")).status_code in (404, 422)


async def test_what_cannot_be_printed_is_refused_in_an_amendment_and_a_dissolution(site: Site, make: Make) -> None:
    broker, seller, buyer, _ = await people(site)
    sealed = await make.contract(broker, ("seller", seller), ("buyer", buyer), state="sealed")
    await make.transfer(sealed)
    before = await site.fingerprint()
    payments = [{"kind": "deposit", "amount": 10, "due_on": DAY.isoformat()}, {"kind": "balance", "amount": 90}]
    amend = {"reason": "웃음 😀", "price": 100, "payments": payments}
    undo = {"reason": "웃음 😀", "refund": 0, "refund_due_on": (DAY + timedelta(days=3)).isoformat()}
    for path, body in (("amendment", amend), ("dissolution", undo)):
        answer = await buyer.post(f"/contracts/{sealed}/{path}", body)
        assert (answer.status_code, answer.json()["code"]) == (422, "character_not_printable"), answer.text
        assert "😀 (U+1F600)" in answer.json()["ko"]
    assert await site.fingerprint() == before


async def test_nobody_else_reads_a_draft(site: Site, make: Make) -> None:
    broker, seller, buyer, stranger = await people(site)
    contract: UUID = await make.contract(broker, ("seller", seller), ("buyer", buyer), state="draft")
    assert (await stranger.get(f"/contracts/{contract}/preview")).status_code == 404
    assert (await broker.get(f"/contracts/{contract}/preview?paper=everything")).status_code == 422
