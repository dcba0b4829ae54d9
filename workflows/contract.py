"""A contract from its draft to its seal: explained, frozen, signed in order, sealed for decades."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError, FailureError

with workflow.unsafe.imports_passed_through():
    from activities.contracts import Contracts
    from activities.documents import Documents
    from activities.signatures import Signatures
    from activities.troubles import Troubles
    from domain.ids import transfer_workflow_id
    from domain.messages import ContractStart, TransferStart
    from domain.words import ContractKind
    from domain.work import ContractDone, ContractView, Refusal, SigningOver, Told, Turn
    from workflows._contract_acts import ContractActs
    from workflows._options import AGENCY, DOCUMENT, RECORD
    from workflows._signing import Outcome, sign_field
    from workflows._stopping import stop
    from workflows._trouble import Trouble, trouble_of
    from workflows.transfer import TransferWorkflow

AGAIN = timedelta(minutes=10)  # a seal that failed is tried again: all have signed, only our own part is missing


@workflow.defn
class ContractWorkflow(ContractActs):
    """One per contract: sale, supply or dissolution."""

    @workflow.init
    def __init__(self, start: ContractStart) -> None:
        super().__init__(start)
        self._rounds: dict[str, int] = {}  # how often the person of a field was asked in vain
        self._told = 0
        self._signing: asyncio.Task[Outcome] | None = None

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

    async def _sign(self, contract: ContractView, field: str) -> Outcome | None:
        """Whoever declines meanwhile ends the contract, also in another's turn."""
        turn = Turn(contract_id=contract.contract_id, field=field, round=self._rounds.get(field, 0))
        self._signing = signing = asyncio.create_task(sign_field(turn))
        await self._wait(signing.done)
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
        if state != "sealed":
            await self._call_back()
        await workflow.wait_condition(workflow.all_handlers_finished)
        return done

    async def _call_back(self) -> None:
        """What somebody still could approve at the signing service is taken back there."""
        if self._signing is not None:
            await stop(self._signing)
        over = SigningOver(subject_id=self._start.contract_id)
        try:
            await workflow.execute_activity_method(Signatures.call_back, over, **AGENCY)
        except ActivityError as error:
            trouble = trouble_of(error)
            if trouble is None:
                raise
            await self._tell(trouble)

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


class _Ended(Exception):
    def __init__(self, state: str, reason: str = "") -> None:
        self.state, self.reason = state, reason
