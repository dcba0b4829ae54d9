"""When a draw must not stand as it is: digits mended from the recording, and annulment by an authority's order.

Either is in force with one transaction of an activity; what follows here is publication and the operator's list of
winners. What was reported is taken back only after its report.
"""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from activities.annulling import Annulling
    from activities.correcting import Correcting
    from activities.receiving import Receiving
    from activities.records import Records
    from domain.draws import (
        AgencyNo,
        Annulment,
        ConfirmOrder,
        DigitsOutcome,
        DrawCarry,
        DrawState,
        DrawView,
        EnterOrder,
        RecordedDigits,
        RecordRef,
    )
    from domain.messages import ActAnswer, ConfirmOrderAct, DrawStart, OrderAct, RecordedDigitsAct
    from domain.work import Nothing
    from workflows._digits import SEATS
    from workflows._options import AGENCY, DOCUMENT, LONG_JUDGE, RECORD
    from workflows._stopping import uninterrupted
    from workflows._trouble import no, trouble_of

AGAIN = timedelta(hours=1)  # what an agency refuses today, it may do when its people have looked at it
WITH_A_LIST = (DrawState.CLOSED, DrawState.SCREENED, DrawState.REVEALED, DrawState.SELECTED, DrawState.PUBLISHED)
ANSWERS = {
    DigitsOutcome.WAITING: ActAnswer(
        state="waiting_for_other",
        ko="입력했습니다. 다른 담당자도 녹화를 보고 입력해야 합니다.",
        en="Kept. The other person has to type what the recording shows, too.",
    ),
    DigitsOutcome.AGREED: ActAnswer(
        state="correcting",
        ko="두 사람의 입력이 같습니다. 같은 명단과 난수로 다시 선정합니다.",
        en="Both typed the same. The selection runs again with the same lists and nonce.",
    ),
    DigitsOutcome.DIFFER: ActAnswer(
        state="digits_differ",
        ko="두 사람이 입력한 숫자나 녹화 파일이 다릅니다. 녹화를 확인하고 둘 다 다시 입력해 주십시오.",
        en="Digits or recording differ. Look at the recording and type again, both of you.",
    ),
    DigitsOutcome.UNCHANGED: ActAnswer(
        state="digits_stand",
        ko="녹화의 숫자가 지금 기록과 같습니다. 고칠 것이 없습니다.",
        en="The recording shows the digits that stand already. There is nothing to correct.",
    ),
}


class Endings:
    """Corrections and annulment of one draw: their state, their acts, and what follows from them."""

    _start: DrawStart
    _wait_list_open: bool

    def __init__(self) -> None:
        self._annulment: Annulment | None = None
        self._typed_again: dict[str, UUID] = {}
        self._corrections = 0
        self._correcting = False
        self._reported = False  # the operator has heard of winners, or is just hearing of them
        self._telling = asyncio.Lock()

    @property
    @abstractmethod
    def _view(self) -> DrawView: ...

    @abstractmethod
    def _move(self, state: DrawState) -> None: ...

    @abstractmethod
    def _carry(self, step: str, *, correction: int = 0, reserve: bool = False) -> DrawCarry: ...

    @abstractmethod
    async def _tell_allotted(self) -> None:
        """Report the homes that went to the wait-list meanwhile."""

    # What follows

    async def _mend(self) -> None:
        """For as long as the draw goes on: each time that both have typed other digits from the recording."""
        while True:
            await workflow.wait_condition(lambda: self._correcting)
            await workflow.execute_activity_method(Correcting.select, self._start, **LONG_JUDGE)
            await workflow.execute_activity_method(Records.seal_correction, self._start, **DOCUMENT)
            await uninterrupted(self._put_in_force())
            self._correcting = False

    async def _put_in_force(self) -> None:
        """In one transaction; then everybody can read it, and the operator's list follows."""
        done = await workflow.execute_activity_method(Correcting.put_in_force, self._start, **LONG_JUDGE)
        if done.record is None:
            return
        self._corrections = number = done.record.number
        await self._publish(done.record)
        gone, new = (self._carry(f"{step}:corrected:{number}", correction=number) for step in ("withdraw", "winners"))
        await self._insist(lambda: workflow.execute_activity_method(Receiving.withdraw_winners, gone, **AGENCY))
        await self._insist(lambda: workflow.execute_activity_method(Receiving.tell_winners, new, **AGENCY))

    async def _until_annulled(self) -> None:
        await workflow.wait_condition(lambda: self._annulment is not None)

    async def _take_off_the_list(self) -> None:
        """Nobody has won by an annulled draw."""
        if self._reported:
            await self._tell_allotted()
            carry = self._carry("withdraw:annulled")
            await self._insist(lambda: workflow.execute_activity_method(Receiving.withdraw_winners, carry, **AGENCY))

    async def _insist(self, act: Callable[[], Awaitable[Nothing]]) -> None:
        """Until the agency has done it. What it refuses for good is shown to the operator, and tried again later."""
        refused = False
        while True:
            try:
                await act()
                break
            except ActivityError as error:
                trouble = trouble_of(error)
                if trouble is None:
                    raise
            refused = True
            await self._note(AgencyNo(notice_id=self._start.notice_id, code=trouble.code, ko=trouble.ko, en=trouble.en))
            await workflow.sleep(AGAIN)
        if refused:
            await self._note(AgencyNo(notice_id=self._start.notice_id))

    async def _note(self, said: AgencyNo) -> None:
        await workflow.execute_activity_method(Annulling.note_agency, said, **RECORD)

    async def _publish(self, record: RecordRef) -> None:
        await workflow.execute_activity_method(Records.publish, record, **DOCUMENT)

    # Acts of people

    @workflow.update
    async def enter_order(self, act: OrderAct) -> ActAnswer:
        """The operator enters an authority's order; nothing changes before it is confirmed."""
        wish = EnterOrder(notice_id=self._start.notice_id, person_id=act.person_id, order=act.order)
        await workflow.execute_activity_method(Annulling.enter, wish, **RECORD)
        return ActAnswer(
            state="order_entered",
            ko="명령을 입력했습니다. 사업주체 담당자가 확인하면 추첨이 취소됩니다.",
            en="The order is entered. The draw is annulled once the supplier's officer has confirmed it.",
        )

    @enter_order.validator
    def _may_enter_order(self, act: OrderAct) -> None:
        self._must_be_annullable()

    @workflow.update
    async def confirm_order(self, act: ConfirmOrderAct) -> ActAnswer:
        """The supplier's officer confirms the order: the draw is annulled, and that is published."""
        confirmation = ConfirmOrder(
            notice_id=self._start.notice_id, person_id=act.person_id, order_sha256=act.order_sha256
        )
        annulment = await workflow.execute_activity_method(Annulling.confirm, confirmation, **RECORD)
        self._annulment = annulment
        self._move(DrawState.ANNULLED)
        await self._publish(annulment.record)
        if annulment.contracts:
            ko = f"추첨이 취소되었습니다. 이미 체결한 공급계약 {annulment.contracts}건은 해제를 협의해야 합니다."
            en = f"The draw is annulled. {annulment.contracts} supply contracts have to be dissolved by people."
            return ActAnswer(state="annulled", ko=ko, en=en)
        return ActAnswer(state="annulled", ko="추첨이 취소되었습니다.", en="The draw is annulled.")

    @confirm_order.validator
    def _may_confirm_order(self, act: ConfirmOrderAct) -> None:
        self._must_be_annullable()

    def _must_be_annullable(self) -> None:
        if self._view.state is DrawState.ANNULLED:
            raise no("annulled_already", "이미 취소된 추첨입니다.", "The draw has been annulled already.")
        if self._view.state not in WITH_A_LIST:
            raise no("nothing_to_annul", "취소할 추첨이 없습니다.", "There is no draw that could be annulled.")

    @workflow.update
    async def type_recorded(self, act: RecordedDigitsAct) -> ActAnswer:
        """One of the two people types what the recording of the balls shows."""
        self._typed_again[act.role] = act.person_id
        number = self._corrections + 1
        digits = RecordedDigits(
            notice_id=self._start.notice_id, person_id=act.person_id, role=act.role, digits=act.digits,
            purpose=f"corrected:{number}", recording_sha256=act.recording_sha256, reason=act.reason,
        )  # fmt: skip
        try:
            typed = await workflow.execute_activity_method(Correcting.note, digits, **RECORD)
        except Exception:
            self._typed_again.pop(act.role, None)
            raise
        if typed.outcome is not DigitsOutcome.WAITING:
            self._typed_again = {}
        self._correcting = self._correcting or typed.outcome is DigitsOutcome.AGREED
        return ANSWERS[typed.outcome]

    @type_recorded.validator
    def _may_type_recorded(self, act: RecordedDigitsAct) -> None:
        self._must_not_be_correcting()
        if self._view.state is DrawState.SELECTED:
            raise no("not_yet", "추첨 결과를 정리하는 중입니다.", "The result of the draw is just being kept.")
        if self._view.state is not DrawState.PUBLISHED:
            raise no("nothing_to_correct", "고칠 추첨 결과가 없습니다.", "There is no result that could be corrected.")
        if not self._wait_list_open:
            raise no("too_late_to_correct", "추첨 숫자를 고칠 수 있는 때가 지났습니다.", "It is too late to correct.")
        if act.role not in SEATS:
            raise no("not_allowed", "입회자만 입력할 수 있습니다.", "Only the two witnesses type the digits.")
        if act.role in self._typed_again or act.person_id in self._typed_again.values():
            raise no("typed_already", "이미 입력했습니다.", "This person or role has typed already.")

    def _must_not_be_correcting(self) -> None:
        if self._correcting:
            raise no("not_yet", "추첨 숫자를 고쳐 다시 선정하는 중입니다.", "The selection is being corrected.")
