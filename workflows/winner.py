"""One win told to the list of winners: a home that the wait-list gave by number counts once its contract is made."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.receiving import Receiving
    from domain import ids
    from domain.draws import DrawCarry
    from domain.messages import WinnerStart
    from domain.work import Nothing
    from workflows._options import AGENCY


@workflow.defn
class WinnerWorkflow:
    """One per such home (제2조제7호바, 제57조①), promised with the record of its contract."""

    @workflow.run
    async def run(self, start: WinnerStart) -> Nothing:
        reference = ids.reference(workflow.info().workflow_id, "winner")
        carry = DrawCarry(notice_id=start.notice_id, reference=reference, award_id=start.award_id)
        return await workflow.execute_activity_method(Receiving.tell_winners, carry, **AGENCY)
