"""A stored list in pages gives what it gives as a whole; a pass that is disturbed goes on where it stood."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from sqlmodel import col, update
from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio import activity
from temporalio.testing import ActivityEnvironment

from activities import lists
from activities.errors import told
from activities.heartbeat import Beat
from domain.applications import ReceivedEntry, SelectionFacts
from domain.errors import WrongState
from domain.notices import HouseType
from domain.words import SupplyKind
from law.drawing.terms import Head
from law.drawing.transcript import root1_of
from store import draw_lists, draws
from store.db import Database
from store.draw_lists import Page
from store.sealed import SealedBox
from store.tables.draws import DrawEntryRow, DrawPassRow
from tests.activities.plain_screening import applied_twice
from tests.law.drawing.draw_world import make_rows
from tests.workflows.conftest import World, make_notice

NINE = datetime(2026, 10, 12, tzinfo=UTC)
KINDS = (SupplyKind.GENERAL, SupplyKind.NEWLYWED, SupplyKind.FIRST_HOME)


@dataclass
class Stored:
    """A list in the store. ``kinds`` as ``KINDS``; some people have filed again and again, at the same minute too."""

    db: Database
    notice_id: str
    entries: list[ReceivedEntry]

    async def screened(self, size: int) -> int:
        async def step(session: AsyncSession, after: str) -> Page | None:
            return await draw_lists.exclude_later(session, self.notice_id, after, "applied_twice", size)

        return await lists.in_pages(self.db, self.notice_id, "screen", step, Beat())

    async def left_out(self) -> set[str]:
        async with self.db.transaction() as session:
            page = await draw_lists.entries(session, self.notice_id, "")
        return {one.entry.ticket for one in page if one.code == "applied_twice"}

    async def anew(self) -> None:
        async with self.db.transaction() as session:
            mine = col(DrawEntryRow.notice_id) == self.notice_id
            await session.exec(update(DrawEntryRow).where(mine).values(excluded=None))
            for row in [await draw_lists.place(session, self.notice_id, "screen")]:
                await session.delete(row)


@pytest_asyncio.fixture
async def stored(database: Database) -> AsyncIterator[Stored]:
    nobody: Any = None  # no procedure runs here
    world, dice = World(nobody, database, SealedBox("test", b"k" * 32)), random.Random(11)
    home = HouseType(
        model_no="01", name="84A", exclusive_area="84.98", price=1,
        units={SupplyKind.GENERAL: 3, SupplyKind.NEWLYWED: 2, SupplyKind.FIRST_HOME: 1},
    )  # fmt: skip
    notice = make_notice("2026000808", house_types=(home,))
    await world.publish(notice, await world.person("신예린"))
    entries = [
        ReceivedEntry(
            ticket=uuid4().hex, holder=f"h{dice.randrange(25)}", household="x", model_no="01",
            supply_kind=dice.choice(KINDS), received_at=NINE + timedelta(minutes=dice.randrange(9), microseconds=n % 2),
            facts=SelectionFacts(
                local=n % 2 == 0, homeless=n % 3 > 0, points=dice.randrange(85), children=n % 3,
                account_opened=f"20{dice.randrange(10, 25)}-05-01" if n % 7 else None, born_on="1980-02-29",
            ),
        )
        for n in range(70)
    ]  # fmt: skip
    async with database.transaction() as session:
        await draw_lists.keep(session, notice.id, tuple(entries))
    yield Stored(database, notice.id, entries)


async def test_pages_of_any_size_leave_out_the_same(stored: Stored) -> None:
    """One person may have more entries than a page."""
    twice = applied_twice(stored.entries)
    assert 5 < len(twice) < 60
    for size in (1, 2, 9, 69, 70, 1000):
        assert await stored.screened(size) == 70
        assert await stored.left_out() == twice
        await stored.anew()


async def test_two_who_screen_at_once_screen_each_ticket_once(stored: Stored) -> None:
    """A worker that was believed dead and the one that took over."""
    assert max(await asyncio.gather(stored.screened(3), stored.screened(3))) == 70
    assert await stored.screened(3) == 70, "nothing is left to do"
    assert await stored.left_out() == applied_twice(stored.entries)


async def test_a_page_that_fails_leaves_nothing_behind(stored: Stored) -> None:
    pages: list[str] = []

    async def step(session: AsyncSession, after: str) -> Page | None:
        page = await draw_lists.exclude_later(session, stored.notice_id, after, "applied_twice", 10)
        pages.append(after)
        if len(pages) == 3:
            raise WrongState
        return page

    with pytest.raises(WrongState):
        await lists.in_pages(stored.db, stored.notice_id, "screen", step, Beat())
    async with stored.db.transaction() as session:
        place = await session.get_one(DrawPassRow, (stored.notice_id, "screen"))
    assert place.after == pages[-1]
    assert 20 <= place.done < 50
    assert await lists.in_pages(stored.db, stored.notice_id, "screen", step, Beat()) == 70
    assert pages[3] == pages[2], "that page again, and none before it"
    assert await stored.left_out() == applied_twice(stored.entries)


async def test_what_was_said_first_of_a_ticket_stands(stored: Stored) -> None:
    await stored.screened(20)
    out = {one: "applied_twice" for one in applied_twice(stored.entries)}
    some = [one.ticket for one in stored.entries[:30]]
    async with stored.db.transaction() as session:
        await draw_lists.exclude(session, stored.notice_id, some, "rewin")
        page = await draw_lists.entries(session, stored.notice_id, "")
    assert {one.entry.ticket: one.code for one in page if one.code} == dict.fromkeys(some, "rewin") | out


async def test_the_rows_of_a_stored_list(stored: Stored, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same bytes as of the entries themselves, whatever the pages; under the root that closing computes."""
    await stored.screened(20)
    async with stored.db.transaction() as session:
        draw = await draws.draw(session, stored.notice_id)
    with pytest.raises(WrongState, match="not_closed"):
        await lists.rows(stored.db, draw, Beat())
    excluded = dict.fromkeys(applied_twice(stored.entries), "applied_twice")
    wanted = make_rows(Head.model_validate(draw.head), stored.entries, excluded, bytes.fromhex(draw.salt)).rows
    for size in (9, 70, 5000):
        monkeypatch.setattr(draw_lists, "ENTRIES", size)
        monkeypatch.setattr(draw_lists, "TICKETS", size)
        root, draw.count = await lists.root1(stored.db, stored.notice_id)
        made = await lists.rows(stored.db, draw, Beat())
        assert made.tobytes() == wanted.tobytes()
        assert root == root1_of(made)


async def test_heartbeats_say_how_far_the_work_is() -> None:
    """Also those that come by themselves."""
    beats: list[tuple[Any, ...]] = []
    enough = asyncio.Event()

    def heard(*said: Any) -> None:
        beats.append(said)
        if len(beats) == 5:
            enough.set()

    async def work() -> None:
        async with told() as beat:
            beat("screen", 20_000)
            await enough.wait()

    environment = ActivityEnvironment()
    environment.info = activity.Info(**{**vars(environment.info), "heartbeat_timeout": timedelta(seconds=0.05)})
    environment.on_heartbeat = heard
    await asyncio.wait_for(environment.run(work), 10)
    assert ("screen", 20_000) in beats
    assert set(beats[1:]) == {("screen", 20_000)}
