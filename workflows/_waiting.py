"""The wait-list of a draw to its end: lapsed homes, the first round, and what the list of winners is told."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.awards import Awards
    from activities.receiving import Receiving
    from activities.reserve import ReserveRound
    from activities.waiting import WaitList
    from domain.draws import DrawState
    from domain.messages import ActAnswer, LapseAct, OpenRoundAct
    from domain.reserve import OpenRound
    from workflows._ending import Endings
    from workflows._options import AGENCY, LONG_JUDGE, RECORD
    from workflows._stopping import uninterrupted
    from workflows._trouble import no

LEAST = timedelta(seconds=1)  # between two looks whether the wait-list is over


class WaitListActs(Endings):
    """Its state, its acts, and how it ends. Homes given by number are reported when their contracts have been made
    (제2조제7호바): each by a procedure of its own."""

    def __init__(self) -> None:
        super().__init__()
        self._wait_list_open = False
        self._wait_list_ended = False

    async def _keep_wait_list(self) -> None:
        """Homes go to those who wait, until the wait-list ends; then its personal data is destroyed (제26조④⑨)."""
        end = await workflow.execute_activity_method(WaitList.end, self._start, **RECORD)
        self._move(DrawState.PUBLISHED)
        while not end.over:
            await workflow.sleep(max(end.at - workflow.now(), LEAST))
            end = await workflow.execute_activity_method(WaitList.end, self._start, **RECORD)
        self._wait_list_open, self._wait_list_ended = False, True
        await workflow.execute_activity_method(WaitList.close, self._start, **LONG_JUDGE)

    async def _tell_allotted(self) -> None:
        """Report the homes that the first round gave: they count as won, with or without a contract. Once."""
        async with self._telling:
            carry = self._carry("winners:reserve", reserve=True)
            await uninterrupted(workflow.execute_activity_method(Receiving.tell_winners, carry, **AGENCY))

    @workflow.signal
    async def round_settled(self) -> None:
        """The first round has given its homes."""
        await self._tell_allotted()

    # Acts of people

    @workflow.update
    async def open_round(self, act: OpenRoundAct) -> ActAnswer:
        """An officer opens the first round: the homes are published, and those who wait may join."""
        wish = OpenRound(notice_id=self._start.notice_id, act=act)
        await workflow.execute_activity_method(ReserveRound.open, wish, **RECORD)
        return ActAnswer(
            state="round_open",
            ko="주택과 동·호수를 공개하고 예비입주자의 참가 신청을 받습니다.",
            en="The homes are published. Those who wait may join now.",
        )

    @open_round.validator
    def _may_open_round(self, act: OpenRoundAct) -> None:
        self._must_be_kept()

    @workflow.update
    async def lapse(self, act: LapseAct) -> ActAnswer:
        """An officer declares that a home is free again. It is kept for the first round; afterwards it goes to the next
        who waits."""
        lapsed = await workflow.execute_activity_method(Awards.lapse, act, **RECORD)
        if lapsed.next_award_id is not None:
            return ActAnswer(
                state="allotted",
                ko="다음 예비입주자에게 배정했습니다.",
                en="The home went to the next on the wait-list.",
            )
        if lapsed.kept:
            return ActAnswer(
                state="kept",
                ko="빈 주택으로 기록했습니다. 예비입주자에게 처음 공급할 때 동·호수를 공개하고 추첨합니다.",
                en="Kept as a free home. The first round of the wait-list gives it out by lot.",
            )
        return ActAnswer(state="lapsed", ko="남은 예비입주자가 없습니다.", en="Nobody is left on the wait-list.")

    @lapse.validator
    def _may_lapse(self, act: LapseAct) -> None:
        self._must_be_kept()

    def _must_be_kept(self) -> None:
        self._must_not_be_correcting()
        if not self._wait_list_open and not self._wait_list_ended:  # the record shows awards a moment earlier
            raise no("not_yet", "추첨 결과를 정리하는 중입니다.", "The result of the draw is just being kept.")
        if self._wait_list_ended:
            raise no("no_wait_list", "예비입주자 기간이 아닙니다.", "The wait-list is not open.")
