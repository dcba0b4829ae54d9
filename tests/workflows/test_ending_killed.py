"""Annulling, correcting and the reserve round while whoever does it is killed -9: all of it or nothing, and once."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from activities.annulling import Annulling
from activities.correcting import Correcting
from activities.records import Records
from activities.reserve import ReserveRound
from domain.draws import ConfirmOrder, Digits, EnterOrder, RecordedDigits, RecordRef
from domain.messages import DrawStart, ReserveStart
from domain.notices import Notice
from domain.reserve import OpenRound
from law.drawing import proof, records
from law.drawing.verify import valid
from store import draws
from store.tables.applications import ApplicationLineRow
from store.tables.cases import CaseEventRow
from store.tables.draws import AwardRow, DrawRecordRow, DrawRow
from store.tables.exchange import OutboxRow
from store.tables.reserve import ReserveRow
from tests.workflows.ending_play import Ending, published
from tests.workflows.reserve_play import Round, drawn

pytestmark = pytest.mark.long
ROUND_DIGITS = "123456789"
ROOT, CHILD = Path(__file__).parents[2], "tests.workflows.ending_child"
CONFIRM = ("commit:2", "statement:24", "commit:3")
CORRECT = {
    "select": ("commit:4",), "seal": ("commit:2",), "put_in_force": ("statement:25", "commit:5"),
    "publish": ("commit:2",),
}  # fmt: skip
ROUND = {"open": ("statement:8", "commit:1"), "fix": ("commit:1", "commit:3"), "settle": ("statement:14", "commit:2")}


async def killed(file: Path, step: str, dies: str) -> None:
    """One process that does ``step`` and dies on the way."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", CHILD, str(file), step, dies, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert await child.wait() == -signal.SIGKILL, f"{step} has no {dies}"


def told(of: Ending | Round, cluster: Any, folder: Path, **more: Any) -> Path:
    """What a process needs to go on."""
    world, file = of.world, folder / "told.json"
    database = world.db.engine.url.render_as_string(hide_password=False)
    keys = {"ring": cluster.ring.key.hex(), "box": world.sealed.key.hex()}
    known = {"database": database, "folder": str(folder), "notice_id": of.draw.notice.id}
    file.write_text(json.dumps({**known, **keys, **more}))
    return file


async def test_an_annulment_is_whole_whenever_it_dies(
    world: Any, cluster: Any, notice_of: Callable[..., Notice], fact_of: Any, tmp_path: Path
) -> None:
    async with published(world, notice_of, fact_of, tmp_path, "2026000651") as ending:
        order, annulling = await ending.order(), Annulling(world.db, ending.draw.documents)
        confirmation = ConfirmOrder(
            notice_id=ending.draw.notice.id, person_id=ending.draw.officer, order_sha256=order.digest()
        )
        await annulling.enter(EnterOrder(notice_id=ending.draw.notice.id, person_id=ending.operator, order=order))
        file = told(ending, cluster, tmp_path, confirmation=confirmation.model_dump(mode="json"))
        for dies in CONFIRM:
            await killed(file, "confirm", dies)
            await _all_or_nothing(ending)
        assert (await ending.act("confirm_order", ending.confirming(order))).state == "annulled"
        assert (await ending.draw.handle.result()).state == "annulled"
        assert await _all_or_nothing(ending)
        promised = [one.workflow_id for one in await world.rows(OutboxRow, kind="signal:annulled")]
        mine = [one for one in await _awards(ending) if one.case_id == ending.mine]
        assert promised == [f"award-{one.id}" for one in mine]
        lines = [one.key for one in await world.rows(CaseEventRow) if one.key.startswith("annulled:")]
        assert len(lines) == 2, "both of those who applied here, once"
        assert ending.draw.operator.winners == set()


async def _awards(ending: Ending) -> list[AwardRow]:
    rows: list[AwardRow] = await ending.world.rows(AwardRow, notice_id=ending.draw.notice.id)
    return rows


async def _all_or_nothing(ending: Ending) -> bool:
    """Whether the draw is annulled, and everything with it; else nothing is."""
    annulled = (await ending.draw.row()).state == "annulled"
    assert len(await ending.world.rows(DrawRecordRow, notice_id=ending.draw.notice.id)) == int(annulled)
    states = {one.state for one in await _awards(ending)}
    assert (states == {"annulled"}) is annulled
    assert annulled or "annulled" not in states
    assert bool(await ending.world.rows(OutboxRow, kind="signal:annulled")) is annulled
    return annulled


async def test_a_correction_is_whole_whenever_it_dies(
    world: Any, cluster: Any, notice_of: Callable[..., Notice], fact_of: Any, tmp_path: Path
) -> None:
    async with published(world, notice_of, fact_of, tmp_path, "2026000652") as ending:
        draw, before, right = ending.draw, await ending.draw.row(), await ending.other_digits()
        correcting = Correcting(world.db, world.sealed, draw.documents, draw.trust)
        sealing = Records(world.db, draw.documents, draw.trust, draw.works)  # type: ignore[arg-type]
        for role in ("operator", "officer"):
            await correcting.note(_recorded(ending, role, right))
        record = RecordRef(notice_id=draw.notice.id, format="onjip-draw-corrected")
        file = told(ending, cluster, tmp_path, record=record.model_dump(mode="json"))
        start, was = DrawStart(notice_id=draw.notice.id), {one.id for one in await ending.won()}
        resumed = {
            "select": correcting.select, "seal": sealing.seal_correction, "put_in_force": correcting.put_in_force,
            "publish": lambda _: sealing.publish(record),
        }  # fmt: skip
        for step, deaths in CORRECT.items():
            for dies in deaths:
                await killed(file, step, dies)
                await _old_or_new(ending, before, was)
            await resumed[step](start)
        await _check_whole(ending, before, was)


def _recorded(ending: Ending, role: str, digits: str) -> RecordedDigits:
    act = ending.typing(role, digits)
    return RecordedDigits(
        notice_id=ending.draw.notice.id, person_id=act.person_id, role=role, digits=digits, purpose="corrected:1",
        recording_sha256=act.recording_sha256, reason=act.reason,
    )  # fmt: skip


async def _old_or_new(ending: Ending, before: DrawRow, was: set[Any]) -> None:
    """The old result stands whole until the new one does."""
    row, recorded = await ending.draw.row(), await ending.world.rows(DrawRecordRow, notice_id=ending.draw.notice.id)
    same = {one.id for one in await ending.won()} == was
    if row.earlier is None:
        assert (row.body_sha256, row.transcript_sha256, same) == (before.body_sha256, before.transcript_sha256, True)
        assert recorded == []
    else:
        assert (len(row.earlier), len(recorded), same, row.correcting) == (1, 1, False, None)


async def _check_whole(ending: Ending, before: DrawRow, was: set[Any]) -> None:
    world, draw, row = ending.world, ending.draw, await ending.draw.row()
    await _old_or_new(ending, before, was)
    transcript = await ending.transcript(row.transcript_sha256 or "")
    assert row.body_sha256 == transcript.envelope.body_sha256 != before.body_sha256
    assert valid(records.verify(await draw.record("onjip-draw-corrected"), draw.trust.checks(), [transcript.body]))
    for line in await world.rows(ApplicationLineRow, notice_id=draw.notice.id):
        async with world.db.transaction() as session:
            own = await draws.own_proof(session, world.sealed, line.person_id, draw.notice.id, line.ticket)
        assert all(proof.check(own, transcript.body).values())
    promised = [one.workflow_id for one in await world.rows(OutboxRow, kind="start:AwardWorkflow")]
    mine = {f"award-{one.id}" for one in await _awards(ending) if one.case_id == ending.mine and not one.wait_list_no}
    assert set(promised) >= mine
    assert len(promised) == len(set(promised))


async def test_a_reserve_round_is_whole_whenever_it_dies(
    world: Any, cluster: Any, notice_of: Callable[..., Notice], tmp_path: Path
) -> None:
    async with drawn(world, notice_of, tmp_path, "2026000653") as round_:
        draw = round_.draw
        for one in (await round_.won())[:2]:
            await round_.lapse(one)
        wanted = OpenRound(notice_id=draw.notice.id, act=round_.opening(20))
        reserve = ReserveRound(world.db, draw.documents, draw.trust, round_.book)
        file = told(round_, cluster, tmp_path, wanted=wanted.model_dump(mode="json"))
        for dies in ROUND["open"]:
            await killed(file, "open", dies)
            assert await _so_far(round_) == (None, False, 0, 0)
        await reserve.open(wanted)
        assert await _so_far(round_) == ("open", False, 0, 0)
        for number in range(2):
            await round_.join(await round_.mine(number))
        await round_.deadline()
        for dies, state in zip(ROUND["fix"], ("open", "closing"), strict=True):
            await killed(file, "fix", dies)
            assert await _so_far(round_) == (state, False, 0, 0)
        await reserve.fix(ReserveStart(notice_id=draw.notice.id))
        for role, person in (("operator", round_.operator), ("officer", draw.officer)):
            digits = Digits(
                notice_id=draw.notice.id, person_id=person, role=role, digits=ROUND_DIGITS, purpose="reserve"
            )
            await reserve.note_digits(digits)
        for dies in ROUND["settle"]:
            await killed(file, "settle", dies)
            assert await _so_far(round_) == ("fixed", True, 0, 0)
        for _ in range(2):
            await reserve.settle(ReserveStart(notice_id=draw.notice.id))
            assert await _so_far(round_) == ("done", True, 2, 1)
        promised = [one.workflow_id for one in await world.rows(OutboxRow, kind="start:AwardWorkflow")]
        assert {f"award-{(await round_.mine(number)).id}" for number in range(2)} <= set(promised)
        assert len(promised) == len(set(promised))
        for case in round_.people:
            assert f"reserve_open:{draw.notice.id}" in await world.events(case)


async def _so_far(round_: Round) -> tuple[str | None, bool, int, int]:
    """State of the round, whether its list is stamped, homes that came from the wait-list, statements about it."""
    notice_id = round_.draw.notice.id
    rows = await round_.world.rows(ReserveRow, notice_id=notice_id)
    given = await round_.awards(from_wait_list=True)
    records = await round_.world.rows(DrawRecordRow, notice_id=notice_id)
    promised = await round_.world.rows(OutboxRow, kind="start:ReserveRoundWorkflow")
    assert len([one for one in promised if notice_id in one.workflow_id]) == len(rows)
    if not rows:
        return None, False, len(given), len(records)
    return rows[0].state, rows[0].list_stamp is not None, len(given), len(records)
