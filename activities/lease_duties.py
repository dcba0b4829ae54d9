"""What the law makes the parties of a sealed lease do next: its report, prepared from the contract itself.

신고법 제6조의2; 규칙 제6조의2③: a report that one party has signed, with the signed contract, counts as made jointly.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio import activity

from activities.errors import told
from activities.kinds import TITLES, word
from activities.leasing import approvers, lease_body, lease_decision, moments, people
from domain.decisions import Decision
from domain.ids import reference
from domain.korean import day
from domain.leases import LeaseReminder, LeaseReportStart, LeaseReportView
from domain.time import seoul_midnight
from domain.words import Outcome, Step
from domain.work import Approvals, ApprovalsWanted, ApprovalView, Nothing
from law.rulebook import Rulebook
from law.sale.lease import most_fined
from store import cases, contracts, leases
from store.db import Database
from store.sealed import SealedBox
from store.tables.contracts import ApprovalRow, ContractRow
from store.tables.leases import LeaseReportRow

BASIS = "부동산 거래신고 등에 관한 법률 제6조의2"  # a report names its parties


@dataclass(frozen=True)
class LeaseDuties:
    db: Database
    sealed: SealedBox
    rulebook: Rulebook

    @activity.defn(name="lease.open")
    async def open(self, start: LeaseReportStart) -> LeaseReportView:
        """Once: whether the lease is to be reported stays as it was decided, with its reasons and rulebook."""
        async with told(), self.db.transaction() as session:
            contract = await contracts.contract(session, start.contract_id)
            row = await leases.find(session, contract.id)
            if row is None:
                row = await self._decided(session, contract)
            late_at = seoul_midnight(row.due_on + timedelta(days=1)) if row.due_on else None
            return LeaseReportView(
                contract_id=contract.id, case_id=contract.case_id, wanted=row.state != "exempt",
                remind_at=tuple(moments(row.due_on)), late_at=late_at,
            )  # fmt: skip

    async def _decided(self, session: AsyncSession, contract: ContractRow) -> LeaseReportRow:
        terms = contracts.terms_of(contract)
        decision, due_on = lease_decision(terms, self.rulebook)
        row = LeaseReportRow(
            contract_id=contract.id, case_id=contract.case_id, due_on=due_on,
            state="exempt" if decision.outcome is Outcome.NO else "open", decision=decision.model_dump(mode="json"),
        )  # fmt: skip
        session.add(row)
        for person_id, role in approvers(terms).items():
            await cases.add_member(session, contract.case_id, person_id, role)
        await _tell(session, row, decision)
        await session.flush()
        return row

    @activity.defn(name="lease.open_approvals")
    async def open_approvals(self, wanted: ApprovalsWanted) -> Approvals:
        """The same report for each party: whoever signs first files it. Nothing is open once somebody has signed."""
        async with told(), self.db.transaction() as session:
            rows = await contracts.approvals(session, wanted.subject_id, wanted.kind)
            if not rows:
                rows = [await contracts.open_approval(session, row) for row in await self._bodies(session, wanted)]
            if any(row.state == "signed" for row in rows):
                rows = []
            return Approvals(
                items=tuple(ApprovalView(approval_id=row.id, kind=wanted.kind, person_id=row.person_id) for row in rows)
            )

    async def _bodies(self, session: AsyncSession, wanted: ApprovalsWanted) -> list[ApprovalRow]:
        contract = await contracts.contract(session, wanted.subject_id)
        due_on = (await leases.report(session, contract.id)).due_on
        terms = contracts.terms_of(contract)
        refs = {
            one: await self.sealed.open(session, one, "identity_ref", basis=BASIS, purpose="report the lease")
            for one in people(terms)
        }
        text = lease_body(contract, refs, reference(wanted.workflow_id, wanted.kind)).canonical()
        until = f" ({day(due_on)}까지)" if due_on else ""
        return [
            ApprovalRow(
                subject_id=contract.id, workflow_id=wanted.workflow_id, case_id=contract.case_id, kind=wanted.kind,
                role=role, person_id=person_id, sum_won=terms.price, body=text.decode(),
                title=f"{TITLES[word(wanted.kind)]} · {terms.property.building} {terms.property.ho}{until}",
                body_sha256=hashlib.sha256(text).hexdigest(),
            )
            for person_id, role in approvers(terms).items()
        ]  # fmt: skip

    @activity.defn(name="lease.settle")
    async def settle(self, wanted: ApprovalsWanted) -> Nothing:
        """One party has signed: the others need not any more, and what they still could approve lapses."""
        async with told(), self.db.transaction() as session:
            for row in await contracts.approvals(session, wanted.subject_id, wanted.kind):
                await session.refresh(row, with_for_update=True)
                if row.state != "signed":
                    row.state = "void"
                    session.add(row)
            return Nothing()

    @activity.defn(name="lease.remind")
    async def remind(self, reminder: LeaseReminder) -> Nothing:
        """A line of the case, once for each reminder, while nothing is filed."""
        async with told(), self.db.transaction() as session:
            row = await leases.report(session, reminder.contract_id, lock=True)
            if row.state != "open" or row.due_on is None or row.reminders >= reminder.number:
                return Nothing()
            ko, en = self._late(row.due_on) if reminder.late else _soon(row.due_on)
            key = f"lease_reminded:{row.contract_id}:{reminder.number}"
            await cases.record(session, row.case_id, key, reference=str(row.contract_id), ko=ko, en=en)
            row.reminders = reminder.number
            session.add(row)
            return Nothing()

    def _late(self, due_on: date) -> tuple[str, str]:
        fine = most_fined(due_on + timedelta(days=1), self.rulebook)
        return (
            f"임대차 신고 기한({day(due_on)})이 지났습니다. 지금이라도 신고해 주십시오. 신고하지 않으면"
            f" {fine:,}원 이하의 과태료를 물 수 있습니다 (신고법 제28조제5항).",
            f"The last day to report the lease ({due_on}) has passed. Report it now: not reporting may be fined up to"
            f" {fine:,} won.",
        )


async def _tell(session: AsyncSession, row: LeaseReportRow, decision: Decision) -> None:
    key, ref = f"lease_report:{row.contract_id}", str(row.contract_id)
    until = day(row.due_on) if row.due_on else "법이 정한 기한"
    if decision.outcome is Outcome.NO:
        why = next(one for one in decision.reasons if one.code in decision.causes)
        await cases.record(
            session, row.case_id, key, step=Step.LEASE_REPORTED, reference="exempt", detail={"article": why.article},
            ko=f"신고 대상이 아닌 임대차입니다 (충족하지 않은 요건: {why.ko}). 확정일자는 따로 받을 수 있습니다.",
            en=f"This lease is not to be reported (not met: {why.en}). A fixed date can be asked for apart.",
        )  # fmt: skip
        return
    if decision.outcome is Outcome.CANNOT_TELL:
        ko = f"임대차 신고 대상인지 자료만으로 정할 수 없습니다. 대상이면 {until}까지 신고해야 합니다."
        en = f"The data do not settle whether this lease must be reported. If so, by {row.due_on}."
    else:
        ko, en = f"주택 임대차 계약을 {until}까지 신고해야 합니다.", f"The lease must be reported by {row.due_on}."
    await cases.record(
        session, row.case_id, key, reference=ref,
        ko=f"{ko} 신고서를 계약서로 준비했으니 임대인이나 임차인 한 분이 승인하면 됩니다.",
        en=f"{en} The report is prepared from the contract: either party approves it.",
        detail={"missing": list(decision.missing)},
    )  # fmt: skip


def _soon(due_on: date) -> tuple[str, str]:
    return (
        f"주택 임대차 계약을 {day(due_on)}까지 신고해야 합니다. 임대인이나 임차인 한 분이 신고서를 승인해 주십시오.",
        f"The lease must be reported by {due_on}: either party approves the report.",
    )
