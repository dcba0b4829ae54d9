"""What lies on each person's desk: read models of the start page, newest first where there is an order."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.applications import LineState
from domain.people import Person
from domain.words import STEPS, CaseKind, Role, Step
from store.tables.applications import ApplicationLineRow
from store.tables.cases import CaseEventRow, CaseRow
from store.tables.consents import DecisionRow
from store.tables.contracts import ApprovalRow
from store.tables.draws import AwardRow, DrawRow
from store.tables.notices import NoticeRow
from store.tables.transfers import DueRow, TransferRow
from store.tasks import proof_needed

NOTICES = 50
AWARDS = 50


@dataclass(frozen=True)
class Progress:
    """How far a case is: steps done out of all, and the step that comes next (None at the end)."""

    done: int
    steps: int
    next: str | None


async def progress(session: AsyncSession, case_ids: Collection[UUID]) -> dict[UUID, Progress]:
    query = (
        select(CaseRow.id, CaseRow.kind, func.array_agg(CaseEventRow.step.distinct()))  # type: ignore[union-attr]
        .join(CaseEventRow, col(CaseEventRow.case_id) == CaseRow.id, isouter=True)
        .where(col(CaseRow.id).in_(case_ids))
        .group_by(col(CaseRow.id), col(CaseRow.kind))
    )
    return {case: _progress(STEPS[CaseKind(kind)], set(done)) for case, kind, done in await session.exec(query)}


def _progress(steps: tuple[Step, ...], done: set[str | None]) -> Progress:
    """The registration ends a case whatever was left out on the way to it; a lease ends with its report."""
    left = [] if Step.REGISTERED in done else [step for step in steps if step not in done]
    return Progress(done=len(steps) - len(left), steps=len(steps), next=left[0] if left else None)


async def notices_of(session: AsyncSession, person: Person) -> list[tuple[NoticeRow, str | None]]:
    """Notices whose draw is held here, with its state: of an officer's suppliers, or all for the operator."""
    suppliers, operator = person.organisations(Role.OFFICER), bool(person.organisations(Role.OPERATOR))
    if not suppliers and not operator:
        return []
    query = select(NoticeRow, DrawRow.state).join(DrawRow, col(DrawRow.notice_id) == NoticeRow.id)
    rows = await session.exec(query.order_by(col(NoticeRow.receipt_closes_at).desc()).limit(NOTICES))
    return [(notice, state) for notice, state in rows if operator or person.acts_for(Role.OFFICER, notice.supplier)]


async def tickets_of(session: AsyncSession, person_id: UUID, notice_id: str) -> list[str]:
    """Tickets that a person got for a notice by applying here."""
    query = select(ApplicationLineRow.ticket).where(
        ApplicationLineRow.notice_id == notice_id, ApplicationLineRow.person_id == person_id,
        ApplicationLineRow.state == LineState.FILED, col(ApplicationLineRow.ticket).is_not(None),
    )  # fmt: skip
    return sorted(ticket for ticket in await session.exec(query) if ticket)


async def notice_names(session: AsyncSession, notice_ids: Collection[str]) -> dict[str, str]:
    rows = await session.exec(select(NoticeRow.id, NoticeRow.name).where(col(NoticeRow.id).in_(notice_ids)))
    return dict(iter(rows))


async def dues_of_case(session: AsyncSession, case_id: UUID, payer_id: UUID) -> list[DueRow]:
    """What one person pays in a case, oldest first."""
    query = select(DueRow).where(DueRow.case_id == case_id, DueRow.payer_id == payer_id)
    return list(await session.exec(query.order_by(col(DueRow.created_at))))


async def approvals_of_case(session: AsyncSession, case_id: UUID, person_id: UUID) -> list[ApprovalRow]:
    """Bodies of a case that this person signs or has signed."""
    query = select(ApprovalRow).where(ApprovalRow.case_id == case_id, ApprovalRow.person_id == person_id)
    return list(await session.exec(query.order_by(col(ApprovalRow.at))))


async def awards_of(
    session: AsyncSession, person_id: UUID, *, case_id: UUID | None = None, notice_id: str | None = None
) -> list[tuple[AwardRow, NoticeRow]]:
    """Homes and wait-list places of a person, each with its notice."""
    query = select(AwardRow, NoticeRow).join(NoticeRow, col(NoticeRow.id) == AwardRow.notice_id)
    query = query.where(AwardRow.person_id == person_id)
    if case_id is not None:
        query = query.where(AwardRow.case_id == case_id)
    if notice_id is not None:
        query = query.where(AwardRow.notice_id == notice_id)
    return list(await session.exec(query.order_by(col(AwardRow.at).desc()).limit(AWARDS)))


@dataclass(frozen=True)
class AwardStory:
    """What has been found, explained, judged and accepted about one award, and the decision that it rests on."""

    finding: CaseEventRow | None
    explained: CaseEventRow | None
    judged: CaseEventRow | None
    accepted: CaseEventRow | None
    decision: DecisionRow | None


async def award_story(session: AsyncSession, award: AwardRow) -> AwardStory:
    if award.case_id is None:  # the winner did not apply here
        return AwardStory(None, None, None, None, None)
    names = ("finding", "explained", "judged", "accepted", "checked")
    query = select(CaseEventRow).where(
        CaseEventRow.case_id == award.case_id, col(CaseEventRow.key).in_([f"{name}:{award.id}" for name in names])
    )
    lines = {line.key.split(":")[0]: line for line in await session.exec(query)}
    rests_on = lines.get("finding") or lines.get("checked")
    decision = await session.get(DecisionRow, UUID(rests_on.reference)) if rests_on else None
    return AwardStory(
        lines.get("finding"), lines.get("explained"), lines.get("judged"), lines.get("accepted"), decision
    )


@dataclass(frozen=True)
class TransferRecord:
    """What a transfer's page shows besides its rows: answers of agencies, by step, and what the reader has given."""

    answers: Mapping[str, str]  # step → the agency's number
    declared: int | None
    proof_needed: bool

    @property
    def version(self) -> tuple[object, ...]:
        return (*self.answers.items(), self.declared, self.proof_needed)


async def transfer_record(session: AsyncSession, transfer_id: UUID, person_id: UUID) -> TransferRecord:
    row = await session.get_one(TransferRow, transfer_id)
    record = row.record
    answers = {key.removeprefix("answer:"): str(value["number"]) for key, value in record.items()
               if key.startswith("answer:")}  # fmt: skip
    return TransferRecord(
        answers=answers, declared=(record.get("declaration") or {}).get("homes_before"),
        proof_needed=await proof_needed(session, person_id, row),
    )  # fmt: skip
