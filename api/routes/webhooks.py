"""Where an office's own computers are told of events (``docs/webhooks.md``). Only its own people see or change that."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field, StringConstraints, field_validator
from sqlmodel.ext.asyncio.session import AsyncSession

from api.access import OfficePerson
from api.idempotency import OnceKey, intake
from api.inputs import Empty, Flag, Strict, Word, iso
from api.services import Door
from domain import ids
from domain.errors import Invalid, WrongState
from domain.people import Person
from domain.time import now
from domain.webhooks import BOTH_KEYS, TEST, DeliveryState, Event, Message, Office, Switch, offices
from store import webhooks
from store.tables.webhooks import WebhookDeliveryRow, WebhookRow

router = APIRouter(prefix="/api/v1", tags=["webhooks"])
MOST = 5  # addresses of one office that are not switched off

Url = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[!-~]+$")]


class Register(Strict):
    """``organisation``: which of my offices; needed where there are several."""

    url: Url
    events: Annotated[list[Event], Field(min_length=1, max_length=len(Event))]
    organisation: Word | None = None

    @field_validator("events")
    @classmethod
    def _different(cls, events: list[Event]) -> list[Event]:
        if len(set(events)) != len(events):
            raise ValueError("named twice")
        return events


class Switched(Strict):
    on: Flag


class WebhookOut(BaseModel):
    """``state``: on | off | stopped (by us). ``both_keys_until``: until then the key before signs, too."""

    id: str
    organisation: str
    url: str
    events: list[str]
    state: str
    both_keys_until: str | None
    created_at: str


class WebhooksOut(BaseModel):
    items: list[WebhookOut]


class KeyOut(BaseModel):
    """``secret`` is shown in this answer only."""

    webhook: WebhookOut
    secret: str


class DeliveryOut(BaseModel):
    """``state``: waiting | delivered | dead. ``status``: of the last answer; ``problem``: why there was none."""

    id: str
    type: str
    contract_id: str | None
    state: str
    attempts: int
    status: int | None
    problem: str | None
    next_at: str | None
    created_at: str
    ended_at: str | None


class DeliveriesOut(BaseModel):
    items: list[DeliveryOut]


@router.get("/webhooks", name="list")
async def listed(person: OfficePerson, services: Door) -> WebhooksOut:
    """Of all my offices."""
    async with services.db.transaction() as session:
        rows = await webhooks.of_person(session, person)
    return WebhooksOut(items=[_webhook(row) for row in rows])


@router.post("/webhooks", response_model=KeyOut, status_code=201, name="register")
async def register(body: Register, person: OfficePerson, key: OnceKey, services: Door) -> Any:
    """A new address, and the key with which what is sent there is signed."""
    office = _office(person, body.organisation)
    await services.receivers.check(body.url)

    async def work(session: AsyncSession) -> KeyOut:
        await _room(session, office)
        row = WebhookRow(
            role=office.role, organisation=office.organisation, number=office.number, url=body.url,
            events=list(body.events), secret=ids.new_webhook_key(), created_by=person.id,
        )  # fmt: skip
        session.add(row)
        await session.flush()
        return KeyOut(webhook=_webhook(row), secret=row.secret)

    return (await intake(services, key, body, work, status=201)).response()


@router.post("/webhooks/{webhook_id}/secret", response_model=KeyOut, name="rotate")
async def rotate(
    webhook_id: UUID, person: OfficePerson, key: OnceKey, services: Door, body: Empty | None = None
) -> Any:
    """A new key; for a day what is sent is signed with the one before, too."""

    async def work(session: AsyncSession) -> KeyOut:
        row = await webhooks.webhook(session, webhook_id, person, lock=True)
        row.old_secret, row.old_until, row.secret = row.secret, now() + BOTH_KEYS, ids.new_webhook_key()
        return KeyOut(webhook=_webhook(row), secret=row.secret)

    return (await intake(services, key, body or Empty(), work)).response()


@router.post("/webhooks/{webhook_id}/switch", response_model=WebhookOut, name="switch")
async def switch(body: Switched, webhook_id: UUID, person: OfficePerson, key: OnceKey, services: Door) -> Any:
    """Off: nothing more is sent, and what waits is given up. On: from now on again."""
    if body.on:
        async with services.db.transaction() as session:
            url = (await webhooks.webhook(session, webhook_id, person)).url
        await services.receivers.check(url)

    async def work(session: AsyncSession) -> WebhookOut:
        row = await webhooks.webhook(session, webhook_id, person, lock=True)
        if body.on and row.state == Switch.OFF:
            await _room(session, Office(role=row.role, organisation=row.organisation, number=row.number))
        row.state, row.dead_in_a_row = (Switch.ON if body.on else Switch.OFF), 0
        return _webhook(row)

    return (await intake(services, key, body, work)).response()


@router.get("/webhooks/{webhook_id}/deliveries", name="deliveries")
async def deliveries(webhook_id: UUID, person: OfficePerson, services: Door) -> DeliveriesOut:
    """The last 50 messages, the newest first."""
    async with services.db.transaction() as session:
        row = await webhooks.webhook(session, webhook_id, person)
        found = await webhooks.deliveries(session, row.id)
    return DeliveriesOut(items=[_delivery(one) for one in found])


@router.post("/webhooks/{webhook_id}/test", response_model=DeliveryOut, status_code=202, name="test")
async def try_out(
    webhook_id: UUID, person: OfficePerson, key: OnceKey, services: Door, body: Empty | None = None
) -> Any:
    """Send a message that is about no contract. 409 ``webhook_test_waits`` while the one before is under way."""

    async def work(session: AsyncSession) -> DeliveryOut:
        row = await webhooks.webhook(session, webhook_id, person, lock=True)
        _must_be_on(row)
        for one in await webhooks.deliveries(session, row.id):
            if (one.type, one.state) == (TEST, DeliveryState.WAITING):
                raise WrongState(
                    "webhook_test_waits", ko="먼저 보낸 시험 알림의 결과를 기다리고 있습니다.",
                    en="The test before is still under way.",
                )  # fmt: skip
        message = Message(id=ids.new_id(), type=TEST, at=now())
        await webhooks.send(session, row, f"{TEST}:{message.id}", message)
        return _delivery(await webhooks.delivery(session, row.id, message.id))

    return (await intake(services, key, body or Empty(), work, status=202)).response()


@router.post(
    "/webhooks/{webhook_id}/deliveries/{delivery_id}/again", response_model=DeliveryOut, status_code=202, name="again"
)
async def again(
    webhook_id: UUID, delivery_id: UUID, person: OfficePerson, key: OnceKey, services: Door, *,
    body: Empty | None = None,
) -> Any:  # fmt: skip
    """Send a message again that could not be delivered, with its ``webhook-id`` of before."""

    async def work(session: AsyncSession) -> DeliveryOut:
        _must_be_on(await webhooks.webhook(session, webhook_id, person))
        row = await webhooks.delivery(session, webhook_id, delivery_id)
        if row.state != DeliveryState.DEAD:
            raise WrongState(
                "webhook_not_dead", ko="이미 전달했거나 보내고 있는 알림입니다.", en="It has arrived or is under way."
            )
        row.state, row.round, row.attempts = DeliveryState.WAITING, row.round + 1, 0
        row.status = row.problem = row.ended_at = None
        await webhooks.promise(session, row)
        return _delivery(row)

    return (await intake(services, key, body or Empty(), work, status=202)).response()


def _office(person: Person, organisation: str | None) -> Office:
    mine = [one for one in offices(person) if organisation in (None, one.organisation)]
    if not mine or (organisation is None and len(mine) > 1):
        raise Invalid(
            "webhook_office", field="organisation", ko="내가 속한 사무소나 사업주체 가운데 하나를 골라 주십시오.",
            en="Name one of the offices or suppliers that you belong to.",
        )  # fmt: skip
    return mine[0]


async def _room(session: AsyncSession, office: Office) -> None:
    used = [row for row in await webhooks.of_office(session, office) if row.state != Switch.OFF]
    if len(used) >= MOST:
        raise WrongState(
            "webhook_too_many", ko=f"받을 주소는 {MOST}개까지 둘 수 있습니다. 쓰지 않는 주소를 먼저 꺼 주십시오.",
            en=f"An office may have {MOST} addresses. Switch one off first.",
        )  # fmt: skip


def _must_be_on(row: WebhookRow) -> None:
    if row.state != Switch.ON:
        raise WrongState(
            "webhook_off", ko="꺼져 있는 주소입니다. 먼저 켜 주십시오.", en="This address is off. Switch it on first."
        )


def _webhook(row: WebhookRow) -> WebhookOut:
    return WebhookOut(
        id=str(row.id), organisation=row.organisation, url=row.url, events=list(row.events), state=row.state,
        both_keys_until=iso(_still(row.old_until)), created_at=row.created_at.isoformat(),
    )  # fmt: skip


def _still(until: datetime | None) -> datetime | None:
    return until if until is not None and until > now() else None


def _delivery(row: WebhookDeliveryRow) -> DeliveryOut:
    return DeliveryOut(
        id=str(row.id), type=row.type, contract_id=str(row.contract_id) if row.contract_id else None, state=row.state,
        attempts=row.attempts, status=row.status, problem=row.problem, next_at=iso(row.next_at),
        created_at=row.created_at.isoformat(), ended_at=iso(row.ended_at),
    )  # fmt: skip
