"""Digits mended from the recording: the same lists and nonce, another result, and nothing published is overwritten."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from activities.correcting import Correcting
from domain.messages import DrawStart
from domain.notices import Notice
from domain.time import now, seoul_date
from law.drawing import proof, records
from law.drawing.transcript import Body
from law.drawing.verify import valid, verify
from store import draws
from store.tables.applications import ApplicationLineRow
from store.tables.draws import AwardRow, CeremonyRow, DrawEntryRow
from tests.workflows.ending_play import DIGITS, RECORDING, Ending, held, published

pytestmark = pytest.mark.long

CORRECTED = "onjip-draw-corrected"


async def test_both_typed_the_same_wrong_digits(
    world: Any, notice_of: Callable[..., Notice], fact_of: Any, tmp_path: Path, keep_history: Any
) -> None:
    async with published(world, notice_of, fact_of, tmp_path, "2026000711") as ending:
        before, old = await ending.draw.row(), await ending.body()
        won = {one.ticket: one for one in await ending.won()}
        (mine,) = [one for one in won.values() if one.case_id == ending.mine]
        procedure = await ending.procedure(mine.id)
        right = await ending.other_digits()
        await _check_refusals(ending, right)

        await ending.correct(right)
        assert (await procedure.result())["state"] == "annulled"
        await _check_awards(ending, won, mine)
        assert ending.draw.operator.winners == {one.ticket for one in await ending.won()}
        new = await _check_transcripts(ending, before.transcript_sha256 or "")
        await _check_record(ending, old, new)
        await _check_own_proofs(ending, new)
        assert "녹화대로 고쳐" in (await world.events(ending.mine))[f"corrected:{ending.draw.notice.id}:1"].ko
        assert f"corrected:{ending.draw.notice.id}:1" in await world.events(ending.other)
        await _check_second(ending)
        await keep_history(ending.draw.handle, "draw_corrected")
        await ending.draw.handle.terminate()


async def _check_refusals(ending: Ending, right: str) -> None:
    draw = ending.draw
    assert await ending.refused("type_recorded", ending.typing("observer", right)) == "not_allowed"
    assert await ending.refused("type_recorded", ending.typing("operator", "9" * 9)) == "bad_digits"
    await ending.act("type_recorded", ending.typing("operator", right))
    assert await ending.refused("type_recorded", ending.typing("operator", right)) == "typed_already"
    same_person = ending.typing("officer", right).model_copy(update={"person_id": ending.operator})
    assert await ending.refused("type_recorded", same_person) == "typed_already"
    other = ending.typing("officer", right, recording="cd" * 32)
    assert (await ending.act("type_recorded", other)).state == "digits_differ", "of another recording"
    for role in ("operator", "officer"):
        answer = await ending.act("type_recorded", ending.typing(role, DIGITS))
    assert answer.state == "digits_stand"
    assert await ending.world.rows(CeremonyRow, purpose="corrected:1", notice_id=draw.notice.id) == []
    assert (await draw.row()).correcting is None


async def _check_awards(ending: Ending, before: dict[str, AwardRow], mine: AwardRow) -> None:
    """Those that are the same stay; the others end, and new ones begin."""
    rows = await ending.world.rows(AwardRow, notice_id=ending.draw.notice.id)
    held = {one.ticket: one for one in rows if one.state != "annulled" and one.wait_list_no is None}
    kept = {one.id for one in held.values()} & {one.id for one in before.values()}
    assert kept
    assert mine.id not in kept
    assert {one.given_by for one in held.values() if one.id not in kept} == {1}
    gone = [one for one in rows if one.id == mine.id]
    assert [(one.state, one.taken_by, one.unit) for one in gone] == [("annulled", 1, mine.unit)]
    assert sorted(one.unit for one in held.values()) == ["101-301", "101-302", "101-303"]
    outcomes = {one.ticket: one for one in await ending.world.rows(DrawEntryRow, notice_id=ending.draw.notice.id)}
    for ticket, one in held.items():
        assert (outcomes[ticket].result, outcomes[ticket].unit) == ("won", one.unit)
    events = await ending.world.events(ending.mine)
    assert f"taken_back:{mine.id}" in events
    if (again := next((one for one in held.values() if one.case_id == ending.mine), None)) is not None:
        assert f"awarded:{again.id}" in events
        await ending.procedure(again.id)


async def _check_transcripts(ending: Ending, before: str) -> Body:
    row = await ending.draw.row()
    (earlier,) = row.earlier or []
    assert earlier["transcript_sha256"] == before != row.transcript_sha256
    for sha256 in (before, row.transcript_sha256 or ""):
        document = await ending.transcript(sha256)
        assert valid(verify(document.model_dump(mode="json"), None, ending.draw.trust.checks()))
    return (await ending.transcript(row.transcript_sha256 or "")).body


async def _check_record(ending: Ending, old: Body, new: Body) -> None:
    document = await ending.draw.record(CORRECTED)
    assert document["body"]["recording_sha256"] == RECORDING
    assert document["body"]["reason"].startswith("operator")
    for bodies in ([], [old], [new], [old, new]):
        findings = records.verify(document, ending.draw.trust.checks(), bodies)
        assert valid(findings), [one for one in findings if not one.ok]


async def _check_own_proofs(ending: Ending, body: Body) -> None:
    world, notice_id = ending.world, ending.draw.notice.id
    for line in await world.rows(ApplicationLineRow, notice_id=notice_id):
        async with world.db.transaction() as session:
            own = await draws.own_proof(session, world.sealed, line.person_id, notice_id, line.ticket)
        assert all(proof.check(own, body).values())


async def _check_second(ending: Ending) -> None:
    """Back to the first digits: another correction, with a number of its own. From a contract on, none."""
    draw, body = ending.draw, (await ending.draw.row()).body_sha256
    await ending.correct(DIGITS, number=2)
    row = await draw.row()
    assert [one["body_sha256"] for one in row.earlier or []][1] == body
    assert row.body_sha256 == (row.earlier or [])[0]["body_sha256"], "the same list, nonce and digits: the same bytes"
    assert (await draw.record(CORRECTED, 2))["body"]["superseded_sha256"] == body
    assert draw.operator.winners == {one.ticket for one in await ending.won()}
    async with ending.world.db.transaction() as session:
        contracted = await session.get_one(AwardRow, (await ending.won())[0].id)
        contracted.contracted_on = seoul_date(now())
        session.add(contracted)
    assert await ending.refused("type_recorded", ending.typing("operator", DIGITS)) == "contracts_exist"


async def test_an_order_comes_while_digits_are_corrected(
    world: Any, notice_of: Callable[..., Notice], fact_of: Any, tmp_path: Path
) -> None:
    """Whatever of the correction was under way has no effect any more."""
    async with published(world, notice_of, fact_of, tmp_path, "2026000712") as ending:
        before = await ending.draw.row()
        ending.draw.works.silent = True  # the seal of the correction does not come
        right = await ending.other_digits()
        for role in ("operator", "officer"):
            await ending.act("type_recorded", ending.typing(role, right))
        await ending.until(lambda row: (row.correcting or {}).get("body_sha256") is not None)
        assert await ending.draw.refused("type_recorded", ending.typing("operator", right)) == "not_yet"
        order = await ending.order()
        await ending.act("enter_order", ending.entering(order))
        ending.draw.works.silent = False
        assert (await ending.act("confirm_order", ending.confirming(order))).state == "annulled"
        assert (await ending.draw.handle.result()).state == "annulled"
        after = await ending.draw.row()
        if after.earlier is None:  # the order was first
            assert after.body_sha256 == before.body_sha256
            assert after.correcting is None
        assert ending.draw.operator.winners == set()


async def test_what_cannot_be_corrected(
    world: Any, notice_of: Callable[..., Notice], fact_of: Any, tmp_path: Path
) -> None:
    async with held(world, notice_of, fact_of, tmp_path, "2026000713") as ending:
        assert await ending.refused("type_recorded", ending.typing("operator", DIGITS)) == "nothing_to_correct"
        await ending.annul()
        await ending.draw.handle.result()
        correcting = Correcting(world.db, world.sealed, ending.draw.documents, ending.draw.trust)
        start = DrawStart(notice_id=ending.draw.notice.id)
        await correcting.select(start)
        assert (await correcting.put_in_force(start)).record is None
        assert (await ending.draw.row()).state == "annulled"
