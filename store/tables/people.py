"""People, their roles from registers, sessions, sealed identifiers, idempotency keys."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from domain.ids import new_id
from store.tables.base import Instant, Table
from store.tables.sealing import Sealed, SealedDate, SealedJson, SealedText


class PersonRow(Table, table=True):
    """A person who has logged in. The identity provider's handle is sealed apart (``SealedRow``)."""

    __tablename__ = "person"
    __table_args__ = (
        UniqueConstraint("subject", name="uq_person_subject"),
        UniqueConstraint("code", name="uq_person_code"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    subject: str  # pairwise subject of the identity provider
    name: str = Sealed(SealedText, "person.name")
    birth_date: date = Sealed(SealedDate, "person.birth_date")
    # As the means of identification told it at the last log-in.
    address: str = Sealed(SealedText, "person.address", default="")
    code: str  # party code: what a person tells a broker instead of personal data
    ref_hash: str | None = Field(default=None, index=True)  # keyed digest of the sealed handle: finds, never shows
    created_at: datetime = Instant(default_now=True)


class RoleRow(Table, table=True):
    """A role as its register said at the last log-in."""

    __tablename__ = "person_role"
    person_id: UUID = Field(foreign_key="person.id", primary_key=True)
    role: str = Field(primary_key=True)
    organisation: str = Field(primary_key=True)
    register_name: str
    number: str
    active: bool
    seen_at: datetime = Instant(default_now=True)


class SealedRow(Table, table=True):
    """One encrypted secret of a person: identity handle, consent token, 등기필정보. Never joined by value."""

    __tablename__ = "sealed"
    __table_args__ = (UniqueConstraint("person_id", "kind", "subject", name="uq_sealed_person_kind_subject"),)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    kind: str  # identity_ref | consent_token | right_proof | approval_body
    subject: str = ""  # e.g. the consent's id
    key_id: str
    ciphertext: bytes
    created_at: datetime = Instant(default_now=True)


class SealedReleaseRow(Table, table=True):
    """Each opening of a sealed secret, with its legal basis."""

    __tablename__ = "sealed_release"
    id: int | None = Field(default=None, primary_key=True)
    sealed_id: UUID = Field(foreign_key="sealed.id", index=True)
    basis: str
    purpose: str
    at: datetime = Instant(default_now=True)


class SessionRow(Table, table=True):
    """A server-side session; only the token's hash is kept."""

    __tablename__ = "session"
    token_hash: str = Field(primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    csrf: str
    created_at: datetime = Instant(default_now=True)
    expires_at: datetime = Instant()


class LoginRow(Table, table=True):
    """One log-in under way (state, nonce, PKCE verifier). ``consent_id``: the log-in is a consent."""

    __tablename__ = "login"
    state_hash: str = Field(primary_key=True)
    nonce: str
    verifier: str
    next_url: str
    consent_id: UUID | None = None
    created_at: datetime = Instant(default_now=True)
    used_at: datetime | None = Instant(nullable=True)


class IdempotencyRow(Table, table=True):
    """One act of one person: the same key with another body is refused, with the same body answered again."""

    __tablename__ = "idempotency"
    __table_args__ = (CheckConstraint("length(body_sha256) = 64", name="body_sha256"),)
    person_id: UUID = Field(primary_key=True)
    route: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    body_sha256: str
    status: int | None = None  # None while under way
    answer: dict[str, Any] | None = Sealed(SealedJson, "idempotency.answer", nullable=True)
    created_at: datetime = Instant(default_now=True)
