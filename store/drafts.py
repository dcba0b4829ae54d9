"""A broker's wish for a contract draft, until the contract itself exists."""

from __future__ import annotations

from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from store.tables.contracts import ContractDraftRow


async def wish(session: AsyncSession, *, contract_id: UUID, case_id: UUID, broker_id: UUID) -> ContractDraftRow:
    row = ContractDraftRow(id=contract_id, case_id=case_id, broker_id=broker_id)
    session.add(row)
    await session.flush()
    return row


async def find(session: AsyncSession, contract_id: UUID) -> ContractDraftRow | None:
    return await session.get(ContractDraftRow, contract_id)
