"""One combined application to several notices at several agencies, with one receipt of ours."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from api.access import Me, Member, Membership
from api.filing import Checker
from api.idempotency import OnceKey, intake
from api.inputs import ModelNo, NoticeId, Strict, iso
from api.services import Door, Services
from domain.applications import Line
from domain.errors import UnknownThing
from domain.ids import application_workflow_id
from domain.messages import ApplicationStart
from domain.words import Step, SupplyKind
from store import applications, cases, exchange
from store.tables.applications import ApplicationLineRow, ApplicationRow

router = APIRouter(prefix="/api/v1", tags=["applications"])


class WishedLine(Strict):
    notice_id: NoticeId
    model_no: ModelNo
    supply_kind: SupplyKind


class FileApplication(Strict):
    lines: Annotated[list[WishedLine], Field(min_length=1, max_length=20)]


class LineOut(BaseModel):
    """``filed`` only when the agency's own receipt has arrived: ``receipt_no`` and ``received_at`` are its word."""

    id: str
    notice_id: str
    model_no: str
    supply_kind: str
    announcement_date: str
    state: str
    refusal: str | None
    ticket: str | None
    receipt_no: str | None
    received_at: str | None


class ApplicationOut(BaseModel):
    application_id: str
    case_id: str
    receipt_no: str
    accepted_at: str
    lines: list[LineOut]


@router.post("/cases/{case_id}/applications", status_code=201, response_model=ApplicationOut, name="file")
async def file(body: FileApplication, member: Member, key: OnceKey, services: Door) -> Any:
    """Accepted once this answer is here; each line is filed when its agency has confirmed it."""
    member.needs("applicant")
    done = await intake(services, key, body, lambda session: file_lines(services, session, member, body), status=201)
    return done.response()


async def file_lines(
    services: Services, session: AsyncSession, member: Membership, body: FileApplication
) -> ApplicationOut:
    """Check, store and promise delivery, all with one commit."""
    lines = [Line(**line.model_dump()) for line in body.lines]
    wishes = await Checker(services, session, member.case_id, member.person.id).wishes(lines)
    row = await applications.file(session, case_id=member.case_id, person_id=member.person.id, wishes=wishes)
    start = ApplicationStart(application_id=row.id)
    await exchange.promise(session, "start:ApplicationWorkflow", application_workflow_id(row.id), start)
    await cases.record(
        session, member.case_id, f"applied:{row.id}", step=Step.APPLIED, reference=row.receipt_no,
        ko=f"통합신청을 접수했습니다: {len(wishes)}건 (온집 접수번호 {row.receipt_no}).",
        en=f"Combined application accepted: {len(wishes)} lines (our receipt {row.receipt_no}).",
    )  # fmt: skip
    return shown(row, await applications.lines(session, row.id))


@router.get("/applications/{application_id}", name="show")
async def show(application_id: UUID, person: Me, services: Door) -> ApplicationOut:
    async with services.db.transaction() as session:
        row = await applications.application(session, application_id)
        if row.person_id != person.id:
            raise UnknownThing(ko="신청을 찾을 수 없습니다.", en="There is no such application.")
        return shown(row, await applications.lines(session, row.id))


def shown(row: ApplicationRow, lines: list[ApplicationLineRow]) -> ApplicationOut:
    return ApplicationOut(
        application_id=str(row.id), case_id=str(row.case_id), receipt_no=row.receipt_no,
        accepted_at=row.accepted_at.isoformat(), lines=[_line(line) for line in lines],
    )  # fmt: skip


def _line(row: ApplicationLineRow) -> LineOut:
    receipt = row.receipt or {}
    return LineOut(
        id=str(row.id), notice_id=row.notice_id, model_no=row.model_no, supply_kind=row.supply_kind,
        announcement_date=row.announcement_date.isoformat(), state=row.state, refusal=row.refusal, ticket=row.ticket,
        receipt_no=receipt.get("number"), received_at=iso(row.filed_at),
    )  # fmt: skip
