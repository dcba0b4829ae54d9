"""The codes printed on contracts, one for each version."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.contracts import ContractTerms
from domain.ids import token_hash
from store.tables.archive import ContractCodeRow


async def remember(session: AsyncSession, terms: ContractTerms) -> None:
    """The code of this version, once. Terms without one are printed without one."""
    if terms.verify_code:
        row = ContractCodeRow(
            code_sha256=token_hash(terms.verify_code), contract_id=terms.contract_id, version=terms.version
        )
        await session.exec(insert(ContractCodeRow).values(**row.model_dump()).on_conflict_do_nothing())


async def find(session: AsyncSession, code: str) -> ContractCodeRow | None:
    return await session.get(ContractCodeRow, token_hash(code))
