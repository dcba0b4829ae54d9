"""At the registry: examined here first, filed, corrected, dismissed and filed again, until it is registered."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.checks import PRICE_DIFFERS
    from activities.documents import Documents
    from activities.examining import Examining
    from activities.watching import Watching
    from domain.filings import Correction, RegistryState
    from domain.words import Step
    from domain.work import ApprovalsWanted, Filed, PacketWanted, RegistryAsk, RegistryNews, TransferView
    from workflows._carrying import Carrying
    from workflows._options import AGENCY, DOCUMENT, JUDGE, OUTSIDE
    from workflows._trouble import Trouble

CHECKS_FAILED = (
    "등기관이 볼 항목 중 충족되지 않은 것이 있어 신청하지 않았습니다.",
    "One of the examiner's checks is not met: not filed.",
)


class Registering(Carrying):
    """The last part of a transfer. A dismissal (각하) ends one filing only."""

    _registered: bool
    _ended: str  # receipt number of the last filing that was dismissed or withdrawn
    _filings: int

    async def file_until_registered(self, transfer: TransferView) -> None:
        while not self._registered:
            filed = await self._file(transfer, "application", Step.PACKET_DELIVERED)
            await self._follow(transfer, filed.number)

    async def _file(self, transfer: TransferView, act: str, step: Step) -> Filed:
        """The scrivener checks and signs the application; the packet is built and carried to the registry."""
        while True:
            self._filings += 1
            signed = f"application:{self._filings}"
            await self._examine(transfer, signed)
            await self.collect(transfer, signed)
            wanted = PacketWanted(transfer_id=transfer.transfer_id, approval=signed)
            await self.insist(transfer, signed, Documents.packet, wanted, DOCUMENT)
            filed = await self.carry(transfer, act, signed, step=step)
            if filed is not None:
                return filed

    async def _examine(self, transfer: TransferView, signed: str) -> None:
        """The examiner's checks. An error stops before the scrivener signs; a warning is shown and may be filed."""
        wanted = ApprovalsWanted(subject_id=transfer.transfer_id, kind=signed, workflow_id=workflow.info().workflow_id)
        what = f"checks:{signed}"
        await self.insist(transfer, what, Examining.await_application, wanted, JUDGE)
        while True:
            await self.insist(transfer, what, Watching.fetch_title, transfer, AGENCY)
            found = await self.insist(transfer, what, Examining.examine, wanted, JUDGE)
            if self._ended and PRICE_DIFFERS in found.warnings:  # a registrar has looked at it: no mere warning now
                await self._change_report(transfer, self._ended)
            elif found.errors:
                trouble = Trouble(", ".join(found.errors), *CHECKS_FAILED, role="scrivener")
                await self.until_mended(transfer, what, trouble)
            else:
                return

    async def _follow(self, transfer: TransferView, receipt_no: str) -> None:
        """What the registrar decides about one filing."""
        ask = RegistryAsk(transfer_id=transfer.transfer_id, receipt_no=receipt_no)
        while True:
            news = await self.insist(transfer, f"filing:{receipt_no}", Watching.await_news, ask, OUTSIDE)
            if news.state is RegistryState.REGISTERED:
                await self.registered(transfer, receipt_no)
                return
            if news.state is not RegistryState.CORRECTION:
                await self._not_registered(transfer, news)
                return
            await self._correct(transfer, news)
            ask = ask.model_copy(update={"corrections_seen": len(news.corrections)})

    async def registered(self, transfer: TransferView, receipt_no: str) -> None:
        self._registered = True
        await self.done(transfer, Step.REGISTERED, receipt_no)

    async def _correct(self, transfer: TransferView, news: RegistryNews) -> None:
        """Each correction is answered by the one who can, then the whole filing is supplemented."""
        number = f"{news.receipt_no}:{len(news.corrections)}"
        await self.done(transfer, Step.CORRECTION_ORDERED, news.receipt_no, f"{Step.CORRECTION_ORDERED}:{number}")
        for index, correction in enumerate(news.corrections):
            if correction.answered_at is None:  # the registry lists every order that it ever made
                await self._cure(transfer, correction, f"{news.receipt_no}:{index}")
        await self._file(transfer, "supplement", Step.CORRECTION_ANSWERED)

    async def _cure(self, transfer: TransferView, correction: Correction, name: str) -> None:
        if correction.code == PRICE_DIFFERS:
            await self._change_report(transfer, name)
            return
        # Cured outside, or with what a person gives here anew: who can answer says when.
        trouble = Trouble(correction.code, correction.ko, correction.en, "등기법 제29조 단서", correction.answerable_by)
        await self.until_mended(transfer, f"correction:{name}", trouble)

    async def _change_report(self, transfer: TransferView, name: str) -> None:
        await self.submit(transfer, f"change_report:{name}", "change_report")

    async def _not_registered(self, transfer: TransferView, news: RegistryNews) -> None:
        """This filing is over, the contract is not. The packet is repaired and filed under a new number."""
        self._ended = news.receipt_no
        if news.state is RegistryState.DISMISSED:
            await self.done(transfer, Step.DISMISSED, news.receipt_no, f"{Step.DISMISSED}:{news.receipt_no}")
        else:
            await self.say(transfer, "withdrawn", news.receipt_no, f"withdrawn:{news.receipt_no}")
        code = f"ground_{news.ground}" if news.ground else str(news.state)
        trouble = Trouble(code, "등기신청이 끝났습니다.", "The filing has ended.", "등기법 제29조", "scrivener")
        await self.until_mended(transfer, f"filing:{news.receipt_no}", trouble)
