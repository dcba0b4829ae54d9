"""A draw that has been published, with its winners' procedures running, and the acts by which it is ended or mended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from activities.awards import Awards
from activities.collect import Collect
from activities.heartbeat import Beat
from activities.judge import Judge
from activities.lists import rows
from activities.select import run_draw
from domain import ids
from domain.draws import Authority, Order
from domain.facts import PROVIDER, Fact, Item
from domain.messages import Act, ActAnswer, ConfirmOrderAct, DigitsAct, OrderAct, RecordedDigitsAct
from domain.notices import Notice
from domain.time import now
from law import rulebook
from law.drawing.rows import WON
from law.drawing.transcript import Body, Transcript
from onjip.wiring.outbox import Dispatcher
from store.tables.draws import AwardRow, DrawRow
from tests.workflows.draw_play import Draw, Operator, applied, drawing, entry
from tests.workflows.test_story_a_award import Register
from workflows.award import AwardWorkflow

T = TypeVar("T")
DIGITS = "123456789"
RECORDING = "ab" * 32
CROWD = 12


@dataclass
class Ending:
    """``mine``: case of a person of ours with a home; ``other``: of one without."""

    draw: Draw
    operator: UUID
    mine: UUID
    other: UUID

    @property
    def world(self) -> Any:
        return self.draw.world

    async def act(self, update: str, message: Act) -> ActAnswer:
        """As the site does it: asked again while the procedure is a moment behind the record."""
        return await self._patient(lambda: self.draw.act(update, message))

    async def refused(self, update: str, message: Act) -> str | None:
        async def refusal() -> str | None:
            code = await self.draw.refused(update, message)
            if code == "not_yet":
                raise ApplicationError("again", type=code)
            return code

        return await self._patient(refusal)

    @staticmethod
    async def _patient(ask: Callable[[], Awaitable[T]]) -> T:
        async with asyncio.timeout(20):
            while True:
                try:
                    return await ask()
                except (WorkflowUpdateFailedError, ApplicationError) as error:
                    cause = error.cause if isinstance(error, WorkflowUpdateFailedError) else error
                    if not isinstance(cause, ApplicationError) or cause.type != "not_yet":
                        raise
                await asyncio.sleep(0.05)

    async def order(self, **changes: Any) -> Order:
        """An order whose document has been uploaded."""
        document = await self.draw.documents.put(b"%PDF-1.7 order", "application/pdf")
        plain: dict[str, Any] = {
            "authority": Authority.MINISTRY, "name": "국토교통부장관", "number": "주택기금과-2026-77",
            "ordered_on": date(2026, 1, 5), "reason": "추첨 절차가 법을 어겼음이 확인됨", "document_sha256": document,
        }  # fmt: skip
        return Order(**{**plain, **changes})

    def entering(self, order: Order, person: UUID | None = None) -> OrderAct:
        return OrderAct(person_id=person or self.operator, order=order)

    def confirming(self, order: Order, person: UUID | None = None) -> ConfirmOrderAct:
        return ConfirmOrderAct(person_id=person or self.draw.officer, order_sha256=order.digest())

    async def annul(self) -> Order:
        order = await self.order()
        await self.act("enter_order", self.entering(order))
        assert (await self.act("confirm_order", self.confirming(order))).state == "annulled"
        return order

    def typing(self, role: str, digits: str, recording: str = RECORDING) -> RecordedDigitsAct:
        person = self.operator if role == "operator" else self.draw.officer
        return RecordedDigitsAct(
            person_id=person, role=role, digits=digits, recording_sha256=recording, reason=f"{role}: 녹화와 다름"
        )

    async def correct(self, digits: str, number: int = 1) -> None:
        """Both type; until the correction is in force and the operator knows."""
        assert (await self.act("type_recorded", self.typing("operator", digits))).state == "waiting_for_other"
        assert (await self.act("type_recorded", self.typing("officer", digits))).state == "correcting"
        await self.until(lambda row: len(row.earlier or []) == number and row.correcting is None)
        async with asyncio.timeout(20):
            while len(self.draw.operator.sent("winners")) != 1 + number:  # noqa: ASYNC110 - the last thing that is done
                await asyncio.sleep(0.05)

    async def until(self, holds: Callable[[DrawRow], bool], within: float = 20.0) -> None:
        async with asyncio.timeout(within):
            while not holds(await self.draw.row()):  # noqa: ASYNC110 - the record is another process's
                await asyncio.sleep(0.05)

    async def won(self, **where: object) -> list[AwardRow]:
        found = await self.world.rows(AwardRow, notice_id=self.draw.notice.id, wait_list_no=None, **where)
        return [one for one in found if one.state != "annulled"]

    async def procedure(self, award_id: UUID) -> Any:
        """The winner's procedure, once it has been started."""
        handle = self.world.client.get_workflow_handle(ids.award_workflow_id(award_id))
        async with asyncio.timeout(20):
            while True:
                with suppress(Exception):
                    await handle.describe()
                    return handle
                await asyncio.sleep(0.05)

    async def transcript(self, sha256: str) -> Transcript:
        return Transcript.model_validate_json(await self.draw.documents.get(sha256))

    async def body(self) -> Body:
        return (await self.transcript((await self.draw.row()).transcript_sha256 or "")).body

    async def other_digits(self) -> str:
        """Digits by which some winners keep their homes and the person of ours does not."""
        draw = await self.draw.row()
        made = await rows(self.world.db, draw, Beat())
        before = {one.ticket: one.unit for one in await self.won()}
        (mine,) = [one.ticket for one in await self.won() if one.case_id == self.mine]
        for digits in _digits():
            draw.digits = digits
            result = run_draw(draw, made)
            said, units = result.run.selection.results, result.run.body.head.basis.types[0].unit_numbers
            after = {
                result.rows["ticket"][at].tobytes().hex(): units[int(said["unit"][at]) - 1]
                for at in range(len(said)) if said["result"][at] == WON
            }  # fmt: skip
            kept = {ticket for ticket in before if before[ticket] == after.get(ticket)}
            if kept and mine not in kept:
                return digits
        raise AssertionError("no such digits")


def _digits() -> Iterator[str]:
    for four in permutations("2345", 4):
        yield f"3{''.join(four)}6789"


@asynccontextmanager
async def published(
    world: Any, notice_of: Callable[..., Notice], fact_of: Callable[[Item, Any], Fact], folder: Path, number: str
) -> AsyncIterator[Ending]:
    """Three homes, by points; one for a person of ours. Promises are kept by the real dispatcher."""
    async with held(world, notice_of, fact_of, folder, number) as ending:
        for role, person in (("operator", ending.operator), ("officer", ending.draw.officer)):
            await ending.act("type_digits", DigitsAct(person_id=person, role=role, digits=DIGITS))
        await ending.draw.until("published")
        yield ending


@asynccontextmanager
async def held(
    world: Any, notice_of: Callable[..., Notice], fact_of: Callable[[Item, Any], Fact], folder: Path, number: str
) -> AsyncIterator[Ending]:
    """As far as the balls."""
    notice = notice_of(number, receipt_closes_at=now() + timedelta(seconds=3))
    operator = Operator()
    async with drawing(world, notice, folder, operator, also=procedures(world, notice, fact_of)) as draw:
        dispatching = asyncio.create_task(Dispatcher(world.db, world.client).run())
        harin = await world.person("하린")
        (first, mine, _), (second, other, _) = await applied(world, notice), await applied(world, notice)
        crowd = [entry(uuid4().hex, 30 + place) for place in range(CROWD)]
        operator.listed = [entry(first, 84), entry(second, 1), *crowd]
        await asyncio.sleep(max(0.0, (notice.receipt_closes_at - now()).total_seconds()) + 0.2)
        await draw.act("close", Act(person_id=harin))
        await draw.until("revealed")
        yield Ending(draw, harin, mine, other)
        dispatching.cancel()
        with suppress(asyncio.CancelledError):
            await dispatching


def procedures(
    world: Any, notice: Notice, fact_of: Callable[[Item, Any], Fact]
) -> tuple[list[type], list[Callable[..., Any]]]:
    """A winner's check, and what it asks."""
    values: dict[Item, Any] = {
        Item.HOUSEHOLD: {"head": True, "members": [
            {"relation": "self", "name": "김하늘", "birth_date": "1989-04-12"},
            {"relation": "child", "name": "이봄", "birth_date": "2022-03-05"},
        ]},
        Item.HOME_OWNERSHIP: {"homes": []},
        Item.PAST_WINS: {"wins": [{"notice_no": notice.number, "won_on": "2026-11-20", "regulated": True}]},
    }  # fmt: skip
    registers = {agency: Register(agency, values, fact_of, set()) for agency in set(PROVIDER.values())}
    awards = Awards(world.db, Judge(world.db, rulebook.load("normal")))
    collect = Collect(world.db, world.sealed, registers)
    return [AwardWorkflow], [awards.view, awards.decide, awards.accepted, awards.contract_by, awards.end, collect.renew]
