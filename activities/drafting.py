"""Drafts from the registers: what a register holds is fetched, what no register holds is the broker's statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio import activity

from activities.deal_law import check_permit, settled
from activities.errors import told
from domain.contracts import ContractTerms, Explanation, Instalment, Party
from domain.drafts import payment_reference, rights_of, sale_terms
from domain.errors import AskPerson, FixInput, GiveUp
from domain.facts import BuildingLedger, Title
from domain.ids import contract_workflow_id
from domain.messages import ContractStart, DraftPayment, DraftStart
from domain.notices import Account
from domain.ports import LedgerBooks
from domain.time import now, seoul_date
from domain.words import PartyRole, Step, Won
from domain.work import Nothing, Possible
from law.rulebook import Rulebook
from law.rules import Case
from law.sale.brokerage import brokerage_ceiling
from store import cases, contracts, exchange, people
from store.db import Database
from store.sealed import SealedBox
from store.tables.people import PersonRow

BASIS = "부동산등기법 제29조제7호"  # the seller must be the one whom the register names


class Registers(NamedTuple):
    """What the registers say about one property now."""

    title: Title
    ledger: BuildingLedger
    ledger_sha256: str
    official_price: Won | None


@dataclass(frozen=True)
class Drafting:
    """``holder``: the account of a lawful holder of deposits (공인중개사법 제31조), named in brokered sales."""

    db: Database
    sealed: SealedBox
    books: LedgerBooks
    rulebook: Rulebook
    holder: Account

    @activity.defn
    async def draft_sale(self, start: DraftStart) -> Possible:
        """Title and ledger are fetched now; what the law or the sums forbid is told to the broker: no draft."""
        async with told():
            try:
                registers = await self._fetch(start.unique_no)
                async with self.db.transaction() as session:
                    await self._keep(session, start, await self._terms(session, start, registers))
            except (FixInput, GiveUp, AskPerson) as error:
                async with self.db.transaction() as session:
                    await contracts.refuse_draft(session, start.contract_id, error)
                return Possible(yes=False, ko=error.ko, en=error.en)
            return Possible(yes=True)

    @activity.defn
    async def begin_contract(self, start: ContractStart) -> Nothing:
        """Promise the contract's own procedure."""
        async with told(), self.db.transaction() as session:
            await exchange.promise(session, "start:ContractWorkflow", contract_workflow_id(start.contract_id), start)
            return Nothing()

    async def _fetch(self, unique_no: str) -> Registers:
        title = await self.books.title(unique_no)
        ledger, sha256 = await self.books.building(unique_no)
        return Registers(title, ledger, sha256, await self.books.official_price(unique_no))

    async def _terms(self, session: AsyncSession, start: DraftStart, registers: Registers) -> ContractTerms:
        today = seoul_date(now())
        broker = await session.get_one(PersonRow, start.broker_id)
        case = Case(today, self.rulebook, {"sale_price": start.price})
        fee = settled(brokerage_ceiling, case)
        explanation = Explanation(
            rights=rights_of(registers.title),
            statements={**start.statements, **_permit_statement(start)},
            brokerage_fee=fee,
            brokerage_basis=f"거래금액 {start.price:,}원: {case.judge(brokerage_ceiling).reasons[-1].ko}",
            deductible_certificate=f"공제증서 {(await self._registration(session, broker.id))[1]}",
        )
        parties = await self._parties(session, start)
        ref = await self.sealed.open(session, start.seller_id, "identity_ref", basis=BASIS, purpose="compare the owner")
        terms = sale_terms(
            start.contract_id,
            title=registers.title,
            ledger=registers.ledger,
            official_price=registers.official_price,
            price=start.price,
            payments=[_payment(start.contract_id, one) for one in start.payments],
            parties=parties,
            made_on=today,
            handover_on=start.payments[-1].due_on or today,
            explanation=explanation,
            account=self.holder,
            special_clauses=start.special_clauses,
            seller_refs=(ref,),
            ledger_sha256=registers.ledger_sha256,
            time_shortened=self.rulebook.time_shortened,
            permit=start.permit.model_dump(mode="json", exclude_none=True) if start.permit else None,
        )
        check_permit(terms, self.rulebook)
        return terms

    async def _parties(self, session: AsyncSession, start: DraftStart) -> list[Party]:
        wanted = [
            (PartyRole.SELLER, start.seller_id),
            (PartyRole.BUYER, start.buyer_id),
            (PartyRole.SELLER_BROKER, start.broker_id),
            (PartyRole.BUYER_BROKER, start.other_broker_id),
        ]
        present = [(role, person_id) for role, person_id in wanted if person_id is not None]
        return [await self._party(session, role, person_id, n) for n, (role, person_id) in enumerate(present, 1)]

    async def _party(self, session: AsyncSession, role: PartyRole, person_id: UUID, order: int) -> Party:
        row = await session.get_one(PersonRow, person_id)
        if role in (PartyRole.SELLER, PartyRole.BUYER):
            return Party(
                person_id=row.id, role=role, order=order, name=row.name, birth_date=row.birth_date, address=row.address
            )
        office, number = await self._registration(session, person_id)
        return Party(
            person_id=row.id, role=role, order=order, name=row.name, address=row.address, organisation=office,
            registration_no=number,
        )  # fmt: skip

    async def _registration(self, session: AsyncSession, person_id: UUID) -> tuple[str, str]:
        person = await people.person_of(session, person_id)
        for held in person.roles:
            if held.role == "broker":
                return held.organisation, held.number
        raise FixInput("broker_not_registered", ko="등록된 개업공인중개사가 아닙니다.", en="Not a registered broker.")

    async def _keep(self, session: AsyncSession, start: DraftStart, terms: ContractTerms) -> None:
        await contracts.add_contract(session, terms, case_id=start.case_id, created_by=start.broker_id)
        for party in terms.parties:
            await cases.add_member(session, start.case_id, party.person_id, party.role)
        await cases.record(
            session, start.case_id, f"drafted:{start.contract_id}", step=Step.DRAFTED, agency="registry",
            reference=terms.property.title_sha256 or "", ko="등기기록과 건축물대장으로 계약서 초안을 만들었습니다.",
            en="Drafted from the register and the building ledger.",
        )  # fmt: skip


def _permit_statement(start: DraftStart) -> dict[str, str]:
    """What the broker says of a permit zone stands in the explanation (공인중개사법 시행령 제21조제1항제4호)."""
    said = start.permit
    if said is None or (said.number is None and said.zone is None):
        return {}
    if said.number is not None:
        return {"permit_zone": f"허가구역, 토지거래계약허가 {said.number}"}
    return {"permit_zone": "허가구역" if said.zone else "허가구역 아님"}


def _payment(contract_id: UUID, one: DraftPayment) -> Instalment:
    memo = payment_reference(contract_id, one.kind, one.number)
    return Instalment(kind=one.kind, number=one.number, amount=one.amount, due_on=one.due_on, reference=memo)
