"""A contract from its draft to its seal: explained, frozen, signed in order, sealed for decades."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from temporalio import workflow
from temporalio.exceptions import ActivityError, FailureError

with workflow.unsafe.imports_passed_through():
    from activities.amending import Amending
    from activities.contracts import Contracts
    from activities.documents import Documents
    from activities.signatures import Signatures
    from activities.troubles import Troubles
    from activities.versions import Versions
    from domain.ids import lease_report_workflow_id, transfer_workflow_id
    from domain.leases import LeaseReportStart
    from domain.messages import AmendedStart, ContractStart, TransferStart
    from domain.model import Model
    from domain.words import ContractKind
    from domain.work import ContractDone, ContractView, Refusal, Reopening, SigningOver, Told, Turn, TurnOver
    from workflows._contract_acts import Stop
    from workflows._draft_acts import REOPENED, DraftActs
    from workflows._options import AGENCY, DOCUMENT, JUDGE, RECORD
    from workflows._signing import Outcome, give_up, sign_field
    from workflows._stopping import stop
    from workflows._trouble import Trouble, trouble_of
    from workflows.lease_report import LeaseReportWorkflow
    from workflows.transfer import TransferWorkflow

AGAIN = timedelta(minutes=10)  # a seal that failed is tried again: all have signed, only our own part is missing
TO_THE_TITLE = (ContractKind.SALE, ContractKind.SUPPLY)


@workflow.defn
class ContractWorkflow(DraftActs):
    """One per contract: sale, supply or dissolution."""

    @workflow.init
    def __init__(self, start: ContractStart) -> None:
        super().__init__(start)
        self._rounds: dict[str, int] = {}  # how often the person of a field was asked in vain
        self._told = 0
        self._signing: asyncio.Task[Outcome] | None = None
        self._lease: Lease | None = None  # of the revision that is being signed

    @workflow.run
    async def run(self, start: ContractStart) -> ContractDone:
        contract = await workflow.execute_activity_method(Contracts.view, start, **RECORD)
        self._contract, self._invited = contract, contract.invited
        try:
            while not await self._all_sign():
                pass  # taken back: a draft again
            await self._still_wanted(contract)
        except _Ended as ended:
            return await self._end(ended.stop)
        await self._seal(contract)
        await self._go_on(contract)
        return await self._end(Stop("sealed"))

    # The steps

    async def _all_sign(self) -> bool:
        """Drafted, invited, signed. False: it was taken back before everybody had signed."""
        try:
            if not self._invited:
                await self._wait_from_now(first=False)
                await self._wait(lambda: self._invited)
            await self._freeze()
            await self._sign_in_order()
        except _Ended as ended:
            if ended.stop.state != REOPENED:
                raise
            await self._reopen(ended.stop)
            return False
        return True

    async def _freeze(self) -> None:
        """A sale has been frozen when its parties were invited. Where a content is missing there is no contract."""
        try:
            await workflow.execute_activity_method(Documents.freeze, self._start, **DOCUMENT)
        except ActivityError as error:
            trouble = trouble_of(error)
            if trouble is None:
                raise
            await self._tell(trouble)
            raise _Ended(Stop("declined", trouble.code)) from error

    async def _sign_in_order(self) -> None:
        """One revision at a time; people of the same order sign as they come."""
        before: set[str] = set()
        outcome: Outcome | None = "signed"
        while turns := self._whose_turn():
            if outcome == "signed":  # who was asked in vain has no more time for that
                await self._wait_from_now(first=not before & set(turns.values()))
                before = set(turns.values())
            await self._wait(lambda turns=turns: self._ready & turns.keys())  # type: ignore[misc]
            person = next(person for person in turns if person in self._ready)
            certificate = self._certificates.get(person, "")
            outcome = await self._sign(person, turns[person], certificate)
            if self._certificates.get(person, "") == certificate:  # otherwise ready again, by another means
                self._ready.discard(person)
            if outcome == "signed":
                self._signed.add(turns[person])

    async def _sign(self, person: UUID, field: str, certificate: str) -> Outcome | None:
        """Whoever declines meanwhile ends the contract, also in another's turn."""
        turn = Turn(
            contract_id=self._view.contract_id, field=field, round=self._rounds.get(field, 0), certificate=certificate
        )
        self._signing = signing = asyncio.create_task(sign_field(turn))
        self._lease = lease = Lease(person, certificate, workflow.now() + self._view.periods.lease)
        try:
            await self._wait(lambda: signing.done() or self._is_over(lease))
            self._lease = None
            if not signing.done():
                await stop(signing)
                self._signing = signing = asyncio.create_task(give_up(turn))
                await self._wait(signing.done)
            outcome = signing.result()
        except ActivityError as error:
            trouble = trouble_of(error)
            if trouble is None:
                raise
            await self._tell(trouble)
            outcome = None
        if outcome == "declined":
            raise _Ended(Stop("declined", "declined_at_signing_service"))
        if outcome != "signed":
            why = "changed" if self._changed(lease) else "gave_way" if outcome == "given_up" else "ran_out"
            over = TurnOver(**turn.model_dump(), why=why)
            await workflow.execute_activity_method(Contracts.reopen_turn, over, **RECORD)
            self._rounds[field] = turn.round + 1
        return outcome

    def _changed(self, lease: Lease) -> bool:
        """Its person has chosen another means meanwhile."""
        return self._certificates.get(lease.person, "") != lease.certificate

    def _others_wait(self, lease: Lease) -> bool:
        return bool(self._ready & self._whose_turn().keys() - {lease.person})

    def _is_over(self, lease: Lease) -> bool:
        return self._changed(lease) or (self._others_wait(lease) and workflow.now() >= lease.until)

    async def _reopen(self, taken_back: Stop) -> None:
        """What somebody still could approve of the old version is taken back at the signing service."""
        if self._signing is not None:
            await stop(self._signing)
        reopening = Reopening(
            contract_id=self._view.contract_id, version=self._view.version, reason=taken_back.reason,
            person_id=taken_back.by or self._view.drafter_id,
        )  # fmt: skip
        view = await workflow.execute_activity_method(Versions.reopen, reopening, **JUDGE)
        self._ready.clear()
        self._signed.clear()
        self._signing = self._lease = self._turn_began = self._stop = None
        self._take(view)
        await self._call_back()

    async def _still_wanted(self, contract: ContractView) -> None:
        """What a contract about another one presupposes may have gone while it was being signed."""
        match contract.kind:
            case ContractKind.DISSOLUTION:
                why, line = "registered_already", "too_late"
                possible = await workflow.execute_activity_method(Contracts.still_dissolvable, self._start, **RECORD)
            case ContractKind.AMENDMENT:
                why, line = "paid_already", "too_late_to_amend"
                possible = await workflow.execute_activity_method(Amending.still_amendable, self._start, **RECORD)
            case _:
                return
        if not possible.yes:
            await self._say(contract, line)
            raise _Ended(Stop("expired", why))

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
        """A sale or supply goes on to the title, a lease to its report; what changes or ends a deal is told to its
        procedure; others end here."""
        start = ContractStart(contract_id=contract.contract_id)
        if contract.kind is ContractKind.AMENDMENT:
            await self._amend(start)
        elif contract.kind is ContractKind.DISSOLUTION:
            transfer = await workflow.execute_activity_method(Contracts.open_transfer, start, **RECORD)
            if not await _signalled(transfer.transfer_id, "dissolved", start):
                await self._say(contract, "too_late")  # the procedure has just ended, with the registration
        elif contract.kind in TO_THE_TITLE:
            transfer = await workflow.execute_activity_method(Contracts.open_transfer, start, **RECORD)
            await workflow.start_child_workflow(
                TransferWorkflow.run,
                TransferStart(transfer_id=transfer.transfer_id),
                id=transfer_workflow_id(transfer.transfer_id),
                parent_close_policy=workflow.ParentClosePolicy.ABANDON,
            )
        elif contract.kind is ContractKind.LEASE:
            await workflow.start_child_workflow(
                LeaseReportWorkflow.run,
                LeaseReportStart(contract_id=contract.contract_id),
                id=lease_report_workflow_id(contract.contract_id),
                parent_close_policy=workflow.ParentClosePolicy.ABANDON,
            )

    async def _amend(self, start: ContractStart) -> None:
        amended = await workflow.execute_activity_method(Amending.adopt, start, **RECORD)
        if amended.transfer_id is not None:
            news = AmendedStart(contract_id=start.contract_id, price_changed=amended.price_changed)
            await _signalled(amended.transfer_id, "amended", news)

    async def _say(self, contract: ContractView, word: str) -> None:
        line = Told(case_id=contract.case_id, word=word, key=f"{word}:{contract.contract_id}")
        await workflow.execute_activity_method(Contracts.say, line, **RECORD)

    async def _tell(self, trouble: Trouble) -> None:
        self._told += 1
        refusal = Refusal(
            case_id=self._view.case_id, kind="contract", code=trouble.code, article=trouble.article,
            key=f"refused:{self._view.contract_id}:{self._told}", ko=trouble.ko, en=trouble.en,
        )  # fmt: skip
        await workflow.execute_activity_method(Troubles.tell, refusal, **RECORD)

    async def _end(self, end: Stop) -> ContractDone:
        self._over = True
        done = ContractDone(contract_id=self._start.contract_id, state=end.state, reason=end.reason)
        await workflow.execute_activity_method(Contracts.mark, done, **RECORD)
        if end.state != "sealed":
            if self._signing is not None:
                await stop(self._signing)
            await self._call_back()
        await workflow.wait_condition(workflow.all_handlers_finished)
        return done

    async def _call_back(self) -> None:
        """What somebody still could approve at the signing service is taken back there."""
        over = SigningOver(subject_id=self._start.contract_id)
        try:
            await workflow.execute_activity_method(Signatures.call_back, over, **AGENCY)
        except ActivityError as error:
            trouble = trouble_of(error)
            if trouble is None:
                raise
            await self._tell(trouble)

    # Waiting for people

    async def _wait(self, condition: Callable[[], object]) -> None:
        """Wait for a person, unless somebody stops the signing or nobody comes."""
        while not (self._stop or condition()):
            moment = self._next_moment()
            try:
                left = max(moment - workflow.now(), timedelta())
                await workflow.wait_condition(partial(self._awake, condition, moment), timeout=left)
            except TimeoutError:
                if moment == self._next_moment():  # a broker who edits has the whole time again
                    await self._at(moment)
        if self._stop is not None:
            raise _Ended(self._stop)

    def _awake(self, condition: Callable[[], object], moment: datetime) -> bool:
        return self._stop is not None or bool(condition()) or self._next_moment() < moment

    async def _at(self, moment: datetime) -> None:
        if moment == self._until:
            raise _Ended(Stop("expired"))
        if self._lease is not None and moment == self._lease.until:
            return
        self._reminders_by_themselves += 1
        await self._remind()

    def _next_moment(self) -> datetime:
        """When waiting ends, or before it the next reminder of this turn or the end of a lease that others wait for."""
        after, moments = self._view.periods.remind_after, [self._until]
        if self._turn_began is not None and self._reminders_by_themselves < len(after):
            moments.append(self._turn_began + after[self._reminders_by_themselves])
        if self._lease is not None and self._others_wait(self._lease):
            moments.append(self._lease.until)
        return min(moments)


@dataclass(frozen=True)
class Lease:
    """A prepared revision is one person's, by the means that they chose, until others of the same order wait for it."""

    person: UUID
    certificate: str
    until: datetime


class _Ended(Exception):
    def __init__(self, stop: Stop) -> None:
        self.stop = stop


async def _signalled(transfer_id: UUID, name: str, message: Model) -> bool:
    """Whether the procedure of the transfer still runs."""
    try:
        await workflow.get_external_workflow_handle(transfer_workflow_id(transfer_id)).signal(name, message)
    except FailureError:
        return False
    return True
