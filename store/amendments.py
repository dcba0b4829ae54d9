"""Contracts as they stand after their amendments (변경계약)."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.contracts import ContractTerms
from domain.edits import as_amended
from domain.words import ContractKind
from store import contracts, transfers
from store.tables.contracts import ContractRow

FIXED = ("registered", "dissolving", "dissolved", "outside")  # states of a transfer whose contract is not changed here


async def sealed(session: AsyncSession, contract_id: UUID) -> list[ContractRow]:
    """변경계약 of a contract, oldest first."""
    rows = await session.exec(
        select(ContractRow)
        .where(
            ContractRow.supersedes == contract_id, ContractRow.kind == ContractKind.AMENDMENT,
            col(ContractRow.sealed_at).is_not(None),
        )
        .order_by(col(ContractRow.sealed_at))
    )  # fmt: skip
    return list(rows)


async def in_force(session: AsyncSession, row: ContractRow, *, before: ContractRow | None = None) -> ContractTerms:
    """The contract as its amendments have changed it, all or those ``before`` one of them."""
    terms = contracts.terms_of(row)
    for one in await sealed(session, row.id):
        if before is not None and one.id == before.id:
            break
        terms = as_amended(terms, contracts.terms_of(one))
    return terms


async def is_amendable(session: AsyncSession, contract_id: UUID) -> bool:
    """A sealed contract whose balance has not been paid, and that nobody is dissolving."""
    row = await contracts.contract(session, contract_id)
    transfer = await transfers.transfer_of_contract(session, contract_id)
    if row.state != "sealed" or transfer is None or transfer.state in FIXED:
        return False
    if await transfers.paid_dues(session, transfer.id, "balance"):
        return False
    return await contracts.living_dissolution(session, contract_id) is None


async def living_amendment(session: AsyncSession, contract_id: UUID) -> ContractRow | None:
    """The one that is being signed."""
    ended = (*contracts.UNMADE, "sealed")
    rows = await session.exec(
        select(ContractRow)
        .where(
            ContractRow.supersedes == contract_id, ContractRow.kind == ContractKind.AMENDMENT,
            col(ContractRow.state).not_in(ended),
        )
        .limit(1)
    )  # fmt: skip
    return rows.first()
