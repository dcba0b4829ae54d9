"""One stored decision with every reason, run again; and the what-if on the stored facts of one's own case."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from pydantic import ValidationError
from starlette.datastructures import FormData

from api.access import Member
from api.desk import LawDesk
from api.pages.eligibility import Judged, table_of
from api.pages.forms import Fault, Refused, refused_body
from api.pages.stated_form import IF, labels, read_household, stated_form, texts
from api.pages.view import Reader, View
from api.previews import Asked, Facts, preview, supposed
from api.repeats import basis_of, run_again
from api.stated import Household
from api.stated_faults import faults
from domain.errors import OnjipError, WrongState
from domain.time import now, seoul_date
from domain.words import SupplyKind
from law import plausible
from law.registers import Known, assemble
from law.subscription.lines import line
from store import decisions, notices
from store.tables.cases import CaseRow
from store.tables.notices import NoticeRow

router = APIRouter(include_in_schema=False)
NOTHING = ("바꿔 볼 것을 하나 이상 적어 주십시오.", "Please fill in at least one thing that should differ.")
MOST = 20  # judged notices of one what-if; the lines are counted besides


@router.post("/cases/{case_id}/eligibility/what-if")
async def what_if(
    view: Reader, member: Member, form: Annotated[FormData, Depends(stated_form)], desk: LawDesk
) -> Response:
    member.needs("applicant")
    posted = texts(form)
    values = {**await table_of(view, member), "posted": posted, "labels": labels(view.lang), "whatif": True}
    try:
        changes = read_household(posted, IF)
    except ValidationError as wrong:
        found = refused_body(wrong, {}).faults
        return _refused(view, values, [Fault(f"{IF}{one.field}", one.ko, one.en) for one in found])
    if not changes.model_fields_set:
        return _refused(view, values, [Fault("", *NOTHING)])
    if wrong_days := faults(changes, seoul_date(now()), view.services.rulebook):
        return _refused(view, values, [Fault(f"{IF}{name}", ko, en) for name, ko, en in wrong_days])
    asked = list(_asked(values["table"][:MOST], changes))
    if cannot_be := _impossible(asked, changes, view):
        return _refused(view, values, cannot_be)
    supposed_table = await desk.work(preview, asked, view.services.rulebook, searches=0)
    changed = sum(found.changed for one in supposed_table for found in one.decisions.values())
    return view.page("eligibility.html", **{**values, "supposed": supposed_table, "changed": changed})


def _refused(view: View, values: dict[str, Any], found: list[Fault]) -> Response:
    refused = Refused(422, tuple(found))
    return view.page("eligibility.html", status=422, refused=refused, **values)


def _asked(table: Iterable[Judged], changes: Household) -> Iterable[tuple[NoticeRow, list[Asked]]]:
    """Every judged line on the facts that its decision was made of."""
    for one in table:
        lines = []
        for (model_no, _), row in one.decisions.items():
            try:
                basis = basis_of(row)
            except WrongState:
                continue
            house = next(house for house in basis.notice.house_types if house.model_no == model_no)
            known = assemble(basis.applicant, basis.spouse)
            lines.append(Asked(basis.notice, house, basis.supply_kind, _as_known(known), supposed(known, changes)))
        yield one.row, lines


def _impossible(asked: Iterable[tuple[NoticeRow, list[Asked]]], changes: Household, view: View) -> list[Fault]:
    """What the changes would make of the person's own facts and cannot be."""
    first = next((one for _, lines in asked for one in lines), None)
    if first is None or first.after is None:
        return []
    today, book = seoul_date(now()), view.services.rulebook
    had = {fault.where for fault in plausible.faults(line, first.before(today).facts, today, book)}
    new = [one for one in plausible.faults(line, first.after(today).facts, today, book) if one.where not in had]
    return [Fault(f"{IF}{_field(one.where, changes)}", f"{one.ko}.", f"{one.en}.") for one in new[:1]]


def _field(where: str, changes: Household) -> str:
    name = where.partition(".")[0]
    name = "children" if name == "members" else name
    return name if name in changes.model_fields_set else min(changes.model_fields_set)


def _as_known(known: Known) -> Facts:
    return lambda on: known


@router.get("/cases/{case_id}/eligibility/{decision_id}")
async def show(view: Reader, member: Member, decision_id: UUID, desk: LawDesk, again: str = "") -> Response:
    """With every reason; ``again`` asks for it to be run once more."""
    async with view.services.db.transaction() as session:
        case = await session.get_one(CaseRow, member.case_id)
        row = await decisions.of_person(session, member.case_id, member.person.id, decision_id)
        notice = await notices.notice(session, row.notice_id or "")
    repeat, refused = None, None
    if again:
        try:
            repeat = await desk.work(run_again, row, view.services.rulebook)
        except WrongState as error:
            refused = _told(error)
    house = next((one for one in notices.terms_of(notice).house_types if one.model_no == row.model_no), None)
    return view.page(
        "decision.html", case=case, row=row, notice=notice, house=house, kind=SupplyKind(row.supply_kind or ""),
        repeat=repeat, refused=refused, status=refused.status if refused else 200,
    )  # fmt: skip


def _told(error: OnjipError) -> Refused:
    return Refused(error.status, (Fault("", error.ko, error.en),))
