"""The draw of one notice: its nonce in several hands, published, closed, screened, revealed, drawn under two people's
eyes, sealed, published; and its wait-list to the end."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.beacons import Beacons
    from activities.custodians import Custodians
    from activities.documents import Documents
    from activities.receiving import Receiving
    from activities.select import Select
    from domain import ids
    from domain.draws import CountAt, Digits, DigitsTyped, DrawCarry, DrawState, DrawView, Revealed
    from domain.messages import Act, ActAnswer, DrawStart
    from workflows._digits import TypedDigits
    from workflows._options import AGENCY, DOCUMENT, LONG_AGENCY, LONG_JUDGE, RECORD, SOON
    from workflows._stopping import first_of, uninterrupted
    from workflows._trouble import no
    from workflows._waiting import WaitListActs

HOUR = timedelta(hours=1)


@workflow.defn
class DrawWorkflow(TypedDigits, WaitListActs):
    """One per notice published here. Its nonce was committed when the notice was."""

    @workflow.init
    def __init__(self, start: DrawStart) -> None:
        TypedDigits.__init__(self, start.notice_id)
        WaitListActs.__init__(self)
        self._start = start
        self._draw: DrawView | None = None
        self._closed_by: UUID | None = None

    @workflow.run
    async def run(self, start: DrawStart) -> DrawView:
        await workflow.execute_activity_method(Custodians.deliver, start, **AGENCY)
        self._draw = await workflow.execute_activity_method(Receiving.publish, self._carry("publish"), **AGENCY)
        await self._receive()
        await self._close()
        try:
            await first_of(self._hold(), self._mend(), self._until_annulled())
        except ActivityError:
            await workflow.wait_condition(workflow.all_handlers_finished)
            if self._annulment is None:  # else the record was a moment ahead of us
                raise
        self._wait_list_open, self._wait_list_ended = False, True
        await workflow.wait_condition(workflow.all_handlers_finished)
        if self._annulment is not None:
            await self._take_off_the_list()
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self._view

    async def _hold(self) -> None:
        """From the fixed list on. A draw that is over stays open to an authority's order; a void one has ended."""
        await self._screen()
        if not (await self._reveal() and await self._agree()):
            return
        await self._select()
        self._wait_list_open = self._reported = True
        carry = self._carry("winners")
        await uninterrupted(workflow.execute_activity_method(Receiving.tell_winners, carry, **AGENCY))
        await self._keep_wait_list()
        await self._until_annulled()

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
                if workflow.now() < closes:  # nobody was at work when the hour struck, and closing came first
                    await self._count(min(HOUR / 2, closes - workflow.now()))

    async def _count(self, within: timedelta) -> None:
        counted = CountAt(notice_id=self._start.notice_id, at=workflow.now())
        try:
            await workflow.execute_activity_method(Receiving.count, counted, schedule_to_close_timeout=within, **AGENCY)
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
            revealed = await workflow.execute_activity_method(Custodians.void, self._start, **LONG_AGENCY)
        return await self._goes_on(revealed)

    async def _goes_on(self, revealed: Revealed) -> bool:
        """Whether balls may be drawn, or were. If not, it is published why the draw is void."""
        self._move(revealed.state)
        if revealed.record is not None:
            await self._publish(revealed.record)
        return revealed.state is DrawState.REVEALED

    async def _agree(self) -> bool:
        """Two people type the balls. Where the notice fixed a round of a public random source, they do so before it is
        out, and then its value is waited for, however long the source is silent. Digits that come later could be chosen
        to fit: then the draw is void."""
        out = self._view.beacon_at
        if out is None:
            await workflow.wait_condition(lambda: self._agreed)
            return True
        stamped = await self._stamped_before(out)
        await workflow.sleep(max(out - workflow.now(), timedelta()))
        if not stamped:
            revealed = await workflow.execute_activity_method(Beacons.void, self._start, **LONG_AGENCY)
            if not await self._goes_on(revealed):
                return False
        await workflow.execute_activity_method(Beacons.receive, self._start, **AGENCY)
        return True

    async def _stamped_before(self, out: datetime) -> bool:
        """Whether the two agreed, and a time stamp proves it, before that moment."""
        try:
            await workflow.wait_condition(lambda: self._agreed, timeout=out - workflow.now())
            within = out - workflow.now()
            if within > timedelta():
                await workflow.execute_activity_method(
                    Beacons.stamp_digits, self._start, schedule_to_close_timeout=within, **SOON
                )
                return True
        except TimeoutError:
            pass
        except ActivityError as failed:
            if is_cancelled_exception(failed):
                raise
        return False

    async def _select(self) -> None:
        """Sealed before anybody sees it: what is published is what was drawn."""
        await workflow.execute_activity_method(Select.draw, self._start, **LONG_JUDGE)
        await workflow.execute_activity_method(Documents.seal_draw, self._start, **DOCUMENT)
        await workflow.execute_activity_method(Select.publish, self._start, **LONG_JUDGE)
        self._move(DrawState.SELECTED)

    def _carry(self, step: str, *, correction: int = 0, reserve: bool = False) -> DrawCarry:
        reference = ids.reference(workflow.info().workflow_id, step)
        return DrawCarry(notice_id=self._start.notice_id, reference=reference, correction=correction, reserve=reserve)

    def _move(self, state: DrawState) -> None:
        self._draw = self._view.model_copy(update={"state": state})

    @property
    def _view(self) -> DrawView:
        if self._draw is None:
            raise no("not_yet", "공고를 기관에 게시하는 중입니다.", "The notice is still being published.")
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
            raise no("closed_already", "이미 마감했습니다.", "Receipt has been closed already.")
        if workflow.now() < self._view.receipt_closes_at:
            raise no("receipt_open", "접수 기간이 끝나지 않았습니다.", "The receipt window has not ended yet.")

    def _must_be_time_for_digits(self) -> None:
        out = self._view.beacon_at
        if out is not None and not self._agreed and workflow.now() >= out:
            raise no(
                "beacon_known", "정해 둔 공개 난수가 이미 나와 숫자를 받을 수 없습니다. 이 추첨은 무효가 됩니다.",
                "The fixed random value is out: digits are not taken any more, and this draw becomes void.",
            )  # fmt: skip
        if self._view.state in (DrawState.CLOSED, DrawState.SCREENED):  # ask again in a moment
            raise no("not_yet", "명단을 심사하고 난수를 여는 중입니다.", "List and nonce are being made ready.")
        if self._view.state is not DrawState.REVEALED:
            raise no("not_revealed", "지금은 추첨 숫자를 입력할 때가 아닙니다.", "It is not time to type the digits.")

    async def _note_digits(self, digits: Digits) -> DigitsTyped:
        return await workflow.execute_activity_method(Select.note_digits, digits, **RECORD)
