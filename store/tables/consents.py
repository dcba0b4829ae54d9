"""Consents, facts fetched under them, and who looked at whose data."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from domain.ids import new_id
from store.tables.base import Instant, Json, Table
from store.tables.sealing import Sealed, SealedJson


class ConsentRow(Table, table=True):
    """One person's consent to one exact agreement version. At most a year (신용정보법 제33조의2)."""

    __tablename__ = "consent"
    __table_args__ = (
        CheckConstraint(
            "state in ('requested','given','refused','withdrawn','expired','terminated','invalidated','reaffirmed')",
            name="state",
        ),
        CheckConstraint("given_at is null or ends_at <= given_at + interval '366 days'", name="one_year"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    case_id: UUID = Field(foreign_key="case.id", index=True)
    person_id: UUID | None = Field(default=None, foreign_key="person.id", index=True)
    invitation_hash: str | None = Field(default=None, index=True)  # a household member who has not logged in yet
    requested_by: UUID = Field(foreign_key="person.id")
    relation: str  # self | spouse
    agreement: dict[str, Any] = Json()
    agreement_sha256: str
    state: str = "requested"
    token_id: str | None = None  # jti of the identity provider's consent token
    requested_at: datetime = Instant(default_now=True)
    given_at: datetime | None = Instant(nullable=True)
    ended_at: datetime | None = Instant(nullable=True)
    ends_at: datetime = Instant()


class ConsentEventRow(Table, table=True):
    """Append-only history of a consent, in the eight states of ISO/IEC TS 27560."""

    __tablename__ = "consent_event"
    id: int | None = Field(default=None, primary_key=True)
    consent_id: UUID = Field(foreign_key="consent.id", index=True)
    state: str
    actor_id: UUID | None = None
    at: datetime = Instant(default_now=True)


class FactRow(Table, table=True):
    """One item from one register, with provenance. Unique by the agency's own bytes."""

    __tablename__ = "fact"
    __table_args__ = (UniqueConstraint("person_id", "item", "consent_id", name="uq_fact_person_item_consent"),)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    consent_id: UUID = Field(foreign_key="consent.id", index=True)
    item: str
    value: Any = Sealed(SealedJson, "fact.value")
    source: str
    as_of: date
    issued_at: datetime = Instant()
    document_no: str
    sha256: str
    fetched_at: datetime = Instant(default_now=True)


class AccessRow(Table, table=True):
    """Who looked at whose data, when, why. ``chain`` = SHA-256 of the previous chain value and this row."""

    __tablename__ = "access_log"
    id: int | None = Field(default=None, primary_key=True)
    person_id: UUID = Field(index=True)
    actor: str  # "onjip" or a person's id
    agency: str
    item: str
    purpose: str
    consent_id: UUID | None = None
    outcome: str
    at: datetime = Instant(default_now=True)
    chain: str


class DecisionRow(Table, table=True):
    """A stored decision: facts, reasons and rulebook digest, so that it can be run again to the same result."""

    __tablename__ = "decision"
    id: UUID = Field(default_factory=new_id, primary_key=True)
    case_id: UUID = Field(foreign_key="case.id", index=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    notice_id: str | None = Field(default=None, index=True)
    model_no: str | None = None
    supply_kind: str | None = None
    rule: str
    outcome: str
    points: int | None = None
    body: dict[str, Any] = Sealed(SealedJson, "decision.body")
    facts: dict[str, Any] = Sealed(SealedJson, "decision.facts")
    selection: dict[str, Any] | None = Sealed(SealedJson, "decision.selection", nullable=True)
    rulebook: str
    as_of: date
    made_at: datetime = Instant(default_now=True)
