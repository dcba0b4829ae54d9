"""Secrets of people, encrypted apart from everything else; each opening names its legal basis."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.errors import UnknownThing
from store.keyring import KeyRing
from store.tables.people import SealedReleaseRow, SealedRow


class SealedBox(KeyRing):
    """Secrets of the table ``sealed``: owner, kind and subject are bound to each."""

    def encrypt(self, person_id: UUID, kind: str, subject: str, value: bytes) -> bytes:
        return self.close(_bound(person_id, kind, subject), value)

    def decrypt(self, person_id: UUID, kind: str, subject: str, ciphertext: bytes, key_id: str) -> bytes:
        return self.disclose(_bound(person_id, kind, subject), ciphertext, key_id)

    async def put(self, session: AsyncSession, person_id: UUID, kind: str, value: str, subject: str = "") -> None:
        """Store or replace one secret; one that was destroyed may be given again."""
        row = await _row(session, person_id, kind, subject)
        row = row or SealedRow(person_id=person_id, kind=kind, subject=subject, key_id=self.key_id, ciphertext=b"")
        row.key_id, row.ciphertext = self.key_id, self.encrypt(person_id, kind, subject, value.encode())
        session.add(row)
        await session.flush()

    async def open(
        self, session: AsyncSession, person_id: UUID, kind: str, *, basis: str, purpose: str, subject: str = ""
    ) -> str:
        """Open one secret and log the release. UnknownThing when there is none."""
        row = await _find(session, person_id, kind, subject)
        if row is None:
            raise UnknownThing(
                "secret_missing", ko="필요한 인증 정보가 없습니다. 다시 로그인해 주십시오.", en="Please log in again."
            )
        session.add(SealedReleaseRow(sealed_id=row.id, basis=basis, purpose=purpose))
        return self.decrypt(person_id, kind, subject, row.ciphertext, row.key_id).decode()

    async def destroy(self, session: AsyncSession, person_id: UUID, kind: str, subject: str = "") -> None:
        row = await _find(session, person_id, kind, subject)
        if row is not None:
            row.ciphertext = b""
            session.add(row)

    async def forget(self, session: AsyncSession, person_id: UUID, kind: str, subject: str) -> None:
        """Destroy one secret, and what it was about: only that some secret was opened stays in the log."""
        row = await _row(session, person_id, kind, subject)
        if row is not None:
            row.ciphertext, row.subject = b"", str(row.id)
            session.add(row)


async def _find(session: AsyncSession, person_id: UUID, kind: str, subject: str) -> SealedRow | None:
    row = await _row(session, person_id, kind, subject)
    return row if row and row.ciphertext else None


async def _row(session: AsyncSession, person_id: UUID, kind: str, subject: str) -> SealedRow | None:
    rows = await session.exec(
        select(SealedRow).where(SealedRow.person_id == person_id, SealedRow.kind == kind, SealedRow.subject == subject)
    )
    return rows.first()


def _bound(person_id: UUID, kind: str, subject: str) -> bytes:
    return f"{person_id}|{kind}|{subject}".encode()
