"""Cases: opened by an applicant, followed by everybody who takes part."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel
from sqlmodel.ext.asyncio.session import AsyncSession

from api.access import Me, Member
from api.idempotency import OnceKey, intake
from api.inputs import Strict, Word
from api.paging import Cursor, Limit, Page, decode, page
from api.services import Door
from domain.people import Person
from domain.words import CaseKind, Step
from store import case_lists, cases, notices
from store.tables.cases import CaseEventRow, CaseRow

router = APIRouter(prefix="/api/v1", tags=["cases"])


class OpenCase(Strict):
    """A subscription case. A sale's case begins with its broker's draft (POST /contracts)."""

    kind: Literal["A"]
    title: Word


class CaseOut(BaseModel):
    id: str
    kind: str
    title: str
    created_at: str


class MemberOut(BaseModel):
    name: str
    role: str
    me: bool


class EventOut(BaseModel):
    at: str
    step: str | None
    agency: str | None
    reference: str
    ko: str
    en: str


class CaseDetail(CaseOut):
    members: list[MemberOut]
    timeline: list[EventOut]
    contracts: list[str]
    transfers: list[str]
    applications: list[str]


class StepOut(BaseModel):
    step: str
    status: str
    at: str | None
    reference: str | None


class JourneyOut(BaseModel):
    case_id: str
    kind: str
    steps: list[StepOut]


def shown(row: CaseRow) -> CaseOut:
    return CaseOut(id=str(row.id), kind=row.kind, title=row.title, created_at=row.created_at.isoformat())


@router.post("/cases", status_code=201, response_model=CaseOut, name="open")
async def open_case(body: OpenCase, person: Me, key: OnceKey, services: Door) -> Any:
    done = await intake(services, key, body, lambda session: open_subscription(session, person, body), status=201)
    return done.response()


async def open_subscription(session: AsyncSession, person: Person, body: OpenCase) -> CaseOut:
    """The case, its applicant, and the look at the open notices that it begins with."""
    case = await cases.open_case(
        session, kind=CaseKind.SUBSCRIPTION, title=body.title, person_id=person.id, role="applicant"
    )
    count = await notices.count_open(session)
    await cases.record(
        session, case.id, "looked_up", step=Step.LOOKED_UP, reference=str(count),
        ko=f"접수 중이거나 예정인 공고 {count}건을 찾아보았습니다.", en=f"{count} notices were open or about to open.",
    )  # fmt: skip
    return shown(case)


@router.get("/cases", name="list")
async def list_cases(person: Me, services: Door, cursor: Cursor = None, limit: Limit = 20) -> Page[CaseOut]:
    """My cases, by id."""
    after = decode(cursor, UUID)
    async with services.db.transaction() as session:
        rows = await case_lists.of_person(session, person.id, after=after, limit=limit + 1)
    return page(rows, limit, shown, lambda row: (str(row.id),))


@router.get("/cases/{case_id}", name="show")
async def show(member: Member, services: Door) -> CaseDetail:
    """The case with its timeline and the things that belong to it."""
    async with services.db.transaction() as session:
        case = await session.get_one(CaseRow, member.case_id)
        members = await case_lists.members(session, case.id)
        timeline = await cases.timeline(session, case.id)
        things = await case_lists.things(session, case.id)
    inside = cases.of_household(member.roles)
    return CaseDetail(
        **shown(case).model_dump(),
        members=[
            MemberOut(name=name, role=role, me=who == member.person.id)
            for who, name, role in members
            if role != "spouse" or inside
        ],
        timeline=[event(row) for row in cases.seen_as(timeline, member.roles)],
        contracts=[str(found) for found in things.contracts],
        transfers=[str(found) for found in things.transfers],
        applications=[str(found) for found in things.applications if inside],
    )


def event(row: CaseEventRow) -> EventOut:
    return EventOut(
        at=row.at.isoformat(), step=row.step, agency=row.agency, reference=row.reference, ko=row.ko, en=row.en
    )


@router.get("/cases/{case_id}/journey", name="journey")
async def journey(member: Member, services: Door) -> JourneyOut:
    """Every step of the case in its order, done or open."""
    async with services.db.transaction() as session:
        case = await session.get_one(CaseRow, member.case_id)
        steps = await cases.journey(session, case)
    return JourneyOut(case_id=str(case.id), kind=case.kind, steps=[StepOut(**step) for step in steps])
