"""That a supply contract for an awarded home has been made: sealed here, or by the word of the supplier's officer."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from domain import ids
from domain.errors import Invalid, NotYet, WrongState
from domain.messages import WinnerStart
from domain.notices import Notice
from domain.time import now, seoul_date
from law.notices import contract_window
from law.rulebook import Rulebook
from store import awards, draws, exchange, reserve
from store.tables.draws import AwardRow
from store.tables.notices import NoticeRow

SOON_S = 0.5


async def contract_made(session: AsyncSession, award: AwardRow, on: date) -> None:
    """Keep the day, once: the life of the wait-list is counted from the first of them (제26조④). A home that the
    wait-list gave by number counts as won from now on (제2조제7호바): the list of winners is promised to hear of it."""
    if award.contracted_on is not None:
        return
    award.contracted_on = on
    session.add(award)
    await session.flush()
    if award.from_wait_list and award.id not in {one.id for one in await reserve.allotted(session, award.notice_id)}:
        start = WinnerStart(notice_id=award.notice_id, award_id=award.id)
        await exchange.promise(session, "start:WinnerWorkflow", ids.winner_workflow_id(award.id), start)


async def note_contract(session: AsyncSession, award_id: UUID, on: date, rulebook: Rulebook) -> AwardRow:
    """An officer records the contract with a winner who does not use Onjip; the same again changes nothing.

    WrongState: a winner of ours, whose contract is made here, or no home; Invalid: no day on which it can have been.
    """
    draw = await draws.of_award(session, award_id)
    award = await awards.award(session, award_id, lock=True)
    awards.must_hold(award)
    if award.state == "contracted" and award.person_id is None and award.contracted_on == on:
        return award
    if award.person_id is not None or award.state not in ("awarded", "checked"):
        raise WrongState(
            "contract_not_noted", ko="온집에서 계약하지 않는 당첨자의 계약만 적을 수 있습니다.",
            en="Only a contract with a winner who does not use Onjip is recorded so.",
        )  # fmt: skip
    if draw.correcting is not None:  # from a contract on, digits are not corrected any more: one waits for the other
        raise NotYet("digits_being_corrected", retry_after=SOON_S)
    notice = Notice.model_validate((await session.get_one(NoticeRow, award.notice_id)).body)
    opens, _ = contract_window(draw.selected_at or now(), notice.notice_date, rulebook)
    if not seoul_date(opens) <= on <= seoul_date(now()):
        raise Invalid(
            "bad_contract_day", field="on",
            ko=f"계약일은 {seoul_date(opens)}부터 오늘까지의 날짜여야 합니다.",
            en=f"The contract was made between {seoul_date(opens)} and today.",
        )  # fmt: skip
    award.state = "contracted"
    await contract_made(session, award, on)
    return award
