"""A consent's life: facts come under it, and nothing comes after it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from temporalio.client import Client, WorkflowHandle

from activities.collect import Collect
from activities.consents import Consents
from domain import ids
from domain.errors import AgencyDown
from domain.facts import PROVIDER, Fact, Item
from domain.messages import ConsentStart
from domain.time import now
from domain.words import Agency
from store import access_log
from store.tables.consents import AccessRow, ConsentRow, DecisionRow, FactRow
from store.tables.exchange import OutboxRow
from store.tables.people import SealedReleaseRow
from workflows._options import FLOW
from workflows.consent import ConsentWorkflow

MINE = (Item.HOUSEHOLD, Item.HOME_OWNERSHIP, Item.SUBSCRIPTION_ACCOUNT)
DAY = date(2026, 11, 2)


@dataclass
class Register:
    """A register that answers, is down, or lets its caller wait. ``asked`` counts calls."""

    agency: Agency
    down: bool = False
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    asked: list[Item] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.gate.set()

    async def fetch(self, item: Item, *, identity_ref: str, consent_token: str, purpose: str) -> Fact:
        self.asked.append(item)
        assert identity_ref.startswith("idr_")
        assert (consent_token, purpose) == ("token", "subscription")
        await self.gate.wait()
        if self.down:
            raise AgencyDown
        return Fact(
            item=item,
            value={},
            source=self.agency,
            as_of=DAY,
            issued_at=now(),
            document_no=f"{item}-1",
            sha256="a" * 64,
        )


@dataclass
class Registry:
    revoked: list[str] = field(default_factory=list)

    async def revoke(self, token_id: str) -> None:
        self.revoked.append(token_id)


@dataclass
class Story:
    world: Any
    registers: dict[Agency, Register]
    registry: Registry

    async def start(self, consent_id: UUID) -> WorkflowHandle[Any, Any]:
        client: Client = self.world.client
        return await client.start_workflow(
            ConsentWorkflow.run,
            ConsentStart(consent_id=consent_id),
            id=ids.consent_workflow_id(consent_id),
            task_queue=FLOW,
        )

    async def stored(self, consent_id: UUID) -> set[str]:
        return {row.item for row in await self.world.rows(FactRow, consent_id=consent_id)}

    @property
    def calls(self) -> int:
        return sum(len(register.asked) for register in self.registers.values())


@asynccontextmanager
async def story(world: Any) -> AsyncIterator[Story]:
    registers = {agency: Register(agency) for agency in set(PROVIDER.values())}
    registry = Registry()
    collect = Collect(world.db, world.sealed, registers)
    consents = Consents(world.db, world.sealed, registry)
    activities = [
        collect.fetch, consents.look, consents.note_answer, consents.settle, consents.revoke, consents.close,
    ]  # fmt: skip
    async with world.working([ConsentWorkflow], activities):
        yield Story(world, registers, registry)


async def until(check: Any, within: float = 15.0) -> None:
    async with asyncio.timeout(within):
        while not await check():  # noqa: ASYNC110 - the record is another process's
            await asyncio.sleep(0.05)


async def test_two_people_consent_and_all_facts_arrive(world: Any) -> None:
    haneul, seojun = await world.person(), await world.person("이서준", date(1988, 9, 30))
    case_id = await world.case(haneul)
    mine = await world.consent(case_id, haneul, MINE)
    theirs = await world.consent(case_id, seojun, (Item.HOME_OWNERSHIP, Item.PAST_WINS), relation="spouse")
    async with story(world) as told:
        first, second = await told.start(mine), await told.start(theirs)
        await world.give(mine)
        await first.signal("given")
        await until(lambda: _has(told, mine, len(MINE)))
        assert not await world.steps(case_id), "one of two has not answered yet"
        await world.give(theirs)
        await second.signal("given")
        await until(lambda: _step(world, case_id, "facts_collected"))
        assert await world.steps(case_id) == {"consented", "facts_collected"}
        assert (await world.events(case_id))["facts_collected"].detail == {"missing": {}}
        for consent_id in (mine, theirs):
            await world.change(consent_id, state="withdrawn")
        await first.signal("withdrawn")
        await second.signal("withdrawn")
        await asyncio.gather(first.result(), second.result())
    assert sorted(told.registry.revoked) == sorted([f"jti-{mine}", f"jti-{theirs}"])
    assert not await told.stored(mine), "nothing was filed: facts are gone with the consent"
    looks = await world.rows(AccessRow, consent_id=mine)
    assert [look.outcome for look in looks] == ["looked"] * len(MINE)
    async with world.db.transaction() as session:
        assert await access_log.first_broken(session) is None
    assert all(release.basis for release in await world.rows(SealedReleaseRow))


async def test_a_dead_register_stops_nothing_and_its_item_comes_later(world: Any) -> None:
    person = await world.person()
    case_id = await world.case(person)
    consent_id = await world.consent(case_id, person, MINE, state="given")
    async with story(world) as told:
        told.registers[Agency.HOUSES].down = True
        handle = await told.start(consent_id)
        await until(lambda: _step(world, case_id, "facts_collected"))
        assert (await world.events(case_id))["facts_collected"].detail["missing"] == {
            str(consent_id): ["home_ownership"]
        }
        assert await told.stored(consent_id) == {"household", "subscription_account"}
        await world.add(decision(case_id, person))
        told.registers[Agency.HOUSES].down = False
        await until(lambda: _has(told, consent_id, 3))
        await until(lambda: _event(world, case_id, f"consent:{consent_id}:completed"))
        assert told.registers[Agency.RESIDENTS].asked == [Item.HOUSEHOLD], "what is stored is not asked again"
        await handle.terminate()
    promised = await world.rows(OutboxRow, kind="start:AssessWorkflow")
    assert [row.payload["notice_ids"] for row in promised] == [["lh-0001"]], "judged again, now with all facts"
    outcomes = [look.outcome for look in await world.rows(AccessRow, consent_id=consent_id)]
    assert "agency_down" in outcomes


async def test_nothing_is_fetched_or_kept_after_a_withdrawal(world: Any) -> None:
    person = await world.person()
    case_id = await world.case(person)
    consent_id = await world.consent(case_id, person, MINE, state="given")
    async with story(world) as told:
        told.registers[Agency.SAVINGS].gate.clear()
        told.registers[Agency.HOUSES].down = True
        handle = await told.start(consent_id)
        await until(lambda: _asked(told, Agency.SAVINGS))
        await world.change(consent_id, state="withdrawn", ended_at=now())
        await handle.signal("withdrawn")
        view = await handle.result()
        calls = told.calls
        told.registers[Agency.SAVINGS].gate.set()
        await asyncio.sleep(1.0)
        assert told.calls == calls
        assert view.state == "withdrawn"
        assert told.registry.revoked == [f"jti-{consent_id}"]
        assert await told.stored(consent_id) == set()
    assert not await world.steps(case_id) & {"facts_collected"}


async def test_an_expired_consent_ends_by_itself(world: Any) -> None:
    person = await world.person()
    case_id = await world.case(person)
    consent_id = await world.consent(case_id, person, MINE, state="given", lasts=timedelta(seconds=1.5))
    async with story(world) as told:
        handle = await told.start(consent_id)
        view = await handle.result()
    assert view.state == "expired"
    assert (await world.rows(ConsentRow, id=consent_id))[0].ended_at is not None
    assert told.registry.revoked == []
    assert await told.stored(consent_id) == set()


async def test_a_refusal_is_an_answer(world: Any) -> None:
    haneul, seojun = await world.person(), await world.person("이서준")
    case_id = await world.case(haneul)
    mine = await world.consent(case_id, haneul, MINE, state="given")
    theirs = await world.consent(case_id, seojun, MINE, relation="spouse")
    async with story(world) as told:
        first, second = await told.start(mine), await told.start(theirs)
        await world.change(theirs, state="refused")
        await second.signal("refused")
        assert (await second.result()).state == "refused"
        await until(lambda: _step(world, case_id, "facts_collected"))
        assert await told.stored(theirs) == set()
        await first.terminate()


def decision(case_id: UUID, person: UUID) -> DecisionRow:
    """That somebody was told: cannot tell."""
    return DecisionRow(
        case_id=case_id, person_id=person, notice_id="lh-0001", rule="assess.general", outcome="cannot_tell", body={},
        facts={}, rulebook="0" * 64, as_of=DAY,
    )  # fmt: skip


async def _has(told: Story, consent_id: UUID, count: int) -> bool:
    return len(await told.stored(consent_id)) == count


async def _asked(told: Story, agency: Agency) -> bool:
    return bool(told.registers[agency].asked)


async def _step(world: Any, case_id: UUID, step: str) -> bool:
    return step in await world.steps(case_id)


async def _event(world: Any, case_id: UUID, key: str) -> bool:
    return key in await world.events(case_id)
