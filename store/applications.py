"""Combined applications: accepted here, filed line by line at the agencies."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.applications import Line, LineState
from domain.errors import UnknownThing
from domain.facts import Household, Item
from domain.ids import CODE_LETTERS
from domain.time import now, seoul_date
from domain.words import SupplyKind
from store.tables.applications import ApplicationLineRow, ApplicationRow
from store.tables.consents import FactRow
from store.tables.people import PersonRow


@dataclass(frozen=True)
class Wish:
    """A line that was found lawful, with the day on which its winners are announced."""

    line: Line
    announcement_date: date
    decision_id: UUID


def method(kind: SupplyKind) -> str:
    """Supply method of 제4조: general, or one of the special ones."""
    return "general" if kind is SupplyKind.GENERAL else "special"


async def lock_people(session: AsyncSession, people: Collection[UUID]) -> None:
    """Until the end of this transaction nobody else files for any of these people."""
    query = select(PersonRow.id).where(col(PersonRow.id).in_(people)).order_by(col(PersonRow.id)).with_for_update()
    (await session.exec(query)).all()


async def file(session: AsyncSession, *, case_id: UUID, person_id: UUID, wishes: Sequence[Wish]) -> ApplicationRow:
    """Store one application with its lines, and our own receipt number."""
    row = ApplicationRow(case_id=case_id, person_id=person_id, receipt_no=_receipt_no())
    session.add(row)
    await session.flush()
    session.add_all([
        ApplicationLineRow(
            application_id=row.id, person_id=person_id, notice_id=wish.line.notice_id, model_no=wish.line.model_no,
            supply_kind=wish.line.supply_kind, method=method(wish.line.supply_kind),
            announcement_date=wish.announcement_date, decision_id=wish.decision_id,
        )
        for wish in wishes
    ])  # fmt: skip
    await session.flush()
    return row


def _receipt_no() -> str:
    """Our own receipt: the day in Seoul and 50 random bits; it says nothing about how many applied."""
    return f"OJ-{seoul_date(now()):%Y%m%d}-{''.join(secrets.choice(CODE_LETTERS) for _ in range(10))}"


async def application(session: AsyncSession, application_id: UUID) -> ApplicationRow:
    """UnknownThing when there is none."""
    row = await session.get(ApplicationRow, application_id)
    if row is None:
        raise UnknownThing(ko="신청을 찾을 수 없습니다.", en="There is no such application.")
    return row


async def lines(session: AsyncSession, application_id: UUID) -> list[ApplicationLineRow]:
    query = select(ApplicationLineRow).where(ApplicationLineRow.application_id == application_id)
    return list(await session.exec(query.order_by(col(ApplicationLineRow.notice_id), col(ApplicationLineRow.method))))


async def living_lines(session: AsyncSession, people: Collection[UUID]) -> list[ApplicationLineRow]:
    """Every line of these people that no agency has refused."""
    query = select(ApplicationLineRow).where(
        col(ApplicationLineRow.person_id).in_(people), ApplicationLineRow.state != LineState.REFUSED
    )
    return list(await session.exec(query.order_by(col(ApplicationLineRow.id))))


async def of_case(session: AsyncSession, case_id: UUID) -> list[ApplicationRow]:
    query = select(ApplicationRow).where(ApplicationRow.case_id == case_id)
    return list(await session.exec(query.order_by(col(ApplicationRow.accepted_at))))


async def household(session: AsyncSession, person_id: UUID) -> Household | None:
    """The household as the resident register said it last, or None where it was never fetched."""
    query = select(FactRow.value).where(FactRow.person_id == person_id, FactRow.item == Item.HOUSEHOLD)
    value = (await session.exec(query.order_by(col(FactRow.fetched_at).desc()).limit(1))).first()
    return None if value is None else Household.model_validate(value)
