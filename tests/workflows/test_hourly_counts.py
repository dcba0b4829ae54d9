"""Applications are counted and stamped at every full hour of receipt, each hour once, whatever stands still.

The clock is the server's own, moved on (``temporalio.testing.TimeSkipper``): nobody waits for an hour.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowHandle
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from activities.custodians import Custodians
from activities.exchange import Carriage
from activities.receiving import Receiving
from domain import ids
from domain.errors import AgencyDown
from domain.messages import DrawStart
from domain.notices import Notice
from domain.time import now
from domain.words import Agency
from law.drawing.terms import Head
from law.drawing.transcript import count_digest
from store.documents import FolderDocuments
from store.notices import CUSTODIANS
from store.tables.draws import DrawCountRow, DrawRow
from tests.workflows.draw_play import Custodian, Operator, Trust
from workflows._options import FLOW
from workflows.draw import DrawWorkflow

pytestmark = pytest.mark.long

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@dataclass
class Growing(Operator):
    """Has one application more each time that it is asked."""

    number: int = 0

    async def count(self, notice_no: str) -> int:
        self.number += 1
        return self.number


@dataclass
class Authority(Trust):
    """Stamps, or is silent for good; then it asks to come again in ten minutes."""

    silent: bool = False
    refused: int = 0

    async def timestamp(self, digest: bytes) -> bytes:
        if self.silent:
            self.refused += 1
            raise AgencyDown(retry_after=600)
        return await super().timestamp(digest)


@dataclass
class Receipt:
    """A notice in receipt, from ``opens`` (a full hour) for four hours and ``more``; its workers come and go."""

    world: Any
    notice: Notice
    trust: Authority
    activities: list[Callable[..., Any]]
    handle: WorkflowHandle[Any, Any]
    skipper: TimeSkipper

    @asynccontextmanager
    async def worked_on(self) -> AsyncIterator[None]:
        async with self.world.working([DrawWorkflow], self.activities):
            yield

    async def clock(self) -> datetime:
        return await self.skipper.get_current_time(self.handle)

    async def until(self, moment: datetime) -> None:
        assert await self.skipper.fast_forward(self.handle, moment - await self.clock())

    async def hours(self) -> list[int]:
        """Full hours after opening for which there is a count."""
        opens = self.notice.receipt_opens_at
        rows = sorted(await self.world.rows(DrawCountRow, notice_id=self.notice.id), key=lambda row: row.at)
        (draw,) = await self.world.rows(DrawRow, notice_id=self.notice.id)
        head, moments = Head.model_validate(draw.head), [datetime.fromisoformat(row.at) for row in rows]
        assert [row.count for row in rows] == sorted({row.count for row in rows}), "each is another number"
        assert all(count_digest(head, row.at, row.count) in self.trust.stamped for row in rows)
        assert all((at - opens) % HOUR < MINUTE for at in moments), "at full hours"
        return [(at - opens) // HOUR for at in moments]


@asynccontextmanager
async def receiving(world: Any, notice: Notice, folder: Any) -> AsyncIterator[Receipt]:
    """Published, with nobody at work yet."""
    await world.publish(notice, await world.person("신예린"))
    operator, trust, documents, lifetime = Growing(), Authority(), FolderDocuments(folder), timedelta(seconds=2)
    offices = {agency: Custodian(agency) for agency in CUSTODIANS}
    carriage = Carriage(world.db, {Agency.APPLYHOME: operator}, lifetime)
    at_agency = Receiving(world.db, world.sealed, carriage, {Agency.APPLYHOME: operator}, trust)
    keeping = Custodians(world.db, Carriage(world.db, offices, lifetime), documents)
    handle = await world.client.start_workflow(
        DrawWorkflow.run, DrawStart(notice_id=notice.id), task_queue=FLOW, id=ids.draw_workflow_id(notice.id)
    )
    skipper = TimeSkipper(world.client, config=TimeSkippingConfig(enabled=False))
    yield Receipt(
        world, notice, trust, [keeping.deliver, at_agency.publish, at_agency.count], handle, skipper
    )  # fmt: skip
    await handle.terminate()


def four_hours(notice_of: Callable[..., Notice], number: str, more: timedelta = timedelta()) -> Notice:
    opens = now().replace(minute=0, second=0, microsecond=0) + 2 * HOUR
    return notice_of(number, receipt_opens_at=opens, receipt_closes_at=opens + 4 * HOUR + more)


async def test_every_full_hour_between_opening_and_closing_and_none_after(
    world: Any, notice_of: Callable[..., Notice], tmp_path: Any
) -> None:
    notice = four_hours(notice_of, "2026000901")
    async with receiving(world, notice, tmp_path) as receipt, receipt.worked_on():
        await receipt.until(notice.receipt_opens_at + 20 * HOUR)
        assert await receipt.hours() == [1, 2, 3], "neither when it opens nor when it closes"


async def test_a_count_that_cannot_be_stamped_in_its_half_hour_is_left_out(
    world: Any, notice_of: Callable[..., Notice], tmp_path: Any
) -> None:
    notice = four_hours(notice_of, "2026000902")
    opens = notice.receipt_opens_at
    async with receiving(world, notice, tmp_path) as receipt, receipt.worked_on():
        await receipt.until(opens + HOUR + 5 * MINUTE)
        receipt.trust.silent = True
        await receipt.until(opens + 2 * HOUR + 45 * MINUTE)
        assert receipt.trust.refused >= 2, "asked again while it could still be the number of that hour"
        receipt.trust.silent = False
        await receipt.until(opens + 20 * HOUR)
        assert await receipt.hours() == [1, 3]


async def test_once_for_each_hour_across_a_restart_of_the_workers(
    world: Any, notice_of: Callable[..., Notice], tmp_path: Any
) -> None:
    notice = four_hours(notice_of, "2026000903")
    opens = notice.receipt_opens_at
    async with receiving(world, notice, tmp_path) as receipt:
        async with receipt.worked_on():
            await receipt.until(opens + HOUR + 5 * MINUTE)
        async with receipt.worked_on():
            await receipt.until(opens + 2 * HOUR + 5 * MINUTE)
            assert await receipt.hours() == [1, 2]
        async with receipt.worked_on():
            await receipt.until(opens + 20 * HOUR)
        assert await receipt.hours() == [1, 2, 3]


async def test_workers_that_come_back_after_closing_count_nothing(
    world: Any, notice_of: Callable[..., Notice], tmp_path: Any
) -> None:
    notice = four_hours(notice_of, "2026000904", more=timedelta(seconds=2))
    opens = notice.receipt_opens_at
    async with receiving(world, notice, tmp_path) as receipt:
        async with receipt.worked_on():
            await receipt.until(opens + 3 * HOUR + 5 * MINUTE)
        onward = asyncio.create_task(receipt.until(opens + 20 * HOUR))
        async with asyncio.timeout(20):
            while await receipt.clock() < notice.receipt_closes_at:  # noqa: ASYNC110 - the hour has struck unheard
                await asyncio.sleep(0.2)
        async with receipt.worked_on():
            await onward
        assert await receipt.hours() == [1, 2, 3]
