"""A signed contract changed by another one (변경계약): until the balance is paid, and with what follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio import activity

from activities.errors import told
from domain.contracts import Instalment
from domain.korean import won
from domain.messages import ContractStart
from domain.webhooks import Event
from domain.work import Amended, Possible
from store import amendments, cases, contracts, transfers, webhooks
from store.db import Database
from store.tables.contracts import ContractRow
from store.tables.transfers import TransferRow


@dataclass(frozen=True)
class Amending:
    db: Database

    @activity.defn(name="amending.still_amendable")
    async def still_amendable(self, start: ContractStart) -> Possible:
        """Not once the balance is paid or the deal dissolved: then there is nothing left to pay otherwise."""
        async with told(), self.db.transaction() as session:
            row = await contracts.contract(session, start.contract_id)
            return Possible(yes=await amendments.is_amendable(session, _changed(row)))

    @activity.defn(name="amending.adopt")
    async def adopt(self, start: ContractStart) -> Amended:
        """What is not paid yet is due as the amendment says. Where its price is another one, the report is changed
        (신고규칙 제3조제3항제5호)."""
        async with told(), self.db.transaction() as session:
            row = await contracts.contract(session, start.contract_id)
            original = await contracts.contract(session, _changed(row))
            await webhooks.announce(session, original, Event.AMENDED, str(row.id))
            transfer = await transfers.transfer_of_contract(session, original.id)
            if transfer is None:
                return Amended(transfer_id=None, price_changed=False)
            after, before = contracts.terms_of(row), await amendments.in_force(session, original, before=row)
            for one in after.payments:
                await self._due(session, transfer, row, one)
            await cases.record(
                session, row.case_id, f"amended:{row.id}", reference=row.document_sha256 or "",
                ko=f"변경 약정이 체결되었습니다: {', '.join(one.subject for one in after.changes)}.",
                en="The amendment is signed and sealed; what is unpaid follows it.",
            )  # fmt: skip
            return Amended(transfer_id=transfer.id, price_changed=after.price != before.price)

    async def _due(self, session: AsyncSession, transfer: TransferRow, row: ContractRow, one: Instalment) -> None:
        for subject in (transfer.id, transfer.contract_id):
            due = await transfers.due(session, subject, one.kind, one.number)
            if due is None or (due.amount, due.due_on) == (one.amount, one.due_on):
                continue
            if due.paid_at is None:
                due.amount, due.due_on = one.amount, one.due_on
                session.add(due)
                continue
            if due.amount == one.amount:
                continue
            await cases.record(
                session, row.case_id, f"amended_paid:{row.id}:{one.kind}:{one.number}", reference=str(due.id),
                ko=f"이미 지급된 금액({won(due.amount)})이 변경 약정({won(one.amount)})과 다릅니다. 당사자끼리 정산해"
                " 주십시오.",
                en="What was paid already differs from the amendment: the parties settle the difference themselves.",
            )  # fmt: skip


def _changed(row: ContractRow) -> UUID:
    if row.supersedes is None:
        raise LookupError("an amendment names the contract that it changes")
    return row.supersedes
