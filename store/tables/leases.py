"""Reports of leases: whether the law asks for one, until when, and what the agency has answered."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from store.tables.base import Instant, Table
from store.tables.sealing import Sealed, SealedJson


class LeaseReportRow(Table, table=True):
    """One per sealed lease. ``decision``: domain.decisions.Decision of the rule ``lease_report``; ``due_on``: last day.

    ``number`` is the receipt's, ``certificate_no`` the 신고필증's, ``fixed_date_no`` the 확정일자's of ``fixed_on``.
    """

    __tablename__ = "lease_report"
    __table_args__ = (
        CheckConstraint("state in ('open','exempt','filed','certified')", name="state"),
        # What the law gives together is kept together (신고법 제6조의5③).
        CheckConstraint(
            "(state = 'certified') = (certificate_no is not null and fixed_date_no is not null"
            " and fixed_on is not null)",
            name="certified",
        ),
        CheckConstraint("(number is not null) = (state in ('filed','certified'))", name="filed"),
        UniqueConstraint("number", name="uq_lease_report_number"),
    )  # fmt: skip
    contract_id: UUID = Field(foreign_key="contract.id", primary_key=True)
    case_id: UUID = Field(foreign_key="case.id", index=True)
    state: str = "open"
    decision: dict[str, Any] = Sealed(SealedJson, "lease_report.decision")
    due_on: date | None = None
    reminders: int = 0
    number: str | None = None
    filed_at: datetime | None = Instant(nullable=True)
    answer: dict[str, Any] | None = Sealed(SealedJson, "lease_report.answer", nullable=True)
    certificate_no: str | None = None
    fixed_date_no: str | None = None
    fixed_on: date | None = None
    created_at: datetime = Instant(default_now=True)
