"""The draw of a notice: its state, the two people's digits, and what became of each ticket."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.applications import LineState
from domain.draws import RecordRef
from domain.errors import UnknownThing, WrongState
from law.drawing.proof import OwnProof
from law.drawing.transcript import Count
from store.sealed import SealedBox
from store.tables.applications import ApplicationLineRow, ApplicationRow
from store.tables.draws import AwardRow, CeremonyRow, DrawCountRow, DrawEntryRow, DrawRecordRow, DrawRow

OWN_PROOF = "draw_proof"
OWN_BASIS = "개인정보 보호법 제35조 (개인정보의 열람)"
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


def annulled() -> WrongState:
    return WrongState("draw_annulled", ko="취소된 추첨입니다.", en="This draw has been annulled.")


async def of_award(session: AsyncSession, award_id: UUID) -> DrawRow:
    """The draw of an award, locked: what is decided about awards as a whole waits for this transaction."""
    query = select(AwardRow.notice_id).where(AwardRow.id == award_id)
    return await draw(session, (await session.exec(query)).one(), lock=True)


async def keep_outcomes(session: AsyncSession, notice_id: str, outcomes: Iterable[Outcome]) -> None:
    """In one statement: not more than some ten thousand."""
    columns = zip(*((one.ticket, one.result, one.position, one.unit, one.pool) for one in outcomes), strict=True)
    given = dict(zip(("tickets", "results", "positions", "units", "pools"), map(list, columns), strict=True))
    await (await session.connection()).execute(OUTCOMES, {"notice_id": notice_id, **given})


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


async def published(session: AsyncSession, notice_id: str, form: str) -> str | None:
    """Digest of the document of the first statement of this format, once it is published."""
    row = await session.get(DrawRecordRow, (notice_id, form, 1))
    return row.document_sha256 if row else None


async def records(session: AsyncSession, notice_id: str) -> list[DrawRecordRow]:
    """All statements about a draw, in the order in which they were made."""
    query = select(DrawRecordRow).where(DrawRecordRow.notice_id == notice_id)
    return list(await session.exec(query.order_by(col(DrawRecordRow.at), col(DrawRecordRow.number))))


async def own_tickets(
    session: AsyncSession, notice_id: str, *, after: str = "", limit: int | None = None,
    among: Collection[str] | None = None, cases: Collection[UUID] | None = None,
) -> dict[str, OwnTicket]:  # fmt: skip
    """Tickets of this notice that people got through Onjip, in order; all others came to the agency by themselves.

    ``after`` and ``limit``: a page of them; ``among``: of these only; ``cases``: of these only.
    """
    line = ApplicationLineRow
    query = (
        select(line, ApplicationRow.case_id)
        .join(ApplicationRow, col(ApplicationRow.id) == line.application_id)
        .where(line.notice_id == notice_id, line.state == LineState.FILED, col(line.ticket) > after)
    )
    if among is not None:
        query = query.where(col(line.ticket).in_(among))
    if cases is not None:
        query = query.where(col(ApplicationRow.case_id).in_(cases))
    found = await session.exec(query.order_by(col(line.ticket)).limit(limit))
    return {
        one.ticket: OwnTicket(one.ticket, one.person_id, case_id, one.id, one.decision_id)
        for one, case_id in found if one.ticket
    }  # fmt: skip


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


async def typed(session: AsyncSession, notice_id: str, purpose: str = "draw") -> list[CeremonyRow]:
    """What has been typed for one purpose, in order of time."""
    query = select(CeremonyRow).where(CeremonyRow.notice_id == notice_id, CeremonyRow.purpose == purpose)
    return list(await session.exec(query.order_by(col(CeremonyRow.at))))


async def forget_digits(session: AsyncSession, notice_id: str, purpose: str) -> None:
    """Both type again."""
    statement = delete(CeremonyRow).where(col(CeremonyRow.notice_id) == notice_id, col(CeremonyRow.purpose) == purpose)
    await session.exec(statement)
