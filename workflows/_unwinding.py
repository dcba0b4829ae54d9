"""A dissolved contract (합의해제): what can be unwound is, each by a filing of its own; what cannot is named."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.signatures import Signatures
    from activities.unwinding import Settling
    from activities.unwinding import Unwinding as Undoing
    from activities.watching import Watching
    from domain.filings import RegistryState
    from domain.messages import ContractStart
    from domain.words import Step
    from domain.work import RegistryAsk, RegistryNews, SigningOver, TransferView, Undo
    from workflows._options import AGENCY, JUDGE, OUTSIDE, RECORD
    from workflows._registering import Registering
    from workflows._stopping import all_of, first_of

OVER = (RegistryState.REGISTERED, RegistryState.DISMISSED, RegistryState.WITHDRAWN)


class Unwinding(Registering):
    """Possible until the registry has registered; afterwards only a new contract can reverse."""

    async def unwind(self, transfer: TransferView, dissolution: ContractStart) -> None:
        """The order is the law's: nothing may be registered any more before money goes back, and the city gives the
        tax back once the cancellation is reported. What fails for good is told, and tried again when mended."""
        await self.insist(transfer, "undo:begin", Undoing.begin, transfer, RECORD)
        await self._call_back(transfer)
        last = await self._stop_filing(transfer)
        if last.state is RegistryState.REGISTERED:
            await self._too_late(transfer, dissolution, last.receipt_no)
            return
        await all_of(self._undo_report_and_tax(transfer, dissolution), self._give_money_back(transfer, dissolution))
        await self.insist(transfer, "undo:stays", Undoing.name_what_stays, transfer, JUDGE)
        await self.persist(
            transfer, "undo:stays", lambda: self.done(transfer, Step.DISSOLVED, str(dissolution.contract_id))
        )

    async def _too_late(self, transfer: TransferView, dissolution: ContractStart, receipt_no: str) -> None:
        async def said() -> None:
            await self.registered(transfer, receipt_no)
            await self.say(transfer, "too_late", str(dissolution.contract_id))

        await self.persist(transfer, "undo:withdrawal", said)

    async def _stop_filing(self, transfer: TransferView) -> RegistryNews:
        """Withdraw what the registrar has not decided (취하, 등기규칙 제51조); the registrar may be faster."""
        word = "undo:withdrawal"
        while True:
            last = await self.insist(transfer, word, Watching.last_filing, transfer, AGENCY)
            if last.state in OVER:
                await self.insist(transfer, word, Undoing.end_withdrawal, transfer, RECORD)
                await self._call_back(transfer)
                return last
            await first_of(self._withdraw(transfer, last.receipt_no), self._decided(transfer, last.receipt_no))

    async def _call_back(self, transfer: TransferView) -> None:
        """What was voided is taken back at the signing service too."""
        over = SigningOver(subject_id=transfer.transfer_id)
        await self.insist(transfer, "undo:requests", Signatures.call_back, over, AGENCY)

    async def _withdraw(self, transfer: TransferView, receipt_no: str) -> None:
        word = "undo:withdrawal"
        await self.submit(transfer, f"{word}:{receipt_no}", word, line=word)

    async def _decided(self, transfer: TransferView, receipt_no: str) -> None:
        ask = RegistryAsk(transfer_id=transfer.transfer_id, receipt_no=receipt_no, decisions_only=True)
        await self.insist(transfer, f"filing:{receipt_no}", Watching.await_news, ask, OUTSIDE)

    async def _undo_report_and_tax(self, transfer: TransferView, dissolution: ContractStart) -> None:
        for kind in ("cancellation", "refund"):
            undo = Undo(
                transfer_id=transfer.transfer_id, kind=kind, dissolution_id=dissolution.contract_id,
                workflow_id=workflow.info().workflow_id,
            )  # fmt: skip
            possible = await self.insist(transfer, f"undo:{kind}", Undoing.can_undo, undo, JUDGE)
            if possible.yes:
                await self.submit(transfer, f"undo:{kind}", line=f"undo:{kind}")

    async def _give_money_back(self, transfer: TransferView, dissolution: ContractStart) -> None:
        """Both parties consent to each payout of what is held."""
        undo = Undo(
            transfer_id=transfer.transfer_id, kind="release", dissolution_id=dissolution.contract_id,
            workflow_id=workflow.info().workflow_id,
        )  # fmt: skip
        payouts = await self.insist(transfer, "undo:release", Settling.settle, undo, AGENCY)
        await all_of(*(self._pay_out(transfer, number) for number in range(1, payouts.count + 1)))

    async def _pay_out(self, transfer: TransferView, number: int) -> None:
        await self.submit(transfer, f"undo:release:{number}", "undo:release", line="undo:release")
