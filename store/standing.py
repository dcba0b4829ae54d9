"""What a contract is worth today, by the code printed on it or by itself. Nothing here tells whose it is."""

from __future__ import annotations

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.contracts import Standing
from domain.errors import UnknownThing
from domain.words import ContractKind
from store import codes, contracts
from store.tables.contracts import ContractRow

MADE = ("sealed", "dissolved")


async def of_code(session: AsyncSession, code: str) -> Standing:
    """UnknownThing, always the same, for whatever is no code of ours."""
    printed = await codes.find(session, code)
    if printed is None:
        raise UnknownThing(
            "unknown_code", ko="이 코드로 찾을 수 있는 계약서가 없습니다. 주소를 다시 확인해 주십시오.",
            en="There is no contract with this code. Please check the address.",
        )  # fmt: skip
    row = await contracts.contract(session, printed.contract_id)
    if contracts.terms_of(row).version > printed.version:
        return Standing.SUPERSEDED
    return await of(session, row)


async def of(session: AsyncSession, row: ContractRow) -> Standing:
    """By what was sealed about it later: a dissolution ends it, anything else replaces it."""
    if row.state not in MADE:
        return Standing.UNMADE
    later = select(ContractRow.kind).where(ContractRow.supersedes == row.id, col(ContractRow.state).in_(MADE))
    kinds = set(await session.exec(later))
    if row.state == "dissolved" or ContractKind.DISSOLUTION in kinds:
        return Standing.TERMINATED
    return Standing.SUPERSEDED if kinds else Standing.CURRENT
