"""The end of a wait-list: when it comes, and that afterwards no ticket on it leads to a person."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from activities.waiting import WaitList
from domain import ids
from domain.applications import AgencyReceipt
from domain.errors import Invalid, WrongState
from domain.filings import Answer, DeliveryState
from domain.messages import DrawStart, WinnerStart
from domain.notices import Notice
from domain.time import now, seoul_date
from domain.words import Agency
from law import rulebook
from law.drawing import records
from law.drawing.transcript import Transcript
from law.drawing.verify import valid, verify
from store import idempotency
from store.idempotency import Key
from store.tables.applications import ApplicationLineRow
from store.tables.base import Table
from store.tables.draws import AwardRow, DrawEntryRow
from store.tables.exchange import DeliveryRow, OutboxRow
from store.winning import note_contract
from tests.workflows.reserve_play import Round, drawn
from workflows._options import FLOW
from workflows.winner import WinnerWorkflow

pytestmark = pytest.mark.long

NoticeOf = Callable[..., Notice]
NAME = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|ONJIP-[0-9A-F]{24}")
LONG_AGO = timedelta(days=200)  # more than the 180 days of 제26조④


async def test_the_wait_list_lives_180_days_from_the_first_contract_that_was_made(
    world: Any, notice_of: NoticeOf, tmp_path: Path
) -> None:
    async with drawn(world, notice_of, tmp_path, "2026000621", people=1) as round_:
        draw, start = round_.draw, DrawStart(notice_id=round_.draw.notice.id)
        waiting = WaitList(world.db, world.sealed, rulebook.load("normal"))
        first, second, third, _ = await round_.won()
        unknown = await waiting.end(start)
        assert not unknown.over, "no contract is known: the period has not begun"
        async with world.db.transaction() as session:
            row = await session.get_one(type(await draw.row()), start.notice_id)
            row.selected_at = now() - LONG_AGO
            session.add(row)
        late = await waiting.end(start)
        assert (late.over, late.at > now()) == (False, True), "however late: nobody loses a place that has not ended"

        await round_.change(second, contracted_on=seoul_date(now() - timedelta(days=30)))
        await round_.change(first, contracted_on=seoul_date(now() - timedelta(days=10)))
        known = await waiting.end(start)
        assert (known.at - now()).days in (150, 151), "from the first one"
        await round_.lapse(first)
        assert await draw.refused("open_round", round_.opening(152 * 86_400)) == "bad_until", (
            "later than the list lives"
        )
        await draw.act("open_round", round_.opening(2.5))
        await round_.change(third, contracted_on=seoul_date(now() - LONG_AGO))
        assert not (await waiting.end(start)).over, "who may join a round sees its end"
        handle = await round_.begin()
        await handle.result()
        assert (await waiting.end(start)).over


async def test_an_officer_records_a_contract_that_is_not_made_here(
    world: Any, notice_of: NoticeOf, tmp_path: Path, keep_history: Any
) -> None:
    async with drawn(world, notice_of, tmp_path, "2026000622", people=1) as round_:
        won, (waiting, *_) = (await round_.won())[0], await round_.awards(state="waiting")
        today = seoul_date(now())
        assert await _refused(round_, won, today + timedelta(days=1)) == "bad_contract_day"
        assert await _refused(round_, won, today - timedelta(days=1)) == "bad_contract_day"
        assert await _refused(round_, waiting, today) == "contract_not_noted"
        for _ in range(2):
            await _note(round_, won, today)
        (noted,) = await round_.awards(ticket=won.ticket)
        assert (noted.state, noted.contracted_on) == ("contracted", today)
        assert await _refused(round_, won, today) is None, "the same again changes nothing"
        assert await world.rows(OutboxRow, kind="start:WinnerWorkflow") == [], "it was told with the draw"

        await round_.change(waiting, state="awarded", from_wait_list=True, unit="101-999", person_id=None, case_id=None)
        await _note(round_, waiting, today)
        (promise,) = await world.rows(OutboxRow, kind="start:WinnerWorkflow")
        handle = await world.client.start_workflow(
            WinnerWorkflow.run, WinnerStart.model_validate(promise.payload), id=promise.workflow_id, task_queue=FLOW
        )
        await handle.result()
        told = round_.draw.operator.sent("winners")[-1].body
        assert ([one["ticket"] for one in told["winners"]], told["won_on"]) == ([waiting.ticket], today.isoformat())
        await keep_history(handle, "winner_by_number")


async def _note(round_: Round, award: AwardRow, on: Any) -> None:
    async with round_.world.db.transaction() as session:
        await note_contract(session, award.id, on, round_.book)


async def _refused(round_: Round, award: AwardRow, on: Any) -> str | None:
    try:
        await _note(round_, award, on)
    except (Invalid, WrongState) as refused:
        return refused.code
    return None


async def test_at_the_end_no_ticket_on_the_list_leads_to_a_person_and_the_others_stay(
    world: Any, notice_of: NoticeOf, tmp_path: Path
) -> None:
    async with drawn(world, notice_of, tmp_path, "2026000623", people=3) as round_:
        for number in range(3):
            await _filed(round_, await round_.mine(number))
        first, kept, out = [await round_.mine(number) for number in range(3)]
        await round_.lapse((await round_.won())[0])
        await round_.draw.act("open_round", round_.opening(2.5))
        handle = await round_.begin()
        for one in (first, kept):
            await round_.join(one)
        for role in ("officer", "operator"):
            await round_.until("fixed")
            await round_.type_digits(handle, role)
        await handle.result()
        people = {one.ticket: {str(one.person_id), str(one.case_id), str(one.line_id)} for one in (first, kept, out)}
        for ticket, links in people.items():
            assert links <= await _reached(world, ticket), "the test can see what leads to a person"
        before = await _rows_about(world, first)

        start = DrawStart(notice_id=round_.draw.notice.id)
        for _ in range(2):  # killed in between, it goes on
            await round_.draw.waiting.close(start)

        for ticket in (kept.ticket, out.ticket):
            assert not await _reached(world, ticket) & people[ticket]
        assert people[first.ticket] <= await _reached(world, first.ticket), "a winner is not forgotten"
        assert await _rows_about(world, first) == before
        entries = {row.ticket: row for row in await world.rows(DrawEntryRow, notice_id=start.notice_id)}
        for row in await round_.awards():
            waited = row.state == "lapsed" and row.wait_list_no is not None
            assert (entries[row.ticket].facts == {}) == (entries[row.ticket].holder == "") == waited
        assert (await round_.draw.row()).salt == ""
        assert f"wait_list_over:{start.notice_id}" in await world.events(out.case_id)
        await _check_published(round_)


async def _check_published(round_: Round) -> None:
    """The records that name tickets only go on to verify."""
    draw, checks = round_.draw, round_.draw.trust.checks()
    document = json.loads(await draw.documents.get((await draw.row()).transcript_sha256 or ""))
    assert valid(verify(document, None, checks))
    body = Transcript.model_validate(document).body
    assert valid(records.verify(await draw.record("onjip-draw-reserve"), checks, [body]))


async def _filed(round_: Round, award: AwardRow) -> None:
    """What filing and reading leave behind: the agency's receipt, its answer, and a kept answer of an act."""
    world = round_.world
    (line,) = await world.rows(ApplicationLineRow, id=award.line_id)
    receipt = AgencyReceipt(
        agency=Agency.APPLYHOME, number=uuid4().hex[:8], received_at=now(), ticket=award.ticket, receipt_jws="jws"
    )
    answer = Answer(
        agency=Agency.APPLYHOME, number=receipt.number, at=now(), body={"ticket": award.ticket}, receipt_jws="jws"
    )
    reference = ids.reference(ids.application_workflow_id(line.application_id), str(line.id))
    sent = DeliveryRow(
        reference=reference, attempt=1, agency="applyhome", service="applications", msg_id=uuid4().hex,
        expires_at=now(), state=DeliveryState.ANSWERED, answer=answer.model_dump(mode="json"),
    )  # fmt: skip
    async with world.db.transaction() as session:
        row = await session.get_one(ApplicationLineRow, line.id)
        row.receipt = receipt.model_dump(mode="json")
        key = Key(award.person_id, f"POST /api/v1/awards/{award.id}/reserve", uuid4().hex)
        session.add_all([row, sent])
        await idempotency.claim(session, key, "0" * 64)


async def _reached(world: Any, ticket: str) -> set[str]:
    """All that can be found in the whole database from a ticket on: rows that name it, whatever these rows name, and so
    on. Only ids and references are followed: a notice's number leads to everybody who applied."""
    rows = [await _text(world, table) for table in Table.__subclasses__()]
    texts = [text for listed in rows for text in listed]
    found, new = {ticket}, {ticket}
    while new:
        named = {name for text in texts if any(one in text for one in new) for name in _names(text)}
        new = named - found
        found |= new
    return found


def _names(text: str) -> set[str]:
    return set(NAME.findall(text))


async def _text(world: Any, table: type[Any]) -> list[str]:
    """Every row, opened, as text."""
    return [json.dumps(row.model_dump(), default=str, ensure_ascii=False) for row in await world.rows(table)]


async def _rows_about(world: Any, award: AwardRow) -> list[str]:
    """All rows that name the ticket, the award or the person."""
    names = (award.ticket, str(award.id), str(award.person_id), str(award.case_id))
    found = [text for table in Table.__subclasses__() for text in await _text(world, table)]
    return sorted(text for text in found if any(name in text for name in names))
