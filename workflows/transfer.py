"""From the sealed contract to the title: report, stamp, money, tax, bond, and the registry's answer.

Until the registry has registered, a dissolution that everybody signed (합의해제) unwinds what can be unwound and names
what cannot. A dismissal (각하) ends one filing only.
"""

from __future__ import annotations

import asyncio

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.duties import Duties
    from activities.watching import Watching
    from domain.messages import AmendedStart, ContractStart, TransferStart
    from domain.words import ContractKind, Step
    from domain.work import Nothing, TransferView
    from workflows._options import OUTSIDE, RECORD
    from workflows._stopping import all_of, first_of, stop, stoppable
    from workflows._unwinding import Unwinding


@workflow.defn
class TransferWorkflow(Unwinding):
    """One per contract of sale or supply."""

    @workflow.init
    def __init__(self, start: TransferStart) -> None:
        super().__init__(start.transfer_id)
        self._dissolution: ContractStart | None = None
        self._registered = False
        self._reported = False
        self._amendments: list[AmendedStart] = []
        self._ended = ""
        self._filings = 0

    @workflow.run
    async def run(self, start: TransferStart) -> Nothing:
        transfer = await workflow.execute_activity_method(Duties.transfer_view, start, **RECORD)
        await stoppable(self._until_the_end(transfer))
        await workflow.wait_condition(workflow.all_handlers_finished)
        return Nothing()

    async def _until_the_end(self, transfer: TransferView) -> None:
        procedure = asyncio.create_task(first_of(self._carry_through(transfer), self._report_amendments(transfer)))
        try:
            await workflow.wait_condition(lambda: procedure.done() or self._dissolution is not None)
        except asyncio.CancelledError:
            await stop(procedure)
            raise
        if procedure.done():
            procedure.result()
        else:
            await stop(procedure)
        await self._dissolve(transfer)

    async def _carry_through(self, transfer: TransferView) -> None:
        if transfer.contract_kind is ContractKind.SALE:  # a supply's was paid before its contract
            await self.pay(transfer, "deposit", Step.DEPOSIT_PAID)
        await self.submit(transfer, "report", step=Step.REPORTED)
        self._reported = True
        await self.order(transfer, "stamp")
        await self.pay(transfer, "stamp", Step.STAMP_PAID)
        if transfer.outside:
            await self.say(transfer, "outside")
            return
        await self._instalments(transfer)
        await self.pay(transfer, "balance", Step.PAID)
        await workflow.wait_condition(lambda: not self._amendments)  # the tax is on what was reported last
        await self.submit(transfer, "tax")
        await self.pay(transfer, "tax", Step.TAXED)
        await self._bond(transfer)
        await all_of(self.collect(transfer, "mandate"), self._fee(transfer))
        await self.file_until_registered(transfer)

    async def _report_amendments(self, transfer: TransferView) -> None:
        """변경신고 of each amendment of the price, after the report itself (신고규칙 제3조제3항). For ever."""
        while True:
            await workflow.wait_condition(lambda: self._reported and bool(self._amendments))
            amended = self._amendments[0]
            if amended.price_changed:
                name = f"change_report:amendment:{amended.contract_id}"
                await self.submit(transfer, name, "change_report", line="changed")
            self._amendments.pop(0)

    async def _instalments(self, transfer: TransferView) -> None:
        """Then, of a new building: the balance is due only after the supplier's own registration (제60조제4항)."""
        for number in transfer.instalments:
            await self.pay(transfer, "instalment", None, number)
        if transfer.instalments:
            await self.done(transfer, Step.INSTALMENTS_PAID, str(len(transfer.instalments)))
        if transfer.new_building:
            await self.insist(transfer, "building", Watching.await_building, transfer, OUTSIDE)

    async def _bond(self, transfer: TransferView) -> None:
        await self.insist(transfer, "standard_value", Watching.await_standard_value, transfer, OUTSIDE)
        await self.submit(transfer, "bond")
        await self.pay(transfer, "bond", Step.BOND_BOUGHT)

    async def _fee(self, transfer: TransferView) -> None:
        await self.order(transfer, "fee")
        await self.pay(transfer, "fee", None)

    async def _dissolve(self, transfer: TransferView) -> None:
        if self._dissolution is None:
            return
        if self._registered:
            await self.say(transfer, "too_late", str(self._dissolution.contract_id))
        else:
            self.forget_open()
            await self.unwind(transfer, self._dissolution)

    @workflow.signal
    async def dissolved(self, dissolution: ContractStart) -> None:
        """All parties have signed a dissolution. After registration only a new contract can reverse."""
        self._dissolution = dissolution

    @workflow.signal
    async def amended(self, amendment: AmendedStart) -> None:
        """All parties have signed an amendment before the balance was paid."""
        self._amendments.append(amendment)
