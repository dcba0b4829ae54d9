"""What the cases of a sale cannot say in YAML: the attachment matrix by channel, and properties of the taxes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.words import ContractKind, Outcome
from law.rulebook import Rulebook
from law.rules import Case, decide
from law.sale.attachments import transfer_attachments
from law.sale.bond import housing_bond
from law.sale.facts import OwnedHome
from law.sale.home_count import homes_after
from law.sale.rates import base_rate_bp
from law.sale.taxes import acquisition_tax

DAY = date(2026, 6, 1)
EVERYWHERE = {"report_certificate", "tax_receipt", "bond_number", "fee_receipt", "buyer_address", "land_register"}
MATRIX: list[tuple[dict[str, Any], dict[str, str]]] = [
    (
        {"channel": "paper", "contract_kind": ContractKind.SALE, "by_scrivener": True},
        {"cause_deed": "original", "title_key": "number", "seal_certificate": "original", "seller_address": "original",
         "mandate": "original", "scrivener_statement": "original", "buyer_address": "original"},
    ),
    (
        {"channel": "eform", "contract_kind": ContractKind.SALE, "title_key_lost": True, "needs_sale_list": True},
        {"cause_deed": "original", "title_key_substitute": "original", "seal_certificate": "original",
         "seller_address": "original", "sale_list": "original"},
    ),
    (
        {"channel": "electronic", "contract_kind": ContractKind.SUPPLY, "by_scrivener": True, "seller_corporate": True,
         "information_shared": True, "held_in_trust": True},
        {"supply_deed": "scan", "title_key": "number", "seller_certificate": "signature", "company_register": "shared",
         "mandate": "signature", "scrivener_statement": "scan", "trust_consent": "scan", "land_register": "shared"},
    ),
    (
        {"channel": "paper", "contract_kind": ContractKind.SALE, "information_shared": True, "needs_permit_proof": True,
         "farmland_sold": True, "land_right_special": True, "buyer_corporate": True},
        {"cause_deed": "original", "title_key": "number", "seal_certificate": "original", "buyer_address": "shared",
         "seller_address": "shared", "permit": "original", "farmland_certificate": "original",
         "land_right_deed": "original", "company_register": "shared"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "wanted"), MATRIX)
def test_attachments_by_channel(facts: dict[str, Any], wanted: dict[str, str], book: Rulebook) -> None:
    answer = decide(transfer_attachments, Case(DAY, book, facts))
    found = {entry["document"]: entry["form"] for entry in answer.value}
    assert answer.outcome is Outcome.YES
    assert set(found) == EVERYWHERE | set(wanted)
    assert {name: found[name] for name in wanted} == wanted
    assert all(entry["article"] and entry["from_whom"] and entry["ko"] and entry["en"] for entry in answer.value)


@given(price=st.integers(min_value=1, max_value=10**11))
def test_the_rate_stays_between_one_and_three_percent(price: int, book: Rulebook) -> None:
    rate = decide(base_rate_bp, Case(DAY, book, {"sale_price": price})).value
    more = decide(base_rate_bp, Case(DAY, book, {"sale_price": price + 1_000_000})).value
    assert 100 <= rate <= more <= 300


@given(
    price=st.integers(min_value=0, max_value=10**11), homes=st.integers(min_value=1, max_value=6), area=st.booleans()
)
def test_each_tax_ends_in_tens_and_adds_up(price: int, homes: int, area: bool, book: Rulebook) -> None:
    facts = {"sale_price": price, "homes_after": homes, "home_adjusted": area, "exclusive_area": "101"}
    taxes = decide(acquisition_tax, Case(DAY, book, facts)).value
    parts = [taxes[name] for name in ("acquisition_tax", "education_tax", "rural_tax")]
    assert all(part % 10 == 0 for part in parts)
    assert taxes["total"] == sum(parts)
    # Dearer rates never fall as homes are added.
    with_more = decide(acquisition_tax, Case(DAY, book, facts | {"homes_after": homes + 1})).value
    assert with_more["rate_bp"] >= taxes["rate_bp"]


@given(value=st.integers(min_value=0, max_value=10**11))
def test_two_halves_never_need_more_bond_than_the_whole(value: int, book: Rulebook) -> None:
    facts = {"standard_value": value, "property_region": "11680"}
    whole = decide(housing_bond, Case(DAY, book, facts)).value["amount"]
    half = decide(housing_bond, Case(DAY, book, facts | {"acquired_share": "1/2"})).value["amount"]
    assert half * 2 <= whole + 10_000  # rounding to the unit, once more


HOME = st.builds(
    OwnedHome,
    kind=st.sampled_from(["home", "occupancy_right", "sale_right", "officetel", "land_only"]),
    region=st.sampled_from(["11680", "26350", "41800"]),
    standard_value=st.integers(min_value=0, max_value=10**9),
    acquired_on=st.dates(date(2010, 1, 1), DAY),
    inherited_on=st.none() | st.dates(date(2010, 1, 1), DAY),
)


@given(homes=st.lists(HOME, max_size=5), shuffled=st.randoms())
def test_the_order_of_homes_does_not_matter(homes: list[OwnedHome], shuffled: Any, book: Rulebook) -> None:
    other = list(homes)
    shuffled.shuffle(other)
    facts = {"property_region": "11680", "reads_low_value_home": "purchase"}
    counts = [
        decide(homes_after, Case(DAY, book, facts | {"owned_homes": tuple(order)})).value for order in (homes, other)
    ]
    assert counts[0] == counts[1]
    assert 1 <= counts[0] <= 1 + len(homes)
