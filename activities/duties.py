"""What the law makes the parties of a sealed contract do next: what to sign and what to pay."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio import activity

from activities.bodies import shown
from activities.deal import Deal, load
from activities.errors import told
from activities.kinds import TITLES, word
from activities.making import Body, Making
from activities.plans import fund_plan_duty
from domain.contracts import ContractTerms, Instalment
from domain.errors import NotYet, WrongState
from domain.messages import TransferStart
from domain.words import ContractKind, Outcome
from domain.work import (
    ApprovalAsk,
    Approvals,
    ApprovalsWanted,
    ApprovalView,
    DueRef,
    DueWanted,
    Nothing,
    Possible,
    TransferView,
    Unsigned,
)
from store import cases, contracts, sealed_bodies, transfers
from store.tables.contracts import ApprovalRow
from store.tables.transfers import DueRow, TransferRow
from store.transfers import FUND_PLAN, FUND_PLAN_WAY

WHY = {
    "declined": ("서명자가 서명 서비스에서 거절했습니다.", "Declined at the signing service."),
    "signing_expired": ("전자서명 요청의 기간이 지났습니다.", "The request for a signature has run out."),
}


@dataclass(frozen=True)
class Duties:
    making: Making

    @activity.defn
    async def transfer_view(self, start: TransferStart) -> TransferView:
        async with told(), self.making.db.transaction() as session:
            row = await transfers.transfer(session, start.transfer_id)
            terms = contracts.terms_of(await contracts.contract(session, row.contract_id))
            await self._tell_fund_plan(session, row, terms)
            return TransferView(
                transfer_id=row.id,
                case_id=row.case_id,
                contract_id=row.contract_id,
                contract_kind=terms.kind,
                instalments=tuple(one.number for one in terms.payments if one.kind == "instalment"),
                new_building=terms.kind is ContractKind.SUPPLY,
                outside=terms.is_shared(),
            )

    async def _tell_fund_plan(self, session: AsyncSession, row: TransferRow, terms: ContractTerms) -> None:
        """Once: whether the buyer owes a fund plan stays as it was decided, with its reasons and rulebook."""
        if FUND_PLAN in row.record:
            return
        duty = fund_plan_duty(terms, self.making.rulebook)
        await transfers.note(session, row.id, FUND_PLAN, duty.model_dump(mode="json"))
        if duty.plan.outcome is Outcome.YES:
            await cases.record(
                session, row.case_id, f"{FUND_PLAN}:{row.id}", agency="onjip", reference=str(row.id),
                ko=f"매수인은 자금조달계획서를 {duty.handover_by}까지 신고하는 사람에게 주거나 {duty.file_by}까지 "
                "직접 냅니다.",
                en=f"The buyer owes a fund plan: to whoever reports by {duty.handover_by}, or filed alone by "
                f"{duty.file_by}.",
            )  # fmt: skip

    # Bodies to sign

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
                    await _still_going_on(session, wanted.subject_id, wanted.kind)
                    await _as_it_was(session, deal)
                    open_ones = [await self._open(session, deal, wanted, one) for one in made]
            items = tuple(
                ApprovalView(approval_id=row.id, kind=wanted.kind, person_id=row.person_id)
                for row in open_ones
                if row.state != "signed"
            )
            return Approvals(items=items)

    async def _open(self, session: AsyncSession, deal: Deal, wanted: ApprovalsWanted, made: Body) -> ApprovalRow:
        """The row shows what may be shown; a body with a secret in it is kept sealed, to the very byte."""
        person_id, role, body = made
        exact, open_text = body.canonical(), shown(body)
        row = ApprovalRow(
            subject_id=wanted.subject_id,
            workflow_id=wanted.workflow_id,
            case_id=deal.transfer.case_id,
            kind=wanted.kind,
            role=role,
            person_id=person_id,
            title=f"{TITLES[word(wanted.kind)]} · {deal.terms.property.building} {deal.terms.property.ho}",
            sum_won=deal.full_price,
            body=open_text.decode(),
            body_sha256=hashlib.sha256(exact).hexdigest(),
        )
        row = await contracts.open_approval(session, row)
        if exact != open_text:
            await sealed_bodies.keep_body(session, self.making.sealed, row, exact.decode())
        return row

    @activity.defn(name="duties.waits_for")
    async def waits_for(self, ask: ApprovalAsk) -> Possible:
        """Whether such a body waits for this person. The record is a moment ahead of the procedure."""
        async with told(), self.making.db.transaction() as session:
            rows = await contracts.approvals(session, ask.subject_id, ask.kind)
            return Possible(yes=any(row.person_id == ask.person_id and row.state in ("open", "asked") for row in rows))

    @activity.defn(name="duties.reopen")
    async def reopen(self, unsigned: Unsigned) -> Nothing:
        """The person was asked in vain: the body waits for them again, and the others of the case see why."""
        async with told(), self.making.db.transaction() as session:
            row = await session.get_one(ApprovalRow, unsigned.approval_id, with_for_update=True)
            if row.state == "asked":
                ko, en = WHY[unsigned.why]
                await cases.record(
                    session, row.case_id, f"{unsigned.why}:{row.id}:{row.signing_number}", agency="signing",
                    ko=f"{row.title}: {ko}", en=f"{row.kind}: {en}", reference=str(row.id),
                )  # fmt: skip
                row.state, row.signed_attrs, row.signing_number = "open", None, None
                session.add(row)
            return Nothing()

    # What to pay

    @activity.defn
    async def open_due(self, wanted: DueWanted) -> DueRef:
        """What the buyer has to pay now, and how."""
        async with told(), self.making.db.transaction() as session:
            found = await transfers.due(session, wanted.subject_id, wanted.kind, wanted.number)
            if found is None:
                await _still_going_on(session, wanted.subject_id, wanted.kind)
                deal = await load(session, self.making.sealed, wanted.subject_id, purpose="due")
                found = _due(deal, wanted)
                session.add(found)
                await session.flush()
            return DueRef(due_id=found.id)


async def _still_going_on(session: AsyncSession, transfer_id: UUID, kind: str) -> None:
    """An activity may outlive its procedure for a moment: a dissolved deal gets nothing new to sign or pay."""
    row = await transfers.transfer(session, transfer_id, lock=True)
    if row.state in ("dissolving", "dissolved") and not kind.startswith("undo:"):
        raise WrongState("dissolved", ko="합의해제된 거래입니다.", en="This deal has been dissolved.")


async def _as_it_was(session: AsyncSession, deal: Deal) -> None:
    """NotYet where the buyer has chosen meanwhile how the fund plan is filed: the body is made again."""
    row = await transfers.transfer(session, deal.transfer.id)
    if row.record.get(FUND_PLAN_WAY) != deal.record.get(FUND_PLAN_WAY):
        raise NotYet("chosen_meanwhile", retry_after=0.1)


def _due(deal: Deal, wanted: DueWanted) -> DueRow:
    row = DueRow(
        case_id=deal.transfer.case_id,
        subject_id=wanted.subject_id,
        kind=wanted.kind,
        number=wanted.number,
        payer_id=deal.payer.person_id,
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
