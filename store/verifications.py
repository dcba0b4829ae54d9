"""Uploaded documents and what the verifier found. A report is shown to those who uploaded the document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.errors import UnknownThing
from domain.time import now
from store.tables.exchange import VerificationRow
from store.tables.people import PersonRow


async def ask(session: AsyncSession, sha256: str, person_id: UUID) -> None:
    """Idempotent."""
    row = {"document_sha256": sha256, "person_id": person_id, "asked_at": now()}
    await session.exec(insert(VerificationRow).values(**row).on_conflict_do_nothing())


async def waiting(session: AsyncSession, person_id: UUID) -> int:
    """How many documents of this person have no report yet. The person's next upload waits for this transaction."""
    await session.exec(select(PersonRow.id).where(PersonRow.id == person_id).with_for_update())
    judged = select(VerificationRow.document_sha256).where(col(VerificationRow.reported_at).is_not(None))
    query = select(func.count()).where(
        VerificationRow.person_id == person_id, col(VerificationRow.document_sha256).not_in(judged)
    )
    return (await session.exec(query)).one()


async def report(session: AsyncSession, sha256: str, person_id: UUID) -> Mapping[str, Any] | None:
    """None while the verifier is at work. UnknownThing where this person has not uploaded such a document."""
    if await session.get(VerificationRow, (sha256, person_id)) is None:
        raise UnknownThing(ko="이 문서를 올린 기록이 없습니다.", en="You have not uploaded this document.")
    query = select(VerificationRow.report).where(
        VerificationRow.document_sha256 == sha256, col(VerificationRow.reported_at).is_not(None)
    )
    return (await session.exec(query.limit(1))).first()
