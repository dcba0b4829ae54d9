"""What belongs to a case, and whose cases there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from store.tables.applications import ApplicationRow
from store.tables.cases import CaseMemberRow, CaseRow
from store.tables.contracts import ContractDraftRow, ContractRow
from store.tables.people import PersonRow
from store.tables.transfers import TransferRow


@dataclass(frozen=True)
class Things:
    contracts: Sequence[UUID]  # drafts that are still being made too
    transfers: Sequence[UUID]
    applications: Sequence[UUID]


async def of_person(session: AsyncSession, person_id: UUID, *, after: UUID | None, limit: int) -> list[CaseRow]:
    query = select(CaseRow).where(
        col(CaseRow.id).in_(select(CaseMemberRow.case_id).where(CaseMemberRow.person_id == person_id))
    )
    if after is not None:
        query = query.where(col(CaseRow.id) > after)
    return list(await session.exec(query.order_by(col(CaseRow.id)).limit(limit)))


async def members(session: AsyncSession, case_id: UUID) -> list[tuple[UUID, str, str]]:
    """Person, name, role."""
    query = (
        select(PersonRow.id, PersonRow.name, CaseMemberRow.role)
        .join(CaseMemberRow, col(CaseMemberRow.person_id) == PersonRow.id)
        .where(CaseMemberRow.case_id == case_id)
        .order_by(col(CaseMemberRow.role), col(PersonRow.id))
    )
    return [(person, name, role) for person, name, role in await session.exec(query)]


async def things(session: AsyncSession, case_id: UUID) -> Things:
    contracts = await session.exec(
        select(ContractRow.id).where(ContractRow.case_id == case_id).order_by(col(ContractRow.created_at))
    )
    drafts = await session.exec(select(ContractDraftRow.id).where(ContractDraftRow.case_id == case_id))
    transfers = await session.exec(
        select(TransferRow.id).where(TransferRow.case_id == case_id).order_by(col(TransferRow.created_at))
    )
    applications = await session.exec(
        select(ApplicationRow.id).where(ApplicationRow.case_id == case_id).order_by(col(ApplicationRow.accepted_at))
    )
    return Things(
        contracts=list(dict.fromkeys([*contracts, *drafts])), transfers=list(transfers), applications=list(applications)
    )
