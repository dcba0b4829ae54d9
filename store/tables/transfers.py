"""Transfers of title: the numbers of every filing, and each filing at the registry."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, UniqueConstraint
from sqlmodel import Field

from domain.ids import new_id
from store.tables.base import Instant, Json, Table
from store.tables.sealing import Sealed, SealedJson


class TransferRow(Table, table=True):
    """One transfer per contract. ``record`` collects answers by step (report, tax, bond, fee …)."""

    __tablename__ = "transfer"
    __table_args__ = (UniqueConstraint("contract_id", name="uq_transfer_contract"),)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    case_id: UUID = Field(foreign_key="case.id", index=True)
    contract_id: UUID = Field(foreign_key="contract.id")
    scrivener_id: UUID | None = Field(default=None, foreign_key="person.id", index=True)
    # open | filed | correction | dismissed | registered | dissolved | outside: the title is carried elsewhere
    state: str = "open"
    record: dict[str, Any] = Sealed(SealedJson, "transfer.record")
    packet_sha256: str | None = None
    created_at: datetime = Instant(default_now=True)


class RegistryFilingRow(Table, table=True):
    """One filing at the registry; a refiling after a dismissal is another row with another number."""

    __tablename__ = "registry_filing"
    __table_args__ = (UniqueConstraint("receipt_no", name="uq_registry_filing_receipt_no"),)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    transfer_id: UUID = Field(foreign_key="transfer.id", index=True)
    receipt_no: str
    packet_sha256: str
    state: str
    corrections: list[Any] = Json()
    ground: str | None = None
    filed_at: datetime = Instant(default_now=True)


class DueRow(Table, table=True):
    """What a person has to pay, and how: by a payment number at the bank, or to an account with a memo."""

    __tablename__ = "due"
    __table_args__ = (
        UniqueConstraint("subject_id", "kind", "number", name="uq_due_subject_kind_number"),
        CheckConstraint("payment_no is not null or (account is not null and memo is not null)", name="how"),
        CheckConstraint("amount >= 0", name="amount"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    case_id: UUID = Field(foreign_key="case.id", index=True)
    subject_id: UUID = Field(index=True)  # contract or transfer
    kind: str  # deposit | instalment | balance | stamp | tax | bond | fee
    number: int = 1
    payer_id: UUID = Field(foreign_key="person.id", index=True)
    amount: int = Field(sa_type=BigInteger)
    payment_no: str | None = None
    account: str | None = None
    memo: str | None = None
    due_on: date | None = None
    act_number: str | None = None  # the agency's number of the act that is paid
    proof: dict[str, Any] | None = Sealed(SealedJson, "due.proof", nullable=True)
    paid_at: datetime | None = Instant(nullable=True)
    created_at: datetime = Instant(default_now=True)
