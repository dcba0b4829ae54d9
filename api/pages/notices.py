"""Notices for everybody; on the same page what an officer or the operator does with them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.access import Me, OfficersNotice, Operator
from api.inputs import NoticePath
from api.pages.forms import Form, Refused, carry_out
from api.pages.view import Reader, View, Visitor
from api.paging import Cursor
from api.routes import draws, notices
from domain.time import now
from domain.words import Role
from store import draws as draw_rows
from store import notices as rows
from store.tables.draws import DrawRow
from store.tables.notices import NoticeRow

router = APIRouter(include_in_schema=False)
PAGE = 20


@router.get("/notices")
async def list_notices(
    view: Visitor, cursor: Cursor = None, show: Annotated[str, Query(pattern="^(open|all)$")] = "open"
) -> Response:
    found = await notices.list_notices(view.services, cursor, PAGE, show == "open")
    return view.page("notices.html", found=found, show=show, now=now())


@router.get("/notices/{notice_id}")
async def show_notice(notice_id: NoticePath, view: Visitor) -> Response:
    return await _notice(view, notice_id)


async def _notice(view: View, notice_id: str, refused: Refused | None = None) -> Response:
    found = await notices.show(notice_id, view.services)
    async with view.services.db.transaction() as session:
        row = await rows.notice(session, notice_id)
        draw = await session.get(DrawRow, notice_id)
        typed = await draw_rows.typed(session, notice_id)
    status = refused.status if refused else 200
    return view.page(
        "notice.html", status=status, refused=refused, notice=found, terms=found.terms, draw=draw,
        seat=_seat(view, row), typed={one.role for one in typed}, now=now(),
        i_typed=view.me is not None and any(one.person_id == view.me.person.id for one in typed),
    )  # fmt: skip


def _seat(view: View, row: NoticeRow) -> str | None:
    """As what the reader takes part in this notice's ceremony."""
    if view.me is None:
        return None
    if view.me.person.organisations(Role.OPERATOR):
        return "operator"
    return "officer" if view.me.person.acts_for(Role.OFFICER, row.supplier) else None


@router.post("/notices/{notice_id}/close")
async def close(notice_id: NoticePath, view: Reader, person: Operator, form: Form) -> Response:
    async def work() -> Response:
        await draws.close(notice_id, person, form.key, view.services)
        return view.back(f"/notices/{notice_id}", "closing")

    return await carry_out(view, form, work, lambda refused: _notice(view, notice_id, refused))


@router.post("/notices/{notice_id}/digits")
async def type_digits(notice_id: NoticePath, view: Reader, person: Me, form: Form) -> Response:
    async def work() -> Response:
        body = draws.TypeDigits(digits=form.text("digits") or "", observers=form.lines("observers"))
        await draws.type_digits(body, notice_id, person, form.key, view.services)
        return view.back(f"/notices/{notice_id}", "digits_typed")

    return await carry_out(view, form, work, lambda refused: _notice(view, notice_id, refused))


@router.get("/notices/{notice_id}/applicants")
async def applicants(view: Reader, notice: OfficersNotice, person: Me, cursor: Cursor = None) -> Response:
    """Counts, pseudonyms and awards, for an officer of the supplier."""
    received = await draws.applicants(notice, view.services, cursor, PAGE)
    awards = await draws.awards(notice, person, view.services, cursor=None, limit=100)
    return view.page("applicants.html", notice=notice, received=received, awards=awards)
