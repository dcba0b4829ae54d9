"""A dissolved sale: what can be unwound is unwound once, by those whom the law names; what cannot is named."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from domain import ids
from domain.errors import AgencyRefused
from domain.filings import RegistryState
from domain.messages import Act
from domain.words import Agency, Step
from store.tables.people import SealedRow
from store.tasks import todo
from tests.workflows.deal_world import DEPOSIT, PAID, PRICE, Deal, act, deal_at_work

RTMS, WETAX, BANK, REGISTRY = Agency.RTMS, Agency.WETAX, Agency.BANK, Agency.REGISTRY


def paid_out(deal: Deal) -> list[tuple[str, int]]:
    bank = deal.outside[BANK]
    bodies = [bank.bodies[reference] for reference in bank.references("releases")]
    return sorted((body["direction"], body["amount"]) for body in bodies)


async def signers_of(deal: Deal, kind: str) -> set[str]:
    roles = {person: str(role) for role, person in deal.people.items()} | {deal.scrivener: "scrivener"}
    return {roles[row.person_id] for row in await deal.approvals(kind) if row.state == "signed"}


@pytest.mark.long
async def test_after_balance_and_tax_everything_goes_back_that_may(world: Any, keep_history: Any) -> None:
    async with deal_at_work(world) as deal:
        for kind in ("deposit", "balance"):
            deal.pay(kind)
        handle = await deal.start_transfer()
        async with deal.everybody_signs(handle, but=["bond"]):
            await deal.until_step(Step.TAXED)
            dissolution = await deal.dissolve_by_signing()
            await deal.finished(handle)
        assert [service for service, _ in deal.outside[RTMS].acts] == ["reports", _cancelled(deal)]
        assert len(deal.outside[WETAX].references("refund")) == 1
        assert paid_out(deal) == [("refund", DEPOSIT), ("refund", PRICE - DEPOSIT)]
        assert await signers_of(deal, "undo:cancellation") == {"seller_broker", "buyer_broker"}
        assert await signers_of(deal, "undo:refund") == {"buyer"}
        for number in (1, 2):
            assert await signers_of(deal, f"undo:release:{number}") == {"buyer", "seller"}
        events = await world.events(deal.case_id)
        assert {"stays:stamp", "undo:cancellation:" + str(deal.transfer_id)} <= events.keys()
        assert "stays:bond" not in events
        assert events["dissolved"].reference == str(dissolution)
        await keep_history(handle, "transfer_dissolved")
        assert ((await deal.transfer()).state, (await deal.contract()).state) == ("dissolved", "dissolved")
        assert [row.state for row in await deal.approvals("bond")] in ([], ["void"])
        assert await tasks_of(world, deal.buyer) == set(), "nothing is left to pay or sign"
        kept = [one.kind for one in await world.rows(SealedRow, subject=str(deal.transfer_id)) if one.ciphertext]
        assert kept == []


def _cancelled(deal: Deal) -> str:
    report = deal.outside[RTMS].answers[deal.outside[RTMS].references("reports")[0]]
    return f"reports/{report.number}/cancellation"


async def tasks_of(world: Any, person: Any) -> set[str]:
    async with world.db.transaction() as session:
        return {task.code for task in await todo(session, person)}


@pytest.mark.long
async def test_what_was_forfeited_goes_to_the_seller(world: Any) -> None:
    async with deal_at_work(world) as deal:
        deal.pay("deposit")
        handle = await deal.start_transfer()
        async with deal.everybody_signs(handle):
            await deal.until_step(Step.STAMP_PAID)
            await deal.dissolve(handle, forfeited=20_000_000)
            await deal.finished(handle)
        assert paid_out(deal) == [("refund", DEPOSIT - 20_000_000), ("release", 20_000_000)]
        assert deal.outside[WETAX].acts == []


@pytest.mark.long
async def test_money_that_came_unseen_goes_back_too(world: Any) -> None:
    """The buyer paid half of the balance, which is no payment to us yet, when all signed the dissolution."""
    async with deal_at_work(world) as deal:
        deal.pay("deposit")
        handle = await deal.start_transfer()
        async with deal.everybody_signs(handle):
            await deal.until_step(Step.STAMP_PAID)
            balance = next(one for one in deal.terms.payments if one.kind == "balance")
            deal.outside.pay_in(balance.reference, 100_000_000)
            await deal.dissolve(handle)
            await deal.finished(handle)
        assert paid_out(deal) == [("refund", DEPOSIT), ("refund", 100_000_000)]


@pytest.mark.long
async def test_a_report_on_its_way_is_finished_and_then_cancelled(world: Any) -> None:
    async with deal_at_work(world) as deal:
        deal.pay("deposit")
        deal.outside[RTMS].shut = asyncio.Event()
        handle = await deal.start_transfer()
        async with deal.everybody_signs(handle):
            async with asyncio.timeout(15):
                while not deal.outside[RTMS].arrived:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
            await deal.dissolve(handle)
            await asyncio.sleep(0.3)
            assert (await deal.transfer()).state == "open", "nobody knows yet whether the report took effect"
            deal.outside[RTMS].shut.set()
            await deal.finished(handle)
        assert [service for service, _ in deal.outside[RTMS].acts] == ["reports", _cancelled(deal)]
        assert Step.REPORTED in await world.steps(deal.case_id)


async def test_before_anything_was_filed_only_money_goes_back(world: Any) -> None:
    async with deal_at_work(world) as deal:
        deal.pay("deposit")
        handle = await deal.start_transfer()
        async with deal.everybody_signs(handle, but=["report"]):
            await deal.until_step(Step.DEPOSIT_PAID)
            await deal.dissolve(handle)
            await deal.finished(handle)
        assert deal.outside[RTMS].acts == []
        assert paid_out(deal) == [("refund", DEPOSIT)]
        assert [row.state for row in await deal.approvals("report")] in ([], ["void", "void"])


async def test_a_filing_that_is_not_decided_is_withdrawn_first(world: Any, keep_history: Any) -> None:
    async with deal_at_work(world) as deal:
        handle = await deal.start_transfer(PAID)
        async with deal.everybody_signs(handle):
            receipt = await deal.outside.received()
            await deal.until_step(Step.PACKET_DELIVERED)
            await deal.dissolve(handle)
            await deal.finished(handle)
        await keep_history(handle, "transfer_withdrawn")
        assert len(deal.outside[REGISTRY].references("withdrawal")) == 1
        assert await signers_of(deal, f"undo:withdrawal:{receipt}") == {"scrivener"}
        assert deal.outside.statuses[receipt].state is RegistryState.WITHDRAWN
        assert {"stays:bond", "stays:fee", "stays:stamp"} <= (await world.events(deal.case_id)).keys()


@pytest.mark.long
async def test_a_registrar_who_was_faster_makes_the_dissolution_too_late(world: Any) -> None:
    async with deal_at_work(world) as deal:
        handle = await deal.start_transfer(PAID)
        async with deal.everybody_signs(handle, but=["undo:withdrawal"]):
            receipt = await deal.outside.received()
            await deal.until_step(Step.PACKET_DELIVERED)
            await deal.dissolve(handle)
            await deal.until_state("dissolving")
            deal.outside.decide(receipt, RegistryState.REGISTERED)
            await deal.finished(handle)
        assert (await deal.transfer()).state == "registered"
        assert Step.REGISTERED in await world.steps(deal.case_id)
        assert f"too_late:{deal.transfer_id}" in await world.events(deal.case_id)
        assert paid_out(deal) == []
        assert deal.outside[RTMS].acts == [], "the report stands: the sale happened"


@pytest.mark.long
async def test_a_refused_compensation_is_mended_like_every_other_act(world: Any) -> None:
    async with deal_at_work(world) as deal:
        deal.pay("deposit")
        deal.outside[BANK].refusals["releases"] = [AgencyRefused("exceeds_deposit")]
        handle = await deal.start_transfer()
        async with deal.everybody_signs(handle):
            await deal.until_step(Step.STAMP_PAID)
            await deal.dissolve(handle)
            waiting = await deal.mending()
            assert set(next(iter(waiting.values()))["people"]) == {str(deal.buyer), str(deal.seller)}
            await act(handle, "refile", Act(person_id=deal.seller))
            await deal.finished(handle)
        assert paid_out(deal) == [("refund", DEPOSIT)]
        assert await signers_of(deal, "undo:release:1:2") == {"buyer", "seller"}


@pytest.mark.long
async def test_a_dissolution_that_comes_after_the_end_has_no_effect(world: Any) -> None:
    """All signed it while the registrar registered; the procedure of the transfer has just ended."""
    async with deal_at_work(world) as deal:
        handle = await deal.start_transfer(PAID)
        async with deal.everybody_signs(handle):
            deal.outside.decide(await deal.outside.received(), RegistryState.REGISTERED)
            await deal.finished(handle)
        row = await deal.transfer()
        row.state = "filed"  # as the record stood a moment before
        await world.add(row)
        contract_id = await deal.dissolve_by_signing()
        assert f"too_late:{contract_id}" in await world.events(deal.case_id)
        ended = world.client.get_workflow_handle(ids.contract_workflow_id(contract_id))
        assert (await ended.describe()).status.name == "COMPLETED"
        assert paid_out(deal) == []
