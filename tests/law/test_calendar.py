"""Counting of periods: 민법 제155조–제161조."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import Invalid
from law.calendar import Period, add_months, full_months, full_years, parse_period
from law.rulebook import Rulebook, load

few = settings(max_examples=80, deadline=None)
DAYS = st.dates(date(2016, 1, 1), date(2025, 12, 31))


def period(book: Rulebook, iso: str, *, rolls: bool = True) -> Period:
    return parse_period("sample", iso, rolls=rolls, calendar=book.calendar, cite="민법 제160조")


def test_the_first_day_does_not_count(book: Rulebook) -> None:
    assert period(book, "P1D").ends_on(date(2026, 11, 23)) == date(2026, 11, 24)
    assert period(book, "P1W").ends_on(date(2026, 11, 23)) == date(2026, 11, 30)


def test_months_end_on_the_corresponding_day_or_the_last(book: Rulebook) -> None:
    assert period(book, "P1M", rolls=False).ends_on(date(2026, 1, 31)) == date(2026, 2, 28)
    assert period(book, "P1M", rolls=False).ends_on(date(2028, 1, 31)) == date(2028, 2, 29)
    assert period(book, "P1Y", rolls=False).ends_on(date(2024, 2, 29)) == date(2025, 2, 28)


def test_an_end_on_a_holiday_moves_on(book: Rulebook) -> None:
    # 2026-09-24 to 26 is 추석, the 26th a Saturday, the 27th a Sunday.
    assert period(book, "P1D").ends_on(date(2026, 9, 23)) == date(2026, 9, 28)
    assert period(book, "P1D", rolls=False).ends_on(date(2026, 9, 23)) == date(2026, 9, 24)


def test_substitute_holidays_count(book: Rulebook) -> None:
    assert not book.calendar.is_business_day(date(2026, 10, 5))
    assert book.calendar.is_business_day(date(2026, 10, 6))


def test_a_deadline_is_midnight_in_seoul(book: Rulebook) -> None:
    at = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)  # 01:00 on the 23rd in Seoul
    assert period(book, "P1D").deadline(at) == datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


def test_clock_periods_run_from_the_moment(book: Rulebook) -> None:
    at = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
    assert period(book, "PT1M30S").deadline(at) == at + timedelta(seconds=90)
    assert period(book, "PT0S").ends_on(date(2026, 11, 22)) == date(2026, 11, 22)


def test_backwards(book: Rulebook) -> None:
    assert period(book, "P10D").latest_start(date(2026, 11, 23)) == date(2026, 11, 13)


@pytest.mark.parametrize("iso", ["", "P", "PT", "P1", "1D", "P1DT1H", "P-1D", "P1.5D", "P1H"])
def test_what_is_no_duration(book: Rulebook, iso: str) -> None:
    with pytest.raises(ValueError, match="sample"):
        period(book, iso)


def test_beyond_the_known_holidays(book: Rulebook) -> None:
    with pytest.raises(Invalid):
        period(book, "P1D").ends_on(date(2030, 12, 31))


@few
@given(DAYS, st.integers(1, 400))
def test_an_end_is_a_business_day_and_not_early(first: date, days: int) -> None:
    book = load("normal")
    end = period(book, f"P{days}D").ends_on(first)
    assert book.calendar.is_business_day(end)
    assert end >= first + timedelta(days=days)


@few
@given(DAYS, DAYS)
def test_full_months_and_their_anniversary(start: date, end: date) -> None:
    months = full_months(start, end)
    assert full_years(start, end) == months // 12
    if start <= end:
        assert add_months(start, months) <= end < add_months(start, months + 1)
    else:
        assert months == 0
