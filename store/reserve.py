"""The first round of a notice's wait-list: homes on offer, who takes part, and when the wait-list began."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.decisions import Reason
from domain.errors import UnknownThing
from domain.facts import Item, PastWins
from domain.notices import Notice
from domain.reserve import FreeHome, RoundState
from domain.time import now, seoul_date
from law.rulebook import Rulebook
from law.waiting import place_lost as law_of_place
from store import cases, facts
from store.tables.draws import AwardRow, DrawEntryRow
from store.tables.notices import NoticeRow
from store.tables.reserve import ReserveJoinRow, ReserveRow

FREE = ("lapsed", "ineligible")
UNDER_WAY = ("awarded", "checked")
NOT_WON = ("waiting", "annulled", "ineligible")


async def find(session: AsyncSession, notice_id: str, *, lock: bool = False, hold: bool = False) -> ReserveRow | None:
    """None where no round has been opened. ``lock``: to change it; ``hold``: nobody changes it before this transaction
    ends."""
    wanted = {"key_share": True} if lock else {"read": True} if hold else None
    return await session.get(ReserveRow, notice_id, with_for_update=wanted)


async def of_notice(session: AsyncSession, notice_id: str, *, lock: bool = False) -> ReserveRow:
    """UnknownThing where no round has been opened."""
    row = await find(session, notice_id, lock=lock)
    if row is None:
        raise UnknownThing(
            "no_round", ko="예비입주자 동·호수 추첨 절차를 아직 열지 않았습니다.", en="No round has been opened yet."
        )
    return row


def homes_of(row: ReserveRow) -> list[FreeHome]:
    return [FreeHome.model_validate(one) for one in row.homes]


async def first_round_over(session: AsyncSession, notice_id: str) -> bool:
    """Only then do homes go on by number at once (제26조⑤)."""
    row = await find(session, notice_id, hold=True)
    return row is not None and row.state == RoundState.DONE


async def free_awards(session: AsyncSession, notice_id: str) -> list[AwardRow]:
    """Awards of the draw whose homes are free again and have gone to nobody else; by unit."""
    query = select(AwardRow).where(
        AwardRow.notice_id == notice_id, col(AwardRow.state).in_(FREE), col(AwardRow.passed_to).is_(None),
        col(AwardRow.wait_list_no).is_(None),
    )  # fmt: skip
    return list(await session.exec(query.order_by(col(AwardRow.unit), col(AwardRow.ticket))))


async def awards_under_way(session: AsyncSession, notice_id: str) -> int:
    """Winners who applied here and are still being checked, explain, or may contract."""
    query = select(func.count()).where(
        col(AwardRow.notice_id) == notice_id, col(AwardRow.state).in_(UNDER_WAY), col(AwardRow.person_id).is_not(None)
    )
    return (await session.exec(query)).one()


async def waiting(session: AsyncSession, notice_id: str) -> list[AwardRow]:
    """Everybody on the wait-lists of the notice: by house type, special before general, by number."""
    query = select(AwardRow).where(AwardRow.notice_id == notice_id, AwardRow.state == "waiting")
    general = col(AwardRow.supply_kind) == "general"
    return list(await session.exec(query.order_by(col(AwardRow.model_no), general, col(AwardRow.wait_list_no))))


async def by_ticket(session: AsyncSession, notice_id: str, ticket: str) -> AwardRow:
    """A place on the wait-list, locked. UnknownThing: this ticket does not wait."""
    query = select(AwardRow).where(
        AwardRow.notice_id == notice_id, AwardRow.ticket == ticket, AwardRow.state == "waiting"
    )
    row = (await session.exec(query.with_for_update(key_share=True))).first()
    if row is None:
        raise UnknownThing(
            "not_waiting", field="tickets", ko=f"예비입주자가 아닌 접수번호입니다: {ticket}",
            en=f"This ticket is not on the wait-list: {ticket}",
        )  # fmt: skip
    return row


async def say(session: AsyncSession, award: AwardRow, *, joins: bool, entered_by: UUID | None) -> int:
    """Keep whether the place takes part; how often it has been said by now. Nothing where it is said already."""
    values = {
        "award_id": award.id, "notice_id": award.notice_id, "joins": joins, "changes": 1, "entered_by": entered_by,
        "at": now(),
    }  # fmt: skip
    statement = insert(ReserveJoinRow).values(**values)
    changed = {"joins": joins, "changes": ReserveJoinRow.changes + 1, "entered_by": entered_by, "at": values["at"]}
    statement = statement.on_conflict_do_update(
        index_elements=["award_id"], set_=changed, where=col(ReserveJoinRow.joins) != joins
    )
    said = (await session.exec(statement.returning(col(ReserveJoinRow.changes)))).first()
    return int(said[0]) if said is not None else 0


async def joining(session: AsyncSession, notice_id: str) -> list[tuple[AwardRow, DrawEntryRow]]:
    """Places that take part, with their applications; in the order of ``waiting``."""
    query = (
        select(AwardRow, DrawEntryRow)
        .join(ReserveJoinRow, col(ReserveJoinRow.award_id) == AwardRow.id)
        .join(
            DrawEntryRow,
            (col(DrawEntryRow.notice_id) == AwardRow.notice_id) & (col(DrawEntryRow.ticket) == AwardRow.ticket),
        )
        .where(AwardRow.notice_id == notice_id, AwardRow.state == "waiting", col(ReserveJoinRow.joins))
    )
    general = col(AwardRow.supply_kind) == "general"
    rows = await session.exec(query.order_by(col(AwardRow.model_no), general, col(AwardRow.wait_list_no)))
    return [(award, entry) for award, entry in rows]


async def joins_of(session: AsyncSession, award_ids: Collection[UUID]) -> dict[UUID, ReserveJoinRow]:
    rows = await session.exec(select(ReserveJoinRow).where(col(ReserveJoinRow.award_id).in_(award_ids)))
    return {row.award_id: row for row in rows}


async def allotted(session: AsyncSession, notice_id: str) -> list[AwardRow]:
    """Homes that the round gave, by ticket, whatever became of them since."""
    query = (
        select(AwardRow)
        .join(ReserveJoinRow, col(ReserveJoinRow.award_id) == AwardRow.id)
        .where(AwardRow.notice_id == notice_id, col(ReserveJoinRow.unit).is_not(None))
    )
    return list(await session.exec(query.order_by(col(AwardRow.ticket))))


async def place_lost(session: AsyncSession, award: AwardRow, notice: Notice, rulebook: Rulebook) -> Reason | None:
    """Why a person who waits gets no home from this list (제26조⑥). Of somebody who does not use Onjip the supplier
    knows it, not we."""
    elsewhere = await _selected_elsewhere(session, award, notice.number) if award.person_id else None
    return law_of_place(notice, seoul_date(award.at), elsewhere, rulebook) if elsewhere else None


async def _selected_elsewhere(session: AsyncSession, award: AwardRow, notice_no: str) -> date | None:
    """The day on which the person was selected for another home since this draw, by our awards and by the register's
    list as it was fetched last; None: not that we know."""
    query = select(func.min(AwardRow.at)).where(
        col(AwardRow.person_id) == award.person_id, col(AwardRow.notice_id) != award.notice_id,
        col(AwardRow.state).not_in(NOT_WON), col(AwardRow.at) >= award.at,
        col(AwardRow.wait_list_no).is_(None) | col(AwardRow.from_wait_list),
    )  # fmt: skip
    here: datetime | None = (await session.exec(query)).one()
    days = [seoul_date(here)] if here else []
    if award.case_id is not None and award.person_id is not None:
        known = await facts.facts_of(session, award.case_id, award.person_id)
        listed = (PastWins.model_validate(fact.value).wins for fact in known.facts if fact.item is Item.PAST_WINS)
        since = seoul_date(award.at)
        days += [win.won_on for wins in listed for win in wins if win.won_on >= since and win.notice_no != notice_no]
    return min(days, default=None)


async def first_contract_on(session: AsyncSession, notice_id: str) -> date | None:
    """최초 공급계약 체결일, as far as it is known here; None: not yet."""
    query = select(func.min(AwardRow.contracted_on)).where(col(AwardRow.notice_id) == notice_id)
    found: date | None = (await session.exec(query)).one()
    return found


async def tell(
    session: AsyncSession, notice: NoticeRow, listed: Sequence[AwardRow], key: str, *, ko: str, en: str
) -> None:
    """One line in each case of those among ``listed`` who applied here. ``key`` names what is said, not to whom."""
    for case_id in {one.case_id for one in listed if one.case_id is not None}:
        await cases.record(session, case_id, f"{key}:{notice.id}", agency=notice.agency, ko=ko, en=en)
