"""Reports of leases."""

from __future__ import annotations

from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from store.tables.leases import LeaseReportRow


async def find(session: AsyncSession, contract_id: UUID) -> LeaseReportRow | None:
    """None before the lease is sealed, and of a contract that is no lease."""
    return await session.get(LeaseReportRow, contract_id)


async def report(session: AsyncSession, contract_id: UUID, *, lock: bool = False) -> LeaseReportRow:
    return await session.get_one(LeaseReportRow, contract_id, with_for_update=lock)
