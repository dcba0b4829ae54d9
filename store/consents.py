"""Consents: asked, answered, withdrawn. The row is the truth; every fetch reads it again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import JsonValue
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.consents import ConsentState
from domain.errors import UnknownThing, WrongState
from domain.facts import PROVIDER, Item
from domain.ids import new_id, token_hash
from domain.model import canonical_json
from domain.time import now
from store.tables.consents import ConsentEventRow, ConsentRow

RECIPIENT = "onjip"
VERSION = 1  # of the agreement's wording


def agreement(items: Sequence[Item], purpose: str, ends_at: datetime) -> dict[str, Any]:
    """The exact words of one agreement: who gets what from whom, what for, until when."""
    named = [{"provider": str(PROVIDER[item]), "item": str(item)} for item in items]
    return {
        "version": VERSION, "recipient": RECIPIENT, "purpose": purpose, "items": named, "ends_at": ends_at.isoformat(),
    }  # fmt: skip


async def ask(
    session: AsyncSession,
    *,
    case_id: UUID,
    requested_by: UUID,
    relation: str,
    agreed: dict[str, Any],
    ends_at: datetime,
    person_id: UUID | None = None,
    invitation: str | None = None,
    consent_id: UUID | None = None,
) -> ConsentRow:
    """Ask one person. A household member who is not known yet comes by ``invitation``, a token."""
    row = ConsentRow(
        id=consent_id or new_id(), case_id=case_id, person_id=person_id, requested_by=requested_by, relation=relation,
        invitation_hash=token_hash(invitation) if invitation else None, agreement=agreed, ends_at=ends_at,
        agreement_sha256=token_hash(canonical_json(agreed).decode()),
    )  # fmt: skip
    session.add(row)
    await session.flush()
    session.add(ConsentEventRow(consent_id=row.id, state=ConsentState.REQUESTED, actor_id=requested_by))
    return row


async def consent(session: AsyncSession, consent_id: UUID, *, lock: bool = False) -> ConsentRow:
    """UnknownThing when there is none."""
    row = await session.get(ConsentRow, consent_id, with_for_update=lock)
    if row is None:
        raise UnknownThing(ko="동의 요청을 찾을 수 없습니다.", en="There is no such consent request.")
    return row


async def seen_by(session: AsyncSession, person_id: UUID, *, after: UUID | None, limit: int) -> list[ConsentRow]:
    """Consents that a person was asked for or has asked for, in a stable order."""
    query = select(ConsentRow).where(or_(ConsentRow.person_id == person_id, ConsentRow.requested_by == person_id))
    if after is not None:
        query = query.where(col(ConsentRow.id) > after)
    return list(await session.exec(query.order_by(col(ConsentRow.id)).limit(limit)))


async def by_invitation(session: AsyncSession, token: str) -> ConsentRow | None:
    rows = await session.exec(
        select(ConsentRow).where(ConsentRow.invitation_hash == token_hash(token)).with_for_update()
    )
    return rows.first()


async def move(session: AsyncSession, row: ConsentRow, state: ConsentState, actor: UUID) -> None:
    """Set the state, with its line in the history. WrongState where the consent is not there to be moved."""
    if state is ConsentState.WITHDRAWN:
        _check(row, ConsentState.GIVEN, "consent_not_given")
    else:
        check_answerable(row)
    row.state = state
    if state is ConsentState.GIVEN:
        row.given_at = now()
    else:
        row.ended_at = now()
    session.add_all([row, ConsentEventRow(consent_id=row.id, state=state, actor_id=actor)])
    await session.flush()


def check_answerable(row: ConsentRow) -> None:
    """WrongState unless the request still waits for its answer."""
    _check(row, ConsentState.REQUESTED, "consent_answered")


def _check(row: ConsentRow, expected: ConsentState, code: str) -> None:
    if row.state != expected or row.ends_at <= now():
        raise WrongState(
            code, ko="이미 답했거나 끝난 동의입니다. 동의 목록에서 상태를 확인해 주십시오.",
            en="This consent has been answered or has ended. See its state in your list of consents.",
        )  # fmt: skip


def items_of(row: ConsentRow) -> list[dict[str, JsonValue]]:
    """Provider and item, as agreed."""
    return list(row.agreement["items"])
