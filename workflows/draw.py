"""The draw of one notice: its nonce in several hands, published, closed, screened, revealed, drawn under two people's
eyes, sealed, published; and its wait-list to the end."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.awards import Awards
    from activities.custodians import Custodians
    from activities.documents import Documents
    from activities.receiving import Receiving
    from activities.select import Select
    from domain import ids
    from domain.draws import CountAt, Digits, DigitsOutcome, DrawCarry, DrawState, DrawView
    from domain.messages import Act, ActAnswer, DigitsAct, DrawStart, LapseAct
    from workflows._options import AGENCY, DOCUMENT, JUDGE, RECORD, Options

# The longest list in the country is read page by page; the heartbeat notices a lost worker long before.
LONG_AGENCY: Options = {**AGENCY, "start_to_close_timeout": timedelta(minutes=10)}
LONG_JUDGE: Options = {**JUDGE, "start_to_close_timeout": timedelta(minutes=10)}

HOUR = timedelta(hours=1)
DIGITS_ANSWERS = {
    DigitsOutcome.WAITING: ActAnswer(
        state="waiting_for_other",
        ko="입력했습니다. 다른 입회자의 입력을 기다립니다.",
        en="Kept. The other person has to type too.",
    ),
    DigitsOutcome.AGREED: ActAnswer(
        state="digits_agreed",
        ko="두 사람의 입력이 같습니다. 추첨을 시작합니다.",
        en="Both typed the same. The draw begins.",
    ),
    DigitsOutcome.DIFFER: ActAnswer(
        state="digits_differ",
        ko="두 사람의 입력이 다릅니다. 공을 확인하고 둘 다 다시 입력해 주십시오.",
        en="The two differ. Look at the balls and type again, both of you.",
    ),
}


@workflow.defn
class DrawWorkflow:
    """One per notice published here. Its nonce was committed when the notice was."""

    @workflow.init
    def __init__(self, start: DrawStart) -> None:
        self._start = start
        self._draw: DrawView | None = None
        self._closed_by: UUID | None = None
        self._typed: dict[str, UUID] = {}
        self._agreed = False
        self._wait_list_open = False
        self._wait_list_ended = False
        self._allotted: list[UUID] = []  # awards from the wait-list that the operator does not know yet

    @workflow.run
    async def run(self, start: DrawStart) -> DrawView:
        await workflow.execute_activity_method(Custodians.deliver, start, **AGENCY)
        self._draw = await workflow.execute_activity_method(Receiving.publish, self._carry("publish"), **AGENCY)
        await self._receive()
        await self._close()
        await self._screen()
        if not await self._reveal():
            await workflow.wait_condition(workflow.all_handlers_finished)
            return self._view
        await workflow.wait_condition(lambda: self._agreed)
        await self._select()
        self._wait_list_open = True
        await workflow.execute_activity_method(Receiving.tell_winners, self._carry("winners"), **AGENCY)
        await self._keep_wait_list()
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self._view

    # The steps

    async def _receive(self) -> None:
        """Until the operator closes; meanwhile the number of applications is time-stamped at every full hour."""
        opens, closes = self._view.receipt_opens_at, self._view.receipt_closes_at
        while self._closed_by is None:
            hour = max(workflow.now(), opens).replace(minute=0, second=0, microsecond=0) + HOUR
            wait = hour - workflow.now() if hour < closes else None
            try:
                await workflow.wait_condition(lambda: self._closed_by is not None, timeout=wait)
            except TimeoutError:
                await self._count()

    async def _count(self) -> None:
        counted = CountAt(notice_id=self._start.notice_id, at=workflow.now())
        try:
            await workflow.execute_activity_method(
                Receiving.count, counted, schedule_to_close_timeout=HOUR / 2, **AGENCY
            )
        except ActivityError as failed:
            # A count that nobody could stamp in its time is left out: later it would be another number.
            if is_cancelled_exception(failed):
                raise

    async def _close(self) -> None:
        """Receipt ends at the agency; the list is fixed and stamped before anybody screens it."""
        await workflow.execute_activity_method(Receiving.close, self._carry("close"), **AGENCY)
        self._draw = await workflow.execute_activity_method(Receiving.receive, self._start, **LONG_AGENCY)

    async def _screen(self) -> None:
        await workflow.execute_activity_method(Select.screen, self._start, **LONG_AGENCY)
        await workflow.execute_activity_method(Select.screened, self._start, **RECORD)
        self._move(DrawState.SCREENED)

    async def _reveal(self) -> bool:
        """The custodians hand over their shares for the stamped list, before any ball. Whether the nonce is open; if
        not, the draw is void."""
        try:
            revealed = await workflow.execute_activity_method(
                Custodians.reveal, self._start, schedule_to_close_timeout=self._start.reveal_within, **AGENCY
            )
        except ActivityError as failed:
            if is_cancelled_exception(failed):
                raise
            revealed = None
        if revealed is None or revealed.state is not DrawState.REVEALED:
            revealed = await workflow.execute_activity_method(Custodians.void, self._start, **AGENCY)
        self._move(revealed.state)
        return revealed.state is DrawState.REVEALED

    async def _select(self) -> None:
        """Sealed before anybody sees it: what is published is what was drawn."""
        await workflow.execute_activity_method(Select.draw, self._start, **LONG_JUDGE)
        await workflow.execute_activity_method(Documents.seal_draw, self._start, **DOCUMENT)
        await workflow.execute_activity_method(Select.publish, self._start, **LONG_JUDGE)
        self._move(DrawState.SELECTED)

    async def _keep_wait_list(self) -> None:
        """Lapsed homes go to those who wait, until the wait-list ends (제26조제4항)."""
        end = await workflow.execute_activity_method(Select.wait_list_end, self._start, **RECORD)
        self._move(DrawState.PUBLISHED)
        while workflow.now() < end.at:
            await self._until(end.at)
            while self._allotted:
                award_id = self._allotted.pop(0)
                carry = self._carry(f"winner:{award_id}", award_id)
                await workflow.execute_activity_method(Receiving.tell_winners, carry, **AGENCY)
        self._wait_list_open, self._wait_list_ended = False, True
        await workflow.execute_activity_method(Select.end_wait_list, self._start, **RECORD)

    async def _until(self, end: datetime) -> None:
        try:
            await workflow.wait_condition(lambda: bool(self._allotted), timeout=end - workflow.now())
        except TimeoutError:
            return

    def _carry(self, step: str, award_id: UUID | None = None) -> DrawCarry:
        reference = ids.reference(workflow.info().workflow_id, step)
        return DrawCarry(notice_id=self._start.notice_id, reference=reference, award_id=award_id)

    def _move(self, state: DrawState) -> None:
        self._draw = self._view.model_copy(update={"state": state})

    @property
    def _view(self) -> DrawView:
        if self._draw is None:
            raise _no("not_yet", "공고를 기관에 게시하는 중입니다.", "The notice is still being published.")
        return self._draw

    # Acts of people

    @workflow.update
    async def close(self, act: Act) -> ActAnswer:
        """The operator ends receipt, once its own instant has passed."""
        self._closed_by = act.person_id
        return ActAnswer(state="closing", ko="접수를 마감합니다.", en="Receipt is being closed.")

    @close.validator
    def _may_close(self, act: Act) -> None:
        if self._closed_by is not None:
            raise _no("closed_already", "이미 마감했습니다.", "Receipt has been closed already.")
        if workflow.now() < self._view.receipt_closes_at:
            raise _no("receipt_open", "접수 기간이 끝나지 않았습니다.", "The receipt window has not ended yet.")

    @workflow.update
    async def type_digits(self, act: DigitsAct) -> ActAnswer:
        """One of the two people types what the balls show."""
        self._typed[act.role] = act.person_id
        digits = Digits(
            notice_id=self._start.notice_id, person_id=act.person_id, role=act.role, digits=act.digits,
            observers=act.observers,
        )  # fmt: skip
        try:
            typed = await workflow.execute_activity_method(Select.note_digits, digits, **RECORD)
        except Exception:
            self._typed.pop(act.role, None)
            raise
        if typed.outcome is not DigitsOutcome.WAITING:
            self._typed = {}
        self._agreed = self._agreed or typed.outcome is DigitsOutcome.AGREED
        return DIGITS_ANSWERS[typed.outcome]

    @type_digits.validator
    def _may_type_digits(self, act: DigitsAct) -> None:
        if self._view.state in (DrawState.CLOSED, DrawState.SCREENED):  # ask again in a moment
            raise _no("not_yet", "명단을 심사하고 난수를 여는 중입니다.", "List and nonce are being made ready.")
        if self._view.state is not DrawState.REVEALED or self._agreed:
            raise _no("not_revealed", "지금은 추첨 숫자를 입력할 때가 아닙니다.", "It is not time to type the digits.")
        if act.role not in ("officer", "operator"):
            raise _no("not_allowed", "입회자만 입력할 수 있습니다.", "Only the two witnesses type the digits.")
        if act.role in self._typed or act.person_id in self._typed.values():
            raise _no("typed_already", "이미 입력했습니다.", "This person or role has typed already.")

    @workflow.update
    async def lapse(self, act: LapseAct) -> ActAnswer:
        """An officer declares that a home is free again; it goes to the next who waits."""
        lapsed = await workflow.execute_activity_method(Awards.lapse, act, **RECORD)
        if lapsed.next_award_id is None:
            return ActAnswer(state="lapsed", ko="남은 예비입주자가 없습니다.", en="Nobody is left on the wait-list.")
        self._allotted.append(lapsed.next_award_id)
        return ActAnswer(
            state="allotted", ko="다음 예비입주자에게 배정했습니다.", en="The home went to the next on the wait-list."
        )

    @lapse.validator
    def _may_lapse(self, act: LapseAct) -> None:
        if not self._wait_list_open and not self._wait_list_ended:  # the record shows awards a moment earlier
            raise _no("not_yet", "추첨 결과를 정리하는 중입니다.", "The result of the draw is just being kept.")
        if self._wait_list_ended:
            raise _no("no_wait_list", "예비입주자 기간이 아닙니다.", "The wait-list is not open.")


def _no(code: str, ko: str, en: str) -> ApplicationError:
    return ApplicationError(en, {"ko": ko, "en": en}, type=code)
