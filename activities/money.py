"""Waiting for money: people pay at their bank; we look for our own reference and keep the bank's statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from temporalio import activity

from activities.errors import told
from domain.errors import NotYet
from domain.filings import Bill, Deposit
from domain.ports import Bank, BondSeller, Registry, TaxOffice
from domain.work import DueRef, Paid
from store import transfers
from store.db import Database
from store.tables.transfers import DueRow


@dataclass(frozen=True)
class Money:
    db: Database
    bank: Bank
    tax_office: TaxOffice
    bond_seller: BondSeller
    registry: Registry
    poll: timedelta

    @activity.defn
    async def await_payment(self, ref: DueRef) -> Paid:
        """Until the due is paid in full. The bank's signed statement (or the office's proof) is kept."""
        async with told():
            async with self.db.transaction() as session:
                due = await session.get_one(DueRow, ref.due_id)
            if due.paid_at is None:
                at, proof = await self._look(due)
                async with self.db.transaction() as session:
                    due = await transfers.pay(session, ref.due_id, at=at, proof=proof)
            proof = due.proof or {}
            return Paid(at=due.paid_at or due.created_at, reference=str(proof.get("number", "")))

    async def _look(self, due: DueRow) -> tuple[datetime, dict[str, Any]]:
        if due.amount == 0:  # the law asks for nothing
            return due.created_at, {"number": due.act_number or ""}
        if due.payment_no is not None:
            bill = await self._bill(due)
            if not bill.paid or bill.paid_at is None:
                raise NotYet("waiting_for_payment", retry_after=self.poll.total_seconds())
            return bill.paid_at, {"number": bill.number, "payment_no": bill.payment_no, **bill.proof}
        found = await self.bank.deposits(due.account or "", due.memo or "")
        enough = _covering(found, due.amount)
        if enough is None:
            raise NotYet("waiting_for_payment", retry_after=self.poll.total_seconds())
        return enough.at, enough.model_dump(mode="json")

    async def _bill(self, due: DueRow) -> Bill:
        number = due.act_number or ""
        match due.kind:
            case "tax":
                return await self.tax_office.bill(number)
            case "bond":
                return await self.bond_seller.bill(number)
            case "fee":
                return await self.registry.bill(number)
            case _:
                return await self.bank.bill(number)


def _covering(found: list[Deposit], amount: int) -> Deposit | None:
    """The transfer that makes the sum full. Part payments add up; the last one is the proof we name."""
    total = 0
    for deposit in sorted(found, key=lambda one: one.at):
        total += deposit.amount
        if total >= amount:
            return deposit
    return None
