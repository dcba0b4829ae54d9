"""What draws that are annulled or corrected ask of those who hold their ceremonies."""

from __future__ import annotations

from collections.abc import AsyncIterator

from sqlalchemy import ColumnElement, exists
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.people import Person
from domain.words import Role
from store.tables.contracts import ContractRow
from store.tables.draws import AwardRow, CeremonyRow, DrawRow
from store.tables.notices import NoticeRow

CORRECTED = "corrected:"  # purpose of digits from the recording, with the number of the correction


async def open_endings(session: AsyncSession, person: Person) -> AsyncIterator[tuple[str, NoticeRow]]:
    """A code and the notice: ``confirm_order``, ``recorded_digits``, ``dissolve``, ``winners_refused``."""
    suppliers, operator = person.organisations(Role.OFFICER), bool(person.organisations(Role.OPERATOR))
    if not suppliers and not operator:
        return
    ours = col(NoticeRow.supplier).in_(suppliers)
    joined = select(NoticeRow).join(DrawRow, col(DrawRow.notice_id) == NoticeRow.id)
    by = col(DrawRow.ordered)["person_id"].astext
    for row in await session.exec(joined.where(ours, by.is_not(None), by != str(person.id))):
        yield "confirm_order", row
    for row in await session.exec(joined.where(ours, DrawRow.state == "annulled", _contracted())):
        yield "dissolve", row
    async for row in _half_typed(session, person, operator=operator):
        yield "recorded_digits", row
    if operator:
        for row in await session.exec(joined.where(col(DrawRow.refusal)["code"].astext.is_not(None))):
            yield "winners_refused", row


def _contracted() -> ColumnElement[bool]:
    """A supply contract of this draw stands here."""
    standing = (col(ContractRow.id) == AwardRow.contract_id) & (col(ContractRow.state) != "dissolved")
    return exists().where(col(AwardRow.notice_id) == NoticeRow.id, col(AwardRow.state) == "contracted", standing)


async def _half_typed(session: AsyncSession, person: Person, *, operator: bool) -> AsyncIterator[NoticeRow]:
    """The other one has typed from the recording."""
    query = (
        select(NoticeRow, DrawRow, CeremonyRow)
        .join(DrawRow, col(DrawRow.notice_id) == NoticeRow.id)
        .join(CeremonyRow, col(CeremonyRow.notice_id) == NoticeRow.id)
        .where(col(CeremonyRow.purpose).startswith(CORRECTED), DrawRow.state == "published")
        .where(col(DrawRow.correcting)["digits"].astext.is_(None), CeremonyRow.person_id != person.id)
    )
    mine = "operator" if operator else "officer"
    for notice, draw, typed in await session.exec(query):
        next_one = typed.purpose == f"{CORRECTED}{len(draw.earlier or []) + 1}"
        if next_one and typed.role != mine and (operator or person.acts_for(Role.OFFICER, notice.supplier)):
            yield notice
