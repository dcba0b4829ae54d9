"""Contracts, their signers, and people's signatures on filings."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from domain.ids import new_id
from store.tables.base import Instant, Json, Table
from store.tables.sealing import Sealed, SealedJson, SealedText


class ContractRow(Table, table=True):
    """One contract. ``terms`` is domain.contracts.ContractTerms; ``document_sha256`` its newest revision."""

    __tablename__ = "contract"
    __table_args__ = (
        CheckConstraint(
            "state in ('draft','explained','invited','signing','sealed','declined','expired','withdrawn','annulled',"
            "'dissolved')",
            name="state",
        ),
        # One living contract per award.
        Index(
            "uq_contract_award", "award_id", unique=True,
            postgresql_where=text(
                "award_id is not null"
                " and state not in ('declined','expired','withdrawn','annulled','dissolved')"
            ),
        ),
    )  # fmt: skip
    id: UUID = Field(default_factory=new_id, primary_key=True)
    case_id: UUID = Field(foreign_key="case.id", index=True)
    kind: str
    state: str = "draft"
    terms: dict[str, Any] = Sealed(SealedJson, "contract.terms")
    terms_sha256: str
    unsigned_sha256: str | None = None
    document_sha256: str | None = None
    award_id: UUID | None = Field(default=None, foreign_key="award.id")
    supersedes: UUID | None = Field(default=None, foreign_key="contract.id")
    created_by: UUID = Field(foreign_key="person.id")
    created_at: datetime = Instant(default_now=True)
    sealed_at: datetime | None = Instant(nullable=True)
    wait_until: datetime | None = Instant(nullable=True)  # until then somebody acts, or it ends by itself
    reminders: int = 0  # in the present turn
    reminded_at: datetime | None = Instant(nullable=True)


class ContractVersionRow(Table, table=True):
    """A version that another one has replaced, by an edit or because it was taken back (``reason``).

    ``act``: the act that did it. ``requests``: numbers at the signing service to be called back.
    """

    __tablename__ = "contract_version"
    __table_args__ = (UniqueConstraint("contract_id", "act", name="uq_contract_version_contract_act"),)
    contract_id: UUID = Field(foreign_key="contract.id", primary_key=True)
    version: int = Field(primary_key=True)
    terms: dict[str, Any] = Sealed(SealedJson, "contract_version.terms")
    terms_sha256: str
    document_sha256: str | None = None
    replaced_by: UUID = Field(foreign_key="person.id")
    act: str
    reason: str | None = Sealed(SealedText, "contract_version.reason", nullable=True)
    requests: list[str] = Json()
    at: datetime = Instant(default_now=True)


class SignerRow(Table, table=True):
    """One signature field and the person whose turn it is or was."""

    __tablename__ = "signer"
    contract_id: UUID = Field(foreign_key="contract.id", primary_key=True)
    field: str = Field(primary_key=True)
    order_no: int
    role: str
    person_id: UUID = Field(foreign_key="person.id", index=True)
    state: str = "waiting"  # waiting | asked | signed | declined
    # domain.contracts.Prepared, while asked
    prepared: dict[str, Any] | None = Sealed(SealedJson, "signer.prepared", nullable=True)
    signing_number: str | None = None
    means: str | None = None  # domain.words.SigningMeans, once asked
    certificate_sha256: str | None = Field(default=None, foreign_key="certificate.sha256")  # of the own device
    # For what the signature can be used later (domain.decisions.Decision), as it was told before it was given.
    uses: list[dict[str, Any]] | None = Json(nullable=True)
    signature: str | None = Sealed(SealedText, "signer.signature", nullable=True)  # base64, until it is embedded
    revision_sha256: str | None = None  # the revision with this signature
    signed_at: datetime | None = Instant(nullable=True)


class ApprovalRow(Table, table=True):
    """A person's signature on a body that Onjip carries (report, return, mandate, application, release)."""

    __tablename__ = "approval"
    __table_args__ = (UniqueConstraint("subject_id", "kind", "person_id", name="uq_approval_subject_kind_person"),)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    subject_id: UUID = Field(index=True)  # contract or transfer
    workflow_id: str  # whose ``approve`` update this person's act is
    case_id: UUID = Field(foreign_key="case.id", index=True)
    title: str  # what the signing service shows
    sum_won: int = Field(default=0, sa_type=BigInteger)
    kind: str
    role: str
    person_id: UUID = Field(foreign_key="person.id")
    body: str = Sealed(SealedText, "approval.body")  # canonical JSON text that is signed
    body_sha256: str
    signed_attrs: str | None = Sealed(SealedText, "approval.signed_attrs", nullable=True)
    signing_number: str | None = None
    cms: str | None = Sealed(SealedText, "approval.cms", nullable=True)
    state: str = "open"  # open | asked | signed | declined
    at: datetime = Instant(default_now=True)


class ContractDraftRow(Table, table=True):
    """A broker's wish for a draft, until the contract row of the same id exists; ``refusal`` is a problem's code."""

    __tablename__ = "contract_draft"
    id: UUID = Field(primary_key=True)  # of the contract to be
    case_id: UUID = Field(foreign_key="case.id", index=True)
    broker_id: UUID = Field(foreign_key="person.id", index=True)
    refusal: dict[str, Any] | None = Json(nullable=True)
    at: datetime = Instant(default_now=True)
