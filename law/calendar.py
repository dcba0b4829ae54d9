"""Counting periods as 민법 제155조–제161조 do, with the public holidays of Korea.

Paraphrase: the first day is not counted (§157); a period ends with the end of its last day (§159); weeks, months
and years go by the calendar and end on the day before the corresponding day, or on the month's last day where
there is none (§160); an end on a Saturday or public holiday moves to the next day that is neither (§161). Periods
of hours, minutes or seconds run from the moment itself (§156). Checked 2026-11-23.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Set
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from domain.errors import Invalid
from domain.time import SEOUL, seoul_date

ISO = re.compile(
    r"^P(?=.)(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=.)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?$"
)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Public holidays, known for the days ``first``..``last``; Invalid outside."""

    holidays: Set[date] = field(repr=False)
    first: date
    last: date

    def is_business_day(self, day: date) -> bool:
        """Neither Saturday, Sunday nor public holiday (Sundays are public holidays by decree)."""
        if not self.first <= day <= self.last:
            raise Invalid(
                "date_outside_calendar",
                ko=f"공휴일 자료는 {self.first}부터 {self.last}까지 있습니다.",
                en=f"Public holidays are known from {self.first} to {self.last}.",
            )
        return day.weekday() < 5 and day not in self.holidays

    def on_or_after(self, day: date) -> date:
        """``day`` itself or the next business day (민법 제161조)."""
        while not self.is_business_day(day):
            day += timedelta(days=1)
        return day


@dataclass(frozen=True, slots=True)
class Period:
    """A legal period. Either calendar parts (days of law) or ``seconds`` (a time-shortened demo), never both."""

    name: str
    iso: str
    months: int
    days: int
    seconds: int
    by_clock: bool
    rolls: bool
    calendar: Calendar
    cite: str

    def ends_on(self, first: date) -> date:
        """The last day on which an act is in time, ``first`` being the (uncounted) day of the event."""
        if self.by_clock:
            return first
        end = add_months(first, self.months) + timedelta(days=self.days)
        return self.calendar.on_or_after(end) if self.rolls else end

    def latest_start(self, last: date) -> date:
        """Backwards ("…일 전에"): the latest day of an act that must lie this period before ``last``."""
        if self.by_clock:
            return last
        return add_months(last, -self.months) - timedelta(days=self.days)

    def deadline(self, at: datetime) -> datetime:
        """The instant (UTC) at which the period that began with the event ``at`` is over."""
        if self.by_clock:
            return at.astimezone(UTC) + timedelta(seconds=self.seconds)
        over = self.ends_on(seoul_date(at)) + timedelta(days=1)
        return datetime.combine(over, time(), tzinfo=SEOUL).astimezone(UTC)


def parse_period(name: str, iso: str, *, rolls: bool, calendar: Calendar, cite: str) -> Period:
    """ValueError where ``iso`` is not ISO 8601 or mixes days with hours."""
    match = ISO.match(iso)
    if match is None:
        raise ValueError(f"{name}: {iso!r} is not an ISO 8601 duration")
    part = {key: int(text) for key, text in match.groupdict().items() if text is not None}
    by_clock = bool(part.keys() & {"hours", "minutes", "seconds"})
    if by_clock and part.keys() & {"years", "months", "weeks", "days"}:
        raise ValueError(f"{name}: {iso!r} mixes calendar and clock")
    seconds = part.get("hours", 0) * 3600 + part.get("minutes", 0) * 60 + part.get("seconds", 0)
    months = part.get("years", 0) * 12 + part.get("months", 0)
    days = part.get("weeks", 0) * 7 + part.get("days", 0)
    return Period(name, iso, months, days, seconds, by_clock, rolls, calendar, cite)


def add_months(day: date, months: int) -> date:
    """The corresponding day ``months`` later, or that month's last day (민법 제160조제2항·제3항)."""
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month0 + 1, min(day.day, monthrange(year, month0 + 1)[1]))


def full_months(start: date, end: date) -> int:
    """Full months from ``start`` to ``end`` ("이상~미만" brackets); 0 if ``end`` is earlier."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return max(0, months if add_months(start, months) <= end else months - 1)


def full_years(start: date, end: date) -> int:
    """Full years; also the age (만 나이) of one born on ``start`` (민법 제158조: the day of birth counts)."""
    return full_months(start, end) // 12
