"""Eligibility: wished for here, judged by a procedure on stored facts, read with every reason."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from api.access import Member, Membership
from api.desk import LawDesk
from api.idempotency import OnceKey, intake
from api.inputs import NoticeId, Strict
from api.repeats import Again, run_again
from api.services import Door
from domain.errors import ConsentNeeded
from domain.ids import assess_workflow_id, new_id
from domain.messages import AssessStart
from store import decisions, exchange, facts, notices
from store.tables.consents import DecisionRow

router = APIRouter(prefix="/api/v1", tags=["assessments"])


class WishAssessment(Strict):
    notice_ids: Annotated[list[NoticeId], Field(min_length=1, max_length=20)]


class Wished(BaseModel):
    """Judging has begun; its decisions appear under ``url``."""

    case_id: str
    run: str
    url: str


class AssessmentOut(BaseModel):
    id: str
    notice_id: str
    model_no: str
    supply_kind: str
    outcome: str
    points: int | None
    decision: dict[str, Any]
    made_at: str


class AssessmentsOut(BaseModel):
    items: list[AssessmentOut]


@router.post("/cases/{case_id}/assessments", status_code=202, response_model=Wished, name="wish")
async def wish(body: WishAssessment, member: Member, key: OnceKey, services: Door) -> Any:
    """Judge me for every house type and supply kind of these notices."""
    member.needs("applicant")
    done = await intake(services, key, body, lambda session: begin(session, member, body), status=202)
    return done.response()


async def begin(session: AsyncSession, member: Membership, body: WishAssessment) -> Wished:
    """ConsentNeeded where no consent of the applicant stands now."""
    for notice_id in body.notice_ids:
        await notices.notice(session, notice_id)
    if not await facts.given_consents(session, member.case_id, member.person.id):
        raise ConsentNeeded
    run = new_id().hex
    start = AssessStart(
        case_id=member.case_id, person_id=member.person.id, notice_ids=tuple(dict.fromkeys(body.notice_ids)), run=run
    )
    await exchange.promise(session, "start:AssessWorkflow", assess_workflow_id(run), start)
    url = f"/api/v1/cases/{member.case_id}/assessments"
    return Wished(case_id=str(member.case_id), run=run, url=url)


@router.get("/cases/{case_id}/assessments", name="list")
async def list_assessments(member: Member, services: Door) -> AssessmentsOut:
    """My newest decision for each line, with its reasons; nobody else's."""
    async with services.db.transaction() as session:
        found = await decisions.newest(session, member.case_id, member.person.id)
    return AssessmentsOut(items=[shown(row) for _, row in sorted(found.items())])


@router.get("/cases/{case_id}/assessments/{assessment_id}/again", name="again")
async def again(assessment_id: UUID, member: Member, services: Door, desk: LawDesk) -> Again:
    """One of my decisions, run again on the facts that it was made of; nothing is stored."""
    async with services.db.transaction() as session:
        row = await decisions.of_person(session, member.case_id, member.person.id, assessment_id)
    return await desk.work(run_again, row, services.rulebook)


def shown(row: DecisionRow) -> AssessmentOut:
    return AssessmentOut(
        id=str(row.id), notice_id=row.notice_id or "", model_no=row.model_no or "", supply_kind=row.supply_kind or "",
        outcome=row.outcome, points=row.points, decision=row.body, made_at=row.made_at.isoformat(),
    )  # fmt: skip
