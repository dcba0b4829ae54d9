"""Acts at agencies: signed, carried once, refused in the open; and payments that people make."""

from __future__ import annotations

from itertools import count

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from activities.contracts import Contracts
    from activities.duties import Duties
    from activities.filings import Filings
    from activities.money import Money
    from domain.ids import reference
    from domain.words import Step
    from domain.work import DueWanted, Filed, Filing, StepDone, Told, TransferView
    from workflows._options import AGENCY, OUTSIDE, RECORD
    from workflows._signing import Approving
    from workflows._stopping import uninterrupted
    from workflows._trouble import trouble_of

REPEATED = (Step.PACKET_DELIVERED, Step.CORRECTION_ANSWERED)  # once for each filing


class Carrying(Approving):
    """What every procedure about a transfer is made of."""

    async def submit(
        self, transfer: TransferView, kind: str, act: str = "", *, step: Step | None = None, line: str = ""
    ) -> Filed:
        """Signed by all whom the law names, then carried.

        What an agency refuses for good is mended, made anew and signed again under another name: the signed body
        itself may have been at fault.
        """
        for attempt in count(1):
            signed = kind if attempt == 1 else f"{kind}:{attempt}"
            await self.collect(transfer, signed)
            filed = await self.carry(transfer, act or kind, signed, answer=kind, step=step, line=line)
            if filed is not None:
                return filed
        raise AssertionError  # count does not end

    async def order(self, transfer: TransferView, kind: str) -> Filed:
        """An order that nobody has to sign: only paying it counts."""
        while True:
            filed = await self.carry(transfer, kind, kind)
            if filed is not None:
                return filed

    async def carry(
        self, transfer: TransferView, act: str, approval: str, *, answer: str = "", step: Step | None = None,
        line: str = "",
    ) -> Filed | None:  # fmt: skip
        """Carry one act and say so in the timeline. None: refused for good, and its cause is mended meanwhile."""
        filing = Filing(
            transfer_id=transfer.transfer_id,
            kind=act,
            approval=approval,
            reference=reference(workflow.info().workflow_id, approval),
            answer=answer or approval,
        )
        try:
            return await uninterrupted(self._carried(transfer, filing, step, line))
        except ActivityError as error:
            trouble = trouble_of(error)
            if trouble is None:
                raise
        await self.until_mended(transfer, approval, trouble)
        return None

    async def _carried(self, transfer: TransferView, filing: Filing, step: Step | None, line: str) -> Filed:
        filed = await workflow.execute_activity_method(Filings.carry, filing, **AGENCY)
        if step is not None:
            await self.done(transfer, step, filed.number, f"{step}:{filing.answer}" if step in REPEATED else "")
        if line:
            await self.say(transfer, line, filed.number, filing.answer)
        return filed

    async def pay(self, transfer: TransferView, kind: str, step: Step | None, number: int = 1) -> None:
        wanted = DueWanted(subject_id=transfer.transfer_id, kind=kind, number=number)
        due = await self.insist(transfer, kind, Duties.open_due, wanted, RECORD)
        paid = await self.insist(transfer, kind, Money.await_payment, due, OUTSIDE)
        if step is not None:
            await self.done(transfer, step, paid.reference)

    async def done(self, transfer: TransferView, step: Step, ref: str, key: str = "") -> None:
        done = StepDone(case_id=transfer.case_id, step=step, reference=ref, key=key or str(step))
        await uninterrupted(workflow.execute_activity_method(Contracts.step_done, done, **RECORD))

    async def say(self, transfer: TransferView, word: str, ref: str = "", key: str = "") -> None:
        line = Told(case_id=transfer.case_id, word=word, key=f"{key or word}:{transfer.transfer_id}", reference=ref)
        await workflow.execute_activity_method(Contracts.say, line, **RECORD)
