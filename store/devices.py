"""The person's own devices as a means of signing: attributes wait here, and a signature is kept as it comes.

A row is decided once, under its lock: a signature that was taken stands, also against a call-back; what was called back
takes none.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.errors import AgencyRefused, UnknownThing, WrongState
from domain.ports import SigningRequest, SigningState
from domain.time import now
from domain.words import SigningMeans
from store.db import Database
from store.tables.devices import CertificateRow, DeviceRequestRow

PREFIX = "D-"  # of the numbers of requests, by which they are told from a signing service's


@dataclass(frozen=True)
class DeviceSigning:
    """``domain.ports.SigningService``: the device of a person is known by the digest of its certificate."""

    db: Database

    async def certificate(self, handle: str) -> list[bytes]:
        async with self.db.transaction() as session:
            return chain_of(await _certificate(session, handle))

    async def request(self, request: SigningRequest) -> SigningState:
        """The same reference is the same request. AgencyRefused: it is about something else."""
        wanted = {
            "number": PREFIX + request.reference, "certificate_sha256": request.subject_ref,
            "document_sha256": request.document_sha256, "signed_attrs": request.signed_attrs, "state": "waiting",
            "at": now(),
        }  # fmt: skip
        async with self.db.transaction() as session:
            await session.exec(insert(DeviceRequestRow).values(**wanted).on_conflict_do_nothing())
            row = await _request(session, PREFIX + request.reference)
        same = ("certificate_sha256", "document_sha256", "signed_attrs")
        if any(getattr(row, name) != wanted[name] for name in same):
            raise AgencyRefused("reference_reused")
        return _state(row)

    async def state(self, number: str) -> SigningState:
        async with self.db.transaction() as session:
            return _state(await _request(session, number))

    async def cancel(self, number: str) -> SigningState:
        async with self.db.transaction() as session:
            row = await _request(session, number, lock=True)
            if row.state == "waiting":
                row.state = "cancelled"
                session.add(row)
            return _state(row)


@dataclass(frozen=True)
class Asked:
    """A request that waits for its person's device, or has been decided."""

    row: DeviceRequestRow
    certificate: CertificateRow


async def asked_of(session: AsyncSession, person_id: UUID, number: str, *, lock: bool = False) -> Asked:
    """UnknownThing: there is none, or it is somebody else's."""
    row = await session.get(DeviceRequestRow, number, with_for_update=lock)
    certificate = await session.get(CertificateRow, row.certificate_sha256) if row else None
    if row is None or certificate is None or certificate.person_id != person_id:
        raise UnknownThing("unknown_request", ko="그런 서명 요청이 없습니다.", en="There is no such request to sign.")
    return Asked(row, certificate)


def take(row: DeviceRequestRow, signature: bytes) -> None:
    """Keep a verified signature; the row is locked. Once kept, the same one again changes nothing.

    WrongState ``revision_lapsed``: it came after the request was called back; ``already_signed``: another one is kept.
    """
    if row.state == "cancelled":
        raise WrongState(
            "revision_lapsed", ko="서명할 차례가 지나 문서가 다시 준비됩니다. 서명 화면을 다시 열어 주십시오.",
            en="The time for this revision has passed. Open the page for signing again.",
        )  # fmt: skip
    text = base64.b64encode(signature).decode()
    if row.state == "approved" and row.signature != text:
        raise WrongState("already_signed", ko="이미 서명했습니다.", en="This has been signed already.")
    row.state, row.signature = "approved", text


async def keep_certificate(
    session: AsyncSession, person_id: UUID, means: SigningMeans, chain: Sequence[bytes], ends_at: datetime
) -> CertificateRow:
    """A certificate (DER, with its chain) of this person. Kept again, it is the same."""
    sha256 = hashlib.sha256(chain[0]).hexdigest()
    values = {
        "sha256": sha256, "person_id": person_id, "means": means, "ends_at": ends_at, "at": now(),
        "chain": ",".join(base64.b64encode(one).decode() for one in chain),
    }  # fmt: skip
    await session.exec(insert(CertificateRow).values(**values).on_conflict_do_nothing())
    return await own_certificate(session, person_id, sha256)


async def own_certificate(session: AsyncSession, person_id: UUID, sha256: str) -> CertificateRow:
    """UnknownThing: it was never shown to us, or is somebody else's."""
    row = await session.get(CertificateRow, sha256)
    if row is None or row.person_id != person_id:
        raise UnknownThing(
            "unknown_certificate", ko="등록되지 않은 인증서입니다. 인증서를 먼저 등록해 주십시오.",
            en="This certificate is not registered. Register it first.",
        )  # fmt: skip
    return row


async def certificates_of(session: AsyncSession, person_id: UUID) -> list[CertificateRow]:
    """Those that have not run out, the newest first."""
    query = select(CertificateRow).where(CertificateRow.person_id == person_id, col(CertificateRow.ends_at) > now())
    return list(await session.exec(query.order_by(col(CertificateRow.at).desc())))


def chain_of(row: CertificateRow) -> list[bytes]:
    return [base64.b64decode(one) for one in row.chain.split(",")]


async def _certificate(session: AsyncSession, sha256: str) -> CertificateRow:
    return await session.get_one(CertificateRow, sha256)


async def _request(session: AsyncSession, number: str, *, lock: bool = False) -> DeviceRequestRow:
    return await session.get_one(DeviceRequestRow, number, with_for_update=lock, populate_existing=True)


def _state(row: DeviceRequestRow) -> SigningState:
    return SigningState(number=row.number, state=row.state, signature=row.signature)
