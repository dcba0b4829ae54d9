"""The received list of a draw, page by page: never as a whole in memory.

Pages go by key, each from where the last one ended. The list is settled once receipt has closed, and its reasons of
exclusion once it has been screened: pages read one after the other are then pages of one list.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from pydantic import TypeAdapter
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, delete, update
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.applications import ReceivedEntry, SelectionFacts
from law.drawing.entries import Screened
from store.tables.draws import DrawEntryRow, DrawPassRow

ENTRIES, TICKETS = 5_000, 65_536  # pages
RECEIVED = TypeAdapter(tuple[ReceivedEntry, ...])

KEEP = text(
    "INSERT INTO draw_entry (notice_id, ticket, holder, household, model_no, supply_kind, facts, received_at)"
    " SELECT :notice_id, one.* FROM jsonb_to_recordset(CAST(:page AS jsonb)) AS one(ticket text, holder text,"
    " household text, model_no text, supply_kind text, facts jsonb, received_at timestamptz) ON CONFLICT DO NOTHING"
)
TICKETS_OF = text(
    "SELECT string_agg(decode(ticket, 'hex'), '' ORDER BY ticket), max(ticket) FROM (SELECT ticket FROM draw_entry"
    " WHERE notice_id = :notice_id AND ticket > :after ORDER BY ticket LIMIT :size) AS page"
)
PLAIN = ("ticket", "holder", "household", "model_no", "supply_kind", "received_at")
WHOLE = f"SELECT {', '.join(PLAIN)}, facts::text, excluded FROM draw_entry WHERE notice_id = :notice_id"  # noqa: S608
ENTRIES_OF = text(f"{WHOLE} AND ticket > :after ORDER BY ticket LIMIT :size")
CHOSEN = text(f"{WHOLE} AND ticket = ANY(CAST(:chosen AS text[])) ORDER BY ticket")
# 제4조①, 제25조①: one person once in each supply method; the first one received stands. By holder: all entries of a
# person are judged together, and an index has them side by side (six times as fast as a look-up for each ticket).
JUDGED = (
    "SELECT ticket, holder, row_number() OVER"
    " (PARTITION BY holder, supply_kind = 'general' ORDER BY received_at, ticket) AS place"
    " FROM draw_entry WHERE notice_id = :notice_id"
)
MARK = (
    "UPDATE draw_entry SET excluded = :code FROM judged"
    " WHERE draw_entry.notice_id = :notice_id AND draw_entry.ticket = judged.ticket AND judged.place > 1"
)
EXCLUDE_LATER = text(
    f"WITH judged AS MATERIALIZED ({JUDGED} AND holder > :after AND holder <= (SELECT max(holder) FROM"  # noqa: S608
    " (SELECT holder FROM draw_entry WHERE notice_id = :notice_id AND holder > :after ORDER BY holder LIMIT :size)"
    f" AS page)), marked AS ({MARK}) SELECT max(holder), count(*) FROM judged"
)


class Page(NamedTuple):
    """One step of a pass: up to which key, and how many it was."""

    after: str
    done: int


async def place(session: AsyncSession, notice_id: str, name: str) -> DrawPassRow:
    """Where a pass stands, locked: nobody else goes on with it until this transaction ends."""
    row = DrawPassRow(notice_id=notice_id, name=name)
    await session.exec(insert(DrawPassRow).values(**row.model_dump()).on_conflict_do_nothing())
    return await session.get_one(DrawPassRow, (notice_id, name), with_for_update=True)


async def keep(session: AsyncSession, notice_id: str, received: tuple[ReceivedEntry, ...]) -> None:
    """A ticket that is stored already stays as it is."""
    connection = await session.connection()
    await connection.execute(KEEP, {"notice_id": notice_id, "page": RECEIVED.dump_json(received).decode()})


async def forget(session: AsyncSession, notice_id: str) -> None:
    """All of the list: it will be fetched from its beginning."""
    for table in (DrawEntryRow, DrawPassRow):
        await session.exec(delete(table).where(col(table.notice_id) == notice_id))


async def tickets(session: AsyncSession, notice_id: str, after: str) -> tuple[bytes, str]:
    """The next tickets in their order, 16 bytes each, and the last of them; no bytes at the end."""
    connection = await session.connection()
    given = {"notice_id": notice_id, "after": after, "size": TICKETS}
    joined, last = (await connection.execute(TICKETS_OF, given)).one()
    return joined or b"", last or ""


async def entries(session: AsyncSession, notice_id: str, after: str) -> list[Screened]:
    """The next entries in the order of their tickets, and what screening has said of them.

    Read in a thread: thousands of them would keep everything else waiting.
    """
    given = {"notice_id": notice_id, "after": after, "size": ENTRIES}
    found = (await (await session.connection()).execute(ENTRIES_OF, given)).all()
    return await asyncio.to_thread(lambda: [_screened(row) for row in found])


async def entries_of(session: AsyncSession, notice_id: str, chosen: Collection[str]) -> list[Screened]:
    """The entries of these tickets; one that is not in the list is left out."""
    given = {"notice_id": notice_id, "chosen": list(chosen)}
    return [_screened(row) for row in await (await session.connection()).execute(CHOSEN, given)]


def _screened(row: Sequence[Any]) -> Screened:
    *plain, facts, excluded = row
    values = dict(zip(PLAIN, plain, strict=True))
    return Screened(ReceivedEntry(**values, facts=SelectionFacts.model_validate_json(facts)), excluded or "")


async def exclude_later(session: AsyncSession, notice_id: str, after: str, code: str, size: int) -> Page | None:
    """Mark, among the next ``size`` entries by holder, all but the first of each person and supply method."""
    connection = await session.connection()
    given = {"notice_id": notice_id, "after": after, "code": code, "size": size}
    last, count = (await connection.execute(EXCLUDE_LATER, given)).one()
    return Page(last, count) if count else None


async def exclude(session: AsyncSession, notice_id: str, chosen: Collection[str], code: str) -> None:
    """Mark these too, where nothing else has been said of them."""
    row = DrawEntryRow
    statement = update(row).where(
        col(row.notice_id) == notice_id, col(row.ticket).in_(chosen), col(row.excluded).is_(None)
    )
    await session.exec(statement.values(excluded=code))
