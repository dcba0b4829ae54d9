"""A signed sale is changed by everybody who signed it: what is unpaid follows, a new price is reported, once."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest

from domain import ids
from domain.filings import RegistryState
from domain.other_drafts import amendment_terms
from domain.time import now, seoul_date
from domain.words import Agency, Step
from store import amendments, contracts
from store.tables.contracts import ApprovalRow
from tests.workflows.deal_world import DEPOSIT, PRICE, ROLES, Deal, deal_at_work

RTMS, REGISTRY, WETAX = Agency.RTMS, Agency.REGISTRY, Agency.WETAX
CHEAPER = PRICE - 7_000_000


async def proposed(deal: Deal, price: int) -> UUID:
    """As the API makes it."""
    async with deal.world.db.transaction() as session:
        original = await contracts.contract(session, deal.terms.contract_id)
        before = await amendments.in_force(session, original)
        first, last = before.payments
        payments = (first, last.model_copy(update={"amount": price - first.amount}))
        terms = amendment_terms(
            ids.new_id(), original=before, reason="누수 수리비", made_on=seoul_date(now()), price=price,
            payments=payments,
        )  # fmt: skip
        await contracts.add_contract(
            session, terms, case_id=deal.case_id, created_by=deal.seller, supersedes=original.id
        )
    return terms.contract_id


async def amended(deal: Deal, price: int) -> UUID:
    contract_id = await proposed(deal, price)
    handle = await deal.start_contract(contract_id)
    for role in ROLES:
        await deal.sign(handle, role, 30)
    await handle.result()
    return contract_id


async def _until_made(deal: Deal, kind: str) -> None:
    """Until a body whose kind begins so is there to be signed."""
    async with asyncio.timeout(15):
        while not any(  # noqa: ASYNC110
            row.kind.startswith(kind) for row in await deal.world.rows(ApprovalRow, subject_id=deal.transfer_id)
        ):
            await asyncio.sleep(0.05)


def pay_balance(deal: Deal, price: int) -> None:
    (balance,) = [one for one in deal.terms.payments if one.kind == "balance"]
    deal.outside.pay_in(balance.reference, price - DEPOSIT)


async def test_a_changed_price_is_reported_due_taxed_and_registered(world: Any, keep_history: Any) -> None:
    async with deal_at_work(world) as deal:
        deal.pay("deposit")
        handle = await deal.start_transfer()
        async with deal.everybody_signs(handle):
            await deal.until_step(Step.STAMP_PAID)
            amendment = await amended(deal, CHEAPER)
            pay_balance(deal, CHEAPER)
            deal.outside.decide(await deal.outside.received(), RegistryState.REGISTERED)
            await deal.finished(handle)
        await keep_history(handle, "transfer_amended")
        first, change = (deal.outside[RTMS].bodies[reference] for _, reference in deal.outside[RTMS].acts)
        assert [service.split("/")[-1] for service, _ in deal.outside[RTMS].acts] == ["reports", "change"]
        assert (first["price"], change["price"]) == (PRICE, CHEAPER)
        sealed = (await deal.contract(amendment)).document_sha256
        assert (first["amendment_sha256"], change["amendment_sha256"]) == (None, sealed)
        assert change["contract_sha256"] == (await deal.contract()).document_sha256
        application = deal.outside[REGISTRY].body("applications")
        assert (application["price"], application["tax_base"]) == (CHEAPER, CHEAPER)
        papers = [one["document"] for one in (await deal.transfer()).record["packet"]["items"]]
        assert papers.count("amendment") == 1
        lines = await world.events(deal.case_id)
        assert f"amended:{amendment}" in lines
        assert (await deal.contract()).state == "sealed"


@pytest.mark.long
async def test_before_the_report_the_contract_is_reported_first_as_it_was_made(world: Any) -> None:
    async with deal_at_work(world) as deal:
        deal.pay("deposit")
        handle = await deal.start_transfer()
        await deal.until_approval("report")
        await amended(deal, CHEAPER)
        async with deal.everybody_signs(handle):
            await deal.until_step(Step.STAMP_PAID)
            await _until_made(deal, "change_report:amendment:")
            pay_balance(deal, CHEAPER)
            await deal.until_step(Step.TAXED)
        prices = [deal.outside[RTMS].bodies[reference]["price"] for _, reference in deal.outside[RTMS].acts]
        assert prices == [PRICE, CHEAPER]
        await handle.terminate()


@pytest.mark.long
async def test_two_amendments_stand_one_upon_the_other(world: Any) -> None:
    async with deal_at_work(world) as deal:
        deal.pay("deposit")
        handle = await deal.start_transfer()
        async with deal.everybody_signs(handle):
            await deal.until_step(Step.STAMP_PAID)
            await amended(deal, CHEAPER)
            await amended(deal, CHEAPER - 1_000_000)
            pay_balance(deal, CHEAPER - 1_000_000)
            await deal.until_step(Step.TAXED)
        prices = [deal.outside[RTMS].bodies[reference]["price"] for _, reference in deal.outside[RTMS].acts]
        assert prices[0] == PRICE
        assert prices[-1] == CHEAPER - 1_000_000
        assert len(prices) == 3
        await handle.terminate()


@pytest.mark.long
async def test_once_the_balance_is_paid_an_amendment_is_not_made_any_more(world: Any) -> None:
    async with deal_at_work(world) as deal:
        deal.pay("deposit")
        handle = await deal.start_transfer()
        async with deal.everybody_signs(handle, but=["tax"]):
            await deal.until_step(Step.STAMP_PAID)
            amendment = await deal.start_contract(await proposed(deal, CHEAPER))
            *most, last = ROLES
            for role in most:
                await deal.sign(amendment, role, 30)
            deal.pay("balance")
            await deal.until_step(Step.PAID)
            await deal.sign(amendment, last, 30)
            assert (await amendment.result()).state == "expired"
        assert [service for service, _ in deal.outside[RTMS].acts] == ["reports"]
        lines = await world.events(deal.case_id)
        assert any(key.startswith("too_late_to_amend:") for key in lines)
        async with world.db.transaction() as session:
            assert not await amendments.is_amendable(session, deal.terms.contract_id)
        await handle.terminate()
