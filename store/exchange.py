"""Outbox of workflow starts and signals, and deliveries to agencies."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.filings import Answer, Delivery, DeliveryState, Outgoing
from domain.model import Model
from domain.words import Agency
from store.tables.exchange import BlobRow, DeliveryRow, OutboxRow


async def promise(session: AsyncSession, kind: str, workflow_id: str, payload: Model | None = None) -> None:
    """Promise a workflow start (``start:Type``) or signal (``signal:name``) with this transaction, once."""
    body = payload.model_dump(mode="json") if payload else {}
    row = {"kind": kind, "workflow_id": workflow_id, "payload": body, "created_at": datetime.now(UTC)}
    statement = insert(OutboxRow).values(**row).on_conflict_do_nothing(constraint="uq_outbox_workflow_kind")
    await session.exec(statement)
    await session.exec(select(func.pg_notify("onjip_outbox", "")))


async def open_promises(session: AsyncSession, limit: int) -> list[OutboxRow]:
    """Oldest open promises, locked for this transaction; another dispatcher skips them."""
    rows = await session.exec(
        select(OutboxRow)
        .where(col(OutboxRow.done_at).is_(None))
        .order_by(col(OutboxRow.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(rows)


async def last_delivery(session: AsyncSession, reference: str) -> Delivery | None:
    rows = await session.exec(
        select(DeliveryRow).where(DeliveryRow.reference == reference).order_by(col(DeliveryRow.attempt).desc()).limit(1)
    )
    row = rows.first()
    return _delivery(row) if row else None


async def begin_delivery(
    session: AsyncSession, outgoing: Outgoing, *, attempt: int, msg_id: str, expires_at: datetime
) -> Delivery | None:
    """Store an attempt before it is sent. None: somebody else has begun this very attempt."""
    row = DeliveryRow(
        reference=outgoing.reference, attempt=attempt, agency=outgoing.agency, service=outgoing.service,
        msg_id=msg_id, expires_at=expires_at,
    )  # fmt: skip
    statement = insert(DeliveryRow).values(**row.model_dump())
    made = await session.exec(
        statement.on_conflict_do_nothing(constraint="uq_delivery_reference_attempt").returning(col(DeliveryRow.id))
    )
    return _delivery(row) if made.first() is not None else None


async def end_delivery(
    session: AsyncSession, delivery: Delivery, state: DeliveryState, answer: Answer | None = None
) -> None:
    row = await session.get_one(DeliveryRow, delivery.id)
    row.state = state
    row.answer = answer.model_dump(mode="json") if answer else None
    session.add(row)


def _delivery(row: DeliveryRow) -> Delivery:
    return Delivery(
        id=row.id, reference=row.reference, agency=Agency(row.agency), service=row.service, msg_id=row.msg_id,
        expires_at=row.expires_at, attempt=row.attempt, state=DeliveryState(row.state),
        answer=Answer.model_validate(row.answer) if row.answer else None,
    )  # fmt: skip


async def note_blob(session: AsyncSession, sha256: str, media_type: str, size: int) -> None:
    row: dict[str, Any] = {"sha256": sha256, "media_type": media_type, "size": size, "created_at": datetime.now(UTC)}
    await session.exec(insert(BlobRow).values(**row).on_conflict_do_nothing())
