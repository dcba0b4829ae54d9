"""The first round of a wait-list: opened, joined, stamped, drawn, and what becomes of everybody."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from activities.reserve import ReserveRound
from domain.draws import Digits
from domain.errors import LawForbids, UnknownThing, WrongState
from domain.messages import ReserveStart
from domain.notices import Notice
from domain.reserve import OpenRound
from domain.time import now
from law import rulebook
from law.drawing import records
from law.drawing.transcript import Transcript
from law.drawing.verify import valid
from store.tables.draws import AwardRow, CeremonyRow, DrawEntryRow, DrawRecordRow
from store.tables.exchange import OutboxRow
from store.tables.reserve import ReserveRow
from tests.workflows.reserve_play import Round, another, drawn, elsewhere

FORMAT = "onjip-draw-reserve"
NoticeOf = Callable[..., Notice]


async def test_lapsed_homes_go_by_lot_to_the_first_who_joined(
    world: Any, notice_of: NoticeOf, tmp_path: Path, keep_history: Any
) -> None:
    async with drawn(world, notice_of, tmp_path, "2026000601") as round_:
        draw, (first, second, *rest) = round_.draw, await round_.won()
        assert await round_.lapse(first) == "kept"
        assert await round_.lapse(second) == "kept", "not given to anybody before the round"
        assert [row.state for row in await round_.awards(wait_list_no=1)] == ["waiting"]

        opening = round_.opening()
        assert (await draw.act("open_round", opening)).state == "round_open"
        assert (await draw.act("open_round", opening)).state == "round_open", "the same wish changes nothing"
        assert await draw.refused("open_round", round_.opening(9)) == "round_opened_already"
        row = await round_.row()
        assert sorted(one["unit"] for one in row.homes) == sorted([str(first.unit), str(second.unit)])
        told = (await world.events(round_.people[0]))[f"reserve_open:{draw.notice.id}"]
        assert "2세대" in told.ko

        handle = await round_.begin()
        haneul, jiho = await round_.mine(0), await round_.mine(1)
        others = (await round_.awards(state="waiting"))[2:]
        await round_.join(haneul)
        await round_.join(haneul)
        await round_.join(jiho)
        await round_.join(jiho, joins=False)
        await round_.enter(others[0], others[1], others[2])
        await round_.enter(others[0], joins=False)
        said = (await world.events(haneul.case_id))[f"reserve_said:{haneul.id}:1"]
        assert "계약하지 않아도 당첨자" in said.ko

        stamped = len(draw.trust.stamped)
        await round_.until("fixed")
        assert len(draw.trust.stamped) == stamped + 1, "the list, before any ball"
        with pytest.raises(WrongState) as late:
            await round_.join(jiho)
        assert late.value.code == "round_over"
        await _type_digits(round_, handle)
        assert (await handle.result()).state == "done"
        await _check_result(round_, haneul, others)
        await _check_record(round_)
        async with asyncio.timeout(10):
            while len(draw.operator.sent("winners")) != 2:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        told_of = {one["ticket"]: one["unit"] for one in draw.operator.sent("winners")[1].body["winners"]}
        assert told_of.keys() == {haneul.ticket, others[1].ticket}
        await keep_history(handle, "reserve_round")
        await _check_later(round_, rest, jiho)


async def _type_digits(round_: Round, handle: Any) -> None:
    """Blind to each other, as in the draw; the draw's own digits do not count here."""
    assert await round_.type_digits(handle, "officer", "1-2345-6789") == "waiting_for_other"
    assert await round_.type_digits(handle, "operator", "1-2345-6780") == "digits_differ"
    assert await round_.type_digits(handle, "officer", "3-0918-7364") == "waiting_for_other"
    assert await round_.type_digits(handle, "operator", "3-0918-7364") == "digits_agreed"
    typed = await round_.world.rows(CeremonyRow, notice_id=round_.draw.notice.id)
    assert sorted((row.purpose, row.digits) for row in typed) == [
        *([("draw", "123456789")] * 2), *([("reserve", "309187364")] * 2)
    ]  # fmt: skip


async def _check_result(round_: Round, haneul: AwardRow, others: list[AwardRow]) -> None:
    """The first two by number among those who joined; the third keeps its place, and so do all who did not join."""
    row, world = await round_.row(), round_.world
    units = {one["unit"] for one in row.homes}
    won = [one for one in await round_.awards(from_wait_list=True)]
    assert {one.ticket for one in won} == {haneul.ticket, others[1].ticket}
    assert {one.unit for one in won} == units
    assert {one.state for one in won} == {"awarded"}
    lapsed = [one for one in await round_.won() if one.unit in units]
    assert {one.passed_to for one in lapsed} == {one.id for one in won}
    kept = [one for one in await round_.awards(state="waiting")]
    assert others[2].ticket in {one.ticket for one in kept}
    assert "awarded" in await world.steps(haneul.case_id)
    assert [one.kind for one in await world.rows(OutboxRow, workflow_id=f"award-{haneul.id}")] == [
        "start:AwardWorkflow"
    ]


async def _check_record(round_: Round) -> None:
    """Sealed, published, and run again with the transcript of the draw."""
    draw = round_.draw
    document = await draw.record(FORMAT)
    transcript = Transcript.model_validate_json(await draw.documents.get((await draw.row()).transcript_sha256 or ""))
    findings = records.verify(document, draw.trust.checks(), [transcript.body])
    assert valid(findings), [one for one in findings if not one.ok]
    assert {"reserve_stamp", "reserve_list", "reserve_homes", "allotted"} <= {one.code for one in findings}
    assert len(document["body"]["listed"]["joined"]) == 3
    assert document["body"]["digits"] == "309187364"


async def _check_later(round_: Round, rest: list[AwardRow], jiho: AwardRow) -> None:
    """What lapses after the round goes to the next by number at once, and is no win before its contract."""
    assert await round_.lapse(rest[0]) == "allotted"
    assert (await round_.mine(1)).unit == rest[0].unit
    assert (await round_.awards(ticket=jiho.ticket))[0].state == "awarded"
    assert len(round_.draw.operator.sent("winners")) == 2


@pytest.mark.long
async def test_special_homes_go_to_the_special_list_and_what_it_leaves_to_the_general_one(
    world: Any, notice_of: NoticeOf, tmp_path: Path
) -> None:
    async with drawn(world, notice_of, tmp_path, "2026000602", special=True, people=3) as round_:
        (first, second), (third, _) = await round_.won(special=True), await round_.won()
        for one in (first, second, third):
            await round_.lapse(one)
        await round_.draw.act("open_round", round_.opening())
        handle = await round_.begin()
        special = next(one for one in await round_.awards(state="waiting") if one.supply_kind == "newlywed")
        await round_.enter(special)
        for number in range(3):
            await round_.join(await round_.mine(number))
        await round_.until("fixed")
        for role in ("officer", "operator"):
            await round_.type_digits(handle, role)
        await handle.result()
        assert (await round_.awards(ticket=special.ticket))[0].unit in (first.unit, second.unit)
        ours = [await round_.mine(number) for number in range(3)]
        assert [one.state for one in ours] == ["awarded", "awarded", "waiting"], "the special home that was left, too"
        given = {one.unit for one in await round_.awards(from_wait_list=True)}
        assert given == {first.unit, second.unit, third.unit}
        kept = (await world.events(ours[2].case_id))[f"reserve_kept:{round_.draw.notice.id}"]
        assert "순번은 그대로" in kept.ko


@pytest.mark.long
async def test_a_round_that_nobody_joins_ends_without_balls(world: Any, notice_of: NoticeOf, tmp_path: Path) -> None:
    async with drawn(world, notice_of, tmp_path, "2026000603") as round_:
        won = (await round_.won())[0]
        await round_.lapse(won)
        await round_.draw.act("open_round", round_.opening(2.5))
        handle = await round_.begin()
        assert (await handle.result()).state == "done"
        document = await round_.draw.record(FORMAT)
        assert (document["body"]["digits"], document["body"]["allotted"]) == (None, [])
        assert valid(records.verify(document, round_.draw.trust.checks()))
        assert await round_.lapse(won) == "allotted", "the home goes by number now"
        assert (await round_.mine(0)).unit == won.unit


@pytest.mark.long
async def test_who_may_not_take_part_is_told_why(world: Any, notice_of: NoticeOf, tmp_path: Path) -> None:
    async with drawn(world, notice_of, tmp_path, "2026000604") as round_:
        draw, won = round_.draw, (await round_.won())[0]
        haneul, jiho = await round_.mine(0), await round_.mine(1)
        assert await draw.refused("open_round", round_.opening()) == "no_free_home"
        assert await _code(round_.join(haneul)) == "round_not_open"
        await round_.lapse(won)
        assert await draw.refused("open_round", round_.opening(-5)) == "bad_until"
        await world.add(elsewhere(haneul, await another(world, notice_of, "2026000605")))
        await draw.act("open_round", round_.opening(20))

        assert await _code(round_.join(haneul)) == "selected_elsewhere"
        assert await _code(round_.join(won)) == "not_waiting"
        assert await _code(round_.enter(jiho)) == "answers_here"
        outsider = next(one for one in await round_.awards(state="waiting") if one.person_id is None)
        assert await _code(round_.enter(outsider, won)) == "not_waiting"
        assert await round_.joined() == [], "all or none, and nothing for a refusal"


@pytest.mark.long
async def test_who_is_selected_elsewhere_after_joining_has_no_part_in_the_lots(
    world: Any, notice_of: NoticeOf, tmp_path: Path
) -> None:
    async with drawn(world, notice_of, tmp_path, "2026000606") as round_:
        await round_.lapse((await round_.won())[0])
        await round_.draw.act("open_round", round_.opening())
        haneul, jiho = await round_.mine(0), await round_.mine(1)
        await round_.join(haneul)
        await round_.join(jiho)
        await world.add(elsewhere(haneul, await another(world, notice_of, "2026000607")))
        await round_.begin()
        await round_.until("fixed")
        assert [one["ticket"] for one in (await round_.row()).listed["joined"]] == [jiho.ticket]
        assert "제26조제6항" in (await world.events(haneul.case_id))[f"reserve_lost:{round_.draw.notice.id}"].ko


@pytest.mark.long
async def test_no_round_while_winners_may_still_contract_or_explain(
    world: Any, notice_of: NoticeOf, tmp_path: Path
) -> None:
    async with drawn(world, notice_of, tmp_path, "2026000608") as round_:
        won, other, *_ = await round_.won()
        await round_.lapse(won)
        case_id, person_id = round_.people[0], (await round_.mine(0)).person_id
        await round_.change(other, person_id=person_id, case_id=case_id)
        assert await round_.draw.refused("open_round", round_.opening()) == "awards_under_way"
        await round_.change(other, person_id=None, case_id=None)
        normal = ReserveRound(world.db, round_.draw.documents, round_.draw.trust, rulebook.load("normal"))
        with pytest.raises(ApplicationError) as early:
            await normal.open(OpenRound(notice_id=round_.draw.notice.id, act=round_.opening(10**6)))
        assert early.value.type == "contract_window_open"


@pytest.mark.long
async def test_every_step_done_again_after_a_crash_changes_nothing(
    world: Any, notice_of: NoticeOf, tmp_path: Path
) -> None:
    """Each activity twice, and once more after the next has been done: at least once may be often."""
    async with drawn(world, notice_of, tmp_path, "2026000609") as round_:
        draw, start = round_.draw, ReserveStart(notice_id=round_.draw.notice.id)
        await round_.lapse((await round_.won())[0])
        wish = OpenRound(notice_id=start.notice_id, act=round_.opening(2.5))
        for _ in range(2):
            await draw.reserve.open(wish)
        with pytest.raises(ApplicationError) as early:
            await draw.reserve.fix(start)
        assert early.value.type == "time_to_join"
        await round_.join(await round_.mine(0))
        await round_.join(await round_.mine(1))
        await round_.deadline()
        draw.trust.down = True
        with pytest.raises(ApplicationError):
            await draw.reserve.fix(start)
        assert (await round_.row()).state == "closing", "nobody joins any more, though nothing is stamped yet"
        draw.trust.down = False
        await draw.reserve.fix(start)
        fixed = (await round_.row()).model_copy()
        await draw.reserve.fix(start)
        for role in ("officer", "officer", "operator", "operator"):
            await draw.reserve.note_digits(_digits(round_, role))
        for _ in range(2):
            await draw.reserve.settle(start)
            await draw.reserve.fix(start)
        row = await round_.row()
        assert (row.state, row.listed, row.list_stamp) == ("done", fixed.listed, fixed.list_stamp)
        assert len(await round_.awards(from_wait_list=True)) == 1
        assert (await round_.mine(0)).state == "awarded"
        assert len(await world.rows(DrawRecordRow, notice_id=start.notice_id, format=FORMAT)) == 1


@pytest.mark.long
async def test_by_number_nobody_gets_a_second_home_and_nobody_who_was_selected_elsewhere(
    world: Any, notice_of: NoticeOf, tmp_path: Path
) -> None:
    async with drawn(world, notice_of, tmp_path, "2026000611", special=True, people=3) as round_:
        await world.add(
            ReserveRow(
                notice_id=round_.draw.notice.id, state="done", opened_by=round_.draw.officer, until=now(), homes=[],
                observers=[],
            )
        )  # fmt: skip
        first, second, third = [await round_.mine(number) for number in range(3)]
        (special, _), (general, other) = await round_.won(special=True), await round_.won()
        entry = (await world.rows(DrawEntryRow, ticket=first.ticket))[0]
        async with world.db.transaction() as session:  # the first of ours has won a special home by another entry
            row = await session.get_one(DrawEntryRow, (round_.draw.notice.id, special.ticket))
            row.holder = entry.holder
            session.add(row)
        await world.add(elsewhere(second, await another(world, notice_of, "2026000612")))
        assert await round_.lapse(general) == "allotted"
        assert [(await round_.mine(number)).state for number in range(3)] == ["waiting", "waiting", "awarded"]
        assert (await round_.awards(ticket=third.ticket))[0].unit == general.unit
        await round_.change(special, state="lapsed")
        assert await round_.lapse(other) == "allotted"
        assert (await round_.mine(0)).unit == other.unit, "nothing stands against the first one any more"


@pytest.mark.long
async def test_a_round_ends_with_a_draw_that_is_annulled(world: Any, notice_of: NoticeOf, tmp_path: Path) -> None:
    async with drawn(world, notice_of, tmp_path, "2026000610") as round_:
        draw, start = round_.draw, ReserveStart(notice_id=round_.draw.notice.id)
        await round_.lapse((await round_.won())[0])
        await draw.reserve.open(OpenRound(notice_id=start.notice_id, act=round_.opening(2.5)))
        await round_.join(await round_.mine(0))
        await round_.deadline()
        assert (await draw.reserve.fix(start)).state == "fixed"
        await round_.annul()
        assert (await draw.reserve.view(start)).state == "annulled"
        with pytest.raises(ApplicationError) as refused:
            await draw.reserve.note_digits(_digits(round_, "officer"))
        assert refused.value.type == "round_annulled"
        assert (await draw.reserve.settle(start)).record is None
        assert (await round_.mine(0)).state == "waiting"


def _digits(round_: Round, role: str) -> Digits:
    act = round_.typed(role)
    return Digits(
        notice_id=round_.draw.notice.id, person_id=act.person_id, role=role, digits=act.digits, purpose="reserve"
    )


async def _code(act: Any) -> str:
    with pytest.raises((WrongState, LawForbids, UnknownThing)) as refused:
        await act
    return refused.value.code
