"""Contracts, approvals and transfers at the door: parties by code, secrets sealed, strangers told nothing."""

from __future__ import annotations

import json
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from activities.plans import fund_plan_duty
from domain.contracts import ContractTerms, PropertyTerms
from domain.errors import Invalid
from domain.time import now, seoul_date
from domain.words import ContractKind
from law.forms.explaining import asked
from store import contracts
from store.people import enter
from store.tables.cases import CaseMemberRow
from store.tables.contracts import ContractRow, SignerRow
from store.tables.exchange import OutboxRow
from store.tables.people import SealedRow
from store.tables.transfers import DueRow

# Helper modules stand beside the tests; ``importlib`` mode puts no folder on the path by itself.
sys.path.insert(0, str(Path(__file__).parent))
from page_reader import get, read

if TYPE_CHECKING:
    from tests.api.conftest import Browser, Make, Site


STATEMENTS = {row.ask: "해당 없음" for row in asked(ContractKind.SALE)}
DEPOSIT = {"kind": "deposit", "amount": 10, "due_on": "2026-12-01"}


async def people(site: Site) -> tuple[Browser, Browser, Browser, Browser]:
    broker, other = [await site.browser(name, ("broker", name)) for name in ("정다온", "한가람")]
    return broker, other, await site.browser("최민준"), await site.browser("윤서아")


def wish(seller: Browser, buyer: Browser, other: Browser | None = None, **changed: Any) -> dict[str, Any]:
    return {
        "unique_no": "1143-2019-004521", "price": 100, "seller_code": seller.person.code,
        "buyer_code": buyer.person.code, "other_broker_code": other.person.code if other else None,
        "payments": [DEPOSIT, {"kind": "balance", "amount": 90}], "statements": STATEMENTS, **changed,
    }  # fmt: skip


async def test_a_draft_is_promised_with_the_people_behind_the_codes(site: Site) -> None:
    broker, other, seller, buyer = await people(site)
    answer = await broker.post("/contracts", wish(seller, buyer, other))
    assert answer.status_code == 202, answer.text
    drafted = answer.json()
    (promised,) = await site.rows(OutboxRow, workflow_id=f"draft-{drafted['contract_id']}")
    assert promised.kind == "start:DraftWorkflow"
    assert promised.payload["seller_id"] == str(seller.id)
    assert promised.payload["other_broker_id"] == str(other.id)
    members = await site.rows(CaseMemberRow, case_id=UUID(drafted["case_id"]))
    assert [(row.person_id, row.role) for row in members] == [(broker.id, "broker")]
    shown = (await broker.get(f"/contracts/{drafted['contract_id']}")).json()
    assert (shown["state"], shown["terms"]) == ("drafting", None)
    assert (await seller.get(f"/contracts/{drafted['contract_id']}")).status_code == 404


async def test_sums_that_do_not_fit_are_named(site: Site) -> None:
    broker, _, seller, buyer = await people(site)
    answer = await broker.post("/contracts", wish(seller, buyer, price=101))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert "지급액의 합" in answer.json()["ko"]
    assert "add up to the price" in answer.json()["en"]


async def test_a_payment_before_the_balance_needs_its_day(site: Site) -> None:
    """Without it the contract could not be made ready for signing (law/forms/data/sale.yaml)."""
    broker, _, seller, buyer = await people(site)
    balance = {"kind": "balance", "amount": 40}
    for first in ({**DEPOSIT, "due_on": None}, {**DEPOSIT, "amount": 10}):
        parts = [first, {"kind": "instalment", "amount": 50}, balance]
        answer = await broker.post("/contracts", wish(seller, buyer, payments=parts))
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
        assert "지급일이 있어야 합니다" in answer.json()["ko"]


async def test_a_draft_that_the_registers_forbid_tells_its_broker_why(site: Site) -> None:
    broker, _, seller, buyer = await people(site)
    contract_id = (await broker.post("/contracts", wish(seller, buyer))).json()["contract_id"]
    async with site.db.transaction() as session:
        refusal = Invalid(
            "seller_not_owner", ko="매도인이 등기상 소유자가 아닙니다.", en="Not the owner.", article="제1조"
        )
        await contracts.refuse_draft(session, UUID(contract_id), refusal)
    shown = (await broker.get(f"/contracts/{contract_id}")).json()
    assert (shown["state"], shown["refusal"]["code"]) == ("refused", "seller_not_owner")


async def test_codes_that_do_not_fit(site: Site) -> None:
    broker, _, seller, buyer = await people(site)
    nobody = {"seller_code": "22222222"}
    wrong = [
        (wish(seller, buyer, **nobody), 404, "unknown_party_code"),
        (wish(seller, seller), 422, "party_twice"),
        (wish(broker, buyer), 422, "party_twice"),
        (wish(seller, buyer, await site.browser("남")), 422, "not_a_broker"),
        (wish(seller, buyer, price=101), 422, "invalid"),
    ]
    before = await site.fingerprint()
    for body, status, code in wrong:
        answer = await broker.post("/contracts", body)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert "최민준" not in answer.text
    assert await site.fingerprint() == before


async def test_what_each_party_can_do_follows_the_order_of_signing(site: Site, make: Make) -> None:
    broker, _, seller, buyer = await people(site)
    contract_id = await make.contract(broker, ("seller", seller), ("buyer", buyer), ("seller_broker", broker))

    async def acts(person: Browser) -> list[str]:
        found: list[str] = (await person.get(f"/contracts/{contract_id}")).json()["acts"]
        return found

    assert [await acts(one) for one in (broker, seller, buyer)] == [["explain", "edit", "withdraw"], [], []]
    await change(site, contract_id, state="signing")
    assert [await acts(one) for one in (seller, buyer)] == [["sign", "decline"], ["decline", "remind"]]
    assert [task["code"] for task in (await seller.get("/tasks")).json()["items"]] == ["sign"]
    assert (await buyer.get("/tasks")).json()["items"] == []
    async with site.db.transaction() as session:
        row = await session.get_one(SignerRow, (contract_id, "seller_1"))
        row.state = "signed"
        session.add(row)
    assert [await acts(one) for one in (seller, buyer)] == [["remind"], ["sign", "decline"]]
    assert await acts(broker) == ["decline", "remind", "reopen", "withdraw"]
    await change(site, contract_id, state="sealed")
    assert await acts(buyer) == ["amend", "dissolution"]


async def change(site: Site, contract_id: UUID, **values: Any) -> None:
    async with site.db.transaction() as session:
        row = await session.get_one(ContractRow, contract_id)
        for name, value in values.items():
            setattr(row, name, value)
        session.add(row)


async def test_the_document_is_for_the_parties(site: Site, make: Make) -> None:
    broker, other, seller, buyer = await people(site)
    contract_id = await make.contract(broker, ("seller", seller), ("buyer", buyer))
    path = f"/contracts/{contract_id}/document"
    assert (await buyer.get(path)).json()["code"] == "no_document"
    sha256 = await site.services.documents.put(b"%PDF-1.7 test", "application/pdf")
    await change(site, contract_id, document_sha256=sha256)
    answer = await buyer.get(path)
    assert (answer.content, answer.headers["content-type"]) == (b"%PDF-1.7 test", "application/pdf")
    assert (await other.get(path)).status_code == 404


@pytest.mark.parametrize("state", ["registered", "dissolved"])
async def test_after_registration_nothing_is_dissolved(site: Site, make: Make, state: str) -> None:
    broker, _, seller, buyer = await people(site)
    contract_id = await make.contract(broker, ("seller", seller), ("buyer", buyer), state="sealed")
    body = {"reason": "합의", "refund": 0, "refund_due_on": (seoul_date(now()) + timedelta(days=9)).isoformat()}
    path = f"/contracts/{contract_id}/dissolution"
    assert (await buyer.post(path, body)).json()["code"] == "not_dissolvable"  # its transfer has not begun
    await make.transfer(contract_id, state=state)
    before = await site.fingerprint()
    assert (await buyer.post(path, body)).json()["code"] == "registered_already"
    assert await site.fingerprint() == before


async def test_a_dissolution_is_a_contract_of_its_own_for_all_who_signed(site: Site, make: Make) -> None:
    broker, _, seller, buyer = await people(site)
    contract_id = await make.contract(broker, ("seller", seller), ("buyer", buyer), state="sealed")
    await make.transfer(contract_id)
    body = {"reason": "합의", "refund": 10, "refund_due_on": (seoul_date(now()) + timedelta(days=9)).isoformat()}
    answer = await buyer.post(f"/contracts/{contract_id}/dissolution", body)
    assert answer.status_code == 201, answer.text
    shown = (await seller.get(f"/contracts/{answer.json()['contract_id']}")).json()
    assert (shown["kind"], shown["supersedes"]) == ("dissolution", str(contract_id))
    assert [one["role"] for one in shown["signers"]] == ["seller", "buyer"]
    again = await seller.post(f"/contracts/{contract_id}/dissolution", body)
    assert (again.status_code, again.json()["code"]) == (409, "not_dissolvable")


async def test_the_title_password_is_sealed_and_never_told(site: Site, make: Make) -> None:
    broker, _, seller, buyer = await people(site)
    contract_id = await make.contract(broker, ("seller", seller), ("buyer", buyer), state="sealed")
    transfer = await make.transfer(contract_id)
    assert "right_proof" in {task["code"] for task in (await seller.get("/tasks")).json()["items"]}
    body = {"serial": "abcd-1234-5678", "password_no": 7, "password": "1234"}
    answer = await seller.post(f"/transfers/{transfer}/right-proof", body)
    assert answer.json() == {"id": str(transfer), "state": "open"}
    (row,) = await site.rows(SealedRow, person_id=seller.id, kind="right_proof")
    assert b"1234" not in row.ciphertext
    async with site.db.transaction() as session:
        said = await site.services.sealed.open(
            session, seller.id, "right_proof", subject=str(transfer), basis="test", purpose="test"
        )
    assert json.loads(said) == {"serial": "ABCD-1234-5678", "password_no": 7, "password": "1234"}
    assert "right_proof" not in {task["code"] for task in (await seller.get("/tasks")).json()["items"]}


async def test_the_buyer_chooses_a_registered_scrivener_once(site: Site, make: Make) -> None:
    broker, _, seller, buyer = await people(site)
    first, second = [await site.browser(name, ("scrivener", f"{name} 사무소")) for name in ("강도윤", "강새봄")]
    contract_id = await make.contract(broker, ("seller", seller), ("buyer", buyer), state="sealed")
    transfer = await make.transfer(contract_id)
    path = f"/transfers/{transfer}"
    assert (await first.get(path)).status_code == 404
    listed = (await buyer.get("/scriveners")).json()["items"]
    assert {first.person.code, second.person.code} <= {one["code"] for one in listed}
    no = await buyer.post(f"{path}/scrivener", {"scrivener_code": broker.person.code})
    assert (no.status_code, no.json()["code"]) == (404, "unknown_scrivener")
    assert (await buyer.post(f"{path}/scrivener", {"scrivener_code": first.person.code})).status_code == 200
    other = await buyer.post(f"{path}/scrivener", {"scrivener_code": second.person.code})
    assert (other.status_code, other.json()["code"]) == (409, "scrivener_chosen")
    assert (await first.get(path)).json()["my_roles"] == ["scrivener"]


async def test_who_signed_is_not_the_scrivener_too(site: Site, make: Make) -> None:
    broker, _, seller, _ = await people(site)
    buyer = await site.browser("강도윤", ("scrivener", "도윤법무사사무소"))
    contract_id = await make.contract(broker, ("seller", seller), ("buyer", buyer), state="sealed")
    path = f"/transfers/{await make.transfer(contract_id)}/scrivener"
    answer = await buyer.post(path, {"scrivener_code": buyer.person.code})
    assert (answer.status_code, answer.json()["code"]) == (422, "scrivener_is_party")


async def test_who_acts_by_a_register_needs_its_word_now(site: Site, make: Make) -> None:
    """A broker or scrivener who has been suspended since may look, not act."""
    broker, _, seller, buyer = await people(site)
    scrivener = await site.browser("강도윤", ("scrivener", "도윤법무사사무소"))
    parties = (("seller", seller), ("buyer", buyer), ("seller_broker", broker))
    contract_id = await make.contract(broker, *parties, state="sealed")
    transfer = await make.transfer(contract_id, scrivener_id=scrivener.id, packet_sha256="0" * 64)
    case_id = UUID((await broker.get(f"/contracts/{contract_id}")).json()["case_id"])
    approval = await make.approval(transfer, case_id, broker, "transfer-x", role="broker")
    here = f"/contracts/{contract_id}"
    acts = (f"{here}/explain", f"{here}/sign", f"/approvals/{approval}/approve")
    for person in (broker, scrivener):
        async with site.db.transaction() as session:
            ended = [role.model_copy(update={"active": False}) for role in person.identity.roles]
            identity = person.identity.model_copy(update={"roles": tuple(ended)})
            await enter(session, site.services.sealed, identity)
    before = await site.fingerprint()
    for path in acts:
        answer = await broker.post(path)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_registered_now"), path
    packet = await scrivener.get(f"/transfers/{transfer}/packet")
    assert (packet.status_code, packet.json()["code"]) == (403, "not_registered_now")
    assert (await broker.get(f"/contracts/{contract_id}")).status_code == 200
    assert await site.fingerprint() == before


async def test_the_packet_is_not_for_the_brokers(site: Site, make: Make) -> None:
    broker, _, seller, buyer = await people(site)
    parties = (("seller", seller), ("buyer", buyer), ("seller_broker", broker))
    contract_id = await make.contract(broker, *parties, state="sealed")
    sha256 = await site.services.documents.put(b"PK", "application/zip")
    path = f"/transfers/{await make.transfer(contract_id, packet_sha256=sha256)}/packet"
    assert [(await one.get(path)).status_code for one in (broker, seller, buyer)] == [403, 200, 200]


async def test_how_to_pay_is_told_to_the_one_who_pays(site: Site, make: Make) -> None:
    broker, _, seller, buyer = await people(site)
    contract_id = await make.contract(broker, ("seller", seller), ("buyer", buyer), state="sealed")
    transfer = await make.transfer(contract_id)
    case_id = UUID((await buyer.get(f"/contracts/{contract_id}")).json()["case_id"])
    await site.add(
        DueRow(case_id=case_id, subject_id=transfer, kind="tax", payer_id=buyer.id, amount=7, payment_no="P-1")
    )
    (mine,) = (await buyer.get(f"/transfers/{transfer}")).json()["dues"]
    (theirs,) = (await seller.get(f"/transfers/{transfer}")).json()["dues"]
    assert (mine["payment_no"], mine["mine"]) == ("P-1", True)
    assert (theirs["payment_no"], theirs["mine"]) == (None, False)
    tasks = (await buyer.get("/tasks")).json()["items"]
    assert ("pay", 7) in {(task["code"], task["amount"]) for task in tasks}


async def test_an_approval_shows_what_is_signed_to_its_person_only(site: Site, make: Make) -> None:
    broker, _, seller, buyer = await people(site)
    contract_id = await make.contract(broker, ("seller", seller), ("buyer", buyer))
    case_id = UUID((await buyer.get(f"/contracts/{contract_id}")).json()["case_id"])
    approval = await make.approval(contract_id, case_id, buyer, "transfer-x")
    shown = (await buyer.get(f"/approvals/{approval}")).json()
    assert (shown["title"], shown["body"], shown["signing_url"]) == ("부동산거래신고서", {}, None)
    assert (await seller.get(f"/approvals/{approval}")).status_code == 404
    assert [task["code"] for task in (await buyer.get("/tasks")).json()["items"]] == ["approve"]


async def test_what_was_refused_is_shown_and_is_a_task_of_who_can_mend_it(site: Site, make: Make) -> None:
    broker, _, seller, buyer = await people(site)
    contract_id = await make.contract(broker, ("seller", seller), ("buyer", buyer), state="sealed")
    said = {"code": "amount_differs", "ko": "세액이 다릅니다.", "en": "The tax differs.", "article": "지방세법 제20조"}
    waiting = {"mending": {"tax": {**said, "people": [str(buyer.id)], "at": now().isoformat()}}}
    transfer = await make.transfer(contract_id, record=waiting)
    case_id = UUID((await buyer.get(f"/contracts/{contract_id}")).json()["case_id"])
    for person in (buyer, seller):
        if person.id not in {row.person_id for row in await site.rows(CaseMemberRow, case_id=case_id)}:
            await site.add(CaseMemberRow(case_id=case_id, person_id=person.id, role="buyer"))
    (mine,) = (await buyer.get(f"/transfers/{transfer}")).json()["mending"]
    (theirs,) = (await seller.get(f"/transfers/{transfer}")).json()["mending"]
    assert mine == {"kind": "tax", **said, "mine": True}
    assert theirs == {**mine, "mine": False}
    assert "refile" in {task["code"] for task in (await buyer.get("/tasks")).json()["items"]}
    assert "refile" not in {task["code"] for task in (await seller.get("/tasks")).json()["items"]}


@pytest.mark.parametrize("state", ["dissolving", "dissolved"])
async def test_nobody_pays_for_a_deal_that_has_ended(site: Site, make: Make, state: str) -> None:
    broker, _, seller, buyer = await people(site)
    contract_id = await make.contract(broker, ("seller", seller), ("buyer", buyer), state="sealed")
    transfer = await make.transfer(contract_id)
    case_id = UUID((await buyer.get(f"/contracts/{contract_id}")).json()["case_id"])
    for subject, kind in ((transfer, "tax"), (contract_id, "deposit")):
        due = DueRow(case_id=case_id, subject_id=subject, kind=kind, payer_id=buyer.id, amount=7, payment_no=kind)
        await site.add(due)
    assert [task["code"] for task in (await buyer.get("/tasks")).json()["items"]].count("pay") == 2
    await make.transfer(contract_id, state=state)
    assert "pay" not in {task["code"] for task in (await buyer.get("/tasks")).json()["items"]}


async def test_the_fund_plan_is_told_to_buyer_and_brokers(site: Site, make: Make) -> None:
    broker, _, seller, buyer = await people(site)
    contract_id = await make.contract(broker, ("seller", seller), ("buyer", buyer), state="sealed")
    terms = ContractTerms(
        contract_id=contract_id, kind=ContractKind.SALE, made_on=date(2026, 11, 2), price=487_000_000, parties=(),
        property=PropertyTerms(region="11680", lot_address="1", building="온마을", exclusive_area="59.94"),
    )  # fmt: skip
    duty = fund_plan_duty(terms, site.services.rulebook).model_dump(mode="json")
    paper = {"document": "cause_deed", "ko": "매매계약서", "en": "deed", "from_whom": "parties", "form": "scan",
             "article": "제46조제1항제1호", "state": "at_hand"}  # fmt: skip
    transfer = await make.transfer(contract_id, record={"fund_plan": duty, "attachments": [paper]})
    told = (await buyer.get(f"/transfers/{transfer}")).json()
    assert told["fund_plan"]["plan"]["outcome"] == "yes"
    assert told["fund_plan"]["handover_by"] == "2026-11-27"
    assert told["attachments"] == [paper]
    assert (await seller.get(f"/transfers/{transfer}")).json()["fund_plan"] is None
    page = read(await get(buyer, f"/transfers/{transfer}")).text
    assert "매수인은 자금조달계획서를 내야 합니다." in page
    assert "예금잔액증명서" in page
    assert "부동산등기규칙 제46조제1항제1호" in page
