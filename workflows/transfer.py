"""From the sealed contract to the title: report, stamp, money, tax, bond, and the registry's answer.

Until the registry has registered, a dissolution that everybody signed (합의해제) unwinds what can be unwound and names
what cannot. A dismissal (각하) ends one filing only.
"""

from __future__ import annotations

import asyncio

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.contracts import Contracts
    from activities.documents import Documents
    from activities.duties import Duties
    from activities.filings import Filings
    from activities.money import Money
    from domain.filings import Correction, RegistryState
    from domain.ids import reference
    from domain.messages import Act, ActAnswer, ContractStart, TransferStart
    from domain.words import ContractKind, Step
    from domain.work import (
        DueWanted,
        Filed,
        Filing,
        Nothing,
        PacketWanted,
        Paid,
        Refusal,
        RegistryAsk,
        RegistryNews,
        StepDone,
        TransferView,
        Undo,
    )
    from workflows._options import AGENCY, DOCUMENT, JUDGE, OUTSIDE, RECORD
    from workflows._signing import Approving

UNDOING = ("cancellation", "refund", "release")


@workflow.defn
class TransferWorkflow(Approving):
    """One per contract of sale or supply."""

    @workflow.init
    def __init__(self, start: TransferStart) -> None:
        super().__init__()
        self._dissolution: ContractStart | None = None
        self._undo: set[str] = set()  # compensations, registered before their steps
        self._registered = False
        self._may_refile = False
        self._refile = False
        self._filings = 0

    @workflow.run
    async def run(self, start: TransferStart) -> Nothing:
        transfer = await workflow.execute_activity_method(Duties.transfer_view, start, **RECORD)
        procedure = asyncio.create_task(self._carry_through(transfer))
        await workflow.wait_condition(lambda: procedure.done() or self._dissolution is not None)
        if not procedure.done():
            procedure.cancel()
            await asyncio.wait([procedure])
            await self._unwind(transfer)
        else:
            procedure.result()
        await workflow.wait_condition(workflow.all_handlers_finished)
        return Nothing()

    # The procedure

    async def _carry_through(self, transfer: TransferView) -> None:
        if transfer.contract_kind is ContractKind.SALE:
            self._undo.add("release")
            await self._pay(transfer, "deposit", Step.DEPOSIT_PAID)
        await self._report(transfer)
        await self._stamp(transfer)
        for number in transfer.instalments:
            await self._pay(transfer, "instalment", None, number)
        if transfer.instalments:
            await self._done(transfer, Step.INSTALMENTS_PAID, str(len(transfer.instalments)))
        if transfer.new_building:
            await workflow.execute_activity_method(Filings.await_building, transfer, **OUTSIDE)
        await self._pay(transfer, "balance", Step.PAID)
        await self._tax(transfer)
        await self._bond(transfer)
        await self._mandates_and_fee(transfer)
        await self._file_until_registered(transfer)

    async def _report(self, transfer: TransferView) -> None:
        await self.collect(transfer.transfer_id, "report")
        self._undo.add("cancellation")
        filed = await self._carry(transfer, "report")
        await self._done(transfer, Step.REPORTED, filed.number)

    async def _stamp(self, transfer: TransferView) -> None:
        await self._carry(transfer, "stamp")
        await self._pay(transfer, "stamp", Step.STAMP_PAID)

    async def _tax(self, transfer: TransferView) -> None:
        await self.collect(transfer.transfer_id, "tax")
        self._undo.add("refund")
        await self._carry(transfer, "tax")
        await self._pay(transfer, "tax", Step.TAXED)

    async def _bond(self, transfer: TransferView) -> None:
        await workflow.execute_activity_method(Filings.await_standard_value, transfer, **OUTSIDE)
        await self.collect(transfer.transfer_id, "bond")
        await self._carry(transfer, "bond")
        await self._pay(transfer, "bond", Step.BOND_BOUGHT)

    async def _mandates_and_fee(self, transfer: TransferView) -> None:
        await asyncio.gather(self.collect(transfer.transfer_id, "mandate"), self._fee(transfer))

    async def _fee(self, transfer: TransferView) -> None:
        await self._carry(transfer, "fee")
        await self._pay(transfer, "fee", None)

    async def _file_until_registered(self, transfer: TransferView) -> None:
        while not self._registered:
            filed = await self._file(transfer, "application")
            await self._done(transfer, Step.PACKET_DELIVERED, filed.number)
            await self._follow(transfer, filed.number)

    async def _file(self, transfer: TransferView, kind: str) -> Filed:
        """The scrivener checks and signs the application; the packet is built and carried to the registry."""
        self._filings += 1
        signed = f"application:{self._filings}"
        await self.collect(transfer.transfer_id, signed)
        wanted = PacketWanted(transfer_id=transfer.transfer_id, approval=signed)
        await workflow.execute_activity_method(Documents.packet, wanted, **DOCUMENT)
        return await self._carry(transfer, kind, signed)

    async def _follow(self, transfer: TransferView, receipt_no: str) -> None:
        """What the registrar decides about one filing."""
        ask = RegistryAsk(transfer_id=transfer.transfer_id, receipt_no=receipt_no)
        while True:
            news = await workflow.execute_activity_method(Filings.await_news, ask, **OUTSIDE)
            if news.state is RegistryState.REGISTERED:
                self._registered = True
                await self._done(transfer, Step.REGISTERED, receipt_no)
                return
            if news.state is RegistryState.CORRECTION:
                await self._correct(transfer, news)
                ask = ask.model_copy(update={"corrections_seen": len(news.corrections)})
                continue
            await self._dismissed(transfer, news)
            return

    async def _correct(self, transfer: TransferView, news: RegistryNews) -> None:
        """Each correction is answered by the one who can, then the whole filing is supplemented."""
        number = len(news.corrections)
        await self._done(transfer, Step.CORRECTION_ORDERED, news.receipt_no, f"correction:{number}")
        for index, correction in enumerate(news.corrections):
            if correction.answered_at is None:  # the registry lists every order that it ever made
                await self._cure(transfer, correction, f"{news.receipt_no}:{index}")
        filed = await self._file(transfer, "supplement")
        await self._done(transfer, Step.CORRECTION_ANSWERED, filed.number, f"answered:{number}")

    async def _cure(self, transfer: TransferView, correction: Correction, name: str) -> None:
        if correction.code == "price_differs":
            kind = f"change_report:{name}"
            await self.collect(transfer.transfer_id, kind)
            await self._carry(transfer, "change_report", kind)
            return
        await self._wait_for_refile()  # cured outside: the scrivener says when

    async def _dismissed(self, transfer: TransferView, news: RegistryNews) -> None:
        """각하: this filing is over, the contract is not. The packet is repaired and filed under a new number."""
        await self._done(transfer, Step.DISMISSED, news.receipt_no, f"dismissed:{news.receipt_no}")
        await self._wait_for_refile()

    async def _wait_for_refile(self) -> None:
        self._may_refile, self._refile = True, False
        await workflow.wait_condition(lambda: self._refile)
        self._may_refile = False

    # Dissolution

    async def _unwind(self, transfer: TransferView) -> None:
        """Each compensation is a filing of its own, signed by whom the law names.

        The order is the law's: the city gives tax back once the cancellation is reported; money is released last.
        """
        dissolution = self._dissolution
        if dissolution is None:
            raise ApplicationError("Nothing to unwind.", type="internal")
        for kind in (word for word in UNDOING if word in self._undo):
            undo = Undo(
                transfer_id=transfer.transfer_id,
                kind=kind,
                dissolution_id=dissolution.contract_id,
                workflow_id=workflow.info().workflow_id,
            )
            possible = await workflow.execute_activity_method(Duties.can_undo, undo, **JUDGE)
            if not possible.yes:
                continue
            await self.collect(transfer.transfer_id, f"undo:{kind}")
            await self._carry(transfer, f"undo:{kind}")
        await workflow.execute_activity_method(Duties.name_what_stays, transfer, **JUDGE)
        await self._done(transfer, Step.DISSOLVED, str(dissolution.contract_id))

    # Acts and facts from outside

    @workflow.signal
    async def dissolved(self, dissolution: ContractStart) -> None:
        """All parties have signed a dissolution. After registration only a new contract can reverse."""
        if not self._registered:
            self._dissolution = dissolution

    @workflow.update
    async def refile(self, act: Act) -> ActAnswer:
        """The scrivener has repaired the packet: sign and file it again."""
        self._refile = True
        return ActAnswer(
            state="refiling", ko="보완한 신청서를 다시 준비합니다.", en="The repaired application is prepared."
        )

    @refile.validator
    def _may_refile_now(self, act: Act) -> None:
        if not self._may_refile:
            raise ApplicationError("There is nothing to file again now.", type="wrong_state")

    # Small words

    async def _carry(self, transfer: TransferView, kind: str, approval: str = "") -> Filed:
        """Carry one act. A permanent no is shown to the people; they mend the cause, and it is carried again."""
        filing = Filing(
            transfer_id=transfer.transfer_id,
            kind=kind,
            approval=approval or kind,
            reference=reference(workflow.info().workflow_id, approval or kind),
        )
        tries = 0
        while True:
            try:
                return await workflow.execute_activity_method(Filings.carry, filing, **AGENCY)
            except ActivityError as error:
                if is_cancelled_exception(error) or not isinstance(error.cause, ApplicationError):
                    raise
                tries += 1
                refused = Refusal(
                    case_id=transfer.case_id,
                    kind=kind,
                    code=error.cause.type or "",
                    key=f"refused:{approval or kind}:{tries}",
                )
                await workflow.execute_activity_method(Contracts.note_refusal, refused, **RECORD)
            await self._wait_for_refile()

    async def _pay(self, transfer: TransferView, kind: str, step: Step | None, number: int = 1) -> Paid:
        wanted = DueWanted(subject_id=transfer.transfer_id, kind=kind, number=number)
        due = await workflow.execute_activity_method(Duties.open_due, wanted, **RECORD)
        paid = await workflow.execute_activity_method(Money.await_payment, due, **OUTSIDE)
        if step is not None:
            await self._done(transfer, step, paid.reference)
        return paid

    async def _done(self, transfer: TransferView, step: Step, ref: str, key: str = "") -> None:
        done = StepDone(case_id=transfer.case_id, step=step, reference=ref, key=key or str(step))
        await workflow.execute_activity_method(Contracts.step_done, done, **RECORD)
