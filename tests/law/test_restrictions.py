"""Earlier wins, couples, ineligible winners, and how facts become a household."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from domain.errors import Malformed
from domain.facts import Fact, Item, PersonFacts
from domain.words import Agency
from law.household import assemble
from law.restrictions import first_of_couple, ineligible_until, keeps_win
from law.rulebook import Rulebook
from law.special_supply import tiers_after

BORN = date(1990, 5, 5)


def at(minute: int, second: int = 0) -> datetime:
    return datetime(2026, 10, 1, 1, minute, second, tzinfo=UTC)


def test_the_earlier_minute_wins_then_the_earlier_birth() -> None:
    assert first_of_couple((at(31), BORN), (at(30), date(1992, 1, 1))) == 1
    assert first_of_couple((at(30, 59), date(1992, 1, 1)), (at(30, 0), BORN)) == 1
    assert first_of_couple((at(30), BORN), (at(30), date(1992, 1, 1))) == 0
    assert first_of_couple((at(30), BORN), (at(30), BORN)) is None


def test_an_ineligible_winner_is_barred_by_the_area_of_the_next_home(book: Rulebook) -> None:
    won = date(2026, 9, 10)
    assert ineligible_until(won, capital=False, regulated=False, rulebook=book) == date(2027, 3, 10)
    assert ineligible_until(won, capital=True, regulated=False, rulebook=book) == date(2027, 9, 10)
    assert ineligible_until(won, capital=False, regulated=True, rulebook=book) == date(2027, 9, 10)


def test_a_corrected_winner_is_kept_at_the_cut_off() -> None:
    assert keeps_win(competition=True, qualified=True, recomputed=57, cut_off=57) is True
    assert keeps_win(competition=True, qualified=True, recomputed=57, cut_off=58) is False
    assert keeps_win(competition=True, qualified=True, recomputed=None, cut_off=58) is None
    assert keeps_win(competition=False, qualified=True, recomputed=None, cut_off=None) is True
    assert keeps_win(competition=False, qualified=False, recomputed=80, cut_off=1) is False


def test_losers_roll_through_the_tiers_that_their_income_allows(book: Rulebook) -> None:
    tiers = book.value("newlywed", date(2025, 10, 1), "tiers")
    assert [tiers_after(first, tiers) for first in range(5)] == [(0, 1, 2, 3, 4), (1, 3, 4), (2, 3, 4), (3, 4), (4,)]
    now = book.value("newlywed", date(2026, 10, 1), "tiers")
    assert [tiers_after(first, now) for first in range(3)] == [(0, 1, 2), (1, 2), (2,)]


def fact(item: Item, value: object, source: Agency = Agency.RESIDENTS) -> Fact:
    issued = datetime(2026, 10, 1, tzinfo=UTC)
    return Fact.model_validate(
        {
            "item": item, "value": value, "source": source, "as_of": date(2026, 10, 1), "issued_at": issued,
            "document_no": "R-1", "sha256": "0" * 64,
        }
    )  # fmt: skip


def person(*facts: Fact) -> PersonFacts:
    return PersonFacts(person_id=uuid4(), birth_date=BORN, facts=facts)


def test_facts_become_a_household_with_their_sources() -> None:
    marriage = fact(Item.MARRIAGE, {"married": True, "registered_on": "2020-01-01"})
    applicant = assemble(person(marriage), person(fact(Item.HOME_OWNERSHIP, {"homes": []}, Agency.HOUSES)))
    assert applicant.married
    assert applicant.spouse is not None
    assert applicant.spouse.home_ownership is not None
    assert applicant.income is None
    assert set(applicant.sources) == {"marriage", "spouse.home_ownership"}


def test_an_unreadable_answer_is_refused_without_repeating_it() -> None:
    secret = "개포로"
    with pytest.raises(Malformed) as caught:
        assemble(person(fact(Item.ADDRESS_HISTORY, {"addresses": [{"road_address": secret}]})))
    assert secret not in str(caught.value) + caught.value.ko
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
