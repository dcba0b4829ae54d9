"""A contract from its draft to its seal: explained, frozen, signed in order, sealed for decades."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, FailureError

with workflow.unsafe.imports_passed_through():
    from activities.contracts import Contracts
    from activities.documents import Documents
    from activities.troubles import Troubles
    from domain.ids import transfer_workflow_id
    from domain.messages import Act, ActAnswer, ContractStart, DeclineAct, TransferStart
    from domain.words import ContractKind
    from domain.work import ContractDone, ContractView, Refusal, Told, Turn, TurnAsk
    from workflows._options import DOCUMENT, RECORD
    from workflows._signing import Outcome, sign_field
    from workflows._stopping import stop
    from workflows._trouble import Trouble, trouble_of
    from workflows.transfer import TransferWorkflow

AGAIN = timedelta(minutes=10)  # a seal that failed is tried again: all have signed, only our own part is missing

ASKED = ActAnswer(
    state="asked",
    ko="전자서명 서비스에서 문서와 금액을 확인하고 승인해 주십시오.",
    en="Please look at the document and the sum at your signing service and approve there.",
)


@workflow.defn
class ContractWorkflow:
    """One per contract: sale, supply or dissolution."""

    @workflow.init
    def __init__(self, start: ContractStart) -> None:
        self._start = start
        self._contract: ContractView | None = None
        self._explained = False
        self._invited = False
        self._declined: str | None = None  # the reason
        self._over = False
        self._ready: set[UUID] = set()
        self._signed: set[str] = set()  # fields
        self._rounds: dict[str, int] = {}
        self._told = 0

    @workflow.run
    async def run(self, start: ContractStart) -> ContractDone:
        contract = await workflow.execute_activity_method(Contracts.view, start, **RECORD)
        self._contract, self._invited = contract, contract.invited
        try:
            await self._wait(lambda: self._invited)
            await self._freeze()
            await self._sign_in_order(contract)
            await self._still_wanted(contract)
        except _Ended as ended:
            return await self._end(ended.state, ended.reason)
        await self._seal(contract)
        await self._go_on(contract)
        return await self._end("sealed")

    # The steps

    async def _freeze(self) -> None:
        """A sale has been frozen when its parties were invited. Where a content is missing there is no contract."""
        try:
            await workflow.execute_activity_method(Documents.freeze, self._start, **DOCUMENT)
        except ActivityError as error:
            trouble = trouble_of(error)
            if trouble is None:
                raise
            await self._tell(trouble)
            raise _Ended("declined", trouble.code) from error

    async def _sign_in_order(self, contract: ContractView) -> None:
        """One revision at a time; people of the same order sign as they come."""
        while turns := self._whose_turn():
            await self._wait(lambda turns=turns: self._ready & turns.keys())  # type: ignore[misc]
            person = next(person for person in turns if person in self._ready)
            outcome = await self._sign(contract, turns[person])
            self._ready.discard(person)
            if outcome == "signed":
                self._signed.add(turns[person])

    def _whose_turn(self) -> dict[UUID, str]:
        """Person and field of the lowest order that is not complete; empty when all have signed."""
        unsigned = [turn for turn in self._view.turns if turn[0] not in self._signed]
        first = min((order for _, order, _ in unsigned), default=0)
        return {person: field for field, order, person in unsigned if order == first}

    async def _sign(self, contract: ContractView, field: str) -> Outcome | None:
        """Whoever declines meanwhile ends the contract, also in another's turn."""
        turn = Turn(contract_id=contract.contract_id, field=field, round=self._rounds.get(field, 0))
        signing = asyncio.create_task(sign_field(turn))
        try:
            await self._wait(signing.done)
        except _Ended:
            await stop(signing)
            raise
        try:
            outcome = signing.result()
        except ActivityError as error:
            trouble = trouble_of(error)
            if trouble is None:
                raise
            await self._tell(trouble)
            outcome = None
        if outcome == "declined":
            raise _Ended("declined", "declined_at_signing_service")
        if outcome != "signed":
            await workflow.execute_activity_method(Contracts.reopen_turn, turn, **RECORD)
            self._rounds[field] = turn.round + 1
        return outcome

    async def _still_wanted(self, contract: ContractView) -> None:
        if contract.kind is not ContractKind.DISSOLUTION:
            return
        possible = await workflow.execute_activity_method(Contracts.still_dissolvable, self._start, **RECORD)
        if not possible.yes:
            await self._too_late(contract)
            raise _Ended("expired", "registered_already")

    async def _seal(self, contract: ContractView) -> None:
        while True:
            try:
                await workflow.execute_activity_method(Documents.seal, self._start, **DOCUMENT)
            except ActivityError as error:
                trouble = trouble_of(error)
                if trouble is None:
                    raise
                await self._tell(trouble)
                await workflow.sleep(AGAIN)
            else:
                return

    async def _go_on(self, contract: ContractView) -> None:
        """A sealed dissolution ends its contract; every other sealed contract goes on to the title."""
        start = ContractStart(contract_id=contract.contract_id)
        transfer = await workflow.execute_activity_method(Contracts.open_transfer, start, **RECORD)
        workflow_id = transfer_workflow_id(transfer.transfer_id)
        if contract.kind is ContractKind.DISSOLUTION:
            try:
                await workflow.get_external_workflow_handle(workflow_id).signal("dissolved", start)
            except FailureError:  # the procedure has just ended, with the registration
                await self._too_late(contract)
            return
        await workflow.start_child_workflow(
            TransferWorkflow.run,
            TransferStart(transfer_id=transfer.transfer_id),
            id=workflow_id,
            parent_close_policy=workflow.ParentClosePolicy.ABANDON,
        )

    async def _too_late(self, contract: ContractView) -> None:
        line = Told(case_id=contract.case_id, word="too_late", key=f"too_late:{contract.contract_id}")
        await workflow.execute_activity_method(Contracts.say, line, **RECORD)

    async def _tell(self, trouble: Trouble) -> None:
        self._told += 1
        refusal = Refusal(
            case_id=self._view.case_id, kind="contract", code=trouble.code, article=trouble.article,
            key=f"refused:{self._view.contract_id}:{self._told}", ko=trouble.ko, en=trouble.en,
        )  # fmt: skip
        await workflow.execute_activity_method(Troubles.tell, refusal, **RECORD)

    async def _end(self, state: str, reason: str = "") -> ContractDone:
        self._over = True
        done = ContractDone(contract_id=self._start.contract_id, state=state, reason=reason)
        await workflow.execute_activity_method(Contracts.mark, done, **RECORD)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return done

    async def _wait(self, condition: Callable[[], object]) -> None:
        """Wait for a person, unless somebody declines or nobody comes."""
        try:
            await workflow.wait_condition(
                lambda: self._declined is not None or bool(condition()), timeout=self._start.patience
            )
        except TimeoutError:
            raise _Ended("expired") from None
        if self._declined is not None:
            raise _Ended("declined", self._declined)

    # Acts of people

    @workflow.update
    async def explain(self, act: Act) -> ActAnswer:
        """The broker has delivered the explanation (공인중개사법 제25조)."""
        await self._mark("explained")
        self._explained = True
        return ActAnswer(state="explained", ko="확인·설명서를 교부했습니다.", en="The explanation has been delivered.")

    @explain.validator
    def _may_explain(self, act: Act) -> None:
        self._only_broker(act)
        if self._invited:
            raise _no("The parties have been invited already.")

    @workflow.update
    async def invite(self, act: Act) -> ActAnswer:
        """The broker freezes the draft and invites the parties. A missing content comes back to the broker."""
        await workflow.execute_activity_method(Documents.freeze, self._start, **DOCUMENT)
        await self._mark("invited")
        self._invited = True
        return ActAnswer(state="invited", ko="당사자를 초대했습니다.", en="The parties have been invited.")

    @invite.validator
    def _may_invite(self, act: Act) -> None:
        self._only_broker(act)
        if not self._explained:
            raise _no("The explanation must be delivered before the contract (공인중개사법 제25조).")
        if self._invited:
            raise _no("The parties have been invited already.")

    @workflow.update
    async def sign(self, act: Act) -> ActAnswer:
        """A party is ready: their signing service is asked next."""
        if not self._is_turn_of(act.person_id):
            # The record is a moment ahead of us: who signs next there signs next here too.
            ask = TurnAsk(contract_id=self._view.contract_id, person_id=act.person_id)
            possible = await workflow.execute_activity_method(Contracts.may_sign, ask, **RECORD)
            if not possible.yes:
                raise _no("It is not this person's turn to sign.")
            await workflow.wait_condition(lambda: self._over or self._is_turn_of(act.person_id))
        if self._over:
            raise _no("This contract is not signed any more.")
        self._ready.add(act.person_id)
        return ASKED

    @sign.validator
    def _may_sign(self, act: Act) -> None:
        fields = {field for field, _, person in self._view.turns if person == act.person_id}
        if self._over or not fields - self._signed:
            raise _no("There is nothing for this person to sign.")

    def _is_turn_of(self, person_id: UUID) -> bool:
        return self._invited and person_id in self._whose_turn()

    @workflow.update
    async def decline(self, act: DeclineAct) -> ActAnswer:
        """A party does not want this contract: it ends, with the reason kept."""
        self._declined = act.reason
        return ActAnswer(
            state="declined", ko="서명을 거절했습니다. 계약은 성립하지 않습니다.", en="Declined. No contract is made."
        )

    @decline.validator
    def _may_decline(self, act: DeclineAct) -> None:
        if act.person_id not in {person for _, _, person in self._view.turns}:
            raise _no("Only a party can decline.")
        if self._over or not self._whose_turn():
            raise _no("Everybody has signed: only a dissolution ends this contract now.")

    async def _mark(self, state: str) -> None:
        done = ContractDone(contract_id=self._view.contract_id, state=state)
        await workflow.execute_activity_method(Contracts.mark, done, **RECORD)

    @property
    def _view(self) -> ContractView:
        if self._contract is None:
            raise ApplicationError("The procedure is just beginning.", type="not_yet")
        return self._contract

    def _only_broker(self, act: Act) -> None:
        if act.person_id != self._view.broker_id:
            raise ApplicationError("Only the drafting broker may do this.", type="not_allowed")


class _Ended(Exception):
    def __init__(self, state: str, reason: str = "") -> None:
        self.state, self.reason = state, reason


def _no(message: str) -> ApplicationError:
    return ApplicationError(message, type="wrong_state")
