"""Consents: asked for by the applicant, answered by each person under own log-in, withdrawn as easily."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field, StringConstraints, field_validator
from sqlmodel.ext.asyncio.session import AsyncSession

from api import login
from api.access import Consenter, ConsentReader, Me, Member, Membership
from api.idempotency import OnceKey, intake
from api.inputs import At, Empty, Slug, Strict
from api.paging import Cursor, Limit, Page, decode, page
from api.services import Door, Services
from domain.consents import ConsentState
from domain.errors import Invalid, LawForbids, UnknownThing, WrongState
from domain.facts import Item
from domain.ids import consent_workflow_id, new_id
from domain.messages import ConsentStart
from domain.people import Person
from domain.time import now, seoul_date
from store import cases, consents, exchange
from store.tables.consents import ConsentRow

router = APIRouter(prefix="/api/v1", tags=["consents"])


class AskedMember(Strict):
    relation: Literal["self", "spouse"]


class AskConsents(Strict):
    """Named items for one purpose until a named end. Each provider's register is asked for its own items only."""

    members: Annotated[list[AskedMember], Field(min_length=1, max_length=2)]
    items: Annotated[list[Item], Field(min_length=1, max_length=len(Item))]
    purpose: Slug
    ends_at: At

    @field_validator("members", "items")
    @classmethod
    def _no_repetition(cls, value: list[Any]) -> list[Any]:
        if any(value.count(one) > 1 for one in value):
            raise ValueError("named twice")
        return value


class Invitation(Strict):
    token: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{32,100}$")]


class AgreedItem(BaseModel):
    provider: str
    item: str


class ConsentOut(BaseModel):
    id: str
    case_id: str
    relation: str
    state: str
    purpose: str
    items: list[AgreedItem]
    requested_at: str
    given_at: str | None
    ended_at: str | None
    ends_at: str
    mine: bool
    answerable: bool


class ConsentsAsked(BaseModel):
    """``invitation``: path of the link for a household member; told in this answer only."""

    items: list[ConsentOut]
    invitation: str | None = None


class Answered(BaseModel):
    id: str
    state: str


class RedirectOut(BaseModel):
    """Where the person's browser goes to consent, under own log-in at the identity provider."""

    redirect: str


def shown(row: ConsentRow, reader: UUID) -> ConsentOut:
    return ConsentOut(
        id=str(row.id), case_id=str(row.case_id), relation=row.relation, state=row.state,
        purpose=row.agreement["purpose"], items=[AgreedItem.model_validate(item) for item in consents.items_of(row)],
        requested_at=row.requested_at.isoformat(), given_at=row.given_at.isoformat() if row.given_at else None,
        ended_at=row.ended_at.isoformat() if row.ended_at else None, ends_at=row.ends_at.isoformat(),
        mine=row.person_id == reader, answerable=row.person_id == reader and row.state == ConsentState.REQUESTED,
    )  # fmt: skip


@router.post("/cases/{case_id}/consents", status_code=201, response_model=ConsentsAsked, name="ask")
async def ask(body: AskConsents, member: Member, key: OnceKey, services: Door) -> Any:
    """Ask for consents. The applicant's own, and by an invitation link the spouse's."""
    member.needs("applicant")
    _within_the_law(services, body.ends_at)
    done = await intake(services, key, body, lambda session: ask_members(services, session, member, body), status=201)
    for asked in done.answer["items"]:
        if not asked["mine"]:
            done.answer["invitation"] = f"/invitations/{invitation_token(services, UUID(asked['id']))}"
    return done.response()


def _within_the_law(services: Services, ends_at: datetime) -> None:
    if ends_at <= now():
        raise Invalid(
            field="ends_at", ko="동의 종료 시점은 앞으로의 때여야 합니다.", en="The end must be in the future."
        )
    longest = services.rulebook.period("consent_max", seoul_date(now()))
    if ends_at > longest.deadline(now()):
        raise LawForbids(
            "consent_too_long", field="ends_at", article=longest.cite,
            ko="동의 기간은 1년을 넘을 수 없습니다.", en="A consent lasts a year at most.",
        )  # fmt: skip


async def ask_members(
    services: Services, session: AsyncSession, member: Membership, body: AskConsents
) -> ConsentsAsked:
    """One consent for each member, each with its procedure."""
    agreed = consents.agreement(body.items, body.purpose, body.ends_at)
    asked = []
    for one in body.members:
        consent_id, me = new_id(), one.relation == "self"
        row = await consents.ask(
            session, case_id=member.case_id, requested_by=member.person.id, relation=one.relation, agreed=agreed,
            ends_at=body.ends_at, consent_id=consent_id, person_id=member.person.id if me else None,
            invitation=None if me else invitation_token(services, consent_id),
        )  # fmt: skip
        start = ConsentStart(consent_id=row.id)
        await exchange.promise(session, "start:ConsentWorkflow", consent_workflow_id(row.id), start)
        asked.append(shown(row, member.person.id))
    return ConsentsAsked(items=asked)


def invitation_token(services: Services, consent_id: UUID) -> str:
    """Made from the consent's id under a key, so that a repeated request tells the same link and none is stored."""
    return services.sealed.keyed("invitation", str(consent_id))


@router.post("/consents/accept-invitation", response_model=ConsentOut, name="accept-invitation")
async def accept_invitation(body: Invitation, person: Me, key: OnceKey, services: Door) -> Any:
    """A household member opens the link: from now on the request is theirs to answer."""
    done = await intake(services, key, body, lambda session: take_invitation(session, person, body.token))
    return done.response()


async def take_invitation(session: AsyncSession, person: Person, token: str) -> ConsentOut:
    row = await consents.by_invitation(session, token)
    if row is None or row.person_id not in (None, person.id):
        raise UnknownThing(
            "unknown_invitation", ko="초대 링크가 올바르지 않습니다.", en="This invitation does not exist."
        )
    if row.requested_by == person.id:
        raise WrongState(
            "own_invitation", ko="초대 링크는 배우자 본인이 열어야 합니다.", en="The spouse must open this link."
        )
    if row.person_id is None:
        consents.check_answerable(row)  # an old link opens no case
        row.person_id = person.id
        session.add(row)
        await cases.add_member(session, row.case_id, person.id, row.relation)
        await session.flush()
    return shown(row, person.id)


@router.get("/consents", name="list")
async def list_consents(person: Me, services: Door, cursor: Cursor = None, limit: Limit = 20) -> Page[ConsentOut]:
    """Consents that I was asked for, and those that I asked for."""
    after = decode(cursor, UUID)
    async with services.db.transaction() as session:
        rows = await consents.seen_by(session, person.id, after=after, limit=limit + 1)
    return page(rows, limit, lambda row: shown(row, person.id), lambda row: (str(row.id),))


@router.get("/consents/{consent_id}", name="show")
async def show(consent_id: UUID, person: ConsentReader, services: Door) -> ConsentOut:
    async with services.db.transaction() as session:
        return shown(await consents.consent(session, consent_id), person.id)


@router.post("/consents/{consent_id}/give", response_model=RedirectOut, name="give")
async def give(consent_id: UUID, person: Consenter, key: OnceKey, services: Door, body: Empty | None = None) -> Any:
    """Go to the identity provider, which shows the items and asks for the PIN. Nothing is given yet."""
    done = await intake(services, key, body or Empty(), lambda session: begin_giving(services, session, consent_id))
    return done.response()


async def begin_giving(services: Services, session: AsyncSession, consent_id: UUID) -> RedirectOut:
    row = await consents.consent(session, consent_id)
    consents.check_answerable(row)
    _, url = await login.begin(services, session, next_url=f"/consents/{row.id}", consent=row)
    return RedirectOut(redirect=url)


@router.post("/consents/{consent_id}/refuse", response_model=Answered, name="refuse")
async def refuse(consent_id: UUID, person: Consenter, key: OnceKey, services: Door, body: Empty | None = None) -> Any:
    done = await intake(
        services, key, body or Empty(), lambda session: end(session, consent_id, ConsentState.REFUSED, person)
    )
    return done.response()


@router.post("/consents/{consent_id}/withdraw", response_model=Answered, name="withdraw")
async def withdraw(consent_id: UUID, person: Consenter, key: OnceKey, services: Door, body: Empty | None = None) -> Any:
    """Effective at once: every fetch asks the record right before its call."""
    done = await intake(
        services, key, body or Empty(), lambda session: end(session, consent_id, ConsentState.WITHDRAWN, person)
    )
    return done.response()


async def end(session: AsyncSession, consent_id: UUID, state: ConsentState, person: Person) -> Answered:
    row = await consents.consent(session, consent_id, lock=True)
    await consents.move(session, row, state, person.id)
    await exchange.promise(session, f"signal:{state}", consent_workflow_id(row.id))
    return Answered(id=str(row.id), state=row.state)
