"""The received list in PostgreSQL: screening in pages against one statement that does the same, and rows made of it."""

from __future__ import annotations

import asyncio
import secrets
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import asyncpg
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from activities import lists
from activities.heartbeat import Beat
from activities.screening import TWICE
from activities.select import Select
from law.drawing.terms import Head
from onjip.bench.figures import Figure, timed_by
from onjip.stack.embedded import DATABASE, ROLE
from onjip.stack.ports import LOOPBACK
from onjip.stack.scratch import QUICK, scratch_postgres
from store import draw_lists
from store.db import Database
from store.draw_lists import JUDGED, MARK, Page
from store.keyring import KeyRing
from store.migrate import migrate
from store.tables.draws import DrawRow
from store.tables.notices import NoticeRow

ROUNDS = 2
AT_ONCE = text(f"WITH judged AS ({JUDGED}) {MARK}")
# Two of a hundred have filed twice in one supply method. Tickets and holders come in no order.
FILL = text("""
INSERT INTO draw_entry (notice_id, ticket, holder, household, model_no, supply_kind, facts, received_at)
SELECT 'bench', md5('ticket ' || n), md5('holder ' || CASE n % 50 WHEN 3 THEN n - 1 ELSE n END), md5('house ' || n),
  lpad((n % 10)::text, 2, '0'), CASE n % 10 WHEN 8 THEN 'newlywed' WHEN 9 THEN 'first_home' ELSE 'general' END,
  jsonb_build_object(
    'local', n % 3 > 0, 'homeless', n % 5 > 0, 'homes', n % 2, 'points', n % 85, 'rank', 1, 'floor', 0, 'band', 2,
    'account_opened', (date '2000-01-01' + n % 7000)::text, 'children', n % 4, 'priority', n % 3, 'born_on', null,
    'first_order', false, 'homeless_three_years', n % 2 = 0, 'points_eligible', true, 'amount_recognised', 0,
    'payments_recognised', n % 250),
  timestamptz '2026-10-12 09:00+09' + n * interval '1 millisecond'
FROM generate_series(CAST(:least AS int), CAST(:most AS int)) AS n
""")
PIECE = 100_000


def figures(head: Head, most: int) -> Iterator[Figure]:
    """All figures of the stored list, on a server of their own; nothing is synced to the disk for either side."""
    with tempfile.TemporaryDirectory(prefix="onjip-bench-") as folder:
        yield from asyncio.run(_alone(head, most, Path(folder)))


async def _alone(head: Head, most: int, home: Path) -> list[Figure]:
    async with scratch_postgres(home, *QUICK) as server:
        return await measured(head, most, f"postgresql://{ROLE}:{server.password}@{LOOPBACK}:{server.port}/{DATABASE}")


async def measured(head: Head, most: int, url: str) -> list[Figure]:
    """``url``: of an empty database. AssertionError where pages and statement do not mark the same tickets."""
    await migrate(url)
    db = Database.connect(url, KeyRing("bench", secrets.token_bytes(32)))
    try:
        await _fill(db, most)
        figures = [await _screening(db, most, url)]
        draw = DrawRow(
            notice_id="bench", nonce_commitment="", head=head.model_dump(mode="json"), salt="00" * 32, count=most
        )
        _, rooting = await timed_by(lambda: lists.root1(db, "bench"))
        _, making = await timed_by(lambda: lists.rows(db, draw, Beat()))
        figures.append(Figure(name=f"root 1 of the stored list, {most:,}", value=rooting, unit="s"))
        figures.append(Figure(name=f"rows of the stored list, {most:,}", value=making, unit="s"))
        return figures
    finally:
        await db.close()


async def _screening(db: Database, most: int, url: str) -> Figure:
    """Both on the same rows, each from a state without marks, vacuumed and read once; the better of some rounds."""
    seconds: dict[str, list[float]] = {"pages": [], "at once": []}
    marked: dict[str, object] = {}
    ways: dict[str, Callable[[], Awaitable[object]]] = {"pages": lambda: _pages(db), "at once": lambda: _at_once(db)}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            await _fresh(url)
            seconds[name].append((await timed_by(way))[1])
            marked[name] = await _marks(db)
    if marked["pages"] != marked["at once"]:
        raise AssertionError(f"other tickets are marked: {marked}")
    return Figure(
        name=f"screening of {most:,} in pages", value=min(seconds["pages"]), unit="s", bound=min(seconds["at once"]),
        bound_name="one SQL statement that does the same", aim="≤ 2.5× (throughput ≥ 0.4)",
    )  # fmt: skip


async def _pages(db: Database) -> None:
    async def step(session: AsyncSession, after: str) -> Page | None:
        return await draw_lists.exclude_later(session, "bench", after, TWICE, Select.page)

    await lists.in_pages(db, "bench", "screen", step, Beat())


async def _at_once(db: Database) -> None:
    async with db.transaction() as session:
        await (await session.connection()).execute(AT_ONCE, {"notice_id": "bench", "code": TWICE})


async def _fill(db: Database, most: int) -> None:
    opens = datetime(2026, 10, 12, tzinfo=UTC)
    async with db.transaction() as session:
        session.add(
            NoticeRow(
                id="bench", agency="applyhome", number="1", version=1, housing_kind="private", region="11110",
                name="bench", announcement_date=date(2026, 11, 1), receipt_opens_at=opens,
                receipt_closes_at=opens + timedelta(hours=8), body={}, supplier="bench",
            )
        )  # fmt: skip
    for least in range(1, most + 1, PIECE):
        async with db.transaction() as session:
            given = {"least": least, "most": min(least + PIECE - 1, most)}
            await (await session.connection()).execute(FILL, given)


async def _fresh(url: str) -> None:
    """No marks, no dead rows, the table and its index read once."""
    connection = await asyncpg.connect(url)
    try:
        for statement in (
            "UPDATE draw_entry SET excluded = NULL WHERE excluded IS NOT NULL",
            "DELETE FROM draw_pass",
            "VACUUM (ANALYZE) draw_entry",
            "SELECT sum(length(facts::text)) FROM draw_entry",
            "SELECT count(DISTINCT holder) FROM draw_entry WHERE notice_id = 'bench'",
        ):
            await connection.execute(statement)
    finally:
        await connection.close()


async def _marks(db: Database) -> object:
    async with db.transaction() as session:
        digest = "SELECT count(*), md5(string_agg(ticket, '' ORDER BY ticket)) FROM draw_entry WHERE excluded = :code"
        return tuple((await (await session.connection()).execute(text(digest), {"code": TWICE})).one())
