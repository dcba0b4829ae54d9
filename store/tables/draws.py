"""The draw of a notice: entries, ceremony, awards."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from domain.ids import new_id
from store.tables.base import Instant, Json, Table


class DrawRow(Table, table=True):
    """State of one notice's draw. ``transcript_sha256`` names the published proof."""

    __tablename__ = "draw"
    notice_id: str = Field(foreign_key="notice.id", primary_key=True)
    nonce_commitment: str
    nonce_sealed: bytes
    nonce_key_id: str
    state: str = "committed"  # committed | closed | screened | revealed | selected | published
    entries_sha256: str | None = None
    root1: str | None = None
    root1_stamp: str | None = None  # RFC 3161 token, base64
    root2: str | None = None
    root2_stamp: str | None = None
    digits: str | None = None
    transcript_sha256: str | None = None
    closed_at: datetime | None = Instant(nullable=True)
    selected_at: datetime | None = Instant(nullable=True)


class DrawEntryRow(Table, table=True):
    __tablename__ = "draw_entry"
    notice_id: str = Field(foreign_key="notice.id", primary_key=True)
    ticket: str = Field(primary_key=True)
    holder: str
    household: str
    model_no: str
    supply_kind: str
    facts: dict[str, Any] = Json()
    excluded: str | None = None
    result: str | None = None  # won | wait_listed | lost
    position: int | None = None
    unit: str | None = None


class CeremonyRow(Table, table=True):
    """Digits of the balls as one person typed them, blind; two people must agree."""

    __tablename__ = "ceremony"
    __table_args__ = (UniqueConstraint("notice_id", "person_id", name="uq_ceremony_notice_person"),)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    notice_id: str = Field(foreign_key="notice.id", index=True)
    person_id: UUID = Field(foreign_key="person.id")
    role: str  # officer | operator
    digits: str
    at: datetime = Instant(default_now=True)


class AwardRow(Table, table=True):
    """A home awarded to a ticket, or a place on the wait-list. One unit is awarded at most once at a time."""

    __tablename__ = "award"
    __table_args__ = (
        UniqueConstraint("notice_id", "ticket", name="uq_award_notice_ticket"),
        Index(
            "uq_award_notice_unit", "notice_id", "unit",
            unique=True, postgresql_where=text("unit is not null and state not in ('waiting','lapsed')"),
        ),
        CheckConstraint("state in ('waiting','awarded','checked','ineligible','contracted','lapsed')", name="state"),
    )  # fmt: skip
    id: UUID = Field(default_factory=new_id, primary_key=True)
    notice_id: str = Field(foreign_key="notice.id", index=True)
    ticket: str
    person_id: UUID | None = Field(default=None, foreign_key="person.id", index=True)
    case_id: UUID | None = Field(default=None, foreign_key="case.id", index=True)
    line_id: UUID | None = Field(default=None, foreign_key="application_line.id")
    model_no: str
    supply_kind: str
    unit: str | None = None
    wait_list_no: int | None = None
    state: str = "awarded"
    from_wait_list: bool = False
    passed_to: UUID | None = None  # the award that got the home after this one lapsed
    option_codes: list[Any] = Json()  # chosen by the winner when accepting
    contract_id: UUID | None = None
    refusal: dict[str, Any] | None = Json(nullable=True)  # why its contract cannot be drafted, for the officer
    at: datetime = Instant(default_now=True)
