"""The list of public holidays against the decree: fixed days, the moon, elections, substitute days.

관공서의 공휴일에 관한 규정 제2조, 제3조; 공직선거법 제34조. The lunar days are a kept table (korean_lunar_calendar).
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from law.rulebook import Rulebook

ONE = timedelta(days=1)
# 설날, 부처님오신날, 추석
LUNAR = {
    2016: ("02-08", "05-14", "09-15"), 2017: ("01-28", "05-03", "10-04"), 2018: ("02-16", "05-22", "09-24"),
    2019: ("02-05", "05-12", "09-13"), 2020: ("01-25", "04-30", "10-01"), 2021: ("02-12", "05-19", "09-21"),
    2022: ("02-01", "05-08", "09-10"), 2023: ("01-22", "05-27", "09-29"), 2024: ("02-10", "05-15", "09-17"),
    2025: ("01-29", "05-05", "10-06"), 2026: ("02-17", "05-24", "09-25"), 2027: ("02-07", "05-13", "09-15"),
    2028: ("01-27", "05-02", "10-03"), 2029: ("02-13", "05-20", "09-22"), 2030: ("02-03", "05-09", "09-12"),
}  # fmt: skip
# Elections and temporary holidays.
EXTRA = {
    2016: ["04-13", "05-06"], 2017: ["05-09", "10-02"], 2018: ["06-13"], 2020: ["04-15", "08-17"],
    2022: ["03-09", "06-01"], 2023: ["10-02"], 2024: ["04-10", "10-01"], 2025: ["01-27", "06-03"], 2026: ["06-03"],
    2028: ["04-12"], 2030: ["03-27", "06-12"],
}  # fmt: skip
PLAIN = ["01-01", "06-06"]  # never substituted
NATIONAL = ["03-01", "08-15", "10-03", "10-09"]  # substituted from 2021-08 on


def on(year: int, day: str) -> date:
    return date.fromisoformat(f"{year}-{day}")


def expected(year: int) -> set[date]:
    """Substitutes: 설날·추석 (Sundays) and 어린이날 (weekends) always; others by the day they were added."""
    moon = [on(year, day) for day in (LUNAR[year][0], LUNAR[year][2])]
    days = {on(year, day) for day in (*PLAIN, *NATIONAL, "12-25", LUNAR[year][1], *EXTRA.get(year, []))}
    days |= {day + step * ONE for day in moon for step in (-1, 0, 1)} | {on(year, "05-05")}
    weekend = [on(year, "05-05")]
    weekend += [on(year, day) for day in NATIONAL if on(year, day) >= date(2021, 8, 4)]
    if year >= 2023:
        weekend += [on(year, LUNAR[year][1]), on(year, "12-25")]
    if year >= 2026:
        days |= {on(year, "05-01"), on(year, "07-17")}
        weekend += [on(year, "05-01"), on(year, "07-17")]
    for day in moon:
        three = [day + step * ONE for step in (-1, 0, 1)]
        other = {on(year, fixed) for fixed in NATIONAL} & set(three)
        if any(one.weekday() == 6 for one in three) or any(one.weekday() != 5 for one in other):
            days.add(_next_free(three[-1] + ONE, days))
    for day in sorted(set(weekend)):
        doubled = day in (on(year, LUNAR[year][1]),) and day == on(year, "05-05")
        if day.weekday() >= 5 or doubled:
            days.add(_next_free(day + ONE, days))
    return days


def _next_free(day: date, days: set[date]) -> date:
    while day in days or day.weekday() >= 5:
        day += ONE
    return day


@pytest.mark.parametrize("year", sorted(LUNAR))
def test_the_list_follows_from_the_decree(year: int, book: Rulebook) -> None:
    listed = {day for row in book.family("public_holidays").rows if row.since.year == year for day in row.value}
    assert listed == expected(year)


def test_elections_fall_on_wednesdays(book: Rulebook) -> None:
    days = [on(year, day) for year, day in ((2028, "04-12"), (2030, "03-27"), (2030, "06-12"))]
    assert all(day.weekday() == 2 and not book.calendar.is_business_day(day) for day in days)
