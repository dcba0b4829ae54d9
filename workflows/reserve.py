"""The first round of a wait-list: people join, the list is stamped, the balls are drawn, homes and units follow."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import FailureError

with workflow.unsafe.imports_passed_through():
    from activities.records import Records
    from activities.reserve import ReserveRound
    from domain.draws import Digits, DigitsTyped
    from domain.ids import draw_workflow_id
    from domain.messages import ReserveStart
    from domain.reserve import RoundState, RoundView
    from workflows._digits import TypedDigits
    from workflows._options import DOCUMENT, JUDGE, RECORD
    from workflows._trouble import no

PURPOSE = "reserve"
LOOK_AGAIN = timedelta(days=1)  # whether the draw, and the round with it, has been annulled


@workflow.defn
class ReserveRoundWorkflow(TypedDigits):
    """One per notice, promised when its officer opened the round. Joining is a promise of the database alone."""

    @workflow.init
    def __init__(self, start: ReserveStart) -> None:
        super().__init__(start.notice_id, PURPOSE)
        self._start = start
        self._round: RoundView | None = None

    @workflow.run
    async def run(self, start: ReserveStart) -> RoundView:
        self._round = await workflow.execute_activity_method(ReserveRound.view, start, **RECORD)
        await workflow.sleep(max(self._round.until - workflow.now(), timedelta()))
        self._round = await workflow.execute_activity_method(ReserveRound.fix, start, **RECORD)
        if self._round.state is RoundState.FIXED:
            self._round = await self._draw()
        await workflow.wait_condition(workflow.all_handlers_finished)
        if self._round.record is not None:
            await workflow.execute_activity_method(Records.publish, self._round.record, **DOCUMENT)
            await self._report()
        return self._round

    async def _draw(self) -> RoundView:
        """When both have typed what the balls show. An order may end the draw before."""
        while True:
            try:
                await workflow.wait_condition(lambda: self._agreed, timeout=LOOK_AGAIN)
            except TimeoutError:
                found = await workflow.execute_activity_method(ReserveRound.view, self._start, **RECORD)
                if found.state is not RoundState.FIXED:
                    return found
            else:
                return await workflow.execute_activity_method(ReserveRound.settle, self._start, **JUDGE)

    async def _report(self) -> None:
        """The draw's own procedure tells the operator's list: what it tells there never overlaps."""
        handle = workflow.get_external_workflow_handle(draw_workflow_id(self._start.notice_id))
        try:
            await handle.signal("round_settled")
        except FailureError:
            # The draw has been annulled and has ended: it reported the round before it took all winners back.
            return

    def _must_be_time_for_digits(self) -> None:
        if self._round is None or (self._round.state is RoundState.OPEN and workflow.now() >= self._round.until):
            raise no("not_yet", "참가 명단을 확정하는 중입니다.", "The list is just being fixed.")
        if self._round.state is not RoundState.FIXED:
            raise no("not_revealed", "지금은 추첨 숫자를 입력할 때가 아닙니다.", "It is not time to type the digits.")

    async def _note_digits(self, digits: Digits) -> DigitsTyped:
        return await workflow.execute_activity_method(ReserveRound.note_digits, digits, **RECORD)
