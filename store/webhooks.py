"""Addresses of offices for events, and the messages promised to them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, or_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.draft_rules import BROKERS
from domain.errors import UnknownThing
from domain.ids import new_id, webhook_workflow_id
from domain.people import Person
from domain.time import now
from domain.webhooks import DeliveryState, Event, Message, Office, Switch, WebhookStart, offices
from domain.words import PartyRole, Role
from store import contracts, exchange
from store.tables.contracts import ContractRow, SignerRow
from store.tables.people import RoleRow
from store.tables.transfers import TransferRow
from store.tables.webhooks import WebhookDeliveryRow, WebhookRow

LAST = 50  # messages that are shown
REMEMBERED = timedelta(days=30)  # how long people are told of a message that could not be delivered


async def announce(session: AsyncSession, row: ContractRow, event: Event, key: str) -> None:
    """Promise the event to every office of this contract that asked for it, with the transaction that makes it true.

    Once for each ``key``.
    """
    for webhook in await _listening(session, row):
        if event in webhook.events:
            message = Message(
                id=new_id(), type=event, at=now(), contract_id=row.id, version=contracts.terms_of(row).version,
                state=row.state, document_sha256=row.document_sha256,
            )  # fmt: skip
            await send(session, webhook, f"{event}:{key}", message)


async def send(session: AsyncSession, webhook: WebhookRow, key: str, message: Message) -> None:
    row = WebhookDeliveryRow(
        id=message.id, webhook_id=webhook.id, key=key, type=message.type, contract_id=message.contract_id,
        body=message.canonical().decode(),
    )  # fmt: skip
    statement = insert(WebhookDeliveryRow).values(**row.model_dump())
    made = await session.exec(
        statement.on_conflict_do_nothing(constraint="uq_webhook_delivery_key").returning(col(WebhookDeliveryRow.id))
    )
    if made.first() is not None:
        await promise(session, row)


async def promise(session: AsyncSession, row: WebhookDeliveryRow) -> None:
    start = WebhookStart(delivery_id=row.id, round=row.round)
    await exchange.promise(session, "start:WebhookWorkflow", webhook_workflow_id(row.id, row.round), start)


async def _listening(session: AsyncSession, row: ContractRow) -> list[WebhookRow]:
    """Addresses of the offices whose people act in this contract as such: not where they buy a home for themselves."""
    suppliers = {
        house
        for party in contracts.terms_of(row).parties
        if party.role is PartyRole.SUPPLIER and party.organisation
        for house in _houses(party.organisation)
    }
    led = exists().where(
        col(TransferRow.scrivener_id) == RoleRow.person_id, col(TransferRow.contract_id).in_((row.id, row.supersedes))
    )
    acts = exists().where(
        col(RoleRow.active), col(RoleRow.role) == WebhookRow.role, col(RoleRow.organisation) == WebhookRow.organisation,
        col(WebhookRow.number).in_(("", RoleRow.number)),
        or_(
            and_(col(RoleRow.role) == Role.BROKER, _signs(row, BROKERS)),
            and_(
                col(RoleRow.role) == Role.OFFICER, col(RoleRow.organisation).in_(suppliers),
                _signs(row, (PartyRole.SUPPLIER,)),
            ),
            and_(col(RoleRow.role) == Role.SCRIVENER, led),
        ),
    )  # fmt: skip
    return list(await session.exec(select(WebhookRow).where(WebhookRow.state == Switch.ON, acts)))


def _signs(row: ContractRow, roles: Collection[PartyRole]) -> ColumnElement[bool]:
    return exists().where(
        col(SignerRow.contract_id) == row.id, col(SignerRow.person_id) == RoleRow.person_id,
        col(SignerRow.role).in_(roles),
    )  # fmt: skip


def _houses(organisation: str) -> set[str]:
    """A branch is named after its house (``Person.acts_for``): the names of all that it belongs to."""
    words = organisation.split(" ")
    return {" ".join(words[:count]) for count in range(1, len(words) + 1)}


async def of_person(session: AsyncSession, person: Person) -> list[WebhookRow]:
    """Of all offices for which the person acts, the oldest first."""
    query = select(WebhookRow).where(_of(offices(person)))
    return list(await session.exec(query.order_by(col(WebhookRow.created_at), col(WebhookRow.id))))


async def of_office(session: AsyncSession, office: Office) -> list[WebhookRow]:
    return list(await session.exec(select(WebhookRow).where(_of((office,)))))


async def webhook(session: AsyncSession, webhook_id: UUID, person: Person, *, lock: bool = False) -> WebhookRow:
    """UnknownThing when there is none, or when it is another office's."""
    query = select(WebhookRow).where(WebhookRow.id == webhook_id, _of(offices(person)))
    row = (await session.exec(query.with_for_update() if lock else query)).first()
    if row is None:
        raise UnknownThing(ko="등록된 주소를 찾을 수 없습니다.", en="There is no such address.")
    return row


def _of(of: Collection[Office]) -> ColumnElement[bool]:
    return or_(
        false(),
        *(
            and_(
                col(WebhookRow.role) == one.role, col(WebhookRow.organisation) == one.organisation,
                col(WebhookRow.number) == one.number,
            )
            for one in of
        ),
    )  # fmt: skip


async def deliveries(session: AsyncSession, webhook_id: UUID) -> list[WebhookDeliveryRow]:
    """The last messages, the newest first."""
    query = select(WebhookDeliveryRow).where(WebhookDeliveryRow.webhook_id == webhook_id)
    newest = query.order_by(col(WebhookDeliveryRow.created_at).desc(), col(WebhookDeliveryRow.id)).limit(LAST)
    return list(await session.exec(newest))


async def delivery(session: AsyncSession, webhook_id: UUID, delivery_id: UUID) -> WebhookDeliveryRow:
    """Locked. UnknownThing when this address never was sent such a message."""
    row = await session.get(WebhookDeliveryRow, delivery_id, with_for_update=True)
    if row is None or row.webhook_id != webhook_id:
        raise UnknownThing(ko="보낸 알림을 찾을 수 없습니다.", en="There is no such message.")
    return row


async def troubled(session: AsyncSession, person: Person) -> list[WebhookRow]:
    """Addresses of the person's offices where something did not arrive, or where we have stopped sending."""
    dead = exists().where(
        col(WebhookDeliveryRow.webhook_id) == WebhookRow.id, col(WebhookDeliveryRow.state) == DeliveryState.DEAD,
        col(WebhookDeliveryRow.ended_at) > now() - REMEMBERED,
    )  # fmt: skip
    state = col(WebhookRow.state)
    trouble = or_(state == Switch.STOPPED, and_(state == Switch.ON, dead))
    return list(await session.exec(select(WebhookRow).where(_of(offices(person)), trouble)))
