"""Digits of the balls, as two people of different roles typed them, blind to each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy.dialects.postgresql import insert
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.draws import Digits, DigitsOutcome, DigitsTyped
from law.ceremony import BallGroup, check_digits
from store import draws
from store.tables.draws import CeremonyRow

OPERATOR = "operator"


class Agreed(NamedTuple):
    """``digits`` without dashes; ``observers`` as the operator told them."""

    digits: str
    observers: list[str]


async def typed_blind(
    session: AsyncSession, digits: Digits, groups: Sequence[BallGroup]
) -> tuple[DigitsTyped, Agreed | None]:
    """Keep what one person typed and compare. Where the two differ, both type again. Invalid: no such digits."""
    await _keep(session, digits, check_digits(digits.digits, groups))
    rows = await draws.typed(session, digits.notice_id, digits.purpose)
    if len({row.role for row in rows}) < 2:
        typed = {row.role: row.person_id for row in rows}
        return DigitsTyped(outcome=DigitsOutcome.WAITING, typed=typed), None
    if len({row.digits for row in rows}) > 1:
        await draws.forget_digits(session, digits.notice_id, digits.purpose)
        return DigitsTyped(outcome=DigitsOutcome.DIFFER), None
    observers = [name for row in rows if row.role == OPERATOR for name in row.observers]
    return DigitsTyped(outcome=DigitsOutcome.AGREED), Agreed(rows[0].digits, observers)


async def _keep(session: AsyncSession, digits: Digits, compact: str) -> None:
    """Once per person; a repeated message changes nothing."""
    row = CeremonyRow(
        notice_id=digits.notice_id, purpose=digits.purpose, person_id=digits.person_id, role=digits.role,
        digits=compact, observers=list(digits.observers),
    )  # fmt: skip
    statement = insert(CeremonyRow).values(**row.model_dump())
    await session.exec(statement.on_conflict_do_nothing(constraint="uq_ceremony_notice_person"))
