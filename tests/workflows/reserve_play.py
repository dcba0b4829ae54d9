"""A draw that is over, with people on its wait-list, and the acts of its first round."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from domain import ids
from domain.applications import ReceivedEntry
from domain.messages import Act, ActAnswer, DigitsAct, LapseAct, OpenRoundAct, ReserveStart
from domain.notices import HouseType, Notice
from domain.time import now
from domain.words import SupplyKind
from law.rulebook import PARAMETERS, Rulebook, build
from store import joining
from store.tables.draws import AwardRow, DrawRow
from store.tables.exchange import OutboxRow
from store.tables.reserve import ReserveJoinRow, ReserveRow
from tests.workflows.draw_play import Draw, Operator, applied, drawing, entry
from workflows._options import FLOW
from workflows.reserve import ReserveRoundWorkflow

DIGITS = "1-2345-6789"
SHORT = """\
name: short
base: normal
description: The time for contracts is over at once in these tests.
periods:
  contract_after_announcement: PT0S
  contract_window: PT0S
"""
UNITS = tuple(f"101-{floor}0{line}" for floor in (1, 2) for line in (1, 2))


def short(folder: Path) -> Rulebook:
    (folder / "short.yaml").write_text(SHORT)
    return build("short", PARAMETERS, folder)


@dataclass
class Round:
    """``people``: cases of those who applied here, in the order in which they wait."""

    draw: Draw
    book: Rulebook
    people: list[UUID]
    operator: UUID

    @property
    def world(self) -> Any:
        return self.draw.world

    async def awards(self, **where: object) -> list[AwardRow]:
        """By place on the wait-list; the winners of the draw first."""
        rows = await self.world.rows(AwardRow, notice_id=self.draw.notice.id, **where)
        return sorted(rows, key=lambda row: (row.supply_kind == "general", row.wait_list_no or 0, row.unit or ""))

    async def mine(self, number: int) -> AwardRow:
        """The place or home of one of the people."""
        (row,) = await self.awards(case_id=self.people[number])
        return row

    async def won(self, *, special: bool = False) -> list[AwardRow]:
        return [row for row in await self.awards(wait_list_no=None) if (row.supply_kind != "general") == special]

    async def change(self, award: AwardRow, **values: object) -> None:
        async with self.world.db.transaction() as session:
            row = await session.get_one(AwardRow, award.id)
            for name, value in values.items():
                setattr(row, name, value)
            session.add(row)

    async def annul(self) -> None:
        """By an authority's order; what else that does is another test's."""
        async with self.world.db.transaction() as session:
            row = await session.get_one(DrawRow, self.draw.notice.id)
            row.state = "annulled"
            session.add(row)

    async def lapse(self, award: AwardRow) -> str:
        act = LapseAct(person_id=self.draw.officer, award_id=award.id, reason="계약하지 않음")
        return (await self.draw.act("lapse", act)).state

    def opening(self, after_s: float = 3.0) -> OpenRoundAct:
        return OpenRoundAct(person_id=self.draw.officer, until=now() + timedelta(seconds=after_s))

    async def join(self, award: AwardRow, *, joins: bool = True) -> None:
        async with self.world.db.transaction() as session:
            await joining.say_own(session, award.id, self.book, joins=joins)

    async def enter(self, *awards: AwardRow, joins: bool = True) -> None:
        tickets = [award.ticket for award in awards]
        async with self.world.db.transaction() as session:
            await joining.enter(session, self.draw.notice.id, tickets, self.draw.officer, joins=joins)

    async def begin(self) -> WorkflowHandle[Any, Any]:
        """The procedure that was promised when the round was opened."""
        workflow_id = ids.reserve_workflow_id(self.draw.notice.id)
        (promise,) = await self.world.rows(OutboxRow, workflow_id=workflow_id)
        handle: WorkflowHandle[Any, Any] = await self.world.client.start_workflow(
            ReserveRoundWorkflow.run, ReserveStart.model_validate(promise.payload), id=workflow_id, task_queue=FLOW
        )
        return handle

    async def row(self) -> ReserveRow:
        row: ReserveRow = (await self.world.rows(ReserveRow, notice_id=self.draw.notice.id))[0]
        return row

    async def deadline(self) -> None:
        """Until the time to join is over."""
        await asyncio.sleep(max(0.0, ((await self.row()).until - now()).total_seconds()))

    async def until(self, state: str) -> None:
        async with asyncio.timeout(15):
            while (await self.row()).state != state:  # noqa: ASYNC110 - the record is another process's
                await asyncio.sleep(0.05)

    async def type_digits(self, handle: WorkflowHandle[Any, Any], role: str, digits: str = DIGITS) -> str:
        """The state of the answer."""
        act = self.typed(role, digits)
        answer = await when_ready(lambda: handle.execute_update("type_digits", act, result_type=ActAnswer))
        return answer.state

    def typed(self, role: str, digits: str = DIGITS) -> DigitsAct:
        return DigitsAct(person_id=self.operator if role == "operator" else self.draw.officer, role=role, digits=digits)

    async def joined(self) -> list[ReserveJoinRow]:
        return await self.world.rows(ReserveJoinRow, notice_id=self.draw.notice.id)  # type: ignore[no-any-return]


@asynccontextmanager
async def drawn(
    world: Any, notice_of: Callable[..., Notice], folder: Path, number: str, *, special: bool = False, people: int = 2
) -> AsyncIterator[Round]:
    """Published: four homes, or two and two. ``people`` of ours wait for a general home in front of all others."""
    units = {SupplyKind.GENERAL: 2, SupplyKind.NEWLYWED: 2} if special else {SupplyKind.GENERAL: 4}
    house = HouseType(
        model_no="01", name="84A", exclusive_area="84.98", price=520_000_000, units=units, unit_numbers=UNITS
    )
    notice = notice_of(number, house_types=(house,), receipt_closes_at=now() + timedelta(seconds=3))
    operator, book = Operator(), short(folder)
    async with drawing(world, notice, folder, operator, book=book) as draw:
        harin = await world.person("하린")
        cases, listed = await _received(world, notice, people, special=special)
        operator.listed = listed
        await asyncio.sleep(max(0.0, (notice.receipt_closes_at - now()).total_seconds()) + 0.2)
        await draw.act("close", Act(person_id=harin))
        await draw.until("revealed")
        round_ = Round(draw, book, cases, harin)
        await when_ready(lambda: draw.act("type_digits", round_.typed("operator")))
        await draw.act("type_digits", round_.typed("officer"))
        await draw.until("published")
        places = {case: (await round_.awards(case_id=case))[0].wait_list_no or 0 for case in cases}
        round_.people.sort(key=lambda case: places[case])
        yield round_
        await draw.handle.terminate()


async def when_ready(act: Callable[[], Awaitable[ActAnswer]]) -> ActAnswer:
    """The record is a moment ahead of the procedure, which then asks to come again."""
    while True:
        try:
            return await act()
        except WorkflowUpdateFailedError as refused:
            if not isinstance(refused.cause, ApplicationError) or refused.cause.type != "not_yet":
                raise
            await asyncio.sleep(0.05)


async def _received(
    world: Any, notice: Notice, people: int, *, special: bool
) -> tuple[list[UUID], list[ReceivedEntry]]:
    """Points decide about all homes but one, which goes by lot to somebody without a home: not to ours, who come next
    on the wait-list by their points."""
    ours = [await applied(world, notice) for _ in range(people)]
    winners = [entry(uuid4().hex, 80) for _ in range(2 if special else 3)]
    waiting = [entry(ticket, 60 - place, homeless=False) for place, (ticket, _, _) in enumerate(ours)]
    others = [entry(uuid4().hex, 30 + place) for place in range(5)]
    married = [entry(uuid4().hex, 0, kind=SupplyKind.NEWLYWED) for _ in range(5)] if special else []
    return [case for _, case, _ in ours], _mixed(winners, waiting, others, married)


def _mixed(*groups: Sequence[ReceivedEntry]) -> list[ReceivedEntry]:
    return sorted((one for group in groups for one in group), key=lambda one: one.ticket)


async def another(world: Any, notice_of: Callable[..., Notice], number: str) -> Notice:
    notice = notice_of(number)
    await world.publish(notice)
    return notice


def elsewhere(award: AwardRow, notice: Notice) -> AwardRow:
    """The person who waits has won a home of another notice."""
    return AwardRow(
        notice_id=notice.id, ticket=uuid4().hex, person_id=award.person_id, model_no="01", supply_kind="general",
        unit="201-101", option_codes=[],
    )  # fmt: skip
