"""From the sealed contract to the title: each act once; what is refused, corrected or dismissed is mended."""

from __future__ import annotations

import json
from typing import Any

import pytest

from domain.errors import AgencyRefused
from domain.filings import RegistryState
from domain.messages import Act, ApproveAct
from domain.words import Agency, Step
from store import transfers
from store.tables.people import SealedRow
from store.tables.transfers import RegistryFilingRow
from tests.workflows.deal_world import PAID, PASSWORD, REPORTED, TAXED, Deal, act, deal_at_work, refused

STEPS = {
    Step.DEPOSIT_PAID, Step.REPORTED, Step.STAMP_PAID, Step.PAID, Step.TAXED, Step.BOND_BOUGHT, Step.PACKET_DELIVERED,
    Step.REGISTERED,
}  # fmt: skip
RTMS, WETAX, BOND, BANK, REGISTRY = Agency.RTMS, Agency.WETAX, Agency.BOND, Agency.BANK, Agency.REGISTRY


def pay_everything(deal: Deal) -> None:
    for kind in ("deposit", "balance"):
        deal.pay(kind)


async def test_a_sale_reaches_the_title_with_each_act_once(world: Any) -> None:
    async with deal_at_work(world) as deal:
        pay_everything(deal)
        handle = await deal.start_transfer()
        async with deal.everybody_signs(handle):
            deal.outside.decide(await deal.outside.received(), RegistryState.REGISTERED)
            await deal.finished(handle)
        assert await world.steps(deal.case_id) >= STEPS
        acts = {agency: [service for service, _ in deal.outside[agency].acts] for agency in (RTMS, WETAX, BOND, BANK)}
        assert acts == {RTMS: ["reports"], WETAX: ["returns"], BOND: ["orders"], BANK: ["stamps"]}
        assert sorted(service for service, _ in deal.outside[REGISTRY].acts) == ["applications", "fees"]
        transfer = await deal.transfer()
        assert transfer.state == "registered"
        assert {check["level"] for check in transfer.record["checks"]} == {"ok"}
        assert len(transfer.record["checks"]) == 16
        assert transfer.record["fund_plan"]["plan"]["outcome"] == "cannot_tell"  # its lot may lie in a permit zone
        assert {one["state"] for one in transfer.record["attachments"]} == {"at_hand", "looked_up", "beside"}


@pytest.mark.parametrize("way", ["with_report", "apart", None])
async def test_the_report_says_how_the_fund_plan_is_filed(world: Any, way: str | None) -> None:
    """As the buyer has chosen before it was prepared; left open where nobody can tell whether one is owed."""
    async with deal_at_work(world) as deal:
        handle = await deal.start_transfer()
        if way is not None:
            async with world.db.transaction() as session:
                await transfers.note(session, (await deal.transfer()).id, transfers.FUND_PLAN_WAY, way)
        deal.pay("deposit")
        async with deal.everybody_signs(handle):
            await deal.until_step(Step.REPORTED)
        assert deal.outside[RTMS].body("reports")["fund_plan"] == way
        await handle.terminate()


async def test_the_title_password_stands_nowhere_in_the_open(world: Any) -> None:
    async with deal_at_work(world) as deal:
        handle = await deal.start_transfer(PAID)
        async with deal.everybody_signs(handle):
            receipt = await deal.outside.received()
            (row,) = await deal.approvals("application:1")
            assert json.loads(row.body)["right_proof"] is None
            assert deal.outside[REGISTRY].body("applications")["right_proof"]["password"] == PASSWORD
            assert PASSWORD.encode() not in await deal.store.get((await deal.transfer()).packet_sha256 or "")
            deal.outside.decide(receipt, RegistryState.REGISTERED)
            await deal.finished(handle)
        kept = [one.kind for one in await world.rows(SealedRow, subject=str(deal.transfer_id)) if one.ciphertext]
        assert kept == [], "its work is done"
        assert [one.ciphertext for one in await world.rows(SealedRow, subject=str(row.id))] == [b""]


async def test_what_a_city_refuses_is_mended_and_signed_anew(world: Any, keep_history: Any) -> None:
    async with deal_at_work(world) as deal:
        deal.pay("balance")
        deal.outside[WETAX].refusals["returns"] = [AgencyRefused("amount_differs", ko="세액이 다릅니다.", en="differs")]
        handle = await deal.start_transfer(REPORTED)
        async with deal.everybody_signs(handle):
            waiting = await deal.mending()
            assert [(kind, said["code"], said["people"]) for kind, said in waiting.items()] == [
                ("tax", "amount_differs", [str(deal.buyer)])
            ]
            assert await refused(handle, "refile", Act(person_id=deal.seller)) == "wrong_state", "not the seller's"
            assert (await act(handle, "refile", Act(person_id=deal.buyer))).state == "refiling"
            await deal.until_step(Step.TAXED)
        assert (await deal.transfer()).record["mending"] == {}
        await keep_history(handle, "transfer_refused")
        first, second = await deal.approvals("tax"), await deal.approvals("tax:2")
        assert first[0].cms != second[0].cms
        assert json.loads(first[0].body)["reference"] != json.loads(second[0].body)["reference"]
        assert deal.outside[WETAX].references("returns") == [json.loads(second[0].body)["reference"]]
        refusal = next(row for row in (await world.events(deal.case_id)).values() if row.reference == "amount_differs")
        assert "세액이 다릅니다." in refusal.ko
        await handle.terminate()


async def test_an_order_that_nobody_signs_is_sent_again_by_who_pays_it(world: Any) -> None:
    async with deal_at_work(world) as deal:
        deal.pay("deposit")
        deal.outside[BANK].refusals["stamps"] = [AgencyRefused("amount_differs")]
        handle = await deal.start_transfer()
        async with deal.everybody_signs(handle):
            assert list(await deal.mending()) == ["stamp"]
            await act(handle, "refile", Act(person_id=deal.buyer))
            await deal.until_step(Step.STAMP_PAID)
        assert len(deal.outside[BANK].references("stamps")) == 1
        await handle.terminate()


async def test_who_declines_at_the_signing_service_may_still_sign_later(world: Any) -> None:
    async with deal_at_work(world) as deal:
        deal.pay("deposit")
        deal.signing.willing = False
        handle = await deal.start_transfer()
        async with deal.everybody_signs(handle):
            number = await deal.signing.decide("declined")
            await deal.signing.decide("approved")
            assert deal.signing.asked[number].subject_ref
            await deal.signing.decide("approved")
            await deal.until_step(Step.REPORTED)
        lines = [key for key in await world.events(deal.case_id) if key.startswith("declined:")]
        assert len(lines) == 1
        assert len({one.reference for one in deal.signing.asked.values()}) == 3
        await handle.terminate()


async def test_nothing_is_filed_while_an_earlier_application_is_in_process(world: Any) -> None:
    async with deal_at_work(world) as deal:
        deal.outside.register = deal.outside.register.model_copy(update={"pending": True})
        handle = await deal.start_transfer(PAID)
        async with deal.everybody_signs(handle):
            waiting = await deal.mending()
            assert [(kind, said["code"]) for kind, said in waiting.items()] == [
                ("checks:application:1", "already_pending")
            ]
            assert await deal.approvals("application:1") == [], "the scrivener is not asked to sign it"
            levels = {one["code"]: one["level"] for one in (await deal.transfer()).record["checks"]}
            assert levels["already_pending"] == "error"
            deal.outside.register = deal.outside.register.model_copy(update={"pending": False})
            assert await refused(handle, "refile", Act(person_id=deal.buyer)) == "wrong_state"
            await act(handle, "refile", Act(person_id=deal.scrivener))
            await deal.outside.received()
        await handle.terminate()


async def test_a_correction_is_answered_by_the_one_who_can(world: Any) -> None:
    async with deal_at_work(world) as deal:
        handle = await deal.start_transfer(PAID)
        async with deal.everybody_signs(handle):
            receipt = await deal.outside.received()
            deal.outside.order(receipt, "right_proof_wrong", "obligor")
            waiting = await deal.mending()
            assert [said["people"] for said in waiting.values()] == [[str(deal.scrivener), str(deal.seller)]]
            await act(handle, "refile", Act(person_id=deal.seller))
            await deal.until_step(Step.CORRECTION_ANSWERED)
            assert len(deal.outside[REGISTRY].references("supplement")) == 1
            deal.outside.decide(receipt, RegistryState.REGISTERED)
            await deal.finished(handle)
        assert len(await world.rows(RegistryFilingRow, transfer_id=deal.transfer_id)) == 1


async def test_a_dismissal_ends_one_filing_only(world: Any, keep_history: Any) -> None:
    async with deal_at_work(world) as deal:
        handle = await deal.start_transfer(PAID)
        async with deal.everybody_signs(handle):
            first = await deal.outside.received()
            deal.outside.decide(first, RegistryState.DISMISSED, ground="9")
            waiting = await deal.mending()
            assert [(said["code"], said["people"]) for said in waiting.values()] == [
                ("ground_9", [str(deal.scrivener)])
            ]
            assert (await deal.transfer()).state == "dismissed"
            await act(handle, "refile", Act(person_id=deal.scrivener))
            second = await deal.outside.received(2)
            deal.outside.decide(second, RegistryState.REGISTERED)
            await deal.finished(handle)
        await keep_history(handle, "transfer_dismissed")
        assert deal.outside[REGISTRY].body("applications")["refiles"] == first
        filings = await world.rows(RegistryFilingRow, transfer_id=deal.transfer_id)
        assert {one.receipt_no: one.state for one in filings} == {first: "dismissed", second: "registered"}
        events = await world.events(deal.case_id)
        assert {f"packet_delivered:application:{n}" for n in (1, 2)} | {f"dismissed:{first}"} <= events.keys()
        assert [len(deal.outside[agency].acts) for agency in (RTMS, WETAX, BOND, BANK)] == [0, 0, 0, 0], "done before"


async def test_only_who_is_waited_for_can_approve(world: Any) -> None:
    async with deal_at_work(world) as deal:
        deal.pay("deposit")
        handle = await deal.start_transfer()
        async with deal.everybody_signs(handle, but=["report"]):
            await deal.until_approval("report")
            assert await refused(handle, "approve", ApproveAct(person_id=deal.buyer, kind="report")) == "wrong_state"
            assert await refused(handle, "approve", ApproveAct(person_id=deal.broker, kind="tax")) == "wrong_state"
            assert await refused(handle, "refile", Act(person_id=deal.broker)) == "wrong_state"
        await handle.terminate()


async def test_where_the_law_asks_for_no_bond_nobody_signs_one(world: Any) -> None:
    async with deal_at_work(world) as deal:
        deal.outside.value = 15_000_000
        handle = await deal.start_transfer((*TAXED, "fee"))
        async with deal.everybody_signs(handle):
            await deal.outside.received()
        assert deal.outside[BOND].acts == []
        assert await deal.approvals("bond") == []
        assert deal.outside[REGISTRY].body("applications")["bond_amount"] == 0
        assert "매입 대상이 아닙니다" in (await world.events(deal.case_id))[Step.BOND_BOUGHT].ko
        await handle.terminate()
