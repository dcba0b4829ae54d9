"""Awards: homes won, and places on the wait-list."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, exists
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.errors import UnknownThing, WrongState
from domain.words import SupplyKind
from store.tables.draws import AwardRow, DrawEntryRow
from store.tables.reserve import ReserveJoinRow

LIVING = ("awarded", "checked", "contracted")


async def award(session: AsyncSession, award_id: UUID, *, lock: bool = False) -> AwardRow:
    """UnknownThing when there is none."""
    row = await session.get(AwardRow, award_id, with_for_update={"key_share": True} if lock else None)
    if row is None:
        raise UnknownThing("unknown_award", ko="당첨 기록을 찾을 수 없습니다.", en="There is no such award.")
    return row


def must_hold(row: AwardRow) -> None:
    """WrongState (``award_annulled``) where the draw was annulled, or its digits were corrected."""
    if row.state == "annulled":
        raise WrongState(
            "award_annulled", ko="추첨이 취소되었거나 정정되어 이 당첨은 효력이 없습니다.",
            en="The draw was annulled or corrected: this award does not count any more.",
        )  # fmt: skip


async def of_notice(session: AsyncSession, notice_id: str, *states: str) -> list[AwardRow]:
    """Awards of a notice in these states, by ticket."""
    query = select(AwardRow).where(AwardRow.notice_id == notice_id, col(AwardRow.state).in_(states))
    return list(await session.exec(query.order_by(col(AwardRow.ticket))))


async def won_at_the_draw(session: AsyncSession, notice_id: str, correction: int = 0) -> list[AwardRow]:
    """All to whom the lots gave a home, whatever became of it since; by ticket. ``correction``: those that are new with
    the correction of this number."""
    query = select(AwardRow).where(
        AwardRow.notice_id == notice_id, col(AwardRow.wait_list_no).is_(None), AwardRow.given_by == correction
    )
    return list(await session.exec(query.order_by(col(AwardRow.ticket))))


async def contracted(session: AsyncSession, notice_id: str) -> list[AwardRow]:
    """Those with a supply contract, here or, by the officer's word, elsewhere; by ticket."""
    made = (col(AwardRow.state) == "contracted") | col(AwardRow.contracted_on).is_not(None)
    query = select(AwardRow).where(AwardRow.notice_id == notice_id, made, AwardRow.state != "annulled")
    return list(await session.exec(query.order_by(col(AwardRow.ticket))))


async def uncontracted(session: AsyncSession, notice_id: str) -> list[AwardRow]:
    """All others that are not annulled; locked, by ticket."""
    query = select(AwardRow).where(
        AwardRow.notice_id == notice_id, col(AwardRow.state).not_in(("contracted", "annulled")),
        col(AwardRow.contracted_on).is_(None),
    )  # fmt: skip
    return list(await session.exec(query.order_by(col(AwardRow.ticket)).with_for_update(key_share=True)))


async def taken_back(session: AsyncSession, notice_id: str, by: int) -> list[AwardRow]:
    """Homes that were reported as won and do not count any more, by ticket: of the draw and of the wait-list's first
    round. ``by``: see ``AwardRow.taken_by``."""
    in_the_round = exists().where(col(ReserveJoinRow.award_id) == AwardRow.id, col(ReserveJoinRow.unit).is_not(None))
    won = col(AwardRow.wait_list_no).is_(None) | in_the_round
    query = select(AwardRow).where(AwardRow.notice_id == notice_id, AwardRow.taken_by == by, won)
    return list(await session.exec(query.order_by(col(AwardRow.ticket))))


async def living_of(session: AsyncSession, people: Collection[UUID], *, other_than: str) -> list[AwardRow]:
    """Homes that these people hold now in notices other than this one."""
    query = select(AwardRow).where(
        col(AwardRow.person_id).in_(people), col(AwardRow.state).in_(LIVING), AwardRow.notice_id != other_than
    )
    return list(await session.exec(query.order_by(col(AwardRow.at))))


async def next_waiting(session: AsyncSession, lapsed: AwardRow, passed_over: Collection[UUID] = ()) -> AwardRow | None:
    """Who gets a lapsed home: its own wait-list of the house type first, then the other one. Locked. Who has got a home
    of this notice by another entry is left out, and so are those in ``passed_over``.

    Special and general wait-lists are kept apart (제26조, 제26조의2); a special home that nobody waits for becomes
    a general one (제25조제8항).
    """
    special = lapsed.supply_kind != SupplyKind.GENERAL
    for of_special in (True, False) if special else (False,):
        query = select(AwardRow).where(
            AwardRow.notice_id == lapsed.notice_id, AwardRow.model_no == lapsed.model_no, AwardRow.state == "waiting",
            col(AwardRow.id).not_in(passed_over), ~_has_a_home_here(),
        )  # fmt: skip
        general = col(AwardRow.supply_kind) == SupplyKind.GENERAL
        query = query.where(~general if of_special else general)
        rows = await session.exec(query.order_by(col(AwardRow.wait_list_no)).limit(1).with_for_update())
        if (found := rows.first()) is not None:
            return found
    return None


def _has_a_home_here() -> ColumnElement[bool]:
    """Whether the same person holds a home of the same notice by another ticket."""
    other, mine, theirs = aliased(AwardRow), aliased(DrawEntryRow), aliased(DrawEntryRow)
    return (
        select(other.id)
        .join(theirs, (col(theirs.notice_id) == other.notice_id) & (col(theirs.ticket) == other.ticket))
        .join(mine, (col(mine.notice_id) == theirs.notice_id) & (col(mine.holder) == theirs.holder))
        .where(
            mine.notice_id == AwardRow.notice_id, mine.ticket == AwardRow.ticket, mine.holder != "",
            other.id != AwardRow.id, col(other.state).in_(LIVING),
        )
        .correlate(AwardRow)
        .exists()
    )  # fmt: skip
