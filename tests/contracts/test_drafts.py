"""Drafts come from registers and notices; what law or sums forbid is refused with field and article."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import contract_samples as samples
import pytest

from domain.contracts import ContractTerms, Instalment, Party
from domain.draft_rules import check_offer
from domain.drafts import rights_of, schedule
from domain.errors import Invalid
from domain.words import ContractKind, PartyRole, SupplyKind


def altered(party: Party, **changes: Any) -> Party:
    return party.model_copy(update=changes)


def test_a_sale_takes_the_property_from_the_registers() -> None:
    terms = samples.sale()
    assert terms.kind is ContractKind.SALE
    assert terms.property.unique_no == samples.TITLE.unique_no
    assert terms.property.structure == samples.LEDGER.structure
    assert terms.property.title_sha256 == samples.TITLE.sha256
    assert sum(payment.amount for payment in terms.payments) == terms.price


def test_a_supply_takes_sums_and_conditions_from_the_notice() -> None:
    terms = samples.supply()
    amounts = [payment.amount for payment in terms.payments]
    assert amounts[:2] == [89_234_000, 297_416_922]  # floored to the won
    assert sum(amounts) == terms.price + terms.option_price == 892_340_001 + 17_200_000
    assert terms.account == samples.NOTICE.deposit_account
    assert terms.extra["conditions"] == samples.CONDITIONS.model_dump(mode="json")
    assert (terms.property.dong, terms.property.ho) == ("101", "1203")


def test_who_contracts_late_owes_at_the_contract_what_was_due_before() -> None:
    terms = samples.supply(made_on=date(2027, 5, 1))
    assert [payment.due_on for payment in terms.payments] == [date(2027, 5, 1), date(2027, 5, 1), None]


OFFER_REFUSALS: list[tuple[str, dict[str, Any]]] = [
    ("homes_missing", {"house_types": samples.NOTICE.house_types}),
    ("parts_out_of_order", {"payments": samples.NOTICE.payments[::-1]}),
    ("parts_out_of_order", {"payments": (samples.NOTICE.payments[0], *samples.NOTICE.payments)}),
    ("parts_out_of_order", {"payments": ()}),
    ("days_out_of_order", {"payments": (samples.NOTICE.payments[0].model_copy(update={"due_on": date(2028, 1, 1)}),
                                        *samples.NOTICE.payments[1:])}),
    ("due_day_missing", {"payments": (samples.NOTICE.payments[0].model_copy(update={"due_on": None}),
                                      *samples.NOTICE.payments[1:])}),
    ("move_in_missing", {"move_in": None}),
    ("move_in_past", {"move_in": "202601"}),
    ("conditions_missing", {"conditions": None}),
    ("conditions_missing", {"conditions": samples.CONDITIONS.model_copy(update={"defects": ""})}),
]  # fmt: skip


@pytest.mark.parametrize(("code", "changes"), OFFER_REFUSALS)
def test_a_notice_that_could_not_be_contracted_is_refused(code: str, changes: dict[str, Any]) -> None:
    house = samples.NOTICE.house_types[0].model_copy(update={"units": {SupplyKind.GENERAL: 1}})
    notice = samples.NOTICE.model_copy(update={"house_types": (house,)})
    check_offer(notice)
    refused(code, lambda: check_offer(notice.model_copy(update=changes)))


def test_a_type_without_named_units_is_found_by_its_model() -> None:
    assert samples.supply(unit="102-304", model_no="02", option_codes=()).price == 640_000_000


def test_a_dissolution_names_the_contract_that_ends() -> None:
    terms = samples.dissolution()
    assert terms.supersedes == samples.SALE
    assert terms.extra["original_digest"] == samples.sale().digest()
    assert [payment.kind for payment in terms.payments] == ["refund"]
    assert samples.dissolution(refund=0, forfeited=123_500_000).payments == ()


def test_rights_that_still_stand_are_listed() -> None:
    gone = samples.MORTGAGE.model_copy(update={"cancelled": True, "rank": "2"})
    title = samples.TITLE.model_copy(update={"rights": (samples.MORTGAGE, gone), "pending": True})
    assert [line.split(" ")[0] for line in rights_of(title)] == ["소유자", "을구", "등기신청사건"]


def halved(payments: Sequence[Instalment], at: int) -> tuple[Instalment, ...]:
    """One payment in two parts of one name: nobody could tell which of them has been paid."""
    whole = payments[at]
    half = whole.amount // 2
    parts = [whole.model_copy(update={"amount": half}), whole.model_copy(update={"amount": whole.amount - half})]
    at %= len(payments)
    return (*payments[:at], *parts, *payments[at + 1 :])


SALE_REFUSALS: list[tuple[str, dict[str, Any]]] = [
    ("payments_do_not_sum", {"price": samples.PRICE + 1}),
    ("payments_do_not_sum", {"payments": (), "price": 0}),
    ("payments_out_of_order", {"payments": samples.PAYMENTS[::-1]}),
    ("payments_out_of_order", {"payments": halved(samples.PAYMENTS, 0)}),
    ("payments_out_of_order", {"payments": halved(samples.PAYMENTS, 1)}),
    ("payments_out_of_order", {"payments": halved(samples.PAYMENTS, -1)}),
    ("dates_out_of_order", {"made_on": date(2026, 3, 3)}),
    ("handover_before_contract", {"handover_on": date(2026, 3, 1)}),
    ("party_missing", {"parties": samples.SALE_PARTIES[1:]}),
    ("seller_not_owner", {"title": samples.TITLE.model_copy(update={"owner": "박지호"})}),
    ("seller_not_owner", {"seller_refs": ("idr_somebody_else",)}),
    ("registers_disagree", {"ledger": samples.LEDGER.model_copy(update={"exclusive_area": "59.98"})}),
    ("registers_disagree", {"ledger": samples.LEDGER.model_copy(update={"exclusive_area": "?"})}),
    ("same_person_twice", {"parties": (samples.SELLER, altered(samples.SELLER, role=PartyRole.BUYER, order=2))}),
    ("broker_is_party", {"parties": (*samples.SALE_PARTIES[:2], altered(samples.SELLER_BROKER,
                                     person_id=samples.BUYER.person_id))}),
    ("broker_unregistered", {"parties": (*samples.SALE_PARTIES[:2],
                                         altered(samples.SELLER_BROKER, registration_no=None))}),
    ("order_ambiguous", {"parties": (*samples.SALE_PARTIES, altered(samples.BUYER, name="김보람"))}),
    ("order_ambiguous", {"parties": (altered(samples.SELLER, order=0), *samples.SALE_PARTIES[1:])}),
    ("shares_not_whole", {"parties": (samples.SELLER, altered(samples.BUYER, share="1/2"))}),
    ("shares_not_whole", {"parties": (samples.SELLER, altered(samples.BUYER, share="1/0"))}),
]  # fmt: skip
SUPPLY_REFUSALS: list[tuple[str, dict[str, Any]]] = [
    ("supplier_differs", {"parties": (samples.WINNER, altered(samples.OFFICER, organisation="다른공사",
                                                              represents=None))}),
    ("unit_unknown", {"unit": "101-9999"}),
    ("option_unknown", {"option_codes": ("POOL",)}),
    ("conditions_missing", {"notice": samples.NOTICE.model_copy(update={"conditions": None})}),
    ("payments_missing", {"notice": samples.NOTICE.model_copy(update={"payments": ()})}),
    ("payments_out_of_order", {"notice": samples.NOTICE.model_copy(update={"payments": samples.NOTICE.payments[1:]})}),
]  # fmt: skip
DISSOLUTION_REFUSALS: list[tuple[str, dict[str, Any]]] = [
    ("not_dissolvable", {"original": samples.dissolution()}),
    ("refund_exceeds_price", {"refund": samples.PRICE, "forfeited": 1}),
    ("dates_out_of_order", {"refund_due_on": date(2026, 3, 19)}),
    ("dates_out_of_order", {"made_on": date(2026, 3, 1)}),
]


@pytest.mark.parametrize(("code", "changes"), SALE_REFUSALS)
def test_a_sale_is_refused(code: str, changes: dict[str, Any]) -> None:
    refused(code, lambda: samples.sale(**changes))


@pytest.mark.parametrize(("code", "changes"), SUPPLY_REFUSALS)
def test_a_supply_is_refused(code: str, changes: dict[str, Any]) -> None:
    refused(code, lambda: samples.supply(**changes))


@pytest.mark.parametrize(("code", "changes"), DISSOLUTION_REFUSALS)
def test_a_dissolution_is_refused(code: str, changes: dict[str, Any]) -> None:
    refused(code, lambda: samples.dissolution(**changes))


def refused(code: str, draft: Any) -> None:
    with pytest.raises(Invalid) as caught:
        draft()
    assert caught.value.code == code
    assert caught.value.field
    assert caught.value.article


def test_co_owners_may_share() -> None:
    halves = [altered(samples.BUYER, share="1/3"),
              party_of(7, "윤서진", order=5, share="2/3")]  # fmt: skip
    terms: ContractTerms = samples.sale(parties=(samples.SELLER, *halves))
    assert [party.share for party in terms.parties[1:]] == ["1/3", "2/3"]


def party_of(number: int, name: str, **more: Any) -> Party:
    return samples.party(
        number, PartyRole.BUYER, more.pop("order"), name, address="세종특별자치시 한누리대로 1", **more
    )


def test_the_schedule_never_loses_a_won() -> None:
    for price in (1, 7, 9_999, 892_340_001):
        assert sum(one.amount for one in schedule(samples.SUPPLY, samples.NOTICE.payments, price, 5)) == price + 5
