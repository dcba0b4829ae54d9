"""Notices: everybody may look; an officer of the supplier publishes, under the law's conditions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel
from sqlmodel.ext.asyncio.session import AsyncSession

from api.access import Officer
from api.beacons import fixed_round
from api.filing import refuse_unless_lawful
from api.idempotency import OnceKey, intake
from api.inputs import NoticePath
from api.notice_terms import NoticeTerms
from api.offers import refuse_above_limits
from api.paging import Cursor, Limit, Page, decode, page
from api.services import Door, Services
from domain.draft_rules import check_offer
from domain.errors import NotAllowed
from domain.ids import draw_workflow_id
from domain.messages import DrawStart
from domain.notices import Notice
from domain.people import Person
from domain.time import now
from domain.words import Role
from law import notices as law
from store import exchange, notices
from store.tables.notices import NoticeRow

router = APIRouter(prefix="/api/v1", tags=["notices"])


class NoticeOut(BaseModel):
    id: str
    agency: str
    number: str
    name: str
    housing_kind: str
    supplier: str
    region: str
    state: str
    receipt_opens_at: str
    receipt_closes_at: str
    announcement_date: str
    open: bool


class NoticeDetail(NoticeOut):
    """``terms`` is the whole notice. ``nonce_commitment``: digest published before anybody applies."""

    terms: Notice
    nonce_commitment: str | None
    time_shortened: bool


def shown(row: NoticeRow) -> NoticeOut:
    return NoticeOut(
        id=row.id, agency=row.agency, number=row.number, name=row.name, housing_kind=row.housing_kind,
        supplier=row.supplier, region=row.region, state=row.state, receipt_opens_at=row.receipt_opens_at.isoformat(),
        receipt_closes_at=row.receipt_closes_at.isoformat(), announcement_date=row.announcement_date.isoformat(),
        open=row.state == "open" and row.receipt_opens_at <= now() < row.receipt_closes_at,
    )  # fmt: skip


@router.get("/notices", name="list")
async def list_notices(
    services: Door, cursor: Cursor = None, limit: Limit = 20, open_only: Annotated[bool, Query()] = False
) -> Page[NoticeOut]:
    """By closing time. Public."""
    after = decode(cursor, _place)
    async with services.db.transaction() as session:
        rows = await notices.page(session, after=after, limit=limit + 1, open_only=open_only)
    return page(rows, limit, shown, lambda row: (row.receipt_closes_at.isoformat(), row.id))


def _place(closes_at: str, notice_id: str) -> tuple[datetime, str]:
    at = datetime.fromisoformat(closes_at)
    if at.tzinfo is None or not notice_id.isprintable():
        raise ValueError("not a place")
    return at.astimezone(UTC), notice_id


@router.get("/notices/{notice_id}", name="show")
async def show(notice_id: NoticePath, services: Door) -> NoticeDetail:
    """Public."""
    async with services.db.transaction() as session:
        row = await notices.notice(session, notice_id)
    return _detail(services, row)


def _detail(services: Services, row: NoticeRow) -> NoticeDetail:
    return NoticeDetail(
        **shown(row).model_dump(), terms=notices.terms_of(row), nonce_commitment=row.nonce_commitment,
        time_shortened=services.rulebook.time_shortened,
    )  # fmt: skip


@router.post("/notices", status_code=201, response_model=NoticeDetail, name="publish")
async def publish(body: NoticeTerms, person: Officer, key: OnceKey, services: Door) -> Any:
    """Publish a notice of one's own supplier. What the law forbids is refused with its article."""
    done = await intake(
        services, key, body, lambda session: publish_notice(services, session, person, body), status=201
    )
    return done.response()


async def publish_notice(services: Services, session: AsyncSession, person: Person, body: NoticeTerms) -> NoticeDetail:
    """The notice, the commitment of its draw, and the draw's procedure: one commit."""
    if not person.acts_for(Role.OFFICER, body.supplier):
        raise NotAllowed(
            "other_supplier", ko="소속 사업주체의 공고만 게시할 수 있습니다.",
            en="An officer publishes notices of the own supplier only.",
        )  # fmt: skip
    notice = lawful(services, body, now())
    beacon = None
    if body.beacon is not None:
        shortened = services.rulebook.time_shortened
        beacon = fixed_round(services.beacon, body.beacon, notice, time_shortened=shortened)
    row = await notices.publish(session, notice, person.id, services.rulebook, beacon)
    await exchange.promise(session, "start:DrawWorkflow", draw_workflow_id(notice.id), DrawStart(notice_id=notice.id))
    return _detail(services, row)


def lawful(services: Services, body: NoticeTerms, at: datetime) -> Notice:
    """The notice with its receipt window. LawForbids or Invalid where it may not be published as it is."""
    notice = body.notice(at)
    refuse_unless_lawful(law.check_notice(notice, at, services.rulebook))
    check_offer(notice)
    refuse_above_limits(notice, services.rulebook)
    notices.terms_of_draw(notice, services.rulebook)
    window = {
        "receipt_opens_at": law.receipt_opens_at(notice, at, services.rulebook),
        "receipt_closes_at": law.receipt_closes_at(notice, at, services.rulebook),
    }
    return notice.model_copy(update=window)
