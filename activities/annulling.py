"""Annulment of a draw: an authority's order, entered by the operator, confirmed by the supplier's officer.

No machine ends a contract that has been made: people dissolve it (민법 제543조 and following, or by agreement).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio import activity

from activities.errors import told
from activities.heartbeat import Beat
from activities.lists import PEOPLE, in_pages
from activities.records import keep, stated
from activities.taking_back import BY_ORDER, take_back
from domain.draws import AgencyNo, Annulment, ConfirmOrder, DrawState, Entered, EnterOrder, Order, RecordRef
from domain.errors import Invalid, NotYet, WrongState
from domain.ports import Documents
from domain.time import now, seoul_date
from domain.work import Nothing
from law.drawing.endings import BEGUN, Annulled
from law.drawing.terms import Head
from store import awards, cases, draws, exchange
from store.db import Database
from store.draw_lists import Page
from store.tables.draws import DrawRow
from store.tables.notices import NoticeRow

SOON_S = 0.2
PDF = "application/pdf"
FORMAT = str(Annulled.model_fields["format"].default)
OBJECTION = (
    "이 명령에 이의가 있으면 명령서에 적힌 방법과 기한에 따라 그 기관에 다툴 수 있습니다.",
    "Whoever objects to the order turns to that authority, in the way and time that the order names.",
)
CONTRACTED = (
    "이미 체결한 공급계약은 이 취소로 저절로 끝나지 않습니다. 해제할지는 사업주체와 당첨자가 정합니다.",
    "A supply contract that has been made does not end by itself: supplier and winner decide whether to dissolve it.",
)
LOST = (
    "추첨이 취소되어 당첨 또는 예비입주자 순번도 효력이 없습니다. 계약금을 보냈다면 사업주체에 반환을 요청해 주십시오.",
    "The draw is annulled, and with it this home or place. If a deposit was paid, ask the supplier to return it.",
)


@dataclass(frozen=True)
class Annulling:
    db: Database
    documents: Documents

    @activity.defn(name="annulling.enter")
    async def enter(self, wish: EnterOrder) -> Nothing:
        """Keep the order until it is confirmed. Nothing of the draw changes yet."""
        async with told():
            document = await self.documents.get(wish.order.document_sha256)
            async with self.db.transaction() as session:
                await _enter(session, wish, len(document))
            return Nothing()

    @activity.defn(name="annulling.confirm")
    async def confirm(self, confirmation: ConfirmOrder) -> Annulment:
        """The draw ends, in one transaction with everything that hung on it. The same answer when asked again."""
        async with told() as beat:
            async with self.db.transaction() as session:
                draw = await draws.draw(session, confirmation.notice_id)
            if draw.state == DrawState.ANNULLED:
                return await self._told(confirmation.notice_id, beat)
            statement = _statement(draw, confirmation)
            await stated(self.documents, statement)
            async with self.db.transaction() as session:
                draw = await draws.draw(session, confirmation.notice_id, lock=True)
                if draw.state != DrawState.ANNULLED:
                    if _statement(draw, confirmation) != statement:
                        raise NotYet("draw_goes_on", retry_after=SOON_S)
                    await _annul(session, draw, statement, confirmation.person_id)
            return await self._told(confirmation.notice_id, beat)

    async def _told(self, notice_id: str, beat: Beat) -> Annulment:
        """Everybody who applied here hears of it, with what they can do."""
        await in_pages(self.db, notice_id, "tell_annulled", partial(_tell, notice_id), beat)
        record = RecordRef(notice_id=notice_id, format=FORMAT)
        async with self.db.transaction() as session:
            return Annulment(record=record, contracts=len(await awards.contracted(session, notice_id)))

    @activity.defn(name="annulling.note_agency")
    async def note_agency(self, said: AgencyNo) -> Nothing:
        """Why the agency does not change its list of winners, for the operator; or that it has."""
        async with told(), self.db.transaction() as session:
            draw = await draws.draw(session, said.notice_id, lock=True)
            draw.refusal = said.model_dump(mode="json", include={"code", "ko", "en"}) if said.code else None
            session.add(draw)
            return Nothing()


async def _enter(session: AsyncSession, wish: EnterOrder, size: int) -> None:
    draw = await draws.draw(session, wish.notice_id, lock=True)
    _must_be_held(draw)
    if wish.order.ordered_on > seoul_date(now()):
        raise Invalid(
            "order_of_tomorrow", field="ordered_on",
            ko="명령일이 오늘보다 늦습니다. 명령서의 날짜를 확인해 주십시오.",
            en="The order's date lies in the future. Look at the order.",
        )  # fmt: skip
    await exchange.note_blob(session, wish.order.document_sha256, PDF, size)
    entered = Entered(order=wish.order, person_id=wish.person_id, at=now())
    draw.ordered = entered.model_dump(mode="json")
    session.add(draw)


def _must_be_held(draw: DrawRow) -> None:
    """From the fixed list on. While receipt runs there is no draw yet, only a notice, which its agency can recall."""
    if draw.state == DrawState.ANNULLED:
        raise WrongState("annulled_already", ko="이미 취소된 추첨입니다.", en="The draw has been annulled already.")
    if draw.state not in BEGUN:
        raise WrongState(
            "nothing_to_annul",
            ko="취소할 추첨이 없습니다. 접수 중인 공고는 접수기관에서 취소합니다. 무효인 추첨에는 결과가 없습니다.",
            en="There is no draw to annul: a notice in receipt is recalled at its agency; a void draw has no result.",
        )  # fmt: skip


def _statement(draw: DrawRow, confirmation: ConfirmOrder) -> Annulled:
    """What is published, if this person may confirm it. NotYet in the moment between selection and publication."""
    _must_be_held(draw)
    if draw.ordered is None:
        raise WrongState("no_order", ko="입력된 취소 명령이 없습니다.", en="No order has been entered.")
    entered = Entered.model_validate(draw.ordered)
    if entered.order.digest() != confirmation.order_sha256:
        raise WrongState(
            "order_changed", ko="명령의 내용이 바뀌었습니다. 다시 읽고 확인해 주십시오.",
            en="The order was entered anew meanwhile. Read it again.",
        )  # fmt: skip
    if entered.person_id == confirmation.person_id:
        raise WrongState(
            "same_person", ko="명령을 입력한 사람은 확인할 수 없습니다.", en="Who entered the order cannot confirm it."
        )
    if draw.state == DrawState.SELECTED and draw.transcript_sha256 is None:
        raise NotYet("being_published", retry_after=SOON_S)
    return Annulled(
        notice_id=draw.notice_id, head_sha256=Head.model_validate(draw.head).digest(), state=DrawState(draw.state),
        count=draw.count or 0, root1=draw.root1 or "", program=draw.program, root2=draw.root2,
        body_sha256=draw.body_sha256, order=entered.order,
    )  # fmt: skip


async def _annul(session: AsyncSession, draw: DrawRow, statement: Annulled, confirmed_by: UUID) -> None:
    entered = Entered.model_validate(draw.ordered)
    draw.ended = {
        "reason": "annulled", "at": now().isoformat(), "state": draw.state,
        "order": statement.order.model_dump(mode="json"), "entered_by": str(entered.person_id),
        "confirmed_by": str(confirmed_by),
    }  # fmt: skip
    draw.state, draw.ordered, draw.correcting = DrawState.ANNULLED, None, None
    notice = await session.get_one(NoticeRow, draw.notice_id)
    notice.state = "annulled"
    session.add_all([draw, notice])
    await keep(session, statement)
    for award in await awards.uncontracted(session, draw.notice_id):
        await take_back(session, award, BY_ORDER, ko=LOST[0], en=LOST[1])
    for award in await awards.contracted(session, draw.notice_id):
        if award.case_id is not None:
            key = f"contract_stays:{award.id}"
            await cases.record(session, award.case_id, key, ko=CONTRACTED[0], en=CONTRACTED[1], reference=str(award.id))


async def _tell(notice_id: str, session: AsyncSession, after: str) -> Page | None:
    """The next of those who applied here."""
    page = await draws.own_tickets(session, notice_id, after=after, limit=PEOPLE)
    if not page:
        return None
    draw, notice = await draws.draw(session, notice_id), await session.get_one(NoticeRow, notice_id)
    order = Order.model_validate((draw.ended or {})["order"])
    for case_id in {one.case_id for one in page.values()}:
        await cases.record(
            session, case_id, f"annulled:{notice_id}", agency=notice.agency, reference=order.number,
            ko=f"추첨이 취소되었습니다: {notice.name}. {order.name}의 명령({order.number}, {order.ordered_on})에 따른"
               f" 것입니다. {OBJECTION[0]}",
            en=f"The draw is annulled: {notice.name}, by order of {order.name} ({order.number}, {order.ordered_on})."
               f" {OBJECTION[1]}",
        )  # fmt: skip
    return Page(max(page), len(page))
