"""What a dissolution undoes, what is still allowed, and what stays (합의해제)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio import activity

from activities.errors import told
from activities.forgetting import forget_secrets
from activities.kinds import word
from activities.settlement import settle
from activities.troubles import MENDING
from domain.filings import Deposit
from domain.ports import Bank
from domain.time import now, seoul_date
from domain.webhooks import Event
from domain.words import ContractKind
from domain.work import Nothing, Payouts, Possible, TransferView, Undo
from law.rulebook import Rulebook
from store import cases, contracts, transfers, webhooks
from store.db import Database
from store.sealed import SealedBox
from store.tables.contracts import ApprovalRow

STAYS = (
    ("stamp", "인지세는 돌려받지 못합니다.", "Stamp duty is not given back."),
    ("bond", "국민주택채권은 되돌리지 않고 매도할 수 있습니다.", "The housing bond is not undone; it can be sold."),
    ("fee", "등기신청수수료는 등기소에 따로 환급을 신청합니다.", "The fee is reclaimed at the registry."),
)  # fmt: skip
TAX_STAYS = (
    "취득일부터 60일이 지나 해제되어 취득세는 돌려받지 못합니다 (지방세법 시행령 제20조제2항).",
    "Dissolved more than 60 days after the acquisition: the tax is not given back.",
)


@dataclass(frozen=True)
class Unwinding:
    db: Database
    sealed: SealedBox
    rulebook: Rulebook

    @activity.defn(name="unwinding.begin")
    async def begin(self, transfer: TransferView) -> Nothing:
        """From here on nobody signs or pays for the deal itself; what was open is void."""
        async with told(), self.db.transaction() as session:
            row = await transfers.transfer(session, transfer.transfer_id, lock=True)
            if row.state in ("registered", "dissolved"):
                return Nothing()
            row.state, row.record = "dissolving", {**row.record, MENDING: {}}
            session.add(row)
            for approval in await contracts.all_approvals(session, row.id):
                if not approval.kind.startswith("undo:"):
                    _void(session, approval)
            return Nothing()

    @activity.defn(name="unwinding.end_withdrawal")
    async def end_withdrawal(self, transfer: TransferView) -> Nothing:
        """The registrar has decided: a withdrawal that nobody has signed yet is not asked for any more."""
        async with told(), self.db.transaction() as session:
            for approval in await contracts.all_approvals(session, transfer.transfer_id):
                if word(approval.kind) == "undo:withdrawal":
                    _void(session, approval)
            return Nothing()

    @activity.defn(name="unwinding.can_undo")
    async def can_undo(self, undo: Undo) -> Possible:
        """Whether a compensation is due at all, and still allowed."""
        async with told(), self.db.transaction() as session:
            record = (await transfers.transfer(session, undo.transfer_id)).record
            done = f"answer:{'report' if undo.kind == 'cancellation' else 'tax'}" in record
            late = undo.kind == "refund" and not await self._tax_window_open(session, undo.transfer_id)
            return Possible(yes=done and not late)

    async def _tax_window_open(self, session: AsyncSession, transfer_id: UUID) -> bool:
        """Dissolved within 60 days and before registration: no acquisition (지방세법 시행령 제20조제2항)."""
        acquired = await _acquired_on(session, transfer_id)
        if acquired is None:
            return True
        return seoul_date(now()) <= self.rulebook.period("dissolution_tax_window", acquired).ends_on(acquired)

    @activity.defn(name="unwinding.name_what_stays")
    async def name_what_stays(self, transfer: TransferView) -> Nothing:
        """What a dissolution does not bring back, said in the timeline; the contract ends."""
        async with told(), self.db.transaction() as session:
            for kind, ko, en in STAYS:
                if any(due.amount for due in await transfers.paid_dues(session, transfer.transfer_id, kind)):
                    await cases.record(session, transfer.case_id, f"stays:{kind}", ko=ko, en=en)
            held = await transfers.transfer(session, transfer.transfer_id, lock=True)
            if "answer:tax" in held.record and "answer:undo:refund" not in held.record:
                await cases.record(session, transfer.case_id, "stays:tax", ko=TAX_STAYS[0], en=TAX_STAYS[1])
            row = await contracts.contract(session, transfer.contract_id, lock=True)
            row.state = held.state = "dissolved"
            await webhooks.announce(session, row, Event.DISSOLVED, str(row.id))
            session.add(row)
            session.add(held)
            await forget_secrets(session, self.sealed, transfer.transfer_id)
            return Nothing()


@dataclass(frozen=True)
class Settling:
    """Beside the bank: what is held for a dissolved deal, found by the payments' own references."""

    db: Database
    bank: Bank

    @activity.defn(name="settling.settle")
    async def settle(self, undo: Undo) -> Payouts:
        """Who gets what; decided once, from what the bank holds and what the parties agreed to forfeit."""
        async with told():
            async with self.db.transaction() as session:
                row = await transfers.transfer(session, undo.transfer_id)
                terms = contracts.terms_of(await contracts.contract(session, row.contract_id))
                agreed = contracts.terms_of(await contracts.contract(session, undo.dissolution_id))
            if "settlement" in row.record:
                return Payouts(count=len(row.record["settlement"]))
            account = terms.account.number if terms.account else ""
            held: list[Deposit] = []
            for one in terms.payments:
                held += await self.bank.deposits(account, one.reference)
            payouts = settle(
                held, int(str(agreed.extra["forfeited"])), holder_is_seller=terms.kind is ContractKind.SUPPLY
            )
            kept = [one.model_dump(mode="json") for one in payouts]
            async with self.db.transaction() as session:
                await transfers.note(session, undo.transfer_id, "settlement", kept)
            return Payouts(count=len(kept))


def _void(session: AsyncSession, approval: ApprovalRow) -> None:
    if approval.state in ("open", "asked"):
        approval.state = "void"
        session.add(approval)


async def _acquired_on(session: AsyncSession, transfer_id: UUID) -> date | None:
    paid = await transfers.paid_dues(session, transfer_id, "balance")
    return seoul_date(paid[0].paid_at) if paid and paid[0].paid_at else None
