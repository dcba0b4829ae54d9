"""What leaves us: workflow starts (outbox), deliveries to agencies, and stored documents."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from domain.ids import new_id
from store.tables.base import Instant, Table
from store.tables.sealing import Sealed, SealedBytes, SealedJson


class OutboxRow(Table, table=True):
    """A workflow start (or signal) promised by a committed transaction."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("workflow_id", "kind", name="uq_outbox_workflow_kind"),
        Index("ix_outbox_open", "id", postgresql_where=text("done_at is null")),
    )
    id: int | None = Field(default=None, primary_key=True)
    kind: str  # workflow type
    workflow_id: str
    payload: dict[str, Any] = Sealed(SealedJson, "outbox.payload")
    created_at: datetime = Instant(default_now=True)
    done_at: datetime | None = Instant(nullable=True)


class DeliveryRow(Table, table=True):
    """One attempt at one reference, committed before it is sent."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("reference", "attempt", name="uq_delivery_reference_attempt"),
        UniqueConstraint("msg_id", name="uq_delivery_msg_id"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    reference: str = Field(index=True)
    attempt: int
    agency: str
    service: str
    msg_id: str
    expires_at: datetime = Instant()
    state: str = "sending"  # domain.filings.DeliveryState
    answer: dict[str, Any] | None = Sealed(SealedJson, "delivery.answer", nullable=True)
    created_at: datetime = Instant(default_now=True)


class BlobRow(Table, table=True):
    """A stored document: the bytes lie in the document store under this digest."""

    __tablename__ = "blob"
    sha256: str = Field(primary_key=True)
    media_type: str
    size: int
    created_at: datetime = Instant(default_now=True)


class VerificationRow(Table, table=True):
    """An uploaded document and what the verifier found. Whoever holds its ticket may read that, for a while.

    ``document``: the bytes, until they have been judged. ``report`` is domain.contracts.VerifyReport.
    """

    __tablename__ = "verification"
    __table_args__ = (
        UniqueConstraint("ticket_sha256", name="uq_verification_ticket"),
        Index("ix_verification_asked", "asked_at"),
    )  # fmt: skip
    id: UUID = Field(default_factory=new_id, primary_key=True)
    ticket_sha256: str
    document_sha256: str
    document: bytes | None = Sealed(SealedBytes, "verification.document", nullable=True)
    report: dict[str, Any] | None = Sealed(SealedJson, "verification.report", nullable=True)
    asked_at: datetime = Instant(default_now=True)
    reported_at: datetime | None = Instant(nullable=True)
