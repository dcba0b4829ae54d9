"""A deal as the filings need it: contract, parties with their registers' handles, answers so far. Loaded once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from activities.kinds import word
from domain.contracts import ContractTerms, Party, PropertyTerms
from domain.errors import NotYet, WrongState
from domain.filings import StandardValue
from domain.notices import Notice
from domain.words import ContractKind, PartyRole
from store import amendments, contracts, transfers
from store.sealed import SealedBox
from store.tables.contracts import ContractRow
from store.tables.notices import NoticeRow
from store.tables.people import PersonRow
from store.tables.transfers import TransferRow

BASIS = "부동산등기법 제24조, 부동산 거래신고 등에 관한 법률 제3조"  # filings name their parties
GIVING = (PartyRole.SELLER, PartyRole.SUPPLIER)


@dataclass(frozen=True)
class Deal:
    """``made``: the contract as it was signed; ``terms``: as ``amendment``, the last one, has changed it since."""

    transfer: TransferRow
    contract: ContractRow
    made: ContractTerms
    terms: ContractTerms
    amendment: ContractRow | None
    refs: dict[UUID, str]
    notice: Notice | None
    scrivener: PersonRow | None

    @property
    def record(self) -> dict[str, Any]:
        return self.transfer.record

    @property
    def home(self) -> PropertyTerms:
        """As in the contract; a new building's number and shares are known only after its own registration."""
        if "property" in self.record:
            return PropertyTerms.model_validate(self.record["property"])
        return self.terms.property

    def parties(self, *roles: PartyRole) -> list[Party]:
        return [party for party in self.terms.parties if party.role in roles]

    @property
    def buyers(self) -> list[Party]:
        return self.parties(PartyRole.BUYER)

    @property
    def payer(self) -> Party:
        """Who is asked to pay: of several buyers the first one, for all."""
        return self.buyers[0]

    @property
    def buyer(self) -> Party:
        """The one buyer. Co-buyers file, pay and buy bonds each for their share: their title is not carried here."""
        return _only(self.buyers)

    @property
    def giver(self) -> Party:
        return _only(self.givers)

    @property
    def givers(self) -> list[Party]:
        """Who gives the right: the seller, or the supplier's officer."""
        return self.parties(*GIVING)

    @property
    def brokers(self) -> list[Party]:
        return self.parties(PartyRole.SELLER_BROKER, PartyRole.BUYER_BROKER)

    @property
    def is_supply(self) -> bool:
        return self.terms.kind is ContractKind.SUPPLY

    @property
    def full_price(self) -> int:
        """What the buyer gives for the home in won, chosen options included: the base of acquisition tax."""
        return self.terms.price + self.terms.option_price

    @property
    def standard_value(self) -> StandardValue:
        return StandardValue.model_validate(self.record["standard_value"])

    def answer(self, kind: str) -> dict[str, Any]:
        """The agency's answer to one act of this transfer."""
        found: dict[str, Any] = self.record[f"answer:{kind}"]
        return found

    @property
    def certificate(self) -> dict[str, Any]:
        """The report certificate in force: the last change wins."""
        names = [name for name in self.record if word(name.removeprefix("answer:")) in ("report", "change_report")]
        found: dict[str, Any] = max((self.record[name] for name in names), key=lambda one: str(one["at"]))
        return found

    @property
    def certificate_no(self) -> str:
        return str(self.certificate["number"])

    @property
    def reported_price(self) -> int:
        """As the certificate in force says."""
        return int(self.certificate["price"])


def _only(parties: list[Party]) -> Party:
    if len(parties) != 1:
        raise WrongState(
            "several_parties", ko="공동 매수·공동 매도는 아직 처리할 수 없습니다.",
            en="Deals with several buyers or several sellers cannot be carried yet.",
        )  # fmt: skip
    return parties[0]


async def load(session: AsyncSession, sealed: SealedBox, transfer_id: UUID, *, purpose: str) -> Deal:
    """Everything of one transfer; each opened handle is logged with its basis and this purpose."""
    transfer = await transfers.transfer(session, transfer_id)
    contract = await contracts.contract(session, transfer.contract_id)
    terms, changed = await amendments.in_force(session, contract), await amendments.sealed(session, contract.id)
    people = {party.person_id for party in terms.parties}
    if transfer.scrivener_id is not None:
        people.add(transfer.scrivener_id)
    refs = {
        person: await sealed.open(session, person, "identity_ref", basis=BASIS, purpose=purpose) for person in people
    }
    notice_row = await session.get(NoticeRow, terms.notice_id) if terms.notice_id else None
    scrivener = await session.get(PersonRow, transfer.scrivener_id) if transfer.scrivener_id else None
    notice = Notice.model_validate(notice_row.body) if notice_row else None
    last = changed[-1] if changed else None
    return Deal(transfer, contract, contracts.terms_of(contract), terms, last, refs, notice, scrivener)


def need_scrivener(deal: Deal, poll: float) -> tuple[UUID, PersonRow]:
    """The chosen judicial scrivener; NotYet until the buyer has chosen one."""
    if deal.transfer.scrivener_id is None or deal.scrivener is None:
        raise NotYet("waiting_for_scrivener", retry_after=poll)
    return deal.transfer.scrivener_id, deal.scrivener
