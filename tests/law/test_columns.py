"""Many households at once get the very points that each of them gets alone."""

from __future__ import annotations

from datetime import date

import pytest

from domain.words import HousingKind
from law import columns
from law.rulebook import Rulebook
from law.rules import Case
from law.subscription.points import points
from onjip.bench.households import facts, make

DAYS = (
    date(2016, 1, 1), date(2020, 5, 31), date(2024, 3, 24), date(2024, 3, 25), date(2024, 6, 30), date(2024, 7, 1),
    date(2026, 2, 28), date(2028, 2, 29), date(2026, 10, 1),
)  # fmt: skip


@pytest.mark.parametrize("day", DAYS)
def test_the_same_points(day: date, book: Rulebook) -> None:
    households = make(300, day, seed=day.toordinal())
    many = columns.points(households, day, book)
    alone = [Case(day, book, {**facts(households, at), "housing_kind": HousingKind.PRIVATE}).judge(points).value
             for at in range(300)]  # fmt: skip
    assert [columns.UNKNOWN if one is None else one for one in alone] == many.tolist()


def test_all_kinds_of_households_are_among_them(book: Rulebook) -> None:
    many = columns.points(make(20_000, DAYS[-1]), DAYS[-1], book)
    assert many.min() == 5
    assert many.max() > 70


def test_rows_beyond_one_chunk_keep_their_members(book: Rulebook) -> None:
    households = make(columns.CHUNK + 10, DAYS[-1])
    whole = columns.points(households, DAYS[-1], book)
    last = Case(DAYS[-1], book, {**facts(households, columns.CHUNK + 9), "housing_kind": HousingKind.PRIVATE})
    assert last.judge(points).value == whole[-1]


def test_days_and_their_numbers() -> None:
    assert columns.day_of(columns.number(DAYS[0])) == DAYS[0]
    assert columns.day_of(columns.number(None)) is None
