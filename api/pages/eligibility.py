"""Where this household may apply, and why or why not: notice by notice, type by type, kind by kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel.ext.asyncio.session import AsyncSession

from api.access import Member, Membership
from api.pages.forms import Form, Refused, carry_out
from api.pages.stated_form import labels
from api.pages.view import Reader, View, version_of
from api.routes import assessments
from api.routes.assessments import WishAssessment
from domain.notices import HouseType, Notice
from domain.time import now
from domain.words import SupplyKind
from store import decisions, facts, notices
from store.tables.cases import CaseRow
from store.tables.consents import DecisionRow
from store.tables.notices import NoticeRow

router = APIRouter(include_in_schema=False)
MOST = 20  # notices of one judgement


@dataclass(frozen=True)
class Judged:
    """One notice with my newest decisions: house type → supply kind → decision."""

    row: NoticeRow
    terms: Notice
    decisions: dict[tuple[str, str], DecisionRow]

    @property
    def kinds(self) -> list[SupplyKind]:
        return [kind for kind in SupplyKind if any((house.model_no, kind) in self.decisions for house in self.houses)]

    @property
    def houses(self) -> Sequence[HouseType]:
        return self.terms.house_types

    @property
    def open(self) -> bool:
        return self.row.state == "open" and self.row.receipt_opens_at <= now() < self.row.receipt_closes_at


async def judged(session: AsyncSession, member: Membership) -> list[Judged]:
    """Every notice that was judged for this member, by closing time."""
    found = await decisions.newest(session, member.case_id, member.person.id)
    rows = [await notices.notice(session, notice_id) for notice_id in sorted({key[0] for key in found})]
    rows.sort(key=lambda row: (row.receipt_closes_at, row.id))
    return [
        Judged(row, notices.terms_of(row), {key[1:]: one for key, one in found.items() if key[0] == row.id})
        for row in rows
    ]


@router.get("/cases/{case_id}/eligibility")
async def show(view: Reader, member: Member) -> Response:
    return view.page("eligibility.html", **await table_of(view, member))


@router.get("/cases/{case_id}/eligibility/live")
async def live(view: Reader, member: Member, v: str = "") -> Response:
    found = await table_of(view, member)
    return Response(status_code=204) if v == found["version"] else view.page("eligibility_live.html", **found)


@router.post("/cases/{case_id}/eligibility")
async def judge(view: Reader, member: Member, form: Form) -> Response:
    async def work() -> Response:
        body = WishAssessment.model_validate({"notice_ids": form.texts("notice_ids")})
        await assessments.wish(body, member, form.key, view.services)
        return view.back(f"/cases/{member.case_id}/eligibility", "judging")

    async def again(refused: Refused) -> Response:
        found = await table_of(view, member)
        return view.page("eligibility.html", status=refused.status, refused=refused, **found)

    return await carry_out(view, form, work, again)


async def table_of(view: View, member: Membership) -> dict[str, Any]:
    async with view.services.db.transaction() as session:
        case = await session.get_one(CaseRow, member.case_id)
        table = await judged(session, member)
        on_offer = await notices.page(session, after=None, limit=MOST, open_only=True)
        may_judge = bool(await facts.given_consents(session, member.case_id, member.person.id))
    made = [(one.row.id, key, row.id) for one in table for key, row in sorted(one.decisions.items())]
    return {
        "case": case, "table": table, "on_offer": on_offer, "may_judge": may_judge and "applicant" in member.roles,
        "member": member, "version": version_of(made), "labels": labels(view.lang), "supposed": None, "changed": 0,
        "whatif": False,
    }  # fmt: skip
