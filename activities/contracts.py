"""The record of contracts: drafts, states, steps of the case."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio import activity

from activities.errors import told
from activities.lines import BESIDE, EXEMPT, STEP_AGENCY, STEP_WORDS
from domain.draft_rules import BROKERS
from domain.errors import WrongState
from domain.messages import ContractStart, SigningPeriods, TransferStart
from domain.webhooks import Event
from domain.words import CaseKind, ContractKind, Step
from domain.work import ContractDone, ContractView, Nothing, Possible, StepDone, Told, TurnAsk, TurnOver
from store import cases, contracts, transfers, webhooks
from store.db import Database
from store.tables.cases import CaseRow
from store.tables.contracts import ContractRow

SUBJECT = {
    "sale": "매매", "supply": "공급", "dissolution": "합의해제", "lease": "임대차", "amendment": "변경",
    "power": "위임",
}  # fmt: skip
BROKERED = (ContractKind.SALE, ContractKind.LEASE)  # drafted by a broker, who explains before anybody signs
TURN_OVER = {
    "ran_out": (
        "전자서명 요청의 기간이 지났습니다. 다시 서명해 주십시오.",
        "The request for a signature has run out. Please sign again.",
    ),
    "gave_way": (
        "준비한 문서에 제때 서명하지 않아 함께 서명하는 다음 사람에게 차례를 넘겼습니다. 다시 서명해 주십시오.",
        "Not signed in time: the turn went to another one who signs too. Please sign again.",
    ),
}
EVENTS = {
    "invited": Event.INVITED, "sealed": Event.SEALED, "declined": Event.DECLINED, "withdrawn": Event.WITHDRAWN,
    "expired": Event.EXPIRED,
}  # fmt: skip
# States that a new one does not overwrite: a draft that is frozen stays so when its parties are told of it.
KEPT = {"invited": ("signing", "sealed"), "dissolved": ()}


async def viewed(session: AsyncSession, row: ContractRow) -> ContractView:
    """What the contract's procedure needs to know of it now."""
    terms, brokered = contracts.terms_of(row), row.kind in BROKERED
    return ContractView(
        contract_id=row.id,
        case_id=row.case_id,
        kind=ContractKind(row.kind),
        turns=tuple((one.field, one.order_no, one.person_id) for one in await contracts.signers(session, row.id)),
        drafter_id=row.created_by,
        version=terms.version,
        brokered=brokered,
        editors=tuple(one.person_id for one in terms.parties if one.role in BROKERS) if brokered else (),
        invited=not brokered,
        supersedes=row.supersedes,
    )


@dataclass(frozen=True)
class Contracts:
    """``periods``: of signing, where a contract's start names no others."""

    db: Database
    periods: SigningPeriods = field(default_factory=SigningPeriods)

    @activity.defn
    async def view(self, start: ContractStart) -> ContractView:
        async with told(), self.db.transaction() as session:
            row = await contracts.contract(session, start.contract_id)
            view = await viewed(session, row)
            return view.model_copy(update={"periods": start.periods or self.periods})

    @activity.defn
    async def mark(self, done: ContractDone) -> Nothing:
        """Keep the contract's new state, and the steps of the case that it means."""
        async with told(), self.db.transaction() as session:
            row = await contracts.contract(session, done.contract_id, lock=True)
            if row.state in contracts.UNMADE:  # what has ended stays as it ended
                return Nothing()
            if done.version is not None:
                contracts.must_be_version(contracts.terms_of(row), done.version)
            if done.state == "explained" and row.state == "draft":
                contracts.note_explained(row)
            if row.state not in KEPT.get(done.state, ("sealed",)):
                row.state = done.state
                session.add(row)
            await _tell(session, row, done)
            return Nothing()

    @activity.defn
    async def may_sign(self, ask: TurnAsk) -> Possible:
        """Whether the record has this person sign next. The record is a moment ahead of the procedure."""
        async with told(), self.db.transaction() as session:
            row = await contracts.contract(session, ask.contract_id)
            open_ones = [one for one in await contracts.signers(session, row.id) if one.state != "signed"]
            first = min((one.order_no for one in open_ones), default=0)
            mine = any(one.order_no == first and one.person_id == ask.person_id for one in open_ones)
            return Possible(yes=mine and row.state in ("invited", "signing"))

    @activity.defn
    async def reopen_turn(self, turn: TurnOver) -> Nothing:
        """A turn ended without a signature: it is this person's again, with a revision made anew."""
        async with told(), self.db.transaction() as session:
            signer = await contracts.signer(session, turn.contract_id, turn.field)
            if signer.state != "signed":
                contracts.wait_again(signer)
                session.add(signer)
            if turn.why in TURN_OVER:
                ko, en = TURN_OVER[turn.why]
                row = await contracts.contract(session, turn.contract_id)
                key = f"lapsed:{row.id}:{turn.field}:{turn.round}"
                await cases.record(session, row.case_id, key, agency="signing", ko=ko, en=en)
            return Nothing()

    @activity.defn
    async def still_dissolvable(self, start: ContractStart) -> Possible:
        """After registration only a new contract can reverse a sale: a dissolution is then not sealed any more."""
        async with told(), self.db.transaction() as session:
            row = await contracts.contract(session, start.contract_id)
            transfer = await transfers.transfer_of_contract(session, row.supersedes) if row.supersedes else None
            return Possible(yes=transfer is not None and transfer.state not in ("registered", "dissolved"))

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
            state = "outside" if contracts.terms_of(row).is_shared() else "open"
            opened = await transfers.open_transfer(session, case_id=row.case_id, contract_id=row.id, state=state)
            return TransferStart(transfer_id=opened.id)

    @activity.defn
    async def step_done(self, done: StepDone) -> Nothing:
        """One step of the case, once, with the number by which the agency knows it."""
        async with told(), self.db.transaction() as session:
            exempt = done.reference == "exempt" and done.step in EXEMPT
            ko, en = EXEMPT[done.step] if exempt else STEP_WORDS[done.step]
            await cases.record(
                session, done.case_id, done.key, step=done.step, agency=done.agency or STEP_AGENCY.get(done.step),
                reference=done.reference, ko=ko, en=en,
            )  # fmt: skip
            return Nothing()

    @activity.defn
    async def say(self, line: Told) -> Nothing:
        """A line beside the steps, once."""
        async with told(), self.db.transaction() as session:
            agency, ko, en = BESIDE[line.word]
            await cases.record(session, line.case_id, line.key, agency=agency, reference=line.reference, ko=ko, en=en)
            return Nothing()


async def _tell(session: AsyncSession, row: ContractRow, done: ContractDone) -> None:
    subscription = (await session.get_one(CaseRow, row.case_id)).kind == CaseKind.SUBSCRIPTION
    for word, step, ko, en in _lines(row, done.state, subscription=subscription):
        await cases.record(
            session, row.case_id, contracts.line_key(row, word), step=step, ko=ko, en=en,
            reference=row.document_sha256 or str(row.id), detail={"reason": done.reason} if done.reason else None,
        )  # fmt: skip
    if done.state in EVENTS:
        await webhooks.announce(session, row, EVENTS[done.state], contracts.line_key(row, done.state))


def _lines(row: ContractRow, state: str, *, subscription: bool) -> list[tuple[str, Step | None, str, str]]:
    word = SUBJECT[row.kind]
    said: dict[str, tuple[Step | None, str, str]] = {
        "explained": (Step.EXPLAINED, "중개대상물 확인·설명서를 교부했습니다.", "Explanation delivered."),
        "invited": (Step.INVITED, "당사자를 초대했습니다.", "Parties invited."),
        "declined": (None, f"{word}계약이 성립하지 않았습니다 (거절).", "No contract is made: declined."),
        "withdrawn": (None, f"{word}계약서를 철회했습니다. 계약은 성립하지 않습니다.", "Withdrawn: no contract."),
        "expired": (None, f"{word}계약 서명 기간이 지났습니다.", "The signing window has ended."),
    }
    if state == "sealed":
        return _sealed_lines(row, subscription=subscription)
    return [(state, *said[state])] if state in said else []


def _sealed_lines(row: ContractRow, *, subscription: bool) -> list[tuple[str, Step | None, str, str]]:
    if row.kind == ContractKind.DISSOLUTION:
        return [("sealed", None, "합의해제 계약서가 봉인되었습니다.", "The dissolution is sealed.")]
    if subscription:
        ko, en = "공급계약서가 서명·봉인되었습니다.", "The supply contract is signed and sealed."
        return [("sealed", Step.CONTRACT_SIGNED, ko, en)]
    return [
        ("all_signed", Step.SIGNED, "모든 당사자가 서명했습니다.", "All parties have signed."),
        ("sealed", Step.SEALED, "계약서가 봉인되었습니다 (PAdES B-LTA).", "The contract is sealed (PAdES B-LTA)."),
    ]
