"""A contract from its draft to its seal: explained, frozen, signed in order, sealed for decades."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.contracts import Contracts
    from activities.documents import Documents
    from domain.ids import transfer_workflow_id
    from domain.messages import Act, ActAnswer, ContractStart, DeclineAct, TransferStart
    from domain.words import ContractKind
    from domain.work import ContractDone, ContractView, Turn
    from workflows._options import DOCUMENT, RECORD
    from workflows._signing import sign_field
    from workflows.transfer import TransferWorkflow

SIGNING_WINDOW = timedelta(days=30)  # an invitation that nobody follows ends by itself

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
        self._contract: ContractView | None = None
        self._explained = False
        self._invited = False
        self._declined = False
        self._ready: set[UUID] = set()
        self._signed: set[str] = set()  # fields

    @workflow.run
    async def run(self, start: ContractStart) -> ContractDone:
        contract = await workflow.execute_activity_method(Contracts.view, start, **RECORD)
        self._contract, self._invited = contract, contract.invited
        try:
            await self._until_invited()
            await workflow.execute_activity_method(Documents.freeze, start, **DOCUMENT)
            await self._sign_in_order(contract)
        except _Ended as ended:
            return await self._end(ContractDone(contract_id=start.contract_id, state=ended.state))
        await workflow.execute_activity_method(Documents.seal, start, **DOCUMENT)
        await self._go_on(contract)
        return await self._end(ContractDone(contract_id=start.contract_id, state="sealed"))

    # The steps

    async def _until_invited(self) -> None:
        await self._wait(lambda: self._invited)

    async def _sign_in_order(self, contract: ContractView) -> None:
        """One revision at a time; people of the same order sign as they come."""
        while turns := self._whose_turn():
            await self._wait(lambda turns=turns: self._ready & turns.keys())  # type: ignore[misc]
            person = next(person for person in turns if person in self._ready)
            await self._sign(Turn(contract_id=contract.contract_id, field=turns[person]))
            self._signed.add(turns[person])

    def _whose_turn(self) -> dict[UUID, str]:
        """Person and field of the lowest order that is not complete; empty when all have signed."""
        unsigned = [turn for turn in self._view.turns if turn[0] not in self._signed]
        first = min((order for _, order, _ in unsigned), default=0)
        return {person: field for field, order, person in unsigned if order == first}

    async def _sign(self, turn: Turn) -> None:
        try:
            await sign_field(turn)
        except ActivityError as error:
            if isinstance(error.cause, ApplicationError) and error.cause.type == "declined":
                raise _Ended("declined") from error
            raise

    async def _go_on(self, contract: ContractView) -> None:
        """A sealed dissolution ends its contract; every other sealed contract goes on to the title."""
        transfer = await workflow.execute_activity_method(
            Contracts.open_transfer, ContractStart(contract_id=contract.contract_id), **RECORD
        )
        if contract.kind is ContractKind.DISSOLUTION:
            handle = workflow.get_external_workflow_handle(transfer_workflow_id(transfer.transfer_id))
            await handle.signal("dissolved", ContractStart(contract_id=contract.contract_id))
            return
        await workflow.start_child_workflow(
            TransferWorkflow.run,
            TransferStart(transfer_id=transfer.transfer_id),
            id=transfer_workflow_id(transfer.transfer_id),
            parent_close_policy=workflow.ParentClosePolicy.ABANDON,
        )

    async def _end(self, done: ContractDone) -> ContractDone:
        await workflow.execute_activity_method(Contracts.mark, done, **RECORD)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return done

    async def _wait(self, condition: Callable[[], object]) -> None:
        """Wait for a person, unless somebody declines or the window ends."""
        try:
            await workflow.wait_condition(lambda: self._declined or bool(condition()), timeout=SIGNING_WINDOW)
        except TimeoutError:
            raise _Ended("expired") from None
        if self._declined:
            raise _Ended("declined")

    # Acts of people

    @workflow.update
    async def explain(self, act: Act) -> ActAnswer:
        """The broker has delivered the explanation (공인중개사법 제25조)."""
        await workflow.execute_activity_method(
            Contracts.mark, ContractDone(contract_id=self._view.contract_id, state="explained"), **RECORD
        )
        self._explained = True
        return ActAnswer(state="explained", ko="확인·설명서를 교부했습니다.", en="The explanation has been delivered.")

    @explain.validator
    def _may_explain(self, act: Act) -> None:
        self._only_broker(act)
        if self._invited:
            raise _no("The parties have been invited already.")

    @workflow.update
    async def invite(self, act: Act) -> ActAnswer:
        """The broker freezes the draft and invites the parties."""
        await workflow.execute_activity_method(
            Contracts.mark, ContractDone(contract_id=self._view.contract_id, state="invited"), **RECORD
        )
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
        self._ready.add(act.person_id)
        return ASKED

    @sign.validator
    def _may_sign(self, act: Act) -> None:
        if not self._invited or act.person_id not in self._whose_turn():
            raise _no("It is not this person's turn to sign.")

    @workflow.update
    async def decline(self, act: DeclineAct) -> ActAnswer:
        """A party does not want this contract: it ends, with the reason kept."""
        self._declined = True
        return ActAnswer(
            state="declined", ko="서명을 거절했습니다. 계약은 성립하지 않습니다.", en="Declined. No contract is made."
        )

    @decline.validator
    def _may_decline(self, act: DeclineAct) -> None:
        if act.person_id not in {person for _, _, person in self._view.turns}:
            raise _no("Only a party can decline.")

    @property
    def _view(self) -> ContractView:
        if self._contract is None:
            raise ApplicationError("The procedure is just beginning.", type="not_yet")
        return self._contract

    def _only_broker(self, act: Act) -> None:
        if act.person_id != self._view.broker_id:
            raise ApplicationError("Only the drafting broker may do this.", type="not_allowed")


class _Ended(Exception):
    def __init__(self, state: str) -> None:
        self.state = state


def _no(message: str) -> ApplicationError:
    return ApplicationError(message, type="wrong_state")
