"""Who is left out before a selection: certain things only."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from activities.judge import Household
from activities.screening import barred, win_of, with_wins, without_win
from domain.applications import ReceivedEntry, SelectionFacts
from domain.facts import PROVIDER, Fact, Item, PastWins, PersonFacts
from domain.notices import HouseType, Notice
from domain.words import Agency, HousingKind, SupplyKind
from law import rulebook
from tests.activities.plain_screening import applied_twice

DAY = date(2026, 11, 2)
NINE = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)


def entry(ticket: str, holder: str, kind: SupplyKind = SupplyKind.GENERAL, minutes: int = 0) -> ReceivedEntry:
    return ReceivedEntry(
        ticket=ticket, holder=holder, household=holder, model_no="01", supply_kind=kind,
        facts=SelectionFacts(local=True, homeless=True), received_at=NINE + timedelta(minutes=minutes),
    )  # fmt: skip


def notice(**changes: Any) -> Notice:
    types = (
        HouseType(model_no="01", name="84A", exclusive_area="84.98", price=1, units={SupplyKind.GENERAL: 1}),
    )  # fmt: skip
    plain: dict[str, Any] = {
        "id": "applyhome-1", "agency": Agency.APPLYHOME, "number": "1", "name": "온집", "supplier": "온마을건설",
        "housing_kind": HousingKind.PRIVATE, "supplier_public": False, "region": "41290", "region_name": "과천",
        "address": "과천", "capital_area": True, "regulated": True, "overheated": True, "notice_date": DAY,
        "receipt_opens_at": NINE, "receipt_closes_at": NINE, "announcement_date": DAY, "house_types": types,
    }  # fmt: skip
    return Notice(**{**plain, **changes})


def person(**values: Any) -> PersonFacts:
    found = {Item.MARRIAGE: {"married": False}, Item.PAST_WINS: {"wins": []}} | {
        Item(key): one for key, one in values.items()
    }
    facts = tuple(
        Fact(item=item, value=value, source=PROVIDER[item], as_of=DAY, issued_at=NINE, document_no="1", sha256="a" * 64)
        for item, value in found.items()
    )
    return PersonFacts(person_id=uuid4(), birth_date=date(1989, 4, 12), facts=facts)


def test_the_first_received_of_one_person_stands_in_each_supply_method() -> None:
    late, first = entry("a", "one", minutes=5), entry("b", "one")
    special = entry("c", "one", SupplyKind.NEWLYWED, minutes=9)
    another_special = entry("d", "one", SupplyKind.FIRST_HOME, minutes=10)
    assert applied_twice([late, first, special, another_special, entry("e", "two")]) == {"a", "d"}


def test_a_win_that_no_register_shows_yet_bars_its_winner() -> None:
    winner = person()
    earlier = win_of(notice(number="0"), special=False, won_on=date(2026, 10, 1))
    book = rulebook.load("normal")
    household = Household(applicant=winner)
    assert earlier.home_classes == ("overheated",)
    assert barred(household, notice(), SupplyKind.GENERAL, {str(winner.person_id): [earlier]}, book)
    assert not barred(household, notice(), SupplyKind.GENERAL, {}, book)
    assert not barred(household, notice(), SupplyKind.GENERAL, {str(uuid4()): [earlier]}, book), "somebody else's"


def test_a_spouse_counts_too() -> None:
    winner, spouse = person(marriage={"married": True, "registered_on": "2021-05-01"}), person()
    earlier = win_of(notice(number="0"), special=False, won_on=date(2026, 10, 1))
    household = Household(applicant=winner, spouse=spouse)
    assert barred(household, notice(), SupplyKind.GENERAL, {str(spouse.person_id): [earlier]}, rulebook.load("normal"))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"overheated": True, "price_capped": True}, ("price_capped", "overheated")),
        ({"overheated": False}, ("adjusted",)),
        ({"overheated": None}, None),
        ({"regulated": False, "overheated": False}, None),
    ],
)
def test_what_a_notice_does_not_tell_is_not_guessed(changes: dict[str, Any], expected: object) -> None:
    assert win_of(notice(**changes), special=False, won_on=DAY).home_classes == expected


def test_the_win_that_is_being_checked_is_no_earlier_win() -> None:
    wins = [
        {"notice_no": "1", "won_on": "2026-11-20", "regulated": True},
        {"notice_no": "9", "won_on": "2015-01-01", "regulated": False},
    ]
    left = without_win(person(past_wins={"wins": wins}), "1")
    assert [win.notice_no for win in _wins(left)] == ["9"]


def test_wins_are_added_to_what_the_register_says() -> None:
    known = person(past_wins={"wins": [{"notice_no": "9", "won_on": "2015-01-01", "regulated": False}]})
    added = with_wins(known, [win_of(notice(), special=True, won_on=DAY)])
    assert [win.notice_no for win in _wins(added)] == ["9", "1"]


def _wins(one: PersonFacts) -> tuple[Any, ...]:
    fact = next(fact for fact in one.facts if fact.item is Item.PAST_WINS)
    return PastWins.model_validate(fact.value).wins
