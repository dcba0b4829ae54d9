"""One combined application: lines chosen, looked over with what the law says about them together, filed once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from api.access import Me, Member, Membership
from api.filing import Checker
from api.pages.eligibility import Judged, judged
from api.pages.forms import Form, Posted, Refused, carry_out, read
from api.pages.view import Reader, View
from api.routes import applications
from api.routes.applications import FileApplication
from domain.applications import Line
from store import desks
from store.tables.cases import CaseRow

router = APIRouter(include_in_schema=False)


@router.get("/cases/{case_id}/apply")
async def choose(view: Reader, member: Member) -> Response:
    return await _choose(view, member)


async def _choose(
    view: View, member: Membership, refused: Refused | None = None, form: Posted | None = None
) -> Response:
    member.needs("applicant")
    case, table = await _judged(view, member)
    return view.page(
        "apply.html", status=refused.status if refused else 200, refused=refused, case=case,
        table=[one for one in table if one.open], picked=set(form.texts("lines")) if form else set(),
    )  # fmt: skip


async def _judged(view: View, member: Membership) -> tuple[CaseRow, list[Judged]]:
    async with view.services.db.transaction() as session:
        return await session.get_one(CaseRow, member.case_id), await judged(session, member)


@router.post("/cases/{case_id}/apply")
async def look_over(view: Reader, member: Member, form: Form) -> Response:
    """The lines together, checked as they will be when they are filed. Nothing is kept."""
    member.needs("applicant")

    async def work() -> Response:
        body = _wanted(form)
        async with view.services.db.transaction() as session:
            lines = [Line(**line.model_dump()) for line in body.lines]
            await Checker(view.services, session, member.case_id, member.person.id).wishes(lines)
        case, table = await _judged(view, member)
        return view.page("apply_review.html", case=case, lines=_shown(table, lines), values=form.texts("lines"))

    return await carry_out(view, form, work, lambda refused: _choose(view, member, refused, form))


@router.post("/cases/{case_id}/applications")
async def file(view: Reader, member: Member, form: Form) -> Response:
    async def work() -> Response:
        filed = read(await applications.file(_wanted(form), member, form.key, view.services))
        return view.back(f"/applications/{filed['application_id']}", "filed")

    return await carry_out(view, form, work, lambda refused: _choose(view, member, refused, form))


def _wanted(form: Posted) -> FileApplication:
    """Each line is sent as ``notice|house type|supply kind``."""
    parts = [[*value.split("|"), "", ""][:3] for value in form.texts("lines")]
    names = ("notice_id", "model_no", "supply_kind")
    return FileApplication.model_validate({"lines": [dict(zip(names, part, strict=True)) for part in parts]})


def _shown(table: Sequence[Judged], lines: Sequence[Line]) -> list[dict[str, Any]]:
    by_notice = {one.row.id: one for one in table}
    return [
        {
            "line": line,
            "row": by_notice[line.notice_id].row,
            "house": next(one for one in by_notice[line.notice_id].houses if one.model_no == line.model_no),
            "decision": by_notice[line.notice_id].decisions[line.model_no, line.supply_kind],
        }
        for line in lines
    ]


@router.get("/applications/{application_id}")
async def show(application_id: UUID, view: Reader, person: Me) -> Response:
    found = await applications.show(application_id, person, view.services)
    async with view.services.db.transaction() as session:
        names = await desks.notice_names(session, {line.notice_id for line in found.lines})
    return view.page("application.html", application=found, names=names)
