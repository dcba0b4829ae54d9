"""Notices as last seen at their agencies."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from store.tables.base import Instant, Json, Table


class NoticeRow(Table, table=True):
    """One notice, newest version. ``body`` is domain.notices.Notice."""

    __tablename__ = "notice"
    __table_args__ = (
        CheckConstraint("receipt_opens_at < receipt_closes_at", name="receipt_window"),
        Index("ix_notice_closes", "receipt_closes_at"),
    )
    id: str = Field(primary_key=True)
    agency: str
    number: str
    version: int
    housing_kind: str
    region: str
    name: str
    announcement_date: date
    receipt_opens_at: datetime = Instant()
    receipt_closes_at: datetime = Instant()
    body: dict[str, Any] = Json()
    # Of our own: publishing, or refused by its agency, then open; one that is seen at its agency is open at once.
    state: str = "open"  # publishing | refused | open | closed | drawn | announced | void | annulled
    published_by: UUID | None = None
    supplier: str
    nonce_commitment: str | None = None
    seen_at: datetime = Instant(default_now=True)
