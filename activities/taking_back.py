"""Awards that do not hold any more: of an annulled draw, or of digits that were corrected."""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession

from domain import ids
from store import cases, contracts, exchange
from store.tables.draws import AwardRow

TAKEN = "annulled"
BY_ORDER = 0
UNDER_WAY = ("awarded", "checked")  # states in which an award's procedure runs; any other has none, or it is over


async def take_back(session: AsyncSession, award: AwardRow, by: int, *, ko: str, en: str) -> None:
    """The award ends, with the contract that was only drafted for it, and its procedure stops. ``by``: see
    ``AwardRow.taken_by``. Whoever applied here is told in these words."""
    runs = award.state in UNDER_WAY and award.case_id is not None
    award.state, award.taken_by = TAKEN, by
    session.add(award)
    if award.contract_id is not None:
        draft = await contracts.contract(session, award.contract_id, lock=True)
        draft.state = draft.state if draft.state in contracts.UNMADE else TAKEN
        session.add(draft)
    if award.case_id is None:
        return
    if runs:
        await exchange.promise(session, "signal:annulled", ids.award_workflow_id(award.id))
    await cases.record(session, award.case_id, f"taken_back:{award.id}", ko=ko, en=en, reference=str(award.id))
