"""A received list, page by page over HTTP, while the process that fetches it is killed: the whole list, each once."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from sqlalchemy import text

from activities.receiving import Receiving
from domain.applications import ReceivedEntry, ReceivedPage
from domain.errors import AgencyDown
from domain.filings import Outgoing
from domain.messages import DrawStart
from domain.notices import HouseType, Notice
from domain.time import now, seoul_date
from domain.words import Agency, HousingKind, SupplyKind
from law.drawing import hashing
from mydata_connectors.envelope import new_msg_id
from mydata_connectors.exchange import ExchangeOffice
from mydata_connectors.lh import LhBoard
from mydata_connectors.open_data import OpenData
from mydata_connectors.sandbox._people import identity_ref
from store import draw_lists
from store.db import Database
from store.sealed import SealedBox
from store.tables.draws import DrawEntryRow, DrawRow
from store.tables.sealing import ring_of
from tests.workflows.conftest import World, make_notice
from tests.workflows.draw_play import Operator, Trust, applied, entry

if TYPE_CHECKING:
    from tests.mydata_connectors.conftest import Box, StartSandbox

ROOT, CHILD = Path(__file__).parents[2], "tests.activities.receiving_child"
PATIENCE_S = 60.0
SUPPLIER = "한국토지주택공사 경기남부지역본부"
HOMES = 900  # three times as many apply: three pages, and one that says that there are no more
PAGES = 4
Death = tuple[str, int, bool]  # before which statement, the how manieth in a process; or (true) before its commit
DEATHS: tuple[Death, ...] = (
    ("INSERT INTO draw_entry", 1, True),
    ("INSERT INTO draw_entry", 2, False),
    ("INSERT INTO draw_entry", 2, True),
    ("string_agg", 1, False),
    ("UPDATE draw SET", 1, True),
    ("INSERT INTO case_event", 1, True),
)


@pytest.fixture(scope="module")
def box(sandbox: StartSandbox) -> Box:
    return sandbox("lh")


def world_of(database: Database) -> World:
    nobody: Any = None  # no procedure runs here
    return World(nobody, database, SealedBox("test", b"k" * 32))


async def published(database: Database, **changes: Any) -> tuple[World, Notice]:
    world = world_of(database)
    notice = make_notice("9000000909", agency=Agency.LH, **changes)
    await world.publish(notice, await world.person("한지훈"))
    return world, notice


async def at_the_agency(box: Box, http: httpx.AsyncClient, notice: Notice, service: str, purpose: str) -> None:
    body = notice.model_dump(mode="json") if purpose == "publish" else {}
    outgoing = Outgoing(
        agency=Agency.LH, service=service, reference=f"ONJIP-{new_msg_id()}", purpose=purpose, body=body,
        subject_ref=identity_ref("jihun"),
    )  # fmt: skip
    office = ExchangeOffice(box.exchange("lh", http))
    await office.send(outgoing, msg_id=new_msg_id(), expires_at=now() + timedelta(seconds=10))


async def killed(told: Path, death: Death | None) -> bool:
    """Receive in a process of its own; whether it died where it should."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", CHILD, str(told), json.dumps(death), cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    code = await asyncio.wait_for(child.wait(), PATIENCE_S)
    assert code in (0, -signal.SIGKILL)
    return code != 0


async def stored(database: Database) -> list[tuple[Any, ...]]:
    async with database.transaction() as session:
        rows = await (await session.connection()).execute(text("SELECT one FROM draw_entry AS one ORDER BY ticket"))
        return [tuple(row) for row in rows]


@pytest.mark.long
async def test_the_process_that_receives_is_killed_again_and_again(
    database: Database, box: Box, http: httpx.AsyncClient, tmp_path: Path
) -> None:
    closes = now() + timedelta(seconds=5)
    home = HouseType(model_no="01", name="59A", exclusive_area="59.8", price=1, units={SupplyKind.GENERAL: HOMES})
    world, notice = await published(
        database, housing_kind=HousingKind.PUBLIC, supplier=SUPPLIER, supplier_public=True, house_types=(home,),
        notice_date=seoul_date(now()), announcement_date=seoul_date(closes) + timedelta(days=1),
        receipt_opens_at=now() - timedelta(seconds=1), receipt_closes_at=closes,
    )  # fmt: skip
    await at_the_agency(box, http, notice, "notices", "publish")
    _, case_id, _ = await applied(world, notice)
    await asyncio.sleep(max(0.0, (closes - now()).total_seconds()) + 0.1)
    await at_the_agency(box, http, notice, f"notices/{notice.number}/close", "close")
    told = tmp_path / "told.json"
    told.write_text(json.dumps({
        "ring": ring_of(database.engine.dialect).key.hex(), "notice_id": notice.id,
        "database": database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False),
        "agency": box.agencies["lh"], "key": box.key.as_dict(private=True),
    }))  # fmt: skip
    for death in DEATHS:
        assert await killed(told, death), death
    assert not await killed(told, None)
    await _check(world, box, http, notice, case_id)


async def _check(world: World, box: Box, http: httpx.AsyncClient, notice: Notice, case_id: Any) -> None:
    seen, after = LhBoard(box.exchange("lh", http), OpenData(box.url("lh"), "", http)), 0
    listed: list[ReceivedEntry] = []
    while (page := await seen.entries(notice.number, after)).items:
        listed, after = [*listed, *page.items], page.last
    asked = [one for one in (await box.ledger("lh"))["received"] if one["path"].endswith("/entries")]
    assert len(asked) > 2 * PAGES + 1, "some pages were asked for twice while they were received, each once here"
    listed.sort(key=lambda one: one.ticket)
    async with world.db.transaction() as session:
        kept = await draw_lists.entries_of(session, notice.id, [one.ticket for one in listed])
    assert [one.entry for one in kept] == listed
    assert len(await world.rows(DrawEntryRow, notice_id=notice.id)) == len(listed) == 3 * HOMES
    draw = (await world.rows(DrawRow, notice_id=notice.id))[0]
    root = hashing.root(hashing.leaves(b"".join(bytes.fromhex(one.ticket) for one in listed), 16))
    assert (draw.state, draw.count, draw.root1) == ("closed", len(listed), root.hex())
    assert (await world.events(case_id))[f"closed:{notice.id}"].reference == draw.root1


async def test_a_page_that_is_kept_twice_changes_nothing(database: Database) -> None:
    _, notice = await published(database)
    one, other = (tuple(entry(f"{n:032x}", 60) for n in some) for some in (range(6), range(3, 9)))
    for page in (one, one, other):
        async with database.transaction() as session:
            await draw_lists.keep(session, notice.id, page)
    changed = tuple(each.model_copy(update={"holder": "another"}) for each in one)
    before = await stored(database)
    async with database.transaction() as session:
        await draw_lists.keep(session, notice.id, changed)
    assert await stored(database) == before
    assert len(before) == 9


async def test_a_page_that_no_list_has(box: Box, http: httpx.AsyncClient) -> None:
    """A ticket or a person that is none, as the agency itself holds it."""
    closes = now() + timedelta(seconds=3)
    notice = make_notice(
        "9000000910", agency=Agency.LH, housing_kind=HousingKind.PUBLIC, supplier=SUPPLIER, supplier_public=True,
        notice_date=seoul_date(now()), announcement_date=seoul_date(closes) + timedelta(days=1),
        receipt_opens_at=now() - timedelta(seconds=1), receipt_closes_at=closes,
    )  # fmt: skip
    await at_the_agency(box, http, notice, "notices", "publish")
    await asyncio.sleep(max(0.0, (closes - now()).total_seconds()) + 0.1)
    await at_the_agency(box, http, notice, f"notices/{notice.number}/close", "close")
    board = LhBoard(box.exchange("lh", http), OpenData(box.url("lh"), "", http))
    entries = (await board.entries(notice.number, 0)).items
    for column, wrong, right in (
        ("ticket", entries[0].ticket.upper(), entries[0].ticket), ("ticket", entries[0].ticket[1:], entries[0].ticket),
        ("holder", "", entries[0].holder), ("received_at", "2026-11-23T09:00:00", "2026-11-23T09:00:00+09:00"),
    ):  # fmt: skip
        with closing(sqlite3.connect(box.home / "lh.db")) as ledger, ledger:
            at = ledger.execute("SELECT min(seq) FROM entries WHERE notice = ?", (notice.number,)).fetchone()
            ledger.execute(f"UPDATE entries SET {column} = ? WHERE seq = ?", (wrong, *at))  # noqa: S608
            ledger.commit()
            with pytest.raises(AgencyDown, match="agency_unreadable"):
                await board.entries(notice.number, 0)
            ledger.execute(f"UPDATE entries SET {column} = ? WHERE seq = ?", (right, *at))  # noqa: S608
    assert (await board.entries(notice.number, 0)).received == len(entries)


class Careless(Operator):
    """Hands over the second page twice, as if it were the third, until it is told off."""

    careful = False

    async def entries(self, notice_no: str, after: int) -> ReceivedPage:
        page = await super().entries(notice_no, after)
        if self.careful or after != 10:
            return page
        return page.model_copy(update={"items": (await super().entries(notice_no, 5)).items})


async def test_a_list_that_does_not_add_up_is_fetched_again(database: Database) -> None:
    world, notice = await published(database)
    operator = Careless(listed=[entry(f"{n:032x}", 60) for n in range(12)])
    nobody: Any = None
    receiving = Receiving(database, world.sealed, nobody, {Agency.LH: operator}, Trust())
    with pytest.raises(Exception, match="list_incomplete"):
        await receiving.receive(DrawStart(notice_id=notice.id))
    assert await stored(database) == []
    assert (await world.rows(DrawRow, notice_id=notice.id))[0].state == "committed"
    operator.careful = True
    assert (await receiving.receive(DrawStart(notice_id=notice.id))).state == "closed"
    assert len(await stored(database)) == 12
