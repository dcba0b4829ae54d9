"""Parts of the special supplies: losers go on as their income allows, and no home of a kind is lost."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.words import HousingKind, SupplyKind
from law.rulebook import Rulebook
from law.rules import Case, decide
from law.subscription.special.common import SpecialTier, tier_units, tiers_after
from law.subscription.special.income import percentage, smallest_percent
from law.subscription.special.tiers import special_tiers, special_tiers_open

KINDS = (SupplyKind.NEWLYWED, SupplyKind.FIRST_HOME, SupplyKind.NEWBORN)
won = st.integers(0, 50_000_000)


def parts(book: Rulebook, kind: SupplyKind, housing: HousingKind, day: date) -> tuple[SpecialTier, ...]:
    facts = {
        "supply_kind": kind, "housing_kind": housing, "price": 1, "exclusive_area": "59",
        "approval_applied_on": day,
    }  # fmt: skip
    return tuple(SpecialTier(**tier) for tier in decide(special_tiers, Case(day, book, facts)).value or ())


def edges(book: Rulebook, family: str) -> list[date]:
    rows = [row for row in book.family(family).rows if row.confidence != "L" and row.value is not None]
    return [day for row in rows for day in (row.since, (row.until or row.since + timedelta(days=400)))]


@pytest.mark.parametrize(
    ("day", "goes_on"),
    [
        (date(2025, 10, 1), [(0, 1, 2, 3, 4), (1, 3, 4), (2, 3, 4), (3, 4), (4,)]),
        (date(2026, 10, 1), [(0, 1, 2), (1, 2), (2,)]),
    ],
)
def test_losers_go_on_through_the_parts_that_their_income_allows(
    book: Rulebook, day: date, goes_on: list[tuple[int, ...]]
) -> None:
    found = parts(book, SupplyKind.NEWLYWED, HousingKind.PRIVATE, day)
    assert [tiers_after(first, found) for first in range(len(found))] == goes_on


@pytest.mark.parametrize("housing", list(HousingKind))
@pytest.mark.parametrize("kind", KINDS)
def test_the_shares_of_all_parts_are_the_whole(book: Rulebook, kind: SupplyKind, housing: HousingKind) -> None:
    for day in edges(book, kind.value):
        tiers = parts(book, kind, housing, day)
        assert not tiers or sum(tier.pct for tier in tiers) == 100


@given(units=st.integers(0, 5_000), shares=st.lists(st.integers(1, 60), min_size=1, max_size=5))
def test_no_home_is_lost_or_made(units: int, shares: list[int]) -> None:
    found = tier_units(units, [SpecialTier(pct=share, by="lot") for share in shares])
    assert sum(found) == units
    assert min(found) >= 0


@given(income=won, standard=st.integers(1_000_000, 20_000_000), percent=st.integers(0, 300))
def test_percent_of_a_household_agrees_with_the_printed_amounts(income: int, standard: int, percent: int) -> None:
    assert (smallest_percent(income, standard) <= percent) == (income <= percentage(standard, percent))


@given(own=won, spouse=won, more=won, kind=st.sampled_from(KINDS))
def test_more_income_never_opens_a_better_part(
    book: Rulebook, own: int, spouse: int, more: int, kind: SupplyKind
) -> None:
    day = date(2026, 10, 1)

    def first(extra: int) -> int:
        facts = {
            "supply_kind": kind, "housing_kind": HousingKind.PRIVATE, "price": 1, "exclusive_area": "59",
            "married": True, "income_monthly": own + extra, "spouse_income_monthly": spouse,
            "household_size_with_unborn": 3, "household_size_first_home": 3, "newborn_child": True, "has_family": True,
            "property_value": 0,
        }  # fmt: skip
        found = decide(special_tiers_open, Case(day, book, facts)).value
        assert found, facts
        assert tuple(found) == tiers_after(found[0], parts(book, kind, HousingKind.PRIVATE, day))
        return int(found[0])

    # A first own income makes two earners of one: there the limit itself rises.
    if own > 0:
        assert first(more) >= first(0)


@given(own=won, spouse=won)
def test_spouses_are_alike(book: Rulebook, own: int, spouse: int) -> None:
    def found(first: int, second: int) -> object:
        facts = {
            "supply_kind": SupplyKind.NEWLYWED, "housing_kind": HousingKind.PRIVATE, "price": 1, "exclusive_area": "59",
            "married": True, "income_monthly": first, "spouse_income_monthly": second,
            "household_size_with_unborn": 2, "newborn_child": False, "property_value": 0,
        }  # fmt: skip
        return decide(special_tiers_open, Case(date(2026, 10, 1), book, facts)).value

    assert found(own, spouse) == found(spouse, own)
