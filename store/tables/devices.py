"""Certificates of keys that people hold on their own devices, and what they were asked to sign with them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from store.tables.base import Instant, Table
from store.tables.sealing import Sealed, SealedText


class CertificateRow(Table, table=True):
    """A certificate that was found to be this person's. The private key has never been here."""

    __tablename__ = "certificate"
    sha256: str = Field(primary_key=True)  # of the certificate, DER
    person_id: UUID = Field(foreign_key="person.id", index=True)
    means: str  # domain.words.SigningMeans
    chain: str = Sealed(SealedText, "certificate.chain")  # base64 DER, leaf first, comma-separated
    ends_at: datetime = Instant()
    at: datetime = Instant(default_now=True)


class DeviceRequestRow(Table, table=True):
    """One signature that a device was asked for. A signature that was taken is here before anything is made of it."""

    __tablename__ = "device_request"
    __table_args__ = (
        CheckConstraint("state in ('waiting','approved','cancelled')", name="state"),
        CheckConstraint("(state = 'approved') = (signature is not null)", name="signature"),
    )
    number: str = Field(primary_key=True)
    certificate_sha256: str = Field(foreign_key="certificate.sha256", index=True)
    document_sha256: str
    signed_attrs: str = Sealed(SealedText, "device_request.signed_attrs")  # base64 DER
    state: str = "waiting"
    signature: str | None = Sealed(SealedText, "device_request.signature", nullable=True)  # base64
    at: datetime = Instant(default_now=True)
