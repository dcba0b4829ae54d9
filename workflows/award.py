"""From a home won to its supply contract: checked, explained if need be, accepted, deposit paid."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.awards import Awards
    from activities.collect import Collect
    from activities.contracts import Contracts
    from activities.money import Money
    from activities.supplying import Supplying
    from domain import ids
    from domain.awards import Accepted, AwardEnd, AwardFound, AwardSearch, AwardView, Explained, Judged, SupplyRefused
    from domain.consents import Renewal
    from domain.facts import Item
    from domain.messages import AcceptAct, Act, ActAnswer, AwardStart, ContractStart, ExplainAct, JudgeAct
    from domain.words import Outcome, Step
    from domain.work import ContractDone, DueRef, Paid, StepDone
    from workflows._options import AGENCY, JUDGE, OUTSIDE, RECORD
    from workflows._stopping import first_of
    from workflows._trouble import no, trouble_of
    from workflows.contract import ContractWorkflow

SEARCHED = (Item.HOUSEHOLD, Item.HOME_OWNERSHIP, Item.PAST_WINS)  # 제52조, 제57조
UNPAID = "waiting_for_payment"
ANNULLED = "award_annulled"
AGAIN = timedelta(hours=1)  # a newer version of the notice may have come from its board


@workflow.defn
class AwardWorkflow:
    """One per home won by a person who applied here."""

    @workflow.init
    def __init__(self, start: AwardStart) -> None:
        self._start = start
        self._found: AwardFound | None = None
        self._explained = False
        self._judging = False
        self._judged: JudgeAct | None = None
        self._accepted = False
        self._annulled = False
        self._end = AwardEnd(award_id=start.award_id, state="annulled")  # unless it comes to another end
        self._bought: tuple[ContractStart, Paid] | None = None
        self._over = False
        self._refusals = 0
        self._redraft = True  # False: a refused draft waits

    @workflow.run
    async def run(self, start: AwardStart) -> AwardEnd:
        try:
            await first_of(self._hold(), self._until_annulled())
        except ActivityError as error:
            trouble = trouble_of(error)
            if trouble is None or trouble.code != ANNULLED:
                raise
            self._annulled = True  # the record is a moment ahead of the signal
        self._over = True
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self._end

    async def _hold(self) -> None:
        """To the award's end. The record says whether it is this one, or whether it was annulled before."""
        award = await workflow.execute_activity_method(Awards.view, self._start, **RECORD)
        end = AwardEnd(award_id=self._start.award_id, state=await self._go(award))
        self._end = await workflow.execute_activity_method(Awards.end, end, **RECORD)
        if self._end.state == "contracted" and self._bought is not None:
            await self._begin_contract(award, *self._bought)

    async def _until_annulled(self) -> None:
        await workflow.wait_condition(lambda: self._annulled)

    async def _go(self, award: AwardView) -> str:
        """The procedure; answers how the award ended."""
        if not await self._eligible(award):
            return "ineligible"
        by = await workflow.execute_activity_method(Awards.contract_by, self._start, **RECORD)
        if not await self._accepted_by(by.at):
            return "lapsed"
        contract = await self._draft()
        if self._refusals:  # the winner does not lose the days in which there was nothing to pay for
            by = await workflow.execute_activity_method(Awards.contract_by, self._start, **RECORD)
        paid = await self._deposit(contract, by.at)
        if paid is None:
            expired = ContractDone(contract_id=contract.contract_id, state="expired")
            await workflow.execute_activity_method(Contracts.mark, expired, **RECORD)
            return "lapsed"
        self._bought = (contract, paid)
        return "contracted"

    # The steps

    async def _eligible(self, award: AwardView) -> bool:
        """By the registers; else by a human, after time to explain (제52조제3항, 개인정보 보호법 제37조의2제3항)."""
        search = AwardSearch(award_id=award.award_id, answered=await self._search(award))
        found = await workflow.execute_activity_method(Awards.decide, search, **JUDGE)
        self._found = found
        if found.outcome is Outcome.YES:
            return True
        await workflow.wait_condition(lambda: self._judged is not None)
        return self._judged is not None and self._judged.eligible

    async def _search(self, award: AwardView) -> bool:
        """Ask the registers again about the winner and the spouse. Whether they answered in the time of the law."""
        renewal = Renewal(case_id=award.case_id, items=SEARCHED, since=workflow.now())
        within = max(award.search_until - workflow.now(), timedelta(seconds=1))
        try:
            await workflow.execute_activity_method(Collect.renew, renewal, **AGENCY, schedule_to_close_timeout=within)
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            return False
        return True

    async def _accepted_by(self, end: datetime) -> bool:
        try:
            await workflow.wait_condition(lambda: self._accepted, timeout=end - workflow.now())
        except TimeoutError:
            return False
        return True

    async def _draft(self) -> ContractStart:
        """What is missing is told to the supplier; drafted again when an officer says so, or after a while."""
        while True:
            try:
                return await workflow.execute_activity_method(Supplying.draft_supply, self._start, **JUDGE)
            except ActivityError as error:
                trouble = trouble_of(error)
                if trouble is None:
                    raise
            self._refusals += 1
            self._redraft = False
            refused = SupplyRefused(
                award_id=self._start.award_id, number=self._refusals, code=trouble.code, article=trouble.article,
                ko=trouble.ko, en=trouble.en,
            )  # fmt: skip
            await workflow.execute_activity_method(Supplying.tell_refusal, refused, **RECORD)
            with suppress(TimeoutError):
                await workflow.wait_condition(lambda: self._redraft, timeout=AGAIN)
            self._redraft = True

    async def _deposit(self, contract: ContractStart, end: datetime) -> Paid | None:
        """계약금 within the contract window. What was paid in time counts even if we could not look until later."""
        due = await workflow.execute_activity_method(Supplying.open_deposit, contract, **RECORD)
        try:
            return await workflow.execute_activity_method(
                Money.await_payment,
                due,
                **OUTSIDE,
                schedule_to_close_timeout=max(end - workflow.now(), timedelta(seconds=1)),
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
        paid = await self._last_look(due)
        return paid if paid is not None and paid.at <= end else None

    async def _last_look(self, due: DueRef) -> Paid | None:
        """The bank's word after the window; a bank that is down is asked until it says."""
        while True:
            try:
                return await workflow.execute_activity_method(
                    Money.await_payment,
                    due,
                    task_queue=OUTSIDE["task_queue"],
                    start_to_close_timeout=OUTSIDE["start_to_close_timeout"],
                    heartbeat_timeout=OUTSIDE["heartbeat_timeout"],
                    retry_policy=RetryPolicy(maximum_attempts=1),
                )
            except ActivityError as error:
                if is_cancelled_exception(error):
                    raise
                if isinstance(error.cause, ApplicationError) and error.cause.type == UNPAID:
                    return None
            await workflow.sleep(timedelta(seconds=10))

    async def _begin_contract(self, award: AwardView, contract: ContractStart, paid: Paid) -> None:
        """The contract outlives the award."""
        done = StepDone(
            case_id=award.case_id, step=Step.DEPOSIT_PAID, reference=paid.reference,
            key=f"deposit_paid:{contract.contract_id}",
        )  # fmt: skip
        await workflow.execute_activity_method(Contracts.step_done, done, **RECORD)
        await workflow.start_child_workflow(
            ContractWorkflow.run,
            contract,
            id=ids.contract_workflow_id(contract.contract_id),
            parent_close_policy=workflow.ParentClosePolicy.ABANDON,
        )

    @workflow.signal
    def annulled(self) -> None:
        """The draw was annulled, or corrected so that this award does not hold: the record says so already."""
        self._annulled = True

    # Acts of people. The record may show a finding a moment before it is known here: acts on it wait that long.

    @workflow.update
    async def explain(self, act: ExplainAct) -> ActAnswer:
        """The winner explains a finding."""
        await self._finding()
        if self._explained or self._window_over():
            raise no("explanation_over", "소명 기간이 끝났거나 이미 소명했습니다.", "The time to explain is over.")
        self._explained = True
        said = Explained(
            award_id=self._start.award_id, person_id=act.person_id, text=act.text, document_sha256=act.document_sha256
        )
        await workflow.execute_activity_method(Awards.explained, said, **RECORD)
        return ActAnswer(state="explained", ko="소명을 접수했습니다.", en="Your explanation has been received.")

    @explain.validator
    def _may_explain(self, act: ExplainAct) -> None:
        self._must_be_open()

    @workflow.update
    async def judge(self, act: JudgeAct) -> ActAnswer:
        """An officer decides, after the explanation or the end of the time for it."""
        await self._finding()
        if not (self._explained or self._window_over()):
            raise no("explanation_open", "소명 기간이 끝나지 않았습니다.", "The winner may still explain.")
        judged = Judged(
            award_id=self._start.award_id, officer_id=act.person_id, eligible=act.eligible, reason=act.reason
        )
        self._judging = True  # a second decision that comes meanwhile is refused
        await workflow.execute_activity_method(Awards.judged, judged, **RECORD)
        self._judged = act
        state = "checked" if act.eligible else "ineligible"
        return ActAnswer(state=state, ko="판정을 기록했습니다.", en="The decision has been recorded.")

    @judge.validator
    def _may_judge(self, act: JudgeAct) -> None:
        self._must_be_open()

    def _must_be_open(self) -> None:
        if self._annulled:
            raise no(ANNULLED, "추첨이 취소되었거나 정정되었습니다.", "The draw was annulled or corrected.")
        if self._judging or (self._found is not None and self._found.outcome is Outcome.YES):
            raise no("no_finding", "소명하거나 판정할 사항이 없습니다.", "There is nothing to explain or decide.")

    async def _finding(self) -> None:
        await workflow.wait_condition(lambda: self._found is not None or self._annulled)
        self._must_be_open()

    @workflow.update
    async def redraft(self, act: Act) -> ActAnswer:
        """An officer has added what the contract lacked."""
        self._redraft = True
        return ActAnswer(state="drafting", ko="계약서를 다시 만듭니다.", en="The contract is drafted again.")

    @redraft.validator
    def _may_redraft(self, act: Act) -> None:
        if self._redraft:
            raise no("nothing_refused", "보완할 계약서가 없습니다.", "No draft waits for anything.")

    @workflow.update
    async def accept(self, act: AcceptAct) -> ActAnswer:
        """The winner takes the home and chooses options."""
        accepted = Accepted(award_id=self._start.award_id, person_id=act.person_id, option_codes=act.option_codes)
        await workflow.execute_activity_method(Awards.accepted, accepted, **RECORD)
        self._accepted = True
        return ActAnswer(
            state="accepted",
            ko="계약 의사를 접수했습니다. 계약금을 납부해 주십시오.",
            en="Accepted. Please pay the deposit.",
        )

    @accept.validator
    def _may_accept(self, act: AcceptAct) -> None:
        if self._accepted or self._over:
            raise no("accepted_already", "이미 처리되었습니다.", "This has been settled already.")

    def _window_over(self) -> bool:
        until = self._found.explain_until if self._found else None
        return until is not None and workflow.now() >= until
