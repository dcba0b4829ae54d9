"""Drafts from the registers: what a register holds is fetched, what no register holds is said by who drafts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio import activity

from activities.deal_law import brokerage, check_permit, with_taxes
from activities.errors import told
from activities.parties import Parties
from domain.contracts import ContractTerms, Explanation, Instalment
from domain.drafts import payment_reference, rights_of, sale_terms
from domain.errors import AskPerson, FixInput, GiveUp, Invalid
from domain.ids import contract_workflow_id
from domain.messages import ContractStart, DraftPayment, DraftStart
from domain.notices import Account
from domain.other_drafts import Books, lease_terms, power_terms
from domain.ports import LedgerBooks, Typeface
from domain.time import now, seoul_date
from domain.words import ContractKind, PartyRole, Step
from domain.work import Nothing, Possible
from law.forms import special
from law.forms.ready import ready
from law.rulebook import Rulebook
from store import cases, contracts, exchange
from store.db import Database
from store.sealed import SealedBox

BASIS = "부동산등기법 제29조제7호"  # who gives must be the one whom the register names
Draft = Callable[[AsyncSession, DraftStart, Books], Awaitable[ContractTerms]]


@dataclass(frozen=True)
class Drafting:
    """``holder``: the account of a lawful holder of deposits (공인중개사법 제31조), named in brokered sales. ``site``:
    the public address where the printed codes are answered."""

    db: Database
    sealed: SealedBox
    books: LedgerBooks
    rulebook: Rulebook
    holder: Account
    site: str
    typeface: Typeface

    @activity.defn
    async def draft_sale(self, start: DraftStart) -> Possible:
        """Title and ledger are fetched now; what the law or the sums forbid is told to the broker: no draft."""
        return await self._draft(start, self._sale)

    @activity.defn
    async def draft_lease(self, start: DraftStart) -> Possible:
        """As a sale; its report and its fixed date are not carried."""
        return await self._draft(start, self._lease)

    @activity.defn
    async def draft_power(self, start: DraftStart) -> Possible:
        """A power of attorney about one property, by its principal."""
        return await self._draft(start, self._power)

    @activity.defn
    async def begin_contract(self, start: ContractStart) -> Nothing:
        """Promise the contract's own procedure."""
        async with told(), self.db.transaction() as session:
            await exchange.promise(session, "start:ContractWorkflow", contract_workflow_id(start.contract_id), start)
            return Nothing()

    async def _draft(self, start: DraftStart, draft: Draft) -> Possible:
        """Kept whole, or refused with nothing kept but the reason."""
        async with told():
            try:
                books = await self._fetch(start.unique_no)
                async with self.db.transaction() as session:
                    terms = ready((await draft(session, start, books)).addressed(self.site))
                    self.typeface.check(terms.canonical().decode())
                    await self._keep(session, start, terms)
            except (FixInput, GiveUp, AskPerson) as error:
                async with self.db.transaction() as session:
                    await contracts.refuse_draft(session, start.contract_id, error)
                return Possible(yes=False, ko=error.ko, en=error.en)
            return Possible(yes=True)

    async def _fetch(self, unique_no: str) -> Books:
        title = await self.books.title(unique_no)
        ledger, sha256 = await self.books.building(unique_no)
        return Books(title, ledger, sha256, await self.books.official_price(unique_no))

    async def _sale(self, session: AsyncSession, start: DraftStart, books: Books) -> ContractTerms:
        today = seoul_date(now())
        refs = await self._refs(session, start)
        people = Parties(session, start, books.title, refs, today)
        terms = sale_terms(
            start.contract_id,
            title=books.title,
            ledger=books.ledger,
            official_price=books.official_price,
            price=start.price,
            payments=_payments(start),
            parties=await people.brokered(PartyRole.SELLER, PartyRole.BUYER),
            made_on=today,
            handover_on=start.handover_on or start.payments[-1].due_on or today,
            account=self.holder,
            special_clauses=_special(start, books),
            switches=start.switches,
            seller_refs=tuple(refs.values()),
            ledger_sha256=books.ledger_sha256,
            time_shortened=self.rulebook.time_shortened,
            permit=start.permit.model_dump(mode="json", exclude_none=True) if start.permit else None,
        )
        check_permit(terms, self.rulebook)
        return self._explained(terms, start, books, await people.certificate())

    async def _lease(self, session: AsyncSession, start: DraftStart, books: Books) -> ContractTerms:
        if start.lease is None:
            raise Invalid("lease_missing", ko="임대차의 조건이 없습니다.", en="The terms of the lease are missing.")
        today = seoul_date(now())
        refs = await self._refs(session, start)
        people = Parties(session, start, books.title, refs, today)
        terms = lease_terms(
            start.contract_id,
            books=books,
            deposit=start.price,
            payments=_payments(start),
            lease=start.lease,
            parties=await people.brokered(PartyRole.LESSOR, PartyRole.LESSEE),
            made_on=today,
            handover_on=start.handover_on or start.lease.starts_on,
            account=start.lease.rent_account,
            special_clauses=_special(start, books),
            switches=start.switches,
            lessor_refs=tuple(refs.values()),
            time_shortened=self.rulebook.time_shortened,
        )
        return self._explained(terms, start, books, await people.certificate())

    async def _power(self, session: AsyncSession, start: DraftStart, books: Books) -> ContractTerms:
        if start.power is None:
            raise Invalid("power_terms_missing", ko="위임의 내용이 없습니다.", en="What is given power for is missing.")
        today = seoul_date(now())
        refs = await self._refs(session, start)
        people = Parties(session, start, books.title, refs, today)
        return power_terms(
            start.contract_id,
            books=books,
            principal=await people.natural(PartyRole.PRINCIPAL, start.seller_id, 1),
            agent=await people.natural(PartyRole.ATTORNEY, start.buyer_id, 2),
            power=start.power,
            made_on=today,
            special_clauses=start.special_clauses,
            principal_refs=tuple(refs.values()),
            time_shortened=self.rulebook.time_shortened,
        )

    def _explained(self, terms: ContractTerms, start: DraftStart, books: Books, certificate: str) -> ContractTerms:
        """With the explanation: registers, the broker's statements, and the fee and taxes as the law computes them."""
        fee, basis = brokerage(terms, terms.price, self.rulebook)
        explanation = Explanation(
            rights=rights_of(books.title),
            statements={**start.statements, **_permit_statement(start)},
            brokerage_fee=fee,
            brokerage_basis=basis,
            deductible_certificate=f"공제증서 {certificate}",
        )
        return with_taxes(terms.model_copy(update={"explanation": explanation}), self.rulebook)

    async def _refs(self, session: AsyncSession, start: DraftStart) -> dict[UUID, str]:
        """Of those who give, to be compared with the register's."""
        return {
            person: await self.sealed.open(session, person, "identity_ref", basis=BASIS, purpose="compare the owner")
            for person in (start.seller_id, *start.co_seller_ids)
        }

    async def _keep(self, session: AsyncSession, start: DraftStart, terms: ContractTerms) -> None:
        await contracts.add_contract(session, terms, case_id=start.case_id, created_by=start.broker_id)
        for party in terms.parties:
            for person_id in {party.person_id, party.signer.person_id}:
                for role in terms.roles_of(person_id):
                    await cases.add_member(session, start.case_id, person_id, role)
        await cases.record(
            session, start.case_id, f"drafted:{start.contract_id}", step=Step.DRAFTED, agency="registry",
            reference=terms.property.title_sha256 or "", ko="등기기록과 건축물대장으로 계약서 초안을 만들었습니다.",
            en="Drafted from the register and the building ledger.",
        )  # fmt: skip


def _special(start: DraftStart, books: Books) -> tuple[str, ...]:
    """What was switched on, then what was written."""
    return (*special.chosen(ContractKind(start.kind), start.switches, rights_of(books.title)), *start.special_clauses)


def _permit_statement(start: DraftStart) -> dict[str, str]:
    """What the broker says of a permit zone stands in the explanation (공인중개사법 시행령 제21조제1항제4호)."""
    said = start.permit
    if said is None or (said.number is None and said.zone is None):
        return {}
    if said.number is not None:
        return {"permit_zone": f"허가구역, 토지거래계약허가 {said.number}"}
    return {"permit_zone": "허가구역" if said.zone else "허가구역 아님"}


def _payments(start: DraftStart) -> list[Instalment]:
    return [_payment(start.contract_id, one) for one in start.payments]


def _payment(contract_id: UUID, one: DraftPayment) -> Instalment:
    memo = payment_reference(contract_id, one.kind, one.number)
    return Instalment(kind=one.kind, number=one.number, amount=one.amount, due_on=one.due_on, reference=memo)
