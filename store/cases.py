"""Cases, members, and the timeline."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.words import STEPS, CaseKind, Step
from store.tables.cases import CaseEventRow, CaseMemberRow, CaseRow

JOINED = {"supplier", "scrivener"}  # roles of those who join a household's case for one home
SEARCH = {
    "looked_up", "consent", "consented", "facts_collected", "assessed", "applied", "delivered", "filed", "closed",
    "drawn", "wait_listed", "void", "annulled", "corrected", "reserve_open", "reserve_said",
    "reserve_lost", "reserve_kept", "wait_list_over",
}  # fmt: skip
INTAKES = {"applyhome", "lh"}


async def open_case(session: AsyncSession, *, kind: CaseKind, title: str, person_id: UUID, role: str) -> CaseRow:
    """A new case with its first member."""
    case = CaseRow(kind=kind, title=title, created_by=person_id)
    session.add(case)
    await session.flush()
    await add_member(session, case.id, person_id, role)
    return case


async def add_member(session: AsyncSession, case_id: UUID, person_id: UUID, role: str) -> None:
    """Idempotent."""
    row = {"case_id": case_id, "person_id": person_id, "role": role}
    await session.exec(insert(CaseMemberRow).values(**row).on_conflict_do_nothing())


async def member_roles(session: AsyncSession, case_id: UUID, person_id: UUID) -> set[str]:
    """As what a person takes part in a case; empty for strangers."""
    rows = await session.exec(
        select(CaseMemberRow.role).where(CaseMemberRow.case_id == case_id, CaseMemberRow.person_id == person_id)
    )
    return set(rows)


async def record(
    session: AsyncSession, case_id: UUID, key: str, *, ko: str, en: str, step: Step | None = None,
    agency: str | None = None, reference: str = "", detail: dict[str, Any] | None = None, at: datetime | None = None,
) -> bool:  # fmt: skip
    """Add one line to the timeline, once per ``key``. Returns whether it is new."""
    values: dict[str, Any] = {
        "case_id": case_id, "key": key, "step": step, "agency": agency, "reference": reference,
        "ko": ko, "en": en, "detail": detail or {}, "at": at or instant(),
    }  # fmt: skip
    statement = insert(CaseEventRow).values(**values).on_conflict_do_nothing(constraint="uq_case_event_case_key")
    result = await session.exec(statement.returning(col(CaseEventRow.id)))
    return result.first() is not None


async def timeline(session: AsyncSession, case_id: UUID) -> list[CaseEventRow]:
    rows = await session.exec(
        select(CaseEventRow).where(CaseEventRow.case_id == case_id).order_by(col(CaseEventRow.id))
    )
    return list(rows)


def seen_as(lines: Sequence[CaseEventRow], roles: Collection[str]) -> list[CaseEventRow]:
    """The lines for somebody who takes part as ``roles``. Where else a household has applied, and what its registers
    said, is not for the officer or scrivener who joins for one home."""
    if of_household(roles):
        return list(lines)
    return [line for line in lines if not _of_search(line)]


def of_household(roles: Collection[str]) -> bool:
    """Whether these are the roles of a household's member, or of a case that is not a household's."""
    return not set(roles) <= JOINED


def _of_search(line: CaseEventRow) -> bool:
    word = line.key.partition(":")[0]
    return word in SEARCH or (word == "refused" and line.agency in INTAKES)


async def journey(session: AsyncSession, case: CaseRow) -> list[dict[str, Any]]:
    """Steps of the case in their order: done (first time) with reference, or open."""
    first: dict[str, CaseEventRow] = {}
    for line in await timeline(session, case.id):
        if line.step:
            first.setdefault(line.step, line)
    steps = []
    for step in STEPS[CaseKind(case.kind)]:
        event = first.get(step)
        steps.append({
            "step": str(step), "status": "done" if event else "open",
            "at": event.at.isoformat() if event else None, "reference": event.reference if event else None,
        })  # fmt: skip
    return steps


def instant() -> datetime:
    return datetime.now(UTC)
