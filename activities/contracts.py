"""The record of contracts: drafts, states, steps of the case."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio import activity

from activities.errors import told
from domain.errors import WrongState
from domain.messages import ContractStart, TransferStart
from domain.words import CaseKind, ContractKind, PartyRole, Step
from domain.work import ContractDone, ContractView, Nothing, Refusal, StepDone
from store import cases, contracts, transfers
from store.db import Database
from store.tables.cases import CaseRow
from store.tables.contracts import ContractRow

STEP_WORDS: dict[Step, tuple[str, str]] = {
    Step.DEPOSIT_PAID: ("계약금이 입금되었습니다.", "The deposit has been paid."),
    Step.REPORTED: ("부동산거래신고를 마쳤습니다 (신고필증).", "The transaction report is filed (certificate)."),
    Step.STAMP_PAID: ("인지세를 납부했습니다.", "Stamp duty is paid."),
    Step.INSTALMENTS_PAID: ("중도금을 모두 납부했습니다.", "All instalments are paid."),
    Step.PAID: ("잔금을 지급했습니다.", "The balance is paid."),
    Step.TAXED: ("취득세를 신고·납부했습니다.", "Acquisition tax is filed and paid."),
    Step.BOND_BOUGHT: ("국민주택채권을 매입했습니다.", "The housing bond is bought."),
    Step.PACKET_DELIVERED: ("소유권이전등기를 신청했습니다.", "The transfer has been filed at the registry."),
    Step.CORRECTION_ORDERED: ("등기소가 보정을 명했습니다.", "The registry ordered a correction."),
    Step.CORRECTION_ANSWERED: ("보정을 마쳤습니다.", "The correction has been answered."),
    Step.REGISTERED: ("소유권이전등기가 완료되었습니다.", "The title is registered."),
    Step.DISMISSED: ("등기신청이 각하되었습니다. 보완해 다시 낼 수 있습니다.", "Dismissed: repair and file again."),
    Step.DISSOLVED: ("계약이 합의해제되었습니다.", "The contract has been dissolved."),
}  # fmt: skip
STEP_AGENCY: dict[Step, str] = {
    Step.DEPOSIT_PAID: "bank", Step.REPORTED: "rtms", Step.STAMP_PAID: "bank", Step.INSTALMENTS_PAID: "bank",
    Step.PAID: "bank", Step.TAXED: "wetax", Step.BOND_BOUGHT: "bond", Step.PACKET_DELIVERED: "registry",
    Step.CORRECTION_ORDERED: "registry", Step.CORRECTION_ANSWERED: "registry", Step.REGISTERED: "registry",
    Step.DISMISSED: "registry",
}  # fmt: skip
SUBJECT = {"sale": "매매", "supply": "공급", "dissolution": "합의해제"}


@dataclass(frozen=True)
class Contracts:
    db: Database

    @activity.defn
    async def view(self, start: ContractStart) -> ContractView:
        async with told(), self.db.transaction() as session:
            row = await contracts.contract(session, start.contract_id)
            turns = await contracts.signers(session, row.id)
            return ContractView(
                contract_id=row.id,
                case_id=row.case_id,
                kind=ContractKind(row.kind),
                turns=tuple((one.field, one.order_no, one.person_id) for one in turns),
                broker_id=row.created_by if row.kind == ContractKind.SALE else None,
                invited=row.kind != ContractKind.SALE,
                supersedes=row.supersedes,
            )

    @activity.defn
    async def mark(self, done: ContractDone) -> Nothing:
        """Keep the contract's new state, and the steps of the case that it means."""
        async with told(), self.db.transaction() as session:
            row = await contracts.contract(session, done.contract_id, lock=True)
            if done.state == "explained" and row.state == "draft":
                contracts.note_explained(row)
            if row.state != "sealed" or done.state == "dissolved":
                row.state = done.state
                session.add(row)
            await _tell(session, row, done.state)
            return Nothing()

    @activity.defn
    async def open_transfer(self, start: ContractStart) -> TransferStart:
        """The transfer that a sealed contract leads to; of a dissolution: the one that it ends."""
        async with told(), self.db.transaction() as session:
            row = await contracts.contract(session, start.contract_id)
            if row.supersedes is not None:
                found = await transfers.transfer_of_contract(session, row.supersedes)
                if found is None:
                    raise WrongState(ko="해제할 계약의 이전 절차가 없습니다.", en="There is no transfer to dissolve.")
                return TransferStart(transfer_id=found.id)
            opened = await transfers.open_transfer(session, case_id=row.case_id, contract_id=row.id)
            return TransferStart(transfer_id=opened.id)

    @activity.defn
    async def step_done(self, done: StepDone) -> Nothing:
        """One step of the case, once, with the number by which the agency knows it."""
        async with told(), self.db.transaction() as session:
            ko, en = STEP_WORDS[done.step]
            await cases.record(
                session, done.case_id, done.key, step=done.step, agency=done.agency or STEP_AGENCY.get(done.step),
                reference=done.reference, ko=ko, en=en,
            )  # fmt: skip
            return Nothing()

    @activity.defn
    async def note_refusal(self, refused: Refusal) -> Nothing:
        """An agency said no: people see the reason and mend its cause."""
        async with told(), self.db.transaction() as session:
            await cases.record(
                session, refused.case_id, refused.key, reference=refused.code,
                ko=f"기관이 거절했습니다 ({refused.code}). 원인을 바로잡은 뒤 다시 제출해 주십시오.",
                en=f"Refused ({refused.code}). Mend the cause, then file again.", detail={"kind": refused.kind},
            )  # fmt: skip
            return Nothing()


async def _tell(session: AsyncSession, row: ContractRow, state: str) -> None:
    word = SUBJECT[row.kind]
    subscription = (await session.get_one(CaseRow, row.case_id)).kind == CaseKind.SUBSCRIPTION
    lines: dict[str, list[tuple[str, Step | None, str, str]]] = {
        "explained": [
            ("explained", Step.EXPLAINED, "중개대상물 확인·설명서를 교부했습니다.", "Explanation delivered.")
        ],
        "invited": [("invited", Step.INVITED, "당사자를 초대했습니다.", "Parties invited.")],
        "declined": [("declined", None, f"{word}계약 서명이 거절되었습니다.", "A party declined.")],
        "expired": [("expired", None, f"{word}계약 서명 기간이 지났습니다.", "The signing window has ended.")],
        "sealed": _sealed_lines(row, subscription=subscription),
    }
    for key, step, ko, en in lines.get(state, []):
        await cases.record(
            session,
            row.case_id,
            f"{key}:{row.id}",
            step=step,
            ko=ko,
            en=en,
            reference=row.document_sha256 or str(row.id),
        )


def _sealed_lines(row: ContractRow, *, subscription: bool) -> list[tuple[str, Step | None, str, str]]:
    if row.kind == ContractKind.DISSOLUTION:
        return [("sealed", None, "합의해제 계약서가 봉인되었습니다.", "The dissolution is sealed.")]
    if subscription:
        return [
            (
                "sealed",
                Step.CONTRACT_SIGNED,
                "공급계약서가 서명·봉인되었습니다.",
                "The supply contract is signed and sealed.",
            )
        ]
    return [
        ("all_signed", Step.SIGNED, "모든 당사자가 서명했습니다.", "All parties have signed."),
        ("sealed", Step.SEALED, "계약서가 봉인되었습니다 (PAdES B-LTA).", "The contract is sealed (PAdES B-LTA)."),
    ]


def party_roles(row: ContractRow) -> dict[PartyRole, list[UUID]]:
    """Persons of a contract by role, in signing order."""
    found: dict[PartyRole, list[UUID]] = {}
    for party in contracts.terms_of(row).parties:
        found.setdefault(party.role, []).append(party.person_id)
    return found
