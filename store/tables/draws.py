"""The draw of a notice: entries, ceremony, awards."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from domain.ids import new_id
from store.tables.base import Instant, Json, Table
from store.tables.sealing import Sealed, SealedJson, SealedText


class DrawRow(Table, table=True):
    """State of one notice's draw. ``transcript_sha256`` names the published record, once there is one.

    ``salt`` is what the salts of the private parts are made of. ``shares`` of the nonce lie here only until their
    custodians have them, and again once they have been revealed.
    """

    __tablename__ = "draw"
    notice_id: str = Field(foreign_key="notice.id", primary_key=True)
    nonce_commitment: str
    head: dict[str, Any] = Json()  # law.drawing.terms.Head: everything that is fixed with the notice
    salt: str = Sealed(SealedText, "draw.salt")
    shares: dict[str, Any] | None = Sealed(SealedJson, "draw.shares", nullable=True)  # body → share, to be handed over
    state: str = "committed"  # domain.draws.DrawState
    count: int | None = None  # tickets under root 1
    program: str | None = None  # what screens and selects; stamped with root 2
    root1: str | None = None
    root1_stamp: str | None = None  # RFC 3161 token, base64
    root2: str | None = None
    root2_stamp: str | None = None
    revealed: dict[str, Any] | None = Json(nullable=True)  # nonce, and the shares that opened it, by body
    digits: str | None = None
    observers: list[Any] = Json()
    body_sha256: str | None = None
    listing_sha256: str | None = None
    seal: str | None = None  # CMS over the body, base64
    transcript_sha256: str | None = None
    ended: dict[str, Any] | None = Json(nullable=True)  # void or annulled: why, by whom, when
    ordered: dict[str, Any] | None = Json(nullable=True)  # domain.draws.Entered: waits for the officer's confirmation
    correcting: dict[str, Any] | None = Json(nullable=True)  # domain.draws.Correction: digits agreed, not in force yet
    earlier: list[Any] | None = Json(nullable=True)  # domain.draws.Superseded, oldest first
    refusal: dict[str, Any] | None = Json(nullable=True)  # why the agency does not change its list of winners
    contract_asked_at: datetime | None = Instant(nullable=True)  # no contract is known: the wait-list has no end
    closed_at: datetime | None = Instant(nullable=True)
    screened_at: datetime | None = Instant(nullable=True)
    revealed_at: datetime | None = Instant(nullable=True)
    selected_at: datetime | None = Instant(nullable=True)
    published_at: datetime | None = Instant(nullable=True)


class DrawCountRow(Table, table=True):
    """How many applications there were at an hour, time-stamped then."""

    __tablename__ = "draw_count"
    notice_id: str = Field(foreign_key="notice.id", primary_key=True)
    at: str = Field(primary_key=True)  # UTC, ISO 8601
    count: int
    stamp: str  # RFC 3161 token, base64


class DrawEntryRow(Table, table=True):
    """One received application, and what became of it. Read by ticket, and all of one person together by holder."""

    __tablename__ = "draw_entry"
    __table_args__ = (
        Index(
            "ix_draw_entry_holder", "notice_id", "holder", "received_at", "ticket", postgresql_include=["supply_kind"]
        ),
    )
    notice_id: str = Field(foreign_key="notice.id", primary_key=True)
    ticket: str = Field(primary_key=True)
    holder: str
    household: str
    model_no: str
    supply_kind: str
    facts: dict[str, Any] = Json()
    received_at: datetime = Instant()
    excluded: str | None = None
    result: str | None = None  # won | wait_listed | lost | removed
    pool: str | None = None  # that decided
    position: int | None = None
    unit: str | None = None


class DrawPassRow(Table, table=True):
    """How far one pass over the list or its people has come: written with each page, in one transaction."""

    __tablename__ = "draw_pass"
    notice_id: str = Field(foreign_key="notice.id", primary_key=True)
    name: str = Field(primary_key=True)
    after: str = ""  # the last that is done: holder, ticket, or the agency's own number
    done: int = 0


class CeremonyRow(Table, table=True):
    """Digits of the balls as one person typed them, blind; two people must agree."""

    __tablename__ = "ceremony"
    __table_args__ = (UniqueConstraint("notice_id", "purpose", "person_id", name="uq_ceremony_notice_person"),)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    notice_id: str = Field(foreign_key="notice.id", index=True)
    purpose: str = "draw"  # draw | corrected: typed again from the recording | reserve: units of the wait-list's round
    person_id: UUID = Field(foreign_key="person.id")
    role: str  # officer | operator
    digits: str
    observers: list[Any] = Json()
    recording_sha256: str | None = None  # corrected: of the recording from which the digits were read
    reason: str | None = None
    at: datetime = Instant(default_now=True)


class DrawRecordRow(Table, table=True):
    """A sealed statement beside the transcript (``law.drawing.records``). ``document_sha256``: once it is published."""

    __tablename__ = "draw_record"
    notice_id: str = Field(foreign_key="notice.id", primary_key=True)
    format: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    body_sha256: str
    seal: str | None = None
    document_sha256: str | None = None
    at: datetime = Instant(default_now=True)


class AwardRow(Table, table=True):
    """A home awarded to a ticket, or a place on the wait-list. One unit is awarded at most once at a time.

    ``given_by``: 0 for the draw, else the number of the correction. ``taken_by``, where annulled: the number of the
    correction, 0 for an authority's order.
    """

    __tablename__ = "award"
    __table_args__ = (
        Index(
            "uq_award_notice_ticket", "notice_id", "ticket",
            unique=True, postgresql_where=text("state <> 'annulled'"),
        ),
        Index(
            "uq_award_notice_unit", "notice_id", "unit", unique=True,
            postgresql_where=text("unit is not null and state not in ('waiting','lapsed','annulled','ineligible')"),
        ),
        CheckConstraint(
            "state in ('waiting','awarded','checked','ineligible','contracted','lapsed','annulled')", name="state"
        ),
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
    given_by: int = 0
    taken_by: int | None = None
    option_codes: list[Any] = Json()  # chosen by the winner when accepting
    contract_id: UUID | None = None
    contracted_on: date | None = None  # the supply contract was made: sealed here, or by the officer's word
    refusal: dict[str, Any] | None = Json(nullable=True)  # why its contract cannot be drafted, for the officer
    at: datetime = Instant(default_now=True)
