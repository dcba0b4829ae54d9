"""The draw of a notice: its entries as rows, the two people's digits, and what became of each ticket."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from sqlalchemy import bindparam, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.applications import LineState, ReceivedEntry
from domain.errors import UnknownThing
from store.tables.applications import ApplicationLineRow, ApplicationRow
from store.tables.draws import CeremonyRow, DrawEntryRow, DrawRow

CHUNK = 1000  # rows per statement: PostgreSQL takes at most 32,767 parameters


@dataclass(frozen=True)
class OwnTicket:
    """A ticket of a person who applied here."""

    ticket: str
    person_id: UUID
    case_id: UUID
    line_id: UUID
    decision_id: UUID | None


@dataclass(frozen=True)
class Outcome:
    """What became of one ticket."""

    ticket: str
    result: str
    position: int | None
    unit: str | None


async def draw(session: AsyncSession, notice_id: str, *, lock: bool = False) -> DrawRow:
    """UnknownThing where no draw of this notice is held here."""
    row = await session.get(DrawRow, notice_id, with_for_update={"key_share": True} if lock else None)
    if row is None:
        raise UnknownThing(
            "unknown_draw", ko="이 공고의 추첨 기록이 없습니다.", en="No draw of this notice is held here."
        )
    return row


async def keep_entries(session: AsyncSession, notice_id: str, received: Iterable[ReceivedEntry]) -> None:
    """Store the received list; a ticket that is stored already stays as it is."""
    rows = (
        {
            "notice_id": notice_id, "ticket": one.ticket, "holder": one.holder, "household": one.household,
            "model_no": one.model_no, "supply_kind": one.supply_kind, "facts": one.facts.model_dump(mode="json"),
        }
        for one in received
    )  # fmt: skip
    while chunk := list(islice(rows, CHUNK)):
        await session.exec(insert(DrawEntryRow).values(chunk).on_conflict_do_nothing())


async def exclude(session: AsyncSession, notice_id: str, codes: Mapping[str, str]) -> None:
    """Mark tickets that the law leaves out before selection. ``codes``: ticket → reason."""
    for ticket, code in codes.items():
        row = await session.get_one(DrawEntryRow, (notice_id, ticket))
        row.excluded = code
        session.add(row)


async def excluded(session: AsyncSession, notice_id: str) -> dict[str, str]:
    rows = await session.exec(
        select(DrawEntryRow.ticket, DrawEntryRow.excluded).where(
            DrawEntryRow.notice_id == notice_id, col(DrawEntryRow.excluded).is_not(None)
        )
    )
    return {ticket: code for ticket, code in rows if code is not None}


async def keep_outcomes(session: AsyncSession, notice_id: str, outcomes: Sequence[Outcome]) -> None:
    statement = (
        update(DrawEntryRow)
        .where(col(DrawEntryRow.notice_id) == notice_id, col(DrawEntryRow.ticket) == bindparam("of_ticket"))
        .values(result=bindparam("new_result"), position=bindparam("new_position"), unit=bindparam("new_unit"))
    )
    connection = await session.connection()
    await connection.execute(
        statement,
        [
            {"of_ticket": one.ticket, "new_result": one.result, "new_position": one.position, "new_unit": one.unit}
            for one in outcomes
        ],
    )


async def own_tickets(session: AsyncSession, notice_id: str) -> dict[str, OwnTicket]:
    """Tickets of this notice that people got through Onjip; all others came to the agency by themselves."""
    query = (
        select(ApplicationLineRow, ApplicationRow.case_id)
        .join(ApplicationRow, col(ApplicationRow.id) == ApplicationLineRow.application_id)
        .where(ApplicationLineRow.notice_id == notice_id, ApplicationLineRow.state == LineState.FILED)
    )
    found = {}
    for line, case_id in await session.exec(query):
        if line.ticket:
            found[line.ticket] = OwnTicket(line.ticket, line.person_id, case_id, line.id, line.decision_id)
    return found


async def typed(session: AsyncSession, notice_id: str) -> list[CeremonyRow]:
    """What has been typed, in order of time."""
    rows = await session.exec(
        select(CeremonyRow).where(CeremonyRow.notice_id == notice_id).order_by(col(CeremonyRow.at))
    )
    return list(rows)


async def forget_digits(session: AsyncSession, notice_id: str) -> None:
    """Both type again."""
    await session.exec(delete(CeremonyRow).where(col(CeremonyRow.notice_id) == notice_id))
