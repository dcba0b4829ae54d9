"""By which means a party signs: the service, or an own device; one prepared revision at a time, nobody asked twice."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import select

from domain.errors import WrongState
from domain.messages import Act, SignAct, SigningPeriods
from domain.time import now
from domain.words import PartyRole, SigningMeans
from store import devices
from store.tables.contracts import SignerRow
from store.tables.devices import DeviceRequestRow
from tests.workflows.deal_world import Deal, act, deal_at_work, make_deal
from workflows._contract_acts import PREPARING

BUYER, SELLER = PartyRole.BUYER, PartyRole.SELLER
SHORT = SigningPeriods(lease=timedelta(seconds=0.3))


async def certificate(deal: Deal, role: PartyRole, means: SigningMeans = SigningMeans.BROWSER_KEY) -> str:
    async with deal.world.db.transaction() as session:
        chain = [uuid4().bytes, b"authority"]
        row = await devices.keep_certificate(session, deal.people[role], means, chain, now() + timedelta(days=1))
    return row.sha256


async def together(deal: Deal) -> None:
    """Seller and buyer sign in any order."""
    async with deal.world.db.transaction() as session:
        for row in await session.exec(select(SignerRow).where(SignerRow.contract_id == deal.terms.contract_id)):
            if row.role in (SELLER, BUYER):
                row.order_no = 1
                session.add(row)


async def started(deal: Deal, **start: Any) -> Any:
    handle = await deal.start_contract(**start)
    for update in ("explain", "invite"):
        await act(handle, update, Act(person_id=deal.broker))
    return handle


async def until(deal: Deal, role: PartyRole, state: str) -> SignerRow:
    async with asyncio.timeout(30):  # a new worker is found ten seconds after the old one was killed
        while (row := (await deal.signers())[role]).state != state:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return row


async def ready(deal: Deal, handle: Any, role: PartyRole, by: str = "") -> str:
    """As the person on the page: ready to sign. The number of the request, as soon as there is one."""
    before = (await deal.signers())[role].signing_number
    await act(handle, "sign", SignAct(person_id=deal.people[role], certificate=by))
    async with asyncio.timeout(10):
        while not (number := (await deal.signers())[role].signing_number) or number == before:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return number


async def give(deal: Deal, role: PartyRole, number: str, signature: bytes = b"signed") -> None:
    """As the API does with a signature that it has verified."""
    async with deal.world.db.transaction() as session:
        asked = await devices.asked_of(session, deal.people[role], number, lock=True)
        devices.take(asked.row, signature)
        session.add(asked.row)


async def requests(deal: Deal) -> dict[str, str]:
    return {row.number: row.state for row in await deal.world.rows(DeviceRequestRow)}


async def test_a_device_signs_in_the_place_of_the_service(world: Any) -> None:
    async with deal_at_work(world) as deal:
        handle = await started(deal)
        mine = await certificate(deal, SELLER)
        number = await ready(deal, handle, SELLER, mine)
        asked = await until(deal, SELLER, "asked")
        assert (asked.means, asked.certificate_sha256) == (SigningMeans.BROWSER_KEY, mine)
        assert [use["decision"]["outcome"] for use in asked.uses or ()] == ["no", "cannot_tell"]
        line = (await world.events(deal.case_id))[f"means:{deal.terms.contract_id}:seller_1:0"]
        assert "등기소에 방문신청" in line.ko, "the way on paper is named before anybody signs"
        assert deal.signing.asked == {}, "no service was asked"
        await give(deal, SELLER, number)
        signed = await until(deal, SELLER, "signed")
        assert (signed.means, signed.signature) == (SigningMeans.BROWSER_KEY, None)
        revision = await deal.store.get(signed.revision_sha256 or "")
        assert revision.endswith(b"signed")
        await handle.terminate()


async def test_what_every_office_takes_needs_no_word(world: Any) -> None:
    async with deal_at_work(world) as deal:
        handle = await started(deal)
        await ready(deal, handle, SELLER, await certificate(deal, SELLER, SigningMeans.JOINT_CERTIFICATE))
        asked = await until(deal, SELLER, "asked")
        assert [use["decision"]["outcome"] for use in asked.uses or ()] == ["yes", "yes"]
        assert not [key for key in await world.events(deal.case_id) if key.startswith("means:")]
        await handle.terminate()


async def test_the_answer_says_where_to_sign(world: Any) -> None:
    async with deal_at_work(world) as deal:
        handle = await started(deal)
        mine = await certificate(deal, SELLER)
        answer = await act(handle, "sign", SignAct(person_id=deal.seller, certificate=mine))
        assert answer == PREPARING
        await handle.terminate()


async def test_who_chooses_another_means_is_asked_anew(world: Any) -> None:
    async with deal_at_work(world) as deal:
        deal.signing.willing = False
        handle = await started(deal)
        remote = await ready(deal, handle, SELLER)
        number = await ready(deal, handle, SELLER, await certificate(deal, SELLER))
        assert deal.signing.states == {remote: "cancelled"}, "nobody can approve it there any more"
        await give(deal, SELLER, number)
        assert (await until(deal, SELLER, "signed")).means == SigningMeans.BROWSER_KEY
        await handle.terminate()


async def test_what_was_approved_before_another_means_was_chosen_stands(world: Any) -> None:
    """Nobody is asked twice for a signature that they have given."""
    async with deal_at_work(world) as deal:
        deal.signing.willing = False
        handle = await started(deal)
        number = await ready(deal, handle, SELLER, mine := await certificate(deal, SELLER))
        await give(deal, SELLER, number)
        await act(handle, "sign", SignAct(person_id=deal.seller, certificate=""))
        signed = await until(deal, SELLER, "signed")
        assert (signed.certificate_sha256, deal.signing.asked) == (mine, {})
        await handle.terminate()


async def test_a_lease_ends_when_others_wait(world: Any, keep_history: Any) -> None:
    async with deal_at_work(world) as deal:
        await together(deal)
        handle = await started(deal, periods=SHORT)
        sellers, buyers = await certificate(deal, SELLER), await certificate(deal, BUYER)
        late = await ready(deal, handle, SELLER, sellers)
        await asyncio.sleep(0.5)
        assert (await deal.signers())[SELLER].state == "asked", "nobody else waits: the revision stays theirs"
        number = await ready(deal, handle, BUYER, buyers)
        assert (await requests(deal))[late] == "cancelled"
        seller = await until(deal, SELLER, "waiting")
        assert (seller.prepared, seller.means, seller.uses) == (None, None, None)
        with pytest.raises(WrongState, match="revision_lapsed"):
            await give(deal, SELLER, late)
        await give(deal, BUYER, number)
        await until(deal, BUYER, "signed")
        line = (await world.events(deal.case_id))[f"lapsed:{deal.terms.contract_id}:seller_1:0"]
        assert "다음 사람에게 차례를" in line.ko
        again = await ready(deal, handle, SELLER, sellers)
        await give(deal, SELLER, again)
        await until(deal, SELLER, "signed")
        await keep_history(handle, "contract_lease_ended")
        await handle.terminate()


async def test_within_the_lease_others_wait(world: Any) -> None:
    async with deal_at_work(world) as deal:
        await together(deal)
        handle = await started(deal)
        number = await ready(deal, handle, SELLER, await certificate(deal, SELLER))
        await act(handle, "sign", SignAct(person_id=deal.buyer, certificate=await certificate(deal, BUYER)))
        await asyncio.sleep(0.3)
        signers = await deal.signers()
        assert (signers[SELLER].state, signers[BUYER].state) == ("asked", "waiting"), "one prepared revision at a time"
        await give(deal, SELLER, number)
        await until(deal, SELLER, "signed")
        await until(deal, BUYER, "asked")
        assert await _based(deal, BUYER) == (await deal.signers())[SELLER].revision_sha256
        await handle.terminate()


async def _based(deal: Deal, role: PartyRole) -> str:
    prepared = (await deal.signers())[role].prepared
    assert prepared is not None
    return str(prepared["base_sha256"])


async def test_a_signature_that_came_just_before_the_lease_ended_stands(world: Any) -> None:
    async with deal_at_work(world) as deal:
        await together(deal)
        deal.signing.willing = False
        handle = await started(deal, periods=SHORT)
        await ready(deal, handle, SELLER)
        deal.signing.slow = True  # the service tells of an approval only when the request is called back
        await deal.signing.decide("approved")
        await ready(deal, handle, BUYER, await certificate(deal, BUYER))
        seller = (await deal.signers())[SELLER]
        assert seller.state == "signed"
        assert await _based(deal, BUYER) == seller.revision_sha256
        assert len(deal.signing.asked) == 1, "not asked twice"
        await handle.terminate()


async def test_what_is_given_while_nobody_works_is_embedded_later(world: Any, tmp_path: Path) -> None:
    deal = await make_deal(world, tmp_path)
    async with deal.working():
        handle = await started(deal)
        number = await ready(deal, handle, SELLER, await certificate(deal, SELLER))
    await give(deal, SELLER, number)
    async with deal.working():
        await until(deal, SELLER, "signed")
        await handle.terminate()
    assert (await requests(deal))[number] == "approved"
