"""Uploaded documents and what the verifier found. A report is shown to whoever holds the upload's ticket."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.contracts import VerifyReport
from domain.errors import UnknownThing
from domain.ids import token_hash
from domain.time import now
from store.tables.exchange import VerificationRow

KEPT = timedelta(days=1)
ONE_BY_ONE = 0x76657269  # of PostgreSQL's advisory locks, ours alone: "veri"


def digest(document: bytes) -> str:
    return hashlib.sha256(document).hexdigest()


async def ask(
    session: AsyncSession, ticket: str, document: bytes, report: Mapping[str, Any] | None = None
) -> VerificationRow:
    """Kept for a while. ``report``: of a file that is known already; it is judged, and its bytes are not kept."""
    await session.exec(delete(VerificationRow).where(col(VerificationRow.asked_at) < now() - KEPT))
    row = VerificationRow(
        ticket_sha256=token_hash(ticket), document_sha256=digest(document),
        document=document if report is None else None, report=None if report is None else dict(report),
        reported_at=None if report is None else now(),
    )  # fmt: skip
    session.add(row)
    await session.flush()
    return row


async def waiting(session: AsyncSession) -> int:
    """How many documents have no report yet. The next upload waits for this transaction."""
    await session.exec(select(func.pg_advisory_xact_lock(ONE_BY_ONE)))
    query = select(func.count()).where(
        col(VerificationRow.reported_at).is_(None), col(VerificationRow.asked_at) >= now() - KEPT
    )
    return (await session.exec(query)).one()


async def of_ticket(session: AsyncSession, ticket: str) -> VerificationRow:
    """UnknownThing for a ticket that is none of ours, or that was given too long ago."""
    rows = await session.exec(select(VerificationRow).where(VerificationRow.ticket_sha256 == token_hash(ticket)))
    row = rows.first()
    if row is None or row.asked_at < now() - KEPT:
        raise UnknownThing(
            "unknown_ticket", ko="확인한 기록이 없거나 하루가 지났습니다. 파일을 다시 올려 주십시오.",
            en="There is no such verification, or it is over a day old. Please upload the file again.",
        )  # fmt: skip
    return row


async def document(session: AsyncSession, verification_id: UUID) -> bytes | None:
    """The bytes to be judged; None once they have been, or are forgotten."""
    row = await session.get(VerificationRow, verification_id)
    return row.document if row is not None else None


async def keep_report(session: AsyncSession, verification_id: UUID, report: VerifyReport) -> None:
    """Once; from here on only the report is kept."""
    row = await session.get(VerificationRow, verification_id, with_for_update=True)
    if row is not None and row.reported_at is None:
        row.report, row.reported_at, row.document = report.model_dump(mode="json"), now(), None
        session.add(row)
