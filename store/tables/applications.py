"""Combined applications and their lines. What the law says once is a constraint here."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from domain.ids import new_id
from store.tables.base import Instant, Table
from store.tables.sealing import Sealed, SealedJson


class ApplicationRow(Table, table=True):
    """One combined application and our own receipt for it."""

    __tablename__ = "application"
    __table_args__ = (UniqueConstraint("receipt_no", name="uq_application_receipt_no"),)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    case_id: UUID = Field(foreign_key="case.id", index=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    receipt_no: str
    accepted_at: datetime = Instant(default_now=True)


class ApplicationLineRow(Table, table=True):
    """One line. A person applies once in one supply method of one notice (주택공급에 관한 규칙 제4조①)."""

    __tablename__ = "application_line"
    __table_args__ = (
        Index(
            "uq_application_line_person_notice_method", "person_id", "notice_id", "method",
            unique=True, postgresql_where=text("state <> 'refused'"),
        ),
        Index("ix_application_line_notice_id_ticket", "notice_id", "ticket"),
        CheckConstraint("method in ('general','special')", name="method"),
        CheckConstraint("state in ('accepted','filed','refused')", name="state"),
    )  # fmt: skip
    id: UUID = Field(default_factory=new_id, primary_key=True)
    application_id: UUID = Field(foreign_key="application.id", index=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    notice_id: str = Field(foreign_key="notice.id")
    model_no: str
    supply_kind: str
    method: str
    announcement_date: date
    decision_id: UUID | None = Field(default=None, foreign_key="decision.id")
    state: str = "accepted"
    refusal: str | None = None
    ticket: str | None = None
    receipt: dict[str, Any] | None = Sealed(SealedJson, "application_line.receipt", nullable=True)
    filed_at: datetime | None = Instant(nullable=True)
