"""A received list page by page: passes over it that go on where they stood, its root, and its rows in columns."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from sqlmodel.ext.asyncio.session import AsyncSession

from activities.heartbeat import Beat
from domain.errors import WrongState
from law.drawing import hashing
from law.drawing.entries import RowMaker
from law.drawing.rows import TICKET, Rows
from law.drawing.terms import Head
from store import draw_lists
from store.db import Database
from store.draw_lists import Page
from store.tables.draws import DrawRow

PEOPLE = 500  # told in one transaction
Step = Callable[[AsyncSession, str], Awaitable[Page | None]]


async def in_pages(db: Database, notice_id: str, name: str, step: Step, beat: Beat) -> int:
    """Run ``step`` (from a key: the next page, or None at the end) until it ends; how many were done in all.

    A page and how far the pass has come are one transaction: whatever is killed, each page takes effect once.
    """
    while True:
        async with db.transaction() as session:
            place = await draw_lists.place(session, notice_id, name)
            page = await step(session, place.after)
            if page is None:
                return place.done
            place.after, place.done = page.after, place.done + page.done
            session.add(place)
        beat(name, place.done)


async def root1(db: Database, notice_id: str) -> tuple[bytes, int]:
    """The root over all tickets that are stored, and how many they are."""
    level, after = bytearray(), ""
    while True:
        async with db.transaction() as session:
            data, after = await draw_lists.tickets(session, notice_id, after)
        if not data:
            return await asyncio.to_thread(hashing.root, level), len(level) // hashing.DIGEST
        level += await asyncio.to_thread(hashing.leaves, data, TICKET)


async def rows(db: Database, draw: DrawRow, beat: Beat) -> Rows:
    """The list with its reasons of exclusion, in columns; made in a thread, so that heartbeats go on."""
    maker = RowMaker(Head.model_validate(draw.head), closed(draw), bytes.fromhex(draw.salt))
    made, after = 0, ""
    while True:
        async with db.transaction() as session:
            page = await draw_lists.entries(session, draw.notice_id, after)
        if not page:
            return await asyncio.to_thread(maker.rows)
        await asyncio.to_thread(maker.add, page)
        made, after = made + len(page), page[-1].entry.ticket
        beat("rows", made)


def closed(draw: DrawRow) -> int:
    """How many tickets the list has. WrongState before it has been received."""
    if draw.count is None:
        raise WrongState("not_closed", ko="아직 접수가 마감되지 않았습니다.", en="Receipt has not been closed yet.")
    return draw.count
