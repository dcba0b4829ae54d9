"""What the law makes the parties of a sealed contract do next: what to sign, what to pay, what can be undone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio import activity

from activities.deal import Deal, load
from activities.errors import told
from activities.making import Making
from domain.contracts import Instalment
from domain.errors import WrongState
from domain.messages import TransferStart
from domain.model import Model
from domain.time import now, seoul_date
from domain.words import ContractKind
from domain.work import (
    Approvals,
    ApprovalsWanted,
    ApprovalView,
    DueRef,
    DueWanted,
    Nothing,
    Possible,
    TransferView,
    Undo,
)
from law.deadlines import dissolution_due
from store import cases, contracts, transfers
from store.tables.contracts import ApprovalRow
from store.tables.transfers import DueRow

TITLES = {
    "report": "부동산거래신고서", "change_report": "부동산거래계약 변경신고서", "tax": "취득세 신고서",
    "bond": "국민주택채권 매입신청서", "mandate": "등기신청 위임장", "application": "소유권이전등기 신청서",
    "undo:cancellation": "부동산거래계약 해제등 신고서", "undo:refund": "취득세 환급 신청서",
    "undo:release": "예치금 반환 동의서",
}  # fmt: skip
STAYS = (
    ("stamp", "인지세는 돌려받지 못합니다.", "Stamp duty is not given back."),
    ("bond", "국민주택채권은 되돌리지 않고 매도할 수 있습니다.", "The housing bond is not undone; it can be sold."),
    ("fee", "등기신청수수료는 등기소에 따로 환급을 신청합니다.", "The fee is reclaimed at the registry."),
)  # fmt: skip


@dataclass(frozen=True)
class Duties:
    making: Making

    @activity.defn
    async def transfer_view(self, start: TransferStart) -> TransferView:
        async with told(), self.making.db.transaction() as session:
            row = await transfers.transfer(session, start.transfer_id)
            terms = contracts.terms_of(await contracts.contract(session, row.contract_id))
            return TransferView(
                transfer_id=row.id,
                case_id=row.case_id,
                contract_id=row.contract_id,
                contract_kind=terms.kind,
                instalments=tuple(one.number for one in terms.payments if one.kind == "instalment"),
                new_building=terms.kind is ContractKind.SUPPLY,
            )

    @activity.defn
    async def open_approvals(self, wanted: ApprovalsWanted) -> Approvals:
        """Bodies of one kind, one for each whose signature the law names. The same answer when asked again."""
        async with told():
            async with self.making.db.transaction() as session:
                deal = await load(session, self.making.sealed, wanted.subject_id, purpose=wanted.kind)
                open_ones = await contracts.approvals(session, wanted.subject_id, wanted.kind)
            if not open_ones:
                made = await self.making.make(deal, wanted)
                async with self.making.db.transaction() as session:
                    open_ones = [await contracts.open_approval(session, _row(deal, wanted, *one)) for one in made]
            items = tuple(
                ApprovalView(approval_id=row.id, kind=wanted.kind, person_id=row.person_id)
                for row in open_ones
                if row.state != "signed"
            )
            return Approvals(items=items)

    @activity.defn
    async def open_due(self, wanted: DueWanted) -> DueRef:
        """What the buyer has to pay now, and how."""
        async with told(), self.making.db.transaction() as session:
            found = await transfers.due(session, wanted.subject_id, wanted.kind, wanted.number)
            if found is None:
                deal = await load(session, self.making.sealed, wanted.subject_id, purpose="due")
                found = _due(deal, wanted)
                session.add(found)
                await session.flush()
            return DueRef(due_id=found.id)

    @activity.defn
    async def can_undo(self, undo: Undo) -> Possible:
        """Whether a compensation is due at all, and still allowed."""
        async with told(), self.making.db.transaction() as session:
            transfer = await transfers.transfer(session, undo.transfer_id)
            done = {
                "cancellation": "answer:report" in transfer.record,
                "refund": "answer:tax" in transfer.record and await self._tax_window_open(session, undo.transfer_id),
                "release": bool(await transfers.paid_dues(session, undo.transfer_id, "deposit")),
            }
            return Possible(yes=done[undo.kind])

    async def _tax_window_open(self, session: AsyncSession, transfer_id: UUID) -> bool:
        """Dissolved within 60 days and before registration: no acquisition (지방세법 시행령 제20조제2항)."""
        paid = await transfers.paid_dues(session, transfer_id, "balance")
        if not paid or paid[0].paid_at is None:
            return False
        acquired: date = seoul_date(paid[0].paid_at)
        return seoul_date(now()) <= dissolution_due(acquired, self.making.rulebook).on

    @activity.defn
    async def name_what_stays(self, transfer: TransferView) -> Nothing:
        """What a dissolution does not bring back, said in the timeline; the contract ends."""
        async with told(), self.making.db.transaction() as session:
            for kind, ko, en in STAYS:
                if await transfers.paid_dues(session, transfer.transfer_id, kind):
                    await cases.record(session, transfer.case_id, f"stays:{kind}", ko=ko, en=en)
            row = await contracts.contract(session, transfer.contract_id, lock=True)
            row.state = "dissolved"
            session.add(row)
            held = await transfers.transfer(session, transfer.transfer_id, lock=True)
            held.state = "dissolved"
            session.add(held)
            return Nothing()


def _row(deal: Deal, wanted: ApprovalsWanted, person_id: UUID, role: str, body: Model) -> ApprovalRow:
    text = body.canonical()
    word = wanted.kind if wanted.kind in TITLES else wanted.kind.partition(":")[0]
    return ApprovalRow(
        subject_id=wanted.subject_id,
        workflow_id=wanted.workflow_id,
        case_id=deal.transfer.case_id,
        kind=wanted.kind,
        role=role,
        person_id=person_id,
        title=f"{TITLES[word]} · {deal.terms.property.building} {deal.terms.property.ho}",
        sum_won=deal.full_price,
        body=text.decode(),
        body_sha256=hashlib.sha256(text).hexdigest(),
    )


def _due(deal: Deal, wanted: DueWanted) -> DueRow:
    row = DueRow(
        case_id=deal.transfer.case_id,
        subject_id=wanted.subject_id,
        kind=wanted.kind,
        number=wanted.number,
        payer_id=deal.buyers[0].person_id,
        amount=0,
    )
    for one in deal.terms.payments:
        if (one.kind, one.number) == (wanted.kind, wanted.number) or (one.kind == wanted.kind == "balance"):
            return _transfer_due(deal, row, one)
    bill = deal.record.get(f"answer:{wanted.kind}")
    if bill is None:
        raise WrongState("no_bill", ko="납부할 고지서가 아직 없습니다.", en="There is no bill to pay yet.")
    row.amount, row.payment_no, row.act_number = bill["amount"], bill["payment_no"], bill["number"]
    return row


def _transfer_due(deal: Deal, row: DueRow, one: Instalment) -> DueRow:
    account = deal.terms.account
    if account is None:
        raise WrongState("no_account", ko="계약에 납부 계좌가 없습니다.", en="The contract names no account.")
    row.amount, row.account, row.memo, row.due_on = one.amount, account.number, one.reference, one.due_on
    return row
