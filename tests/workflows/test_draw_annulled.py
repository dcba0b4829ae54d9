"""An authority's order: entered by one, confirmed by another, published; what hung on the draw ends in order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.draws import Authority
from domain.messages import DigitsAct
from domain.notices import Notice
from domain.time import now, seoul_date
from law.drawing import records
from law.drawing.verify import valid
from store.tables.draws import AwardRow, DrawEntryRow, DrawRecordRow
from store.tables.notices import NoticeRow
from tests.workflows.ending_play import DIGITS, Ending, held, published

pytestmark = pytest.mark.long

ANNULLED = "onjip-draw-annulled"


async def test_two_people_annul_a_published_draw_by_an_order(
    world: Any, notice_of: Callable[..., Notice], fact_of: Any, tmp_path: Path, keep_history: Any
) -> None:
    async with published(world, notice_of, fact_of, tmp_path, "2026000701") as ending:
        draw, before = ending.draw, await ending.draw.row()
        won = await ending.won()
        (mine,) = [one for one in won if one.case_id == ending.mine]
        procedure = await ending.procedure(mine.id)
        contracted = next(one for one in won if one.case_id is None)
        await _contract(ending, contracted)
        await _check_refusals(ending)
        assert (await draw.row()).state == "published", "an order that nobody has confirmed changes nothing"

        order = await ending.annul()
        assert (await procedure.result())["state"] == "annulled"
        assert (await draw.handle.result()).state == "annulled"
        after = await draw.row()
        assert (after.state, after.transcript_sha256) == ("annulled", before.transcript_sha256)
        assert (await world.rows(NoticeRow, id=draw.notice.id))[0].state == "annulled"
        await _check_awards(ending, contracted)
        await _check_told(ending, mine)
        document = await draw.record(ANNULLED)
        findings = records.verify(document, draw.trust.checks(), [await ending.body()])
        assert valid(findings), [one for one in findings if not one.ok]
        assert document["body"]["order"]["number"] == order.number
        assert document["body"]["body_sha256"] == before.body_sha256
        assert draw.operator.winners == {contracted.ticket}, "who has contracted stays on it"
        assert len(draw.operator.sent("winners/withdraw")) == 1
        await keep_history(draw.handle, "draw_annulled")


async def _contract(ending: Ending, award: AwardRow) -> None:
    async with ending.world.db.transaction() as session:
        row = await session.get_one(AwardRow, award.id)
        row.state, row.contracted_on = "contracted", seoul_date(now())
        session.add(row)


async def _check_refusals(ending: Ending) -> None:
    draw, order = ending.draw, await ending.order()
    assert await ending.refused("confirm_order", ending.confirming(order)) == "no_order"
    tomorrow = await ending.order(ordered_on=seoul_date(now() + timedelta(days=2)))
    assert await ending.refused("enter_order", ending.entering(tomorrow)) == "order_of_tomorrow"
    mistyped = await ending.order(number="주택기금과-77", authority=Authority.COURT)
    assert (await ending.act("enter_order", ending.entering(mistyped))).state == "order_entered"
    assert (await ending.act("enter_order", ending.entering(order))).state == "order_entered"
    assert await ending.refused("confirm_order", ending.confirming(mistyped)) == "order_changed"
    assert await ending.refused("confirm_order", ending.confirming(order, ending.operator)) == "same_person"
    assert await ending.world.rows(DrawRecordRow, notice_id=draw.notice.id) == []


async def _check_awards(ending: Ending, contracted: AwardRow) -> None:
    awards = await ending.world.rows(AwardRow, notice_id=ending.draw.notice.id)
    assert {one.id for one in awards if one.state == "contracted"} == {contracted.id}
    rest = [one for one in awards if one.id != contracted.id]
    assert len(rest) > 3, "the wait-list too"
    assert {(one.state, one.taken_by) for one in rest} == {("annulled", 0)}
    results = {one.result for one in await ending.world.rows(DrawEntryRow, notice_id=ending.draw.notice.id)}
    assert "won" in results, "nothing that was published is overwritten"


async def _check_told(ending: Ending, mine: AwardRow) -> None:
    key = f"annulled:{ending.draw.notice.id}"
    winner, loser = await ending.world.events(ending.mine), await ending.world.events(ending.other)
    assert "명령서에 적힌 방법" in winner[key].ko
    assert "명령서에 적힌 방법" in loser[key].ko
    assert "계약금을 보냈다면" in winner[f"taken_back:{mine.id}"].ko


async def test_a_draw_without_a_result_is_annulled_with_what_was_fixed(
    world: Any, notice_of: Callable[..., Notice], fact_of: Any, tmp_path: Path
) -> None:
    async with held(world, notice_of, fact_of, tmp_path, "2026000702") as ending:
        draw = ending.draw
        typed = DigitsAct(person_id=ending.operator, role="operator", digits=DIGITS)
        assert (await ending.act("type_digits", typed)).state == "waiting_for_other"
        await ending.annul()
        assert (await draw.handle.result()).state == "annulled"
        row = await draw.row()
        assert (row.digits, row.body_sha256, row.transcript_sha256) == (None, None, None)
        document = await draw.record(ANNULLED)
        body = document["body"]
        assert (body["state"], body["body_sha256"], body["root2"]) == ("revealed", None, row.root2)
        assert valid(records.verify(document, draw.trust.checks()))
        assert await world.rows(AwardRow, notice_id=draw.notice.id) == []
        assert draw.operator.sent("winners") + draw.operator.sent("winners/withdraw") == []


@pytest.mark.parametrize("refused", ["list_locked"])
async def test_an_agency_that_refuses_is_shown_to_the_operator(
    world: Any, notice_of: Callable[..., Notice], fact_of: Any, tmp_path: Path, refused: str
) -> None:
    async with published(world, notice_of, fact_of, tmp_path, "2026000703") as ending:
        ending.draw.operator.refuses = refused
        await ending.annul()
        await ending.until(lambda row: (row.refusal or {}).get("code") == refused)
        assert (await ending.draw.row()).state == "annulled"
        await ending.draw.handle.terminate()
