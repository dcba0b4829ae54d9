"""The wait-list: its first round for everybody, for those who wait, and for those who hold its ceremony."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel.ext.asyncio.session import AsyncSession

from api.access import CeremonySeat, Me, OfficersAward, OfficersNotice, WinnersAward, seat_at
from api.inputs import NoticePath
from api.pages.awards import show_award, show_decision
from api.pages.forms import Form, Posted, Refused, carry_out
from api.pages.view import Reader, View, Visitor
from api.routes import reserve
from api.routes.draws import TypeDigits
from api.routes.reserve import EnterTickets, Join, NoteContract, OpenRound
from domain.time import SEOUL, now
from law.drawing.reserve import FORMAT
from law.waiting import USUAL_TO_JOIN
from store import desks, draws, notices
from store import reserve as rows
from store.tables.notices import NoticeRow
from workflows.reserve import PURPOSE

router = APIRouter(include_in_schema=False)
EVENING = 18  # o'clock in Seoul
MINUTES = timedelta(minutes=2)
SHOWN = 100
YES_NO = {"yes": True, "no": False}


@router.get("/notices/{notice_id}/reserve")
async def show(notice_id: NoticePath, view: Visitor) -> Response:
    return await _round(view, notice_id)


async def _round(view: View, notice_id: str, refused: Refused | None = None, form: Posted | None = None) -> Response:
    found = await reserve.show(notice_id, view.services)
    async with view.services.db.transaction() as session:
        notice = await notices.notice(session, notice_id)
        seat = seat_at(view.me.person, notice) if view.me else None
        typed = await draws.typed(session, notice_id, PURPOSE)
        own = await desks.awards_of(session, view.me.person.id, notice_id=notice_id) if view.me else []
        desk = await _desk(session, notice_id) if seat == "officer" else {}
        waiting = await rows.waiting(session, notice_id)
    me = view.me.person.id if view.me else None
    return view.page(
        "reserve.html", status=refused.status if refused else 200, refused=refused, notice=notice, round=found,
        terms=notices.terms_of(notice), houses=_houses(notice), seat=seat, own=[award for award, _ in own],
        i_typed=any(one.person_id == me for one in typed), typed={one.role for one in typed},
        posted=form.values if form else {}, now=now(), until=_usual(view), listed=waiting[:SHOWN],
        record=f"/api/v1/notices/{notice_id}/draw-records/{FORMAT}/1", **desk,
    )  # fmt: skip


async def _desk(session: AsyncSession, notice_id: str) -> dict[str, Any]:
    """What the officer has to know before opening, and whom the officer has entered."""
    joins = await rows.joining(session, notice_id)
    return {
        "free": await rows.free_awards(session, notice_id),
        "under_way": await rows.awards_under_way(session, notice_id),
        "taking": [award for award, _ in joins],
    }


def _houses(notice: NoticeRow) -> dict[str, str]:
    return {one.model_no: one.name for one in notices.terms_of(notice).house_types}


def _usual(view: View) -> str:
    """What the form proposes: a week, to the evening; where time is shortened, a minute or two."""
    if view.services.rulebook.time_shortened:
        return f"{now().astimezone(SEOUL) + MINUTES:%Y-%m-%dT%H:%M}"
    return f"{now().astimezone(SEOUL) + USUAL_TO_JOIN:%Y-%m-%dT}{EVENING}:00"


@router.post("/notices/{notice_id}/reserve")
async def open_round(view: Reader, notice: OfficersNotice, person: Me, form: Form) -> Response:
    async def work() -> Response:
        body = OpenRound.model_validate({"until": _instant(form.text("until"))})
        await reserve.open_round(body, notice, person, form.key, view.services)
        return view.back(f"/notices/{notice.id}/reserve", "round_open")

    return await carry_out(view, form, work, lambda refused: _round(view, notice.id, refused, form))


def _instant(text: str | None) -> str | None:
    """What a browser sends for a time of day in Seoul; what is none stays text, so that its check can say so."""
    try:
        return datetime.strptime(text or "", "%Y-%m-%dT%H:%M").replace(tzinfo=SEOUL).isoformat()
    except ValueError:
        return text


@router.post("/notices/{notice_id}/reserve/tickets")
async def enter(view: Reader, notice: OfficersNotice, person: Me, form: Form) -> Response:
    async def work() -> Response:
        joins = YES_NO.get(form.text("joins") or "")
        body = EnterTickets.model_validate({"tickets": form.lines("tickets"), "joins": joins})
        await reserve.enter_tickets(body, notice, person, form.key, view.services)
        return view.back(f"/notices/{notice.id}/reserve", "tickets_entered")

    return await carry_out(view, form, work, lambda refused: _round(view, notice.id, refused, form))


@router.post("/notices/{notice_id}/reserve/digits")
async def type_digits(view: Reader, seat: CeremonySeat, form: Form) -> Response:
    async def work() -> Response:
        body = TypeDigits(digits=form.text("digits") or "", observers=form.lines("observers"))
        await reserve.type_digits(body, seat, form.key, view.services)
        return view.back(f"/notices/{seat.notice.id}/reserve", "digits_typed")

    return await carry_out(view, form, work, lambda refused: _round(view, seat.notice.id, refused, form))


@router.post("/awards/{award_id}/reserve")
async def join(view: Reader, award: WinnersAward, form: Form) -> Response:
    """One who waits joins with the warning ticked, or takes it back."""
    joins = YES_NO.get(form.text("joins") or "")

    async def work() -> Response:
        body = Join.model_validate({"joins": joins, "warned": form.ticked("warned")})
        await reserve.join(body, award, form.key, view.services)
        return view.back(f"/awards/{award.id}", "round_joined" if body.joins else "round_left")

    return await carry_out(view, form, work, lambda refused: show_award(view, award, refused, form))


@router.post("/awards/{award_id}/contracted")
async def note_contract(view: Reader, award: OfficersAward, form: Form) -> Response:
    async def work() -> Response:
        body = NoteContract.model_validate({"on": form.text("on")})
        await reserve.note_contract(body, award, form.key, view.services)
        return view.back(f"/notices/{award.notice_id}/applicants", "contract_noted")

    return await carry_out(view, form, work, lambda refused: show_decision(view, award, refused, form))
