"""Supply contracts (공급계약, 주택공급에 관한 규칙 제59조) drafted from the notice and the award."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio import activity

from activities.errors import told
from domain.awards import SupplyRefused
from domain.contracts import ContractTerms, Party
from domain.drafts import supply_terms
from domain.errors import WrongState
from domain.ids import new_id
from domain.messages import AwardStart, ContractStart
from domain.notices import Notice
from domain.time import now, seoul_date
from domain.words import PartyRole
from domain.work import DueRef, Nothing
from law.forms.ready import ready
from law.rulebook import Rulebook
from store import awards, cases, contracts, transfers
from store.db import Database
from store.tables.contracts import ContractRow
from store.tables.draws import AwardRow
from store.tables.notices import NoticeRow
from store.tables.people import PersonRow
from store.tables.transfers import DueRow


@dataclass(frozen=True)
class Supplying:
    """``site``: the public address where the printed codes are answered."""

    db: Database
    rulebook: Rulebook
    site: str

    @activity.defn
    async def draft_supply(self, start: AwardStart) -> ContractStart:
        """The contract of one award: sums, schedule, account and conditions are the notice's. Idempotent."""
        async with told(), self.db.transaction() as session:
            award = await session.get_one(AwardRow, start.award_id, with_for_update=True)
            awards.must_hold(award)
            if award.contract_id is not None:
                return ContractStart(contract_id=award.contract_id)
            if award.person_id is None or award.case_id is None:
                raise WrongState(
                    "winner_not_here", ko="온집에서 신청한 당첨자가 아닙니다.", en="The winner did not apply here."
                )
            row = await session.get_one(NoticeRow, award.notice_id)
            terms = await self._terms(session, award, award.person_id, row)
            if terms.account is None:
                raise _no_account()
            contract = await contracts.add_contract(
                session, terms, case_id=award.case_id, created_by=terms.parties[1].person_id, award_id=award.id
            )
            award.contract_id, award.refusal = contract.id, None
            session.add(award)
            for party in terms.parties:
                await cases.add_member(session, award.case_id, party.person_id, party.role)
            return ContractStart(contract_id=contract.id)

    @activity.defn(name="supplying.tell_refusal")
    async def tell_refusal(self, refused: SupplyRefused) -> Nothing:
        """What is missing for the contract: to the winner in the timeline, to the supplier's officers as a task."""
        async with told(), self.db.transaction() as session:
            award = await awards.award(session, refused.award_id, lock=True)
            award.refusal = refused.model_dump(mode="json", include={"code", "article", "ko", "en"})
            session.add(award)
            if award.case_id is not None:
                await cases.record(
                    session, award.case_id, f"supply_refused:{award.id}:{refused.number}", reference=refused.code,
                    ko=f"공급계약서를 만들 수 없습니다: {refused.ko} ({refused.code}) 사업주체의 보완을 기다립니다.",
                    en=f"The contract cannot be drafted: {refused.en} ({refused.code}) The supplier has to add it.",
                    detail={"article": refused.article},
                )  # fmt: skip
            return Nothing()

    @activity.defn
    async def open_deposit(self, start: ContractStart) -> DueRef:
        """계약금 to the account that the notice names (제60조): money outside it may fall outside the guarantee."""
        async with told(), self.db.transaction() as session:
            found = await transfers.due(session, start.contract_id, "deposit", 1)
            if found is None:
                contract = await contracts.contract(session, start.contract_id)
                if contract.award_id is not None:
                    awards.must_hold(await awards.award(session, contract.award_id, lock=True))
                found = _deposit(contract)
                session.add(found)
                await session.flush()
            return DueRef(due_id=found.id)

    async def _terms(self, session: AsyncSession, award: AwardRow, winner: UUID, row: NoticeRow) -> ContractTerms:
        notice = Notice.model_validate(row.body)
        if row.published_by is None:
            raise WrongState(
                "no_officer", ko="사업주체 담당자가 정해지지 않았습니다.", en="The notice has no officer here."
            )
        buyer = await session.get_one(PersonRow, winner)
        officer = await session.get_one(PersonRow, row.published_by)
        terms = supply_terms(
            new_id(),
            notice=notice,
            unit=award.unit or "",
            model_no=award.model_no,
            parties=(_buyer(buyer), _supplier(officer, notice)),
            made_on=seoul_date(now()),
            option_codes=[str(code) for code in award.option_codes],
            time_shortened=self.rulebook.time_shortened,
        )
        return ready(terms.addressed(self.site))


def _buyer(row: PersonRow) -> Party:
    return Party(
        person_id=row.id,
        role=PartyRole.BUYER,
        order=1,
        name=row.name,
        birth_date=row.birth_date,
        address=row.address,
    )


def _supplier(row: PersonRow, notice: Notice) -> Party:
    """The officer signs for the supplier; the address is the office's, as the means of identification told it."""
    return Party(
        person_id=row.id,
        role=PartyRole.SUPPLIER,
        order=2,
        name=row.name,
        organisation=notice.supplier,
        represents=notice.supplier,
        address=row.address,
    )


def _no_account() -> WrongState:
    return WrongState("no_account", ko="공고에 계약금 계좌가 없습니다.", en="The notice names no account.")


def _deposit(row: ContractRow) -> DueRow:
    terms = contracts.terms_of(row)
    first = terms.payments[0]
    if terms.account is None:
        raise _no_account()
    buyer = next(party for party in terms.parties if party.role is PartyRole.BUYER)
    return DueRow(
        case_id=row.case_id,
        subject_id=row.id,
        kind="deposit",
        payer_id=buyer.person_id,
        amount=first.amount,
        account=terms.account.number,
        memo=first.reference,
        due_on=first.due_on,
    )
