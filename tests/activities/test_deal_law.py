"""What the law asks of one deal: permit zones, taxes that wait for the buyer's word, the fund plan, the papers."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from activities.deal import Deal
from activities.deal_law import check_permit, deal_case, settled
from activities.plans import attachments, fund_plan_duty, listed, needed
from activities.taxes import tax_return
from domain.contracts import ContractTerms, Party, PropertyTerms
from domain.errors import AskPerson, LawForbids, NotYet
from domain.facts import PersonFacts
from domain.filings import TaxReturn
from domain.words import ContractKind, Outcome, PartyRole
from law.rulebook import Rulebook, load
from law.sale.bond import housing_bond
from store.tables.contracts import ContractRow
from store.tables.transfers import TransferRow

MADE_ON, PRICE = date(2026, 11, 2), 487_000_000
SEOUL, ANYANG, GURI, GWANGJU = "11680", "41171", "41310", "12110"
BUYER = UUID(int=1)
PEOPLE = {PartyRole.SELLER: UUID(int=2), PartyRole.BUYER: BUYER, PartyRole.SELLER_BROKER: UUID(int=3)}


@pytest.fixture(scope="session")
def book() -> Rulebook:
    return load("normal")


def terms(
    region: str = ANYANG, *, price: int = PRICE, land_share: str = "36.52/41250.3", **permit: Any
) -> ContractTerms:
    home = PropertyTerms(
        region=region, lot_address="1", building="온마을", use="아파트", exclusive_area="59.94", land_share=land_share
    )
    parties = tuple(
        Party(person_id=person, role=role, order=order, name=role)
        for order, (role, person) in enumerate(PEOPLE.items())
    )
    return ContractTerms(
        contract_id=UUID(int=9), kind=ContractKind.SALE, made_on=MADE_ON, property=home, parties=parties, price=price,
        extra={"permit": permit} if permit else {},
    )  # fmt: skip


def deal(contract: ContractTerms, **record: Any) -> Deal:
    reported = {"answer:report": {"number": "R-1", "at": "2026-11-03", "price": contract.price}}
    transfer = TransferRow(case_id=uuid4(), contract_id=contract.contract_id, record={**reported, **record})
    refs = {person: f"idr_{role}" for role, person in PEOPLE.items()}
    row = ContractRow(
        id=contract.contract_id, case_id=transfer.case_id, kind="sale", terms={}, terms_sha256="", created_by=BUYER
    )
    return Deal(
        transfer=transfer, contract=row, made=contract, terms=contract, amendment=None, refs=refs, notice=None,
        scrivener=None,
    )  # fmt: skip


def returned(made: Deal, book: Rulebook, *, deposit_proven: bool = True) -> TaxReturn:
    facts = PersonFacts(person_id=BUYER, birth_date=date(1980, 1, 1), facts=())
    return tax_return(made, "T-1", facts, acquired_on=MADE_ON, deposit_proven=deposit_proven, rulebook=book, poll=1.0)


# Permit zones


@pytest.mark.parametrize("permit", [{}, {"zone": True}, {"land_zone": "residential"}])
def test_a_flat_in_a_permit_zone_is_not_drafted_without_its_permit(book: Rulebook, permit: dict[str, Any]) -> None:
    with pytest.raises(LawForbids) as refused:
        check_permit(terms(SEOUL, **permit), book)
    assert refused.value.code == "permit_missing"
    assert "제11조" in str(refused.value.article)


@pytest.mark.parametrize(
    "contract",
    [
        terms(SEOUL, number="강남-2026-1"),
        terms(SEOUL, land_share="6/41250.3"),  # within every exempt area of that designation
        terms(SEOUL, land_share="12/41250.3", land_zone="commercial"),
        terms(SEOUL, zone=False),  # as the land-use plan says, which is nearer to the lot than our list
        terms(ANYANG),  # whether it is one cannot be told: the broker's to find out
    ],
)
def test_a_permit_is_asked_for_only_where_one_is_needed(book: Rulebook, contract: ContractTerms) -> None:
    check_permit(contract, book)


def test_a_lot_in_a_zone_that_only_the_broker_knows(book: Rulebook) -> None:
    with pytest.raises(LawForbids):
        check_permit(terms(ANYANG, zone=True, land_share="80/41250.3", land_zone="residential"), book)


# Taxes


def test_without_the_number_of_homes_the_return_waits(book: Rulebook) -> None:
    with pytest.raises(NotYet):
        returned(deal(terms()), book)
    assert returned(deal(terms(), declaration={"homes_before": 0}), book).acquisition_tax == 4_870_000


def test_a_second_home_in_an_adjusted_area_waits_for_the_word_on_the_first(book: Rulebook) -> None:
    with pytest.raises(NotYet):
        returned(deal(terms(SEOUL), declaration={"homes_before": 1}), book)
    heavy = returned(deal(terms(SEOUL), declaration={"homes_before": 1, "moving_house": False}), book)
    assert (heavy.regulated, heavy.temporary_two_homes, heavy.acquisition_tax) == (True, False, 38_960_000)
    moving = returned(deal(terms(SEOUL), declaration={"homes_before": 1, "moving_house": True}), book)
    assert (moving.regulated, moving.temporary_two_homes, moving.acquisition_tax) == (True, True, 4_870_000)


def test_a_second_home_elsewhere_needs_no_more_words(book: Rulebook) -> None:
    plain = returned(deal(terms(ANYANG), declaration={"homes_before": 1}), book)
    assert (plain.regulated, plain.acquisition_tax) == (False, 4_870_000)


def test_an_area_that_is_weakly_known_is_asked_of_the_buyer(book: Rulebook) -> None:
    with pytest.raises(NotYet):
        returned(deal(terms(GURI), declaration={"homes_before": 1, "moving_house": False}), book)
    said = {"homes_before": 1, "moving_house": False, "home_adjusted": True}
    assert returned(deal(terms(GURI), declaration=said), book).acquisition_tax == 38_960_000


def test_what_the_data_leave_open_is_not_guessed(book: Rulebook) -> None:
    with pytest.raises(AskPerson) as asked:
        settled(housing_bond, deal_case(terms(GWANGJU), MADE_ON, book, standard_value=312_000_000))
    assert asked.value.code == "law_cannot_tell"


# The fund plan


def test_the_fund_plan_of_a_home_in_seoul_comes_with_evidence(book: Rulebook) -> None:
    duty = fund_plan_duty(terms(SEOUL, number="강남-2026-1"), book)
    assert (duty.plan.outcome, duty.evidence.outcome) == (Outcome.YES, Outcome.YES)
    assert (duty.handover_by, duty.file_by) == (date(2026, 11, 27), date(2026, 12, 2))
    assert len(duty.documents) == 8


@pytest.mark.parametrize(
    ("contract", "plan", "evidence"),
    [
        (terms(), Outcome.CANNOT_TELL, Outcome.CANNOT_TELL),
        (terms(zone=False), Outcome.NO, Outcome.NO),
        (terms(zone=False, price=600_000_000), Outcome.YES, Outcome.NO),
        (terms(zone=True), Outcome.YES, Outcome.YES),
    ],
)
def test_elsewhere_price_and_permit_zone_decide(
    book: Rulebook, contract: ContractTerms, plan: Outcome, evidence: Outcome
) -> None:
    duty = fund_plan_duty(contract, book)
    assert (duty.plan.outcome, duty.evidence.outcome) == (plan, evidence)
    assert bool(duty.documents) == (evidence is not Outcome.NO)


# The papers


def test_the_papers_are_those_of_the_matrix(book: Rulebook) -> None:
    wanted = attachments(deal(terms()), MADE_ON, book)
    assert set(needed(wanted)) == {"contract", "report", "tax", "fee", "balance"}
    states = {one.document: str(one.state) for one in listed(wanted, ("contract", "tax", "mandate"))}
    assert states["cause_deed"] == states["mandate"] == states["seller_certificate"] == "at_hand"
    assert states["report_certificate"] == states["title_key"] == "missing"
    assert (states["seller_address"], states["scrivener_statement"]) == ("looked_up", "beside")
    assert "permit" not in states


def test_a_permit_stands_among_the_papers(book: Rulebook) -> None:
    wanted = attachments(deal(terms(SEOUL, number="강남-2026-1")), MADE_ON, book)
    assert [one.form for one in wanted if one.document == "permit"] == ["scan"]
