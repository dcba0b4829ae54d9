"""A sealed lease to its report: prepared by itself, approved by one party, filed, until the fixed date is there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from itertools import count
from typing import TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from activities.duties import Duties
    from activities.lease_duties import LeaseDuties
    from activities.lease_filings import LeaseFilings
    from activities.signatures import Signatures
    from activities.troubles import Troubles
    from domain.ids import reference
    from domain.leases import LeaseFiling, LeaseReminder, LeaseReportStart, LeaseReportView
    from domain.work import ApprovalsWanted, ApprovalView, Nothing, Refusal, SigningOver, Unsigned
    from workflows._options import AGENCY, JUDGE, OUTSIDE, RECORD
    from workflows._signing import Asking, sign_approval
    from workflows._stopping import first_of, stoppable
    from workflows._trouble import Trouble, trouble_of

T = TypeVar("T")
REPORT = "lease_report"
AGAIN = timedelta(hours=1)  # what failed for another reason than a refusal may mend itself


@workflow.defn
class LeaseReportWorkflow(Asking):
    """One per sealed lease (주택 임대차 계약의 신고). What the agency refuses is told, made anew and approved again."""

    @workflow.init
    def __init__(self, start: LeaseReportStart) -> None:
        super().__init__(start.contract_id)
        self._told = 0

    @workflow.run
    async def run(self, start: LeaseReportStart) -> Nothing:
        report = await workflow.execute_activity_method(LeaseDuties.open, start, **JUDGE)
        if report.wanted:
            await stoppable(first_of(self._file(report), self._remind(report)))
            await self._insist(report, lambda: self._certificate(start))
        await workflow.wait_condition(workflow.all_handlers_finished)
        return Nothing()

    async def _file(self, report: LeaseReportView) -> None:
        for attempt in count(1):
            kind = REPORT if attempt == 1 else f"{REPORT}:{attempt}"
            await self._one_signs(report, kind)
            filing = LeaseFiling(
                contract_id=report.contract_id, approval=kind,
                reference=reference(workflow.info().workflow_id, kind),
            )  # fmt: skip
            try:
                await workflow.execute_activity_method(LeaseFilings.carry, filing, **AGENCY)
            except ActivityError as error:
                await self._tell(report, _trouble(error))
            else:
                return

    async def _one_signs(self, report: LeaseReportView, kind: str) -> None:
        """The same body waits for each party; the first signature is enough (규칙 제6조의2제3항)."""
        wanted = ApprovalsWanted(subject_id=report.contract_id, kind=kind, workflow_id=workflow.info().workflow_id)
        approvals = await self._insist(
            report, lambda: workflow.execute_activity_method(LeaseDuties.open_approvals, wanted, **JUDGE)
        )
        for item in approvals.items:
            self._open[kind, item.person_id] = item
        await first_of(*(self._one(report, item) for item in approvals.items))
        self.forget_open()
        await workflow.execute_activity_method(LeaseDuties.settle, wanted, **RECORD)
        over = SigningOver(subject_id=report.contract_id)
        await self._insist(report, lambda: workflow.execute_activity_method(Signatures.call_back, over, **AGENCY))

    async def _one(self, report: LeaseReportView, item: ApprovalView) -> None:
        """Who declined, or did not come in time, may still sign later."""
        key = (item.kind, item.person_id)
        while True:
            await workflow.wait_condition(lambda: key in self._ready)
            outcome = await self._insist(report, partial(sign_approval, item))
            if outcome == "signed":
                return
            self._ready.discard(key)
            unsigned = Unsigned(approval_id=item.approval_id, why=outcome)
            await workflow.execute_activity_method(Duties.reopen, unsigned, **RECORD)
            item = item.model_copy(update={"round": item.round + 1})

    async def _remind(self, report: LeaseReportView) -> None:
        """Before the last day, and once it has passed. For ever: the report itself ends it."""
        moments = [*report.remind_at, *([report.late_at] if report.late_at else [])]
        for number, moment in enumerate(moments, 1):
            await workflow.sleep(max(moment - workflow.now(), timedelta()))
            reminder = LeaseReminder(contract_id=report.contract_id, number=number, late=moment == report.late_at)
            await workflow.execute_activity_method(LeaseDuties.remind, reminder, **RECORD)
        await workflow.wait_condition(lambda: False)

    async def _certificate(self, start: LeaseReportStart) -> Nothing:
        return await workflow.execute_activity_method(LeaseFilings.await_certificate, start, **OUTSIDE)

    async def _insist(self, report: LeaseReportView, act: Callable[[], Awaitable[T]]) -> T:
        """Do ``act`` until it succeeds; a permanent no is told, and tried again after a while."""
        while True:
            try:
                return await act()
            except ActivityError as error:
                await self._tell(report, _trouble(error))
            await workflow.sleep(AGAIN)

    async def _tell(self, report: LeaseReportView, trouble: Trouble) -> None:
        self._told += 1
        refusal = Refusal(
            case_id=report.case_id, kind=REPORT, code=trouble.code, article=trouble.article,
            key=f"refused:{REPORT}:{report.contract_id}:{self._told}", ko=trouble.ko, en=trouble.en,
        )  # fmt: skip
        await workflow.execute_activity_method(Troubles.tell, refusal, **RECORD)


def _trouble(error: ActivityError) -> Trouble:
    """A cancellation is nobody's no: it goes on."""
    trouble = trouble_of(error)
    if trouble is None:
        raise error
    return trouble
