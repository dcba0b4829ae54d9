"""Transfers, dues, and filings at the registry."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.errors import UnknownThing
from store.tables.transfers import DueRow, RegistryFilingRow, TransferRow

FUND_PLAN = "fund_plan"  # in the record: domain.papers.FundPlanDuty
FUND_PLAN_WAY = "fund_plan_way"  # and how the buyer has chosen to file it: with_report | apart


async def transfer(session: AsyncSession, transfer_id: UUID, *, lock: bool = False) -> TransferRow:
    """UnknownThing when there is none."""
    row = await session.get(TransferRow, transfer_id, with_for_update=lock)
    if row is None:
        raise UnknownThing(ko="이전 건을 찾을 수 없습니다.", en="There is no such transfer.")
    return row


async def transfer_of_contract(session: AsyncSession, contract_id: UUID) -> TransferRow | None:
    rows = await session.exec(select(TransferRow).where(TransferRow.contract_id == contract_id))
    return rows.first()


async def open_transfer(session: AsyncSession, *, case_id: UUID, contract_id: UUID, state: str = "open") -> TransferRow:
    """One per contract; idempotent."""
    found = await transfer_of_contract(session, contract_id)
    if found is not None:
        return found
    row = TransferRow(case_id=case_id, contract_id=contract_id, state=state, record={})
    session.add(row)
    await session.flush()
    return row


async def note(session: AsyncSession, transfer_id: UUID, key: str, value: Any) -> TransferRow:
    """Keep one answer in the transfer's record."""
    row = await transfer(session, transfer_id, lock=True)
    row.record = {**row.record, key: value}
    session.add(row)
    await session.flush()
    return row


async def due(session: AsyncSession, subject_id: UUID, kind: str, number: int) -> DueRow | None:
    rows = await session.exec(
        select(DueRow).where(DueRow.subject_id == subject_id, DueRow.kind == kind, DueRow.number == number)
    )
    return rows.first()


async def pay(session: AsyncSession, due_id: UUID, *, at: datetime, proof: dict[str, Any]) -> DueRow:
    """Mark a due as paid, once; a later call changes nothing."""
    row = await session.get_one(DueRow, due_id, with_for_update=True)
    if row.paid_at is None:
        row.paid_at, row.proof = at, proof
        session.add(row)
        await session.flush()
    return row


async def paid_dues(session: AsyncSession, subject_id: UUID, kind: str) -> list[DueRow]:
    rows = await session.exec(
        select(DueRow)
        .where(DueRow.subject_id == subject_id, DueRow.kind == kind, col(DueRow.paid_at).is_not(None))
        .order_by(col(DueRow.number))
    )
    return list(rows)


async def paid_deposit(session: AsyncSession, row: TransferRow) -> DueRow | None:
    """The paid deposit of a deal: of a sale under its transfer, of a supply under its contract (paid before it)."""
    for subject in (row.id, row.contract_id):
        for due_row in await paid_dues(session, subject, "deposit"):
            return due_row
    return None


async def dues_of(session: AsyncSession, subjects: Collection[UUID]) -> list[DueRow]:
    """Everything to pay of a transfer and its contract, oldest first."""
    rows = await session.exec(
        select(DueRow).where(col(DueRow.subject_id).in_(subjects)).order_by(col(DueRow.created_at))
    )
    return list(rows)


async def registry_filing(session: AsyncSession, receipt_no: str) -> RegistryFilingRow | None:
    rows = await session.exec(select(RegistryFilingRow).where(RegistryFilingRow.receipt_no == receipt_no))
    return rows.first()


async def registry_filings(session: AsyncSession, transfer_id: UUID) -> list[RegistryFilingRow]:
    rows = await session.exec(
        select(RegistryFilingRow)
        .where(RegistryFilingRow.transfer_id == transfer_id)
        .order_by(col(RegistryFilingRow.filed_at))
    )
    return list(rows)
