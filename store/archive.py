"""Sealed files: which are ours, which is the newest of a contract, and which need a new archive time stamp."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.contracts import VerifyReport
from domain.messages import Renewal
from domain.time import now
from store.tables.archive import ArchivedRow


async def known(session: AsyncSession, sha256: str) -> ArchivedRow | None:
    """The file of this digest, newest or not, where it is one of ours."""
    return await session.get(ArchivedRow, sha256)


async def newest(session: AsyncSession, contract_id: UUID, *, lock: bool = False) -> ArchivedRow | None:
    query = select(ArchivedRow).where(
        ArchivedRow.contract_id == contract_id, col(ArchivedRow.replaced_at).is_(None)
    )  # fmt: skip
    return (await session.exec(query.with_for_update() if lock else query)).first()


async def keep(session: AsyncSession, contract_id: UUID, sha256: str, report: VerifyReport) -> None:
    """A sealed file takes the place of the one before it, which stays known. Its blob has been noted."""
    before = await newest(session, contract_id, lock=True)
    if before is not None:
        before.replaced_at = now()
        session.add(before)
        await session.flush()
    session.add(
        ArchivedRow(
            sha256=sha256, contract_id=contract_id, number=before.number + 1 if before else 1,
            believed_until=report.stamps[-1].until, report=report.model_dump(mode="json"),
        )
    )  # fmt: skip


async def due(session: AsyncSession, before: datetime, *, after: Renewal | None, limit: int) -> list[Renewal]:
    """Newest files whose stamp ends before a moment, the soonest first; those that follow ``after``."""
    place = (col(ArchivedRow.believed_until), col(ArchivedRow.contract_id))
    query = select(*place).where(col(ArchivedRow.replaced_at).is_(None), place[0] < before)
    if after is not None:
        query = query.where(tuple_(*place) > tuple_(after.believed_until, after.contract_id))
    rows = await session.exec(query.order_by(*place).limit(limit))
    return [Renewal(believed_until=until, contract_id=contract_id) for until, contract_id in rows]
