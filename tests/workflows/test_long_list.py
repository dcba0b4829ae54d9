"""A long list while its worker is killed -9 at many points: the same record as undisturbed, and each effect once."""

from __future__ import annotations

import asyncio
import json
import os
import random
import secrets
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from temporalio.client import Client, WorkflowHandle

from activities.lists import root1
from domain.applications import ReceivedEntry, SelectionFacts
from domain.messages import DrawStart
from domain.notices import HouseType, Notice
from domain.time import now
from domain.words import SupplyKind
from onjip.temporal.codec import data_converter
from store import draw_lists, draws
from store.documents import FolderDocuments
from store.sealed import SealedBox
from store.tables.applications import ApplicationLineRow
from store.tables.cases import CaseEventRow
from store.tables.draws import AwardRow, DrawEntryRow, DrawPassRow, DrawRow
from store.tables.exchange import OutboxRow
from tests.activities.plain_screening import applied_twice
from tests.workflows.conftest import World
from tests.workflows.draw_play import applied, entry
from tests.workflows.list_play import FILL, FromTheListToTheRecord

ROOT, CHILD = Path(__file__).parents[2], "tests.workflows.list_child"
SCREEN, DRAW, PUBLISH = "select.screen", "select.draw", "select.publish"
PATIENCE_S = 600.0
Death = tuple[str, int] | float  # at which statement of which activity, or after how many seconds


@dataclass
class Stage:
    """A received list, and what a worker in another process needs to go on with it."""

    world: World
    notice_id: str
    folder: Path
    handle: WorkflowHandle[Any, Any]
    lives: int = 0

    async def live(self, death: Death | None = None) -> list[str]:
        """One worker until it is killed, or until the record is published; the activities of its statements."""
        self.lives += 1
        said, dies = self.folder / f"said-{self.lives}", death if isinstance(death, tuple) else None
        with said.open("wb") as out:
            child = await asyncio.create_subprocess_exec(
                sys.executable, "-m", CHILD, str(self.folder / "told"), json.dumps(dies), cwd=ROOT, stdout=out,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )  # fmt: skip
        until = asyncio.sleep(death) if isinstance(death, float) else self.handle.result()
        ends = {asyncio.create_task(child.wait()), asyncio.ensure_future(until)}
        _, late = await asyncio.wait(ends, timeout=PATIENCE_S, return_when=asyncio.FIRST_COMPLETED)
        for one in late:
            one.cancel()
        assert child.returncode == (-signal.SIGKILL if dies else None), "it dies where it is told, and only there"
        if child.returncode is None:
            child.kill()
            await child.wait()
        return said.read_text().split()

    async def effects(self) -> dict[str, Any]:
        """What anybody could find afterwards, without what differs each time: ids and moments."""
        rows = self.world.rows
        draw = (await rows(DrawRow, notice_id=self.notice_id))[0]
        awards = await rows(AwardRow, notice_id=self.notice_id)
        tickets = {str(one.id): one.ticket for one in awards}
        document = json.loads(await FolderDocuments(self.folder).get(draw.transcript_sha256))
        return {
            "record": (draw.state, draw.root1, draw.root2, draw.body_sha256, draw.listing_sha256, document["body"]),
            "entries": await self._entries(), "passes": plain(await rows(DrawPassRow)),
            "awards": plain(awards, "id", "at"), "proofs": await self._proofs(),
            "promises": sorted((one.kind, tickets[one.payload["award_id"]]) for one in await rows(OutboxRow)),
            "timeline": plain(
                [one for one in await rows(CaseEventRow) if one.key.split(":")[0] in ("drawn", "wait_listed")],
                "id", "at", "reference",
            )
            + sorted(tickets[one.key.split(":")[1]] for one in await rows(CaseEventRow) if one.step == "awarded"),
        }  # fmt: skip

    async def _entries(self) -> tuple[str, dict[str, int]]:
        """Of all rows a digest, and how many are left out for which reason."""
        async with self.world.db.transaction() as session:
            connection = await session.connection()
            whole = "SELECT md5(string_agg(one::text, '' ORDER BY ticket)) FROM draw_entry AS one"
            digest = (await connection.execute(text(whole))).scalar_one()
            found = await connection.execute(text("SELECT excluded, count(*) FROM draw_entry GROUP BY 1"))
            return digest, {code or "": number for code, number in found}

    async def _proofs(self) -> list[bytes]:
        found = []
        for line in await self.world.rows(ApplicationLineRow, notice_id=self.notice_id):
            async with self.world.db.transaction() as session:
                own = await draws.own_proof(session, self.world.sealed, line.person_id, self.notice_id, line.ticket)
            found.append(own.canonical())
        return sorted(found)


def plain(rows: Sequence[Any], *without: str) -> list[str]:
    left = [{name: value for name, value in row.model_dump().items() if name not in without} for row in rows]
    return sorted(json.dumps(one, sort_keys=True, default=str) for one in left)


@asynccontextmanager
async def two_stages(
    temporal: Client, cluster: Any, notice: Notice, size: int, folder: Path
) -> AsyncIterator[tuple[Stage, Stage]]:
    """The same list in two databases, and a procedure for each that has begun."""
    keys = {"ring": cluster.ring.key, "box": secrets.token_bytes(32), "codec": secrets.token_bytes(32)}
    address, converter = temporal.service_client.config.target_host, data_converter({"test": keys["codec"]})
    client = await Client.connect(address, namespace="onjip", data_converter=converter)
    box, made = SealedBox("test", keys["box"]), []
    async with cluster.database() as first:
        await fill(World(client, first, box), notice, size)
        await first.close()
        name = first.engine.url.database
        async with cluster.database(name) as one, cluster.database(name) as other:
            for db in (one, other):
                queue, home = uuid4().hex, folder / db.engine.url.database
                home.mkdir()
                told = {
                    "keys": {word: key.hex() for word, key in keys.items()}, "temporal": address, "queue": queue,
                    "database": cluster.url(db.engine.url.database), "folder": str(home), "page": size // 8,
                }  # fmt: skip
                (home / "told").write_text(json.dumps(told))
                start = DrawStart(notice_id=notice.id)
                handle = await client.start_workflow(FromTheListToTheRecord.run, start, id=queue, task_queue=queue)
                made.append(Stage(World(client, db, box), notice.id, home, handle))
            yield made[0], made[1]


async def fill(world: World, notice: Notice, size: int) -> None:
    """A list as it has been received: a crowd, and three who applied here, one of whom has won elsewhere since."""
    elsewhere = notice.model_copy(update={"id": "applyhome-2026000779", "number": "2026000779"})
    await world.publish(notice, await world.person("신예린"))
    await world.publish(elsewhere)
    mine = tuple([entry((await applied(world, notice))[0], points) for points in (84, 1, 84)])
    winner = (await world.rows(ApplicationLineRow, ticket=mine[2].ticket))[0].person_id
    await world.add(
        AwardRow(
            notice_id=elsewhere.id, ticket="0" * 32, person_id=winner, model_no="01", supply_kind="general",
            unit="101-101", option_codes=[], at=now() - timedelta(days=60),
        )
    )  # fmt: skip
    async with world.db.transaction() as session:
        await (await session.connection()).execute(text(FILL), {"notice_id": notice.id, "count": size - len(mine)})
        await draw_lists.keep(session, notice.id, mine)
    root, count = await root1(world.db, notice.id)
    assert count == size
    async with world.db.transaction() as session:
        draw = await draws.draw(session, notice.id)
        draw.state, draw.root1, draw.root1_stamp, draw.count = "closed", root.hex(), "c3RhbXA=", count
        session.add(draw)


def long_notice(notice_of: Callable[..., Notice]) -> Notice:
    units = {SupplyKind.GENERAL: 200, SupplyKind.NEWLYWED: 20}
    names = tuple(f"101-{number:04}" for number in range(1, 221))
    home = HouseType(model_no="01", name="84A", exclusive_area="84.98", price=1, units=units, unit_numbers=names)
    return notice_of("2026000778", house_types=(home,))


async def disturbed(quiet: Stage, killed: Stage, deaths: Callable[[Counter[str]], list[Death]]) -> None:
    """One stage in peace, the other with these deaths; ``deaths``: given how many statements each activity has."""
    said = Counter(await quiet.live())
    wanted = await quiet.effects()
    died = Counter[str]()
    for death in deaths(said):
        died[(await killed.live(death) or [""])[-1]] += 1
    await killed.live()
    found = await killed.effects()
    assert {name for name in wanted if found[name] != wanted[name]} == set()
    assert {SCREEN, DRAW, PUBLISH} <= set(died), died
    assert sum(died.values()) == killed.lives - 1


@pytest.mark.long
@pytest.mark.timeout(900)  # six lives of a process: less than a minute where nothing else runs
async def test_killed_while_it_screens_and_draws(
    temporal: Client, cluster: Any, notice_of: Callable[..., Notice], tmp_path: Path
) -> None:
    def deaths(said: Counter[str]) -> list[Death]:
        screen: list[Death] = [(SCREEN, 9), (SCREEN, said[SCREEN] // 2)]
        return [*screen, (DRAW, said[DRAW] - 1), (PUBLISH, said[PUBLISH] // 2)]

    async with two_stages(temporal, cluster, long_notice(notice_of), 20_000, tmp_path) as (quiet, killed):
        await disturbed(quiet, killed, deaths)
        await _check_once(killed, await killed.effects(), 20_000)
        await _check_second_opinion(killed)


@pytest.mark.long
@pytest.mark.timeout(1800)  # some minutes where nothing else runs
async def test_three_hundred_thousand_killed_at_many_points(
    temporal: Client, cluster: Any, notice_of: Callable[..., Notice], tmp_path: Path
) -> None:
    seconds = random.Random(7)

    def deaths(said: Counter[str]) -> list[Death]:
        screen: list[Death] = [(SCREEN, said[SCREEN] // 9 + offset) for offset in range(4)]
        any_time: list[Death] = [seconds.uniform(2.5, 12.0) for _ in range(2)]
        return [*screen, *any_time, (DRAW, said[DRAW] - 20), (PUBLISH, 5), (PUBLISH, said[PUBLISH] // 2)]

    async with two_stages(temporal, cluster, long_notice(notice_of), 300_000, tmp_path) as (quiet, killed):
        await disturbed(quiet, killed, deaths)
        await _check_once(killed, await killed.effects(), 300_000)


async def _check_once(stage: Stage, effects: dict[str, Any], size: int) -> None:
    passes = {one.name: one.done for one in await stage.world.rows(DrawPassRow)}
    assert passes == {"screen": size, "judge": 3, "tell_drawn": 3}, "each ticket and each person once"
    awards = await stage.world.rows(AwardRow, notice_id=stage.notice_id)
    assert len([one for one in awards if one.state == "awarded"]) == 220
    assert len({one.unit for one in awards if one.unit}) == 220
    await _check_promises(stage, {one.ticket for one in awards if one.wait_list_no is None}, effects["promises"])
    assert len(effects["proofs"]) == 3
    assert effects["entries"][1]["rewin"] == 1


async def _check_promises(stage: Stage, won: set[str], promises: list[tuple[str, str]]) -> None:
    """Of the three, whoever has won is called to the contract, once: the best placed surely, the worst by lot alone."""
    applied = [one.ticket for one in await stage.world.rows(ApplicationLineRow, notice_id=stage.notice_id)]
    three = [(await stage.world.rows(DrawEntryRow, ticket=ticket))[0] for ticket in applied]
    (left_out,) = [one.ticket for one in three if one.excluded]
    (best,) = [one.ticket for one in three if one.facts["points"] == 84 and not one.excluded]
    called = [ticket for _, ticket in promises]
    assert sorted(called) == sorted(won & set(applied))
    assert best in called
    assert left_out not in called


async def _check_second_opinion(stage: Stage) -> None:
    async with stage.world.db.transaction() as session:
        listed = (await (await session.connection()).execute(text(
            "SELECT ticket, holder, supply_kind, received_at, excluded FROM draw_entry"
        ))).all()  # fmt: skip
    facts = SelectionFacts(local=True, homeless=True)
    received = [
        ReceivedEntry(
            ticket=ticket, holder=holder, household="", model_no="01", supply_kind=kind, facts=facts, received_at=at
        )
        for ticket, holder, kind, at, _ in listed
    ]
    twice = applied_twice(received)
    assert len(twice) > len(listed) // 30
    assert {one.ticket for one in listed if one.excluded == "applied_twice"} == twice
