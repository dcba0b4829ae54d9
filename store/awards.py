"""Awards: homes won, and places on the wait-list."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.errors import UnknownThing
from domain.words import SupplyKind
from store.tables.draws import AwardRow

LIVING = ("awarded", "checked", "contracted")


async def award(session: AsyncSession, award_id: UUID, *, lock: bool = False) -> AwardRow:
    """UnknownThing when there is none."""
    row = await session.get(AwardRow, award_id, with_for_update={"key_share": True} if lock else None)
    if row is None:
        raise UnknownThing("unknown_award", ko="당첨 기록을 찾을 수 없습니다.", en="There is no such award.")
    return row


async def of_notice(session: AsyncSession, notice_id: str, *states: str) -> list[AwardRow]:
    """Awards of a notice in these states, by ticket."""
    query = select(AwardRow).where(AwardRow.notice_id == notice_id, col(AwardRow.state).in_(states))
    return list(await session.exec(query.order_by(col(AwardRow.ticket))))


async def won_at_the_draw(session: AsyncSession, notice_id: str) -> list[AwardRow]:
    """All to whom the lots gave a home, whatever became of it since; by ticket."""
    query = select(AwardRow).where(AwardRow.notice_id == notice_id, col(AwardRow.wait_list_no).is_(None))
    return list(await session.exec(query.order_by(col(AwardRow.ticket))))


async def living_of(session: AsyncSession, people: Collection[UUID], *, other_than: str) -> list[AwardRow]:
    """Homes that these people hold now in notices other than this one."""
    query = select(AwardRow).where(
        col(AwardRow.person_id).in_(people), col(AwardRow.state).in_(LIVING), AwardRow.notice_id != other_than
    )
    return list(await session.exec(query.order_by(col(AwardRow.at))))


async def next_waiting(session: AsyncSession, lapsed: AwardRow) -> AwardRow | None:
    """Who gets a lapsed home: its own wait-list of the house type first, then the other one. Locked.

    Special and general wait-lists are kept apart (제26조, 제26조의2); a special home that nobody waits for becomes
    a general one (제25조제8항).
    """
    special = lapsed.supply_kind != SupplyKind.GENERAL
    for of_special in (True, False) if special else (False,):
        query = select(AwardRow).where(
            AwardRow.notice_id == lapsed.notice_id, AwardRow.model_no == lapsed.model_no, AwardRow.state == "waiting"
        )
        general = col(AwardRow.supply_kind) == SupplyKind.GENERAL
        query = query.where(~general if of_special else general)
        rows = await session.exec(query.order_by(col(AwardRow.wait_list_no)).limit(1).with_for_update())
        if (found := rows.first()) is not None:
            return found
    return None
