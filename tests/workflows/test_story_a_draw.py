"""A notice from its publication to the end of its wait-list, on two officers' eyes and one committed nonce."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain import ids
from domain.draws import CountAt
from domain.errors import UnknownThing
from domain.messages import Act, DigitsAct, DrawStart, LapseAct
from domain.notices import Notice
from domain.time import now
from law.drawing import proof
from law.drawing.verify import read, valid, verify
from store import draws
from store.tables.applications import ApplicationLineRow
from store.tables.draws import AwardRow, CeremonyRow, DrawEntryRow, DrawRow
from store.tables.exchange import OutboxRow
from store.tables.notices import NoticeRow
from store.tables.reserve import ReserveRow
from tests.workflows.draw_play import Draw, Operator, applied, drawing, entry

DIGITS, OTHER = "1-2345-6789", "1-2345-6780"
CROWD = 12


async def test_a_notice_is_drawn_before_two_people_and_anybody_can_draw_it_again(
    world: Any, notice_of: Callable[..., Notice], tmp_path: Any
) -> None:
    notice = notice_of("2026000301", receipt_closes_at=now() + timedelta(seconds=4))
    operator = Operator()
    async with drawing(world, notice, tmp_path, operator) as draw:
        harin = await world.person("하린")

        assert await draw.refused("close", Act(person_id=harin)) in ("receipt_open", "not_yet")
        assert await draw.refused("type_digits", digits(harin, "operator", DIGITS)) in ("not_revealed", "not_yet")

        first, haneul, _ = await applied(world, notice)
        second, jiho, _ = await applied(world, notice)
        once, twice = entry("5" * 32, 9, holder="same"), entry("7" * 32, 10, holder="same")
        crowd = [entry(uuid4().hex, 30 + n) for n in range(CROWD)]
        operator.listed = [entry(first, 84), entry(second, 1), once, twice, *crowd]
        hour = CountAt(notice_id=notice.id, at=now())
        await draw.receiving.count(hour)
        await asyncio.sleep(max(0.0, (notice.receipt_closes_at - now()).total_seconds()) + 0.2)
        assert (await draw.act("close", Act(person_id=harin))).state == "closing"
        assert await draw.refused("close", Act(person_id=harin)) == "closed_already"
        await draw.until("revealed")
        await _check_closed(draw, haneul)
        await _type_digits(draw, harin)
        await draw.until("published")
        await _check_drawn(draw, haneul, jiho)
        await _check_once(draw)
        await _check_lapse(draw, jiho)
        await draw.handle.terminate()


def digits(person: UUID, role: str, text: str) -> DigitsAct:
    return DigitsAct(person_id=person, role=role, digits=text)


async def _check_closed(draw: Draw, case_id: UUID) -> None:
    row = await draw.row()
    assert (row.root1_stamp, row.root2_stamp) != (None, None)
    assert len(draw.trust.stamped) == 3, "a count and both lists"
    assert row.digits is None
    assert row.transcript_sha256 is None
    events = await draw.world.events(case_id)
    assert events[f"closed:{draw.notice.id}"].reference == row.root1
    assert [one.body["number"] for one in draw.operator.sent("notices")] == [draw.notice.number]
    assert len(draw.operator.sent(f"notices/{draw.notice.number}/close")) == 1
    left_out = await draw.world.rows(DrawEntryRow, notice_id=draw.notice.id, excluded="applied_twice")
    assert [one.ticket for one in left_out] == ["7" * 32]


async def _type_digits(draw: Draw, harin: UUID) -> None:
    assert await draw.refused("type_digits", digits(harin, "operator", "9-2345-6789")) == "bad_digits"
    assert (await draw.act("type_digits", digits(harin, "operator", DIGITS))).state == "waiting_for_other"
    assert await draw.refused("type_digits", digits(harin, "operator", DIGITS)) == "typed_already"
    assert await draw.refused("type_digits", digits(harin, "officer", DIGITS)) == "typed_already"
    assert (await draw.act("type_digits", digits(draw.officer, "officer", OTHER))).state == "digits_differ"
    assert await draw.world.rows(CeremonyRow, notice_id=draw.notice.id) == []
    assert (await draw.act("type_digits", digits(draw.officer, "officer", "1 2345 6789"))).state == "waiting_for_other"
    assert (await draw.act("type_digits", digits(harin, "operator", DIGITS))).state == "digits_agreed"
    assert await draw.refused("type_digits", digits(harin, "operator", DIGITS)) == "not_revealed"


async def _check_drawn(draw: Draw, haneul: UUID, jiho: UUID) -> None:
    row = await draw.row()
    assert row.transcript_sha256 is not None
    data = await draw.documents.get(row.transcript_sha256)
    document = json.loads(data)
    findings = verify(document, None, draw.trust.checks())
    assert valid(findings), [one for one in findings if not one.ok]
    assert [one["count"] for one in document["envelope"]["counts"]] == [3]
    await _check_own_proof(draw, document)
    awarded = await draw.world.rows(AwardRow, notice_id=draw.notice.id)
    won = [one for one in awarded if one.state == "awarded"]
    assert sorted(one.unit for one in won) == ["101-301", "101-302", "101-303"]
    mine = next(one for one in won if one.case_id == haneul)
    assert await draw.world.steps(haneul) >= {"closed", "drawn", "awarded"}
    events = await draw.world.events(jiho)
    assert f"wait_listed:{draw.notice.id}" in events
    assert "awarded" not in await draw.world.steps(jiho)
    promised = await draw.world.rows(OutboxRow, kind="start:AwardWorkflow")
    assert [one.workflow_id for one in promised] == [ids.award_workflow_id(mine.id)]
    told = draw.operator.sent("winners")[0].body["winners"]
    assert isinstance(told, list)
    assert len(told) == 3
    assert (await draw.world.rows(NoticeRow, id=draw.notice.id))[0].state == "announced"
    text = data.decode()
    assert "idr_" not in text
    assert "2012-01-05" not in text


async def _check_once(draw: Draw) -> None:
    """A worker that was killed after any step does it again: nothing changes, and nothing happens twice."""
    tables = (DrawRow, AwardRow, DrawEntryRow)
    before = [await draw.world.rows(table, notice_id=draw.notice.id) for table in tables]
    promised, stamps = await draw.world.rows(OutboxRow), len(draw.trust.stamped)
    for step in draw.again:
        await step(DrawStart(notice_id=draw.notice.id))
    assert [await draw.world.rows(table, notice_id=draw.notice.id) for table in tables] == before
    assert (await draw.world.rows(OutboxRow), len(draw.trust.stamped)) == (promised, stamps)


async def _check_own_proof(draw: Draw, document: Any) -> None:
    """Everybody who applied here has a proof, and nobody else can open it."""
    transcript = read(document)
    assert transcript is not None
    lines = await draw.world.rows(ApplicationLineRow, notice_id=draw.notice.id)
    assert len(lines) == 2
    for line in lines:
        async with draw.world.db.transaction() as session:
            own = await draws.own_proof(session, draw.world.sealed, line.person_id, draw.notice.id, line.ticket)
        assert all(proof.check(own, transcript.body).values())
        assert own.opening is not None
    with pytest.raises(UnknownThing):
        async with draw.world.db.transaction() as session:
            await draws.own_proof(session, draw.world.sealed, draw.officer, draw.notice.id, lines[0].ticket)


async def _check_lapse(draw: Draw, jiho: UUID) -> None:
    """After the first round (test_reserve_round), a home goes down the wait-list, once for each time it is free."""
    done = ReserveRow(
        notice_id=draw.notice.id, state="done", opened_by=draw.officer, until=now(), homes=[], observers=[]
    )
    await draw.world.add(done)
    awarded = await draw.world.rows(AwardRow, notice_id=draw.notice.id, state="awarded")
    mine = next(one for one in awarded if one.case_id is not None)
    lapse = LapseAct(person_id=draw.officer, award_id=mine.id, reason="계약 포기")
    assert await draw.refused("lapse", lapse) == "award_not_free"
    async with draw.world.db.transaction() as session:
        row = await session.get_one(AwardRow, mine.id)
        row.state = "lapsed"
        session.add(row)
    holder, passed = mine.id, 0
    while True:
        answer = await draw.act("lapse", LapseAct(person_id=draw.officer, award_id=holder, reason="계약 포기"))
        if answer.state == "lapsed":
            break
        passed += 1
        holder = (await draw.world.rows(AwardRow, id=holder))[0].passed_to
        now_held = (await draw.world.rows(AwardRow, id=holder))[0]
        assert (now_held.unit, now_held.from_wait_list, now_held.wait_list_no) == (mine.unit, True, passed)
        if now_held.case_id == jiho:
            break
    assert "awarded" in await draw.world.steps(jiho)
    held = [one for one in await draw.world.rows(AwardRow, notice_id=draw.notice.id) if one.state == "awarded"]
    assert sorted(one.unit for one in held) == ["101-301", "101-302", "101-303"]
    assert len(draw.operator.sent("winners")) == 1, "given by number, a home is no win before its contract"


async def test_a_notice_that_the_agency_refuses_is_not_open(
    world: Any, notice_of: Callable[..., Notice], tmp_path: Any
) -> None:
    notice = notice_of("2026000302")
    async with drawing(world, notice, tmp_path, Operator(refuses="approval_missing")) as draw:
        with pytest.raises(Exception, match="Workflow execution failed"):
            await draw.handle.result()
    assert (await world.rows(NoticeRow, id=notice.id))[0].state == "refused"
