"""Reading the log of who looked at whose data, and proving that nobody has changed it."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.facts import Item
from domain.words import Agency
from store.facts import FIRST_LINK, Look, link
from store.tables.consents import AccessRow

PAGE = 1000


async def looks_at(session: AsyncSession, person_id: UUID, *, before: int | None, limit: int) -> list[AccessRow]:
    """Newest first. ``before``: the id that the last page ended with."""
    query = select(AccessRow).where(AccessRow.person_id == person_id)
    if before is not None:
        query = query.where(col(AccessRow.id) < before)
    return list(await session.exec(query.order_by(col(AccessRow.id).desc()).limit(limit)))


async def first_broken(session: AsyncSession) -> int | None:
    """Id of the first row whose chain value does not follow from the row before it and its own words, or None."""
    previous, last_id = FIRST_LINK, 0
    while True:
        query = select(AccessRow).where(col(AccessRow.id) > last_id).order_by(col(AccessRow.id)).limit(PAGE)
        rows = list(await session.exec(query))
        for row in rows:
            if row.chain != link(previous, _look(row), row.at):
                return row.id
            previous, last_id = row.chain, row.id or 0
        if len(rows) < PAGE:
            return None


def _look(row: AccessRow) -> Look:
    return Look(
        person_id=row.person_id, actor=row.actor, agency=Agency(row.agency), item=Item(row.item), purpose=row.purpose,
        consent_id=row.consent_id, outcome=row.outcome,
    )  # fmt: skip
