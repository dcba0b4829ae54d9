"""A contract is signed in order by its people, once each; whoever declines or does not come ends it in the open."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.service import RPCError

from domain import ids
from domain.messages import Act, ReasonAct, SigningPeriods
from domain.words import PartyRole
from domain.work import ContractDone
from store.tables.transfers import TransferRow
from tests.workflows.deal_world import ROLES, Deal, act, deal_at_work, make_deal, refused

BUYER, SELLER = PartyRole.BUYER, PartyRole.SELLER


async def invited(deal: Deal, **start: Any) -> Any:
    handle = await deal.start_contract(**start)
    for update in ("explain", "invite"):
        await act(handle, update, Act(person_id=deal.broker))
    return handle


async def ended(handle: Any) -> str:
    done: ContractDone = await handle.result()
    return done.state


async def test_it_is_signed_in_order_and_goes_on_to_the_title(world: Any) -> None:
    async with deal_at_work(world) as deal:
        handle = await deal.start_contract()
        assert await refused(handle, "invite", Act(person_id=deal.broker)) == "wrong_state", "not explained yet"
        assert await refused(handle, "explain", Act(person_id=deal.seller)) == "not_allowed"
        for update in ("explain", "invite"):
            await act(handle, update, Act(person_id=deal.broker))
        assert await refused(handle, "explain", Act(person_id=deal.broker)) == "wrong_state"
        assert await refused(handle, "sign", Act(person_id=deal.buyer)) == "wrong_state", "the seller signs first"
        assert await refused(handle, "sign", Act(person_id=deal.scrivener)) == "wrong_state", "no party"
        for role in ROLES:
            await deal.sign(handle, role)
        assert await ended(handle) == "sealed"
        row, signers = await deal.contract(), await deal.signers()
        assert row.state == "sealed"
        assert [one.state for one in signers.values()] == ["signed"] * 4
        assert len({one.revision_sha256 for one in signers.values()}) == 4, "each signature extends the one before"
        assert deal.works.rendered == 1
        transfer = (await world.rows(TransferRow, contract_id=row.id))[0]
        begun = world.client.get_workflow_handle(ids.transfer_workflow_id(transfer.id))
        assert (await begun.describe()).workflow_type == "TransferWorkflow"
        await begun.terminate()
        assert {"explained", "invited", "signed", "sealed"} <= await world.steps(deal.case_id)


async def test_who_presses_twice_signs_once(world: Any) -> None:
    async with deal_at_work(world) as deal:
        deal.signing.willing = False
        handle = await invited(deal)
        for _ in range(2):
            await act(handle, "sign", Act(person_id=deal.seller))
        await deal.signing.decide("approved")
        await deal.sign(handle, BUYER)
        await deal.signing.decide("approved")
        assert await refused(handle, "sign", Act(person_id=deal.seller)) == "wrong_state"
        assert [one.subject_ref for one in deal.signing.asked.values()].count(
            deal.signing.asked["S-1"].subject_ref
        ) == 1
        await handle.terminate()


async def test_somebody_declines_in_anothers_turn(world: Any, keep_history: Any) -> None:
    async with deal_at_work(world) as deal:
        deal.signing.willing = False
        handle = await invited(deal)
        await act(handle, "sign", Act(person_id=deal.seller))
        await until_asked(deal, SELLER)
        await act(handle, "decline", ReasonAct(person_id=deal.buyer, reason="대출이 되지 않음"))
        assert await ended(handle) == "declined"
        assert list(deal.signing.states.values()) == ["cancelled"], "nobody can approve it there any more"
        assert (await deal.signers())[SELLER].signing_number is None
        await keep_history(handle, "contract_declined")
        assert (await deal.contract()).state == "declined"
        line = (await world.events(deal.case_id))[f"declined:{deal.terms.contract_id}"]
        assert line.detail == {"reason": "대출이 되지 않음"}
        with pytest.raises(RPCError):
            await act(handle, "sign", Act(person_id=deal.buyer))


async def test_a_request_on_its_way_is_taken_back_as_soon_as_its_number_is_known(world: Any) -> None:
    """The contract ends at once; only its procedure waits for the signing service."""
    async with deal_at_work(world) as deal:
        deal.signing.willing, deal.signing.shut = False, asyncio.Event()
        handle = await invited(deal)
        await act(handle, "sign", Act(person_id=deal.seller))
        async with asyncio.timeout(10):
            while not deal.signing.arrived:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        await act(handle, "decline", ReasonAct(person_id=deal.buyer, reason="-"))
        async with asyncio.timeout(10):
            while (await deal.contract()).state != "declined":  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        assert deal.signing.states == {}
        deal.signing.shut.set()
        assert await ended(handle) == "declined"
        assert list(deal.signing.states.values()) == ["cancelled"]


async def test_a_no_at_the_signing_service_ends_it_too(world: Any) -> None:
    async with deal_at_work(world) as deal:
        deal.signing.willing = False
        handle = await invited(deal)
        await act(handle, "sign", Act(person_id=deal.seller))
        await deal.signing.decide("declined")
        assert await ended(handle) == "declined"
        assert (await deal.contract()).state == "declined"


async def test_a_request_that_ran_out_is_made_anew(world: Any, keep_history: Any) -> None:
    async with deal_at_work(world) as deal:
        deal.signing.willing = False
        handle = await invited(deal)
        await act(handle, "sign", Act(person_id=deal.seller))
        await deal.signing.decide("expired")
        await until_state(deal, SELLER, "waiting")
        await asyncio.sleep(0.3)
        assert len(deal.signing.asked) == 1, "asked again only when the person comes back"
        await act(handle, "sign", Act(person_id=deal.seller))
        await deal.signing.decide("approved")
        await until_state(deal, SELLER, "signed")
        references = [one.reference for one in deal.signing.asked.values()]
        assert len(set(references)) == 2
        await keep_history(handle, "contract_request_ran_out")
        await handle.terminate()


async def test_who_does_not_come_lets_it_lapse(world: Any) -> None:
    async with deal_at_work(world) as deal:
        deal.signing.willing = False
        handle = await invited(deal, periods=SigningPeriods(patience=timedelta(seconds=1.5)))
        await act(handle, "sign", Act(person_id=deal.seller))
        await until_asked(deal, SELLER)
        assert await ended(handle) == "expired"
        assert list(deal.signing.states.values()) == ["cancelled"]
        assert (await deal.contract()).state == "expired"


async def test_a_worker_killed_between_asking_and_signing_loses_nothing(world: Any, tmp_path: Path) -> None:
    deal = await make_deal(world, tmp_path)
    deal.signing.willing = False
    async with deal.working():
        handle = await invited(deal)
        await act(handle, "sign", Act(person_id=deal.seller))
        await until_asked(deal, SELLER)
    await deal.signing.decide("approved")
    deal.signing.willing = True
    async with deal.working():
        for role in list(ROLES)[1:]:
            await deal.sign(handle, role, 30)  # what was killed is noticed when it has not beaten for ten seconds
        assert await ended(handle) == "sealed"
    assert len(deal.signing.asked) == 4
    for row in await world.rows(TransferRow, contract_id=deal.terms.contract_id):
        await world.client.get_workflow_handle(ids.transfer_workflow_id(row.id)).terminate()


async def test_a_missing_content_comes_back_to_the_broker(world: Any) -> None:
    async with deal_at_work(world) as deal:
        deal.works.missing = "parties_identified"
        handle = await deal.start_contract()
        await act(handle, "explain", Act(person_id=deal.broker))
        assert await refused(handle, "invite", Act(person_id=deal.broker)) == "contract_content_missing"
        assert (await deal.contract()).state == "explained"
        deal.works.missing = ""
        assert (await act(handle, "invite", Act(person_id=deal.broker))).state == "invited"
        await handle.terminate()


async def test_a_document_that_cannot_be_made_ends_the_contract_in_the_open(world: Any) -> None:
    """A contract without a broker has nobody to come back to; its parties see why there is none."""
    async with deal_at_work(world) as deal:
        await deal.sealed_contract()
        deal.works.missing = "settlement_stated"
        contract_id = await deal.propose_dissolution()
        handle = await deal.start_contract(contract_id)
        assert await ended(handle) == "declined"
        events = await world.events(deal.case_id)
        assert events[f"declined:{contract_id}"].detail == {"reason": "contract_content_missing"}
        assert "contract_content_missing" in {row.reference for row in events.values()}


async def test_after_registration_a_dissolution_is_not_sealed(world: Any) -> None:
    async with deal_at_work(world) as deal:
        await deal.sealed_contract()
        handle = await deal.start_contract(contract_id := await deal.propose_dissolution())
        roles = list(ROLES)
        for role in roles[:-1]:
            await deal.sign(handle, role)
        row = await deal.transfer()
        row.state = "registered"
        await world.add(row)
        await deal.sign(handle, roles[-1])
        assert await ended(handle) == "expired"
        assert (await deal.contract(contract_id)).state == "expired"
        assert (await deal.contract()).state == "sealed"
        assert f"too_late:{contract_id}" in await world.events(deal.case_id)


async def until_asked(deal: Deal, role: PartyRole) -> None:
    await until_state(deal, role, "asked")


async def until_state(deal: Deal, role: PartyRole, state: str) -> None:
    async with asyncio.timeout(10):
        while (await deal.signers())[role].state != state:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
