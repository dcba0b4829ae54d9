"""Who takes part in the first round of a wait-list: said by the person, or by an officer for those who are not here."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.errors import LawForbids, WrongState
from domain.notices import Notice
from domain.reserve import RoundState
from domain.time import now
from law.rulebook import Rulebook
from store import awards, cases, reserve
from store.tables.draws import AwardRow
from store.tables.notices import NoticeRow

JOINED = (
    "예비입주자 동·호수 추첨에 참가합니다. 동·호수를 배정받으면 계약하지 않아도 당첨자가 된다는 안내를 확인했습니다.",
    "You take part in the lots for the unit numbers, warned that being allotted a home counts as a win without a"
    " contract too.",
)
TAKEN_BACK = ("예비입주자 동·호수 추첨 참가를 거두었습니다.", "You do not take part in the lots for the unit numbers.")


async def say_own(session: AsyncSession, award_id: UUID, rulebook: Rulebook, *, joins: bool) -> None:
    """The person who waits joins, or takes it back. WrongState: not the time for it, or no place on the list;
    LawForbids: selected for another home since."""
    await _must_be_open(session, (await awards.award(session, award_id)).notice_id)
    row = await awards.award(session, award_id, lock=True)
    if row.state != "waiting":
        raise WrongState(
            "not_waiting", ko="예비입주자로 기다리는 중이 아닙니다.", en="This is no place on the wait-list any more."
        )
    if joins:
        await _must_keep_place(session, row, rulebook)
    times = await reserve.say(session, row, joins=joins, entered_by=None)
    if times and row.case_id is not None:
        ko, en = JOINED if joins else TAKEN_BACK
        await cases.record(session, row.case_id, f"reserve_said:{row.id}:{times}", ko=ko, en=en)


async def enter(
    session: AsyncSession, notice_id: str, tickets: Sequence[str], officer_id: UUID, *, joins: bool
) -> list[AwardRow]:
    """What the supplier's officer has heard from people who applied at the agency directly. All or none: WrongState
    (``answers_here``) for a ticket of a person who says it here, UnknownThing for one that does not wait."""
    await _must_be_open(session, notice_id)
    entered = []
    for ticket in tickets:
        row = await reserve.by_ticket(session, notice_id, ticket)
        if row.person_id is not None:
            raise WrongState(
                "answers_here", field="tickets",
                ko=f"온집에서 신청한 예비입주자는 본인이 직접 참가 여부를 밝힙니다: {ticket}",
                en=f"This person applied here and says so in person: {ticket}",
            )  # fmt: skip
        await reserve.say(session, row, joins=joins, entered_by=officer_id)
        entered.append(row)
    return entered


async def _must_be_open(session: AsyncSession, notice_id: str) -> None:
    """The round stays as it is until this transaction has ended: nobody joins a list that is being fixed."""
    row = await reserve.find(session, notice_id, hold=True)
    if row is None:
        raise WrongState(
            "round_not_open", ko="예비입주자 동·호수 추첨 절차를 아직 열지 않았습니다.", en="No round is open yet."
        )
    if row.state != RoundState.OPEN or now() >= row.until:
        raise WrongState("round_over", ko="참가 신청 기한이 지났습니다.", en="The time to join is over.")


async def _must_keep_place(session: AsyncSession, row: AwardRow, rulebook: Rulebook) -> None:
    notice = Notice.model_validate((await session.get_one(NoticeRow, row.notice_id)).body)
    lost = await reserve.place_lost(session, row, notice, rulebook)
    if lost is not None:
        raise LawForbids("selected_elsewhere", ko=lost.ko, en=lost.en, article=lost.article)
