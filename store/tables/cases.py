"""Cases and their timeline: the read model of every page; workflows never answer public reads."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from domain.ids import new_id
from store.tables.base import Instant, Table
from store.tables.sealing import Sealed, SealedJson


class CaseRow(Table, table=True):
    __tablename__ = "case"
    id: UUID = Field(default_factory=new_id, primary_key=True)
    kind: str  # domain.words.CaseKind
    title: str
    created_by: UUID = Field(foreign_key="person.id")
    created_at: datetime = Instant(default_now=True)


class CaseMemberRow(Table, table=True):
    """Who takes part in a case, and as what: the permission door reads this."""

    __tablename__ = "case_member"
    case_id: UUID = Field(foreign_key="case.id", primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", primary_key=True, index=True)
    role: str = Field(primary_key=True)


class CaseEventRow(Table, table=True):
    """One line of the timeline. ``key`` makes it exactly-once; ``step`` is set when a step of the case is done."""

    __tablename__ = "case_event"
    __table_args__ = (UniqueConstraint("case_id", "key", name="uq_case_event_case_key"),)
    id: int | None = Field(default=None, primary_key=True)
    case_id: UUID = Field(foreign_key="case.id", index=True)
    key: str
    step: str | None = None
    agency: str | None = None
    reference: str = ""
    ko: str
    en: str
    detail: dict[str, Any] = Sealed(SealedJson, "case_event.detail")
    at: datetime = Instant(default_now=True)
