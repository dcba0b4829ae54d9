"""Bodies that hold a secret: the row shows what may be shown, the exact text that is signed is sealed apart."""

from __future__ import annotations

import hashlib

from sqlmodel.ext.asyncio.session import AsyncSession

from store.sealed import SealedBox
from store.tables.contracts import ApprovalRow

KIND = "approval_body"


async def keep_body(session: AsyncSession, sealed: SealedBox, row: ApprovalRow, text: str) -> None:
    await sealed.put(session, row.person_id, KIND, text, subject=str(row.id))


async def exact_body(session: AsyncSession, sealed: SealedBox, row: ApprovalRow, *, basis: str, purpose: str) -> str:
    """The text whose digest is signed. UnknownThing once its secret has been destroyed."""
    if hashlib.sha256(row.body.encode()).hexdigest() == row.body_sha256:
        return row.body
    return await sealed.open(session, row.person_id, KIND, basis=basis, purpose=purpose, subject=str(row.id))


async def destroy_body(session: AsyncSession, sealed: SealedBox, row: ApprovalRow) -> None:
    await sealed.destroy(session, row.person_id, KIND, subject=str(row.id))
