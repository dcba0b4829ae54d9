"""The draw of a notice: its entries as rows, the two people's digits, and what became of each ticket."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.applications import LineState, ReceivedEntry
from domain.draws import RecordRef
from domain.errors import UnknownThing
from law.drawing.proof import OwnProof
from law.drawing.transcript import Count
from store.sealed import SealedBox
from store.tables.applications import ApplicationLineRow, ApplicationRow
from store.tables.draws import CeremonyRow, DrawCountRow, DrawEntryRow, DrawRecordRow, DrawRow

CHUNK = 1000  # rows per statement: PostgreSQL takes at most 32,767 parameters
OWN_PROOF = "draw_proof"
OWN_BASIS = "개인정보 보호법 제35조 (개인정보의 열람)"
PIECE = 20_000  # rows per statement that takes arrays
OUTCOMES = text(
    "UPDATE draw_entry SET result = said.result, position = said.position, unit = said.unit, pool = said.pool"
    " FROM unnest(CAST(:tickets AS text[]), CAST(:results AS text[]), CAST(:positions AS int[]),"
    " CAST(:units AS text[]), CAST(:pools AS text[])) AS said(ticket, result, position, unit, pool)"
    " WHERE draw_entry.notice_id = :notice_id AND draw_entry.ticket = said.ticket"
)


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
    pool: str = ""


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


async def keep_outcomes(session: AsyncSession, notice_id: str, outcomes: Iterable[Outcome]) -> None:
    """In pieces of one statement each."""
    listed = iter(outcomes)
    connection = await session.connection()
    while piece := list(islice(listed, PIECE)):
        columns = zip(*((one.ticket, one.result, one.position, one.unit, one.pool) for one in piece), strict=True)
        given = dict(zip(("tickets", "results", "positions", "units", "pools"), map(list, columns), strict=True))
        await connection.execute(OUTCOMES, {"notice_id": notice_id, **given})


async def outcomes(session: AsyncSession, notice_id: str, tickets: Iterable[str]) -> list[Outcome]:
    """What became of these tickets."""
    query = select(DrawEntryRow).where(
        DrawEntryRow.notice_id == notice_id, col(DrawEntryRow.ticket).in_(list(tickets)),
        col(DrawEntryRow.result).is_not(None),
    )  # fmt: skip
    rows = await session.exec(query.order_by(col(DrawEntryRow.ticket)))
    return [Outcome(row.ticket, row.result or "", row.position, row.unit, row.pool or "") for row in rows]


async def keep_count(session: AsyncSession, notice_id: str, one: Count) -> None:
    """Once for an hour."""
    row = DrawCountRow(notice_id=notice_id, at=one.at, count=one.count, stamp=one.stamp)
    await session.exec(insert(DrawCountRow).values(**row.model_dump()).on_conflict_do_nothing())


async def counts(session: AsyncSession, notice_id: str) -> tuple[Count, ...]:
    """By hour."""
    query = select(DrawCountRow).where(DrawCountRow.notice_id == notice_id).order_by(col(DrawCountRow.at))
    return tuple(Count(at=row.at, count=row.count, stamp=row.stamp) for row in await session.exec(query))


async def keep_record(session: AsyncSession, ref: RecordRef, body_sha256: str) -> None:
    """Once: a statement that stands is never another one."""
    row = DrawRecordRow(**ref.model_dump(), body_sha256=body_sha256)
    await session.exec(insert(DrawRecordRow).values(**row.model_dump()).on_conflict_do_nothing())


async def record(session: AsyncSession, ref: RecordRef, *, lock: bool = False) -> DrawRecordRow:
    """UnknownThing where it has not been made."""
    key = (ref.notice_id, ref.format, ref.number)
    row = await session.get(DrawRecordRow, key, with_for_update={"key_share": True} if lock else None)
    if row is None:
        raise UnknownThing("unknown_record", ko="그런 기록이 없습니다.", en="There is no such record.")
    return row


async def records(session: AsyncSession, notice_id: str) -> list[DrawRecordRow]:
    """All statements about a draw, in the order in which they were made."""
    query = select(DrawRecordRow).where(DrawRecordRow.notice_id == notice_id)
    return list(await session.exec(query.order_by(col(DrawRecordRow.at), col(DrawRecordRow.number))))


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


async def keep_own_proof(
    session: AsyncSession, sealed: SealedBox, person_id: UUID, notice_id: str, proof: OwnProof
) -> None:
    """Sealed: what it opens is for the applicant alone."""
    text = proof.canonical().decode()
    await sealed.put(session, person_id, OWN_PROOF, text, subject=f"{notice_id}:{proof.ticket}")


async def own_proof(session: AsyncSession, sealed: SealedBox, person_id: UUID, notice_id: str, ticket: str) -> OwnProof:
    """UnknownThing: not this person's ticket, or not drawn yet. Call only once the record is public."""
    try:
        text = await sealed.open(
            session, person_id, OWN_PROOF, basis=OWN_BASIS, purpose="own proof of a draw",
            subject=f"{notice_id}:{ticket}",
        )  # fmt: skip
    except UnknownThing:
        raise UnknownThing(
            "unknown_ticket",
            ko="추첨 증명을 찾을 수 없습니다. 접수번호를 확인해 주십시오.",
            en="No proof of this ticket.",
        ) from None
    return OwnProof.model_validate_json(text)


async def typed(session: AsyncSession, notice_id: str) -> list[CeremonyRow]:
    """What has been typed, in order of time."""
    rows = await session.exec(
        select(CeremonyRow).where(CeremonyRow.notice_id == notice_id).order_by(col(CeremonyRow.at))
    )
    return list(rows)


async def forget_digits(session: AsyncSession, notice_id: str) -> None:
    """Both type again."""
    await session.exec(delete(CeremonyRow).where(col(CeremonyRow.notice_id) == notice_id))
