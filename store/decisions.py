"""Stored decisions: what was judged for one person, newest first."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.applications import Line
from domain.errors import UnknownThing
from store.tables.consents import DecisionRow


async def newest(
    session: AsyncSession, case_id: UUID, person_id: UUID, notice_ids: Collection[str] | None = None
) -> dict[tuple[str, str, str], DecisionRow]:
    """The newest decision for each (notice, model, supply kind) of one person in one case."""
    query = select(DecisionRow).where(
        DecisionRow.case_id == case_id, DecisionRow.person_id == person_id, col(DecisionRow.notice_id).is_not(None)
    )
    if notice_ids is not None:
        query = query.where(col(DecisionRow.notice_id).in_(notice_ids))
    rows = await session.exec(query.order_by(col(DecisionRow.made_at), col(DecisionRow.id)))
    return {(row.notice_id or "", row.model_no or "", row.supply_kind or ""): row for row in rows}


async def of_person(session: AsyncSession, case_id: UUID, person_id: UUID, decision_id: UUID) -> DecisionRow:
    """UnknownThing for one of another case or about somebody else."""
    row = await session.get(DecisionRow, decision_id)
    if row is None or (row.case_id, row.person_id) != (case_id, person_id):
        raise UnknownThing("unknown_assessment", ko="판정을 찾을 수 없습니다.", en="There is no such decision.")
    return row


def key(line: Line) -> tuple[str, str, str]:
    return (line.notice_id, line.model_no, str(line.supply_kind))
