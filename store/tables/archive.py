"""Sealed files kept for decades, and the codes that are printed on contracts."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from store.tables.base import Instant, Table
from store.tables.sealing import Sealed, SealedJson


class ArchivedRow(Table, table=True):
    """One sealed file of a contract: number 1 as it was sealed, then one for each renewal of its archive time stamp.

    ``believed_until``: the end of its newest stamp. ``report`` is domain.contracts.VerifyReport, of when it was made.
    """

    __tablename__ = "archived"
    __table_args__ = (
        UniqueConstraint("contract_id", "number", name="uq_archived_contract_number"),
        # One newest file per contract.
        Index(
            "uq_archived_newest", "contract_id", unique=True, postgresql_where=text("replaced_at is null")
        ),
        Index("ix_archived_due", "believed_until", "contract_id", postgresql_where=text("replaced_at is null")),
    )  # fmt: skip
    sha256: str = Field(foreign_key="blob.sha256", primary_key=True)
    contract_id: UUID = Field(foreign_key="contract.id")
    number: int
    believed_until: datetime = Instant()
    report: dict[str, Any] = Sealed(SealedJson, "archived.report")
    made_at: datetime = Instant(default_now=True)
    replaced_at: datetime | None = Instant(nullable=True)


class ContractCodeRow(Table, table=True):
    """The code printed on one version of a contract, by its digest: a copy of the database opens no page."""

    __tablename__ = "contract_code"
    code_sha256: str = Field(primary_key=True)
    contract_id: UUID = Field(foreign_key="contract.id", index=True)
    version: int
