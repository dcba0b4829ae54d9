"""Every legal period, of subscription and of sales, as a date: counted as 민법 제155조–제161조 do.

A period is a family of durations (ISO 8601) with its article. The day of the event is not counted (제157조); weeks,
months and years go by the calendar (제160조); the end moves off Saturdays and public holidays where the family says
so (제161조), never for periods that run backwards or that only must have passed. Checked 2026-11-23.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from typing import Annotated

from pydantic import Field

from domain.errors import Invalid
from law.calendar import Period, parse_period
from law.parameters import Unit
from law.rules import Case, Fact, Lacking, Trigger, rule
from law.vocabulary import Stated

CIVIL_ACT = "민법 제155조부터 제161조까지"
MONTHS, WEEKS, DAYS = r"\d{1,3}M", r"\d{1,3}W", r"\d{1,4}D"
SHORTER = rf"{MONTHS}({WEEKS})?({DAYS})?|{WEEKS}({DAYS})?|{DAYS}"
Iso = Annotated[str, Field(pattern=rf"^P(\d{{1,2}}Y({MONTHS})?({WEEKS})?({DAYS})?|{SHORTER})$")]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z_]{2,60}$")]


class Deadline(Stated):
    """``last``: last day in time; ``after``: first day after the period. Backwards: ``last`` is the latest day."""

    name: str
    iso: str
    event_on: date
    last: date
    after: date
    moved: bool = False  # off a Saturday or public holiday
    backwards: bool = False


class KnownPeriod(Stated):
    """A period of the rulebook. ``iso`` None: the law sets none on that day."""

    name: str
    iso: str | None
    article: str
    rolls: bool


period_name = Fact[str]("period_name", "기간의 이름", "name of the period", kind=Name)
event_on = Fact[date]("event_on", "기산 사유가 생긴 날", "day of the event from which the period counts", kind=date)
duration = Fact[str]("duration", "기간 (ISO 8601)", "length of the period, ISO 8601", kind=Iso)
act_due = Fact[bool](
    "act_due", "그 기간에 해야 할 행위가 있는지 (말일의 공휴일 연장)", "an act is due at the end: holidays move it",
    kind=bool, default=True,
)  # fmt: skip
day = Fact[date]("day", "날짜", "the day asked about", kind=date)


@rule(
    "deadline", period_name, event_on, ko="기한", en="Deadline of a legal period", article=CIVIL_ACT,
    trigger=Trigger.EVENT,
)  # fmt: skip
def deadline(case: Case) -> Deadline:
    """The named period counted from the event; ``as_of`` selects the law."""
    name, event = case[period_name], case[event_on]
    family = case.book.families.get(name)
    if family is None or family.unit is not Unit.DURATION:
        raise Lacking(
            period_name.name, ko="법령 자료에 없는 기간입니다.", en="The rulebook knows no period of this name."
        )
    row = case.row(name)
    bases = case.row("period_bases").value
    counted = counted_from(
        case.book.period(name, case.as_of), event,
        month_end=name in bases["month_end"], backwards=name in bases["backwards"],
    )  # fmt: skip
    return case.state(row, counted, ko=f"기한 {counted.last} ({counted.iso})", en=f"Due {counted.last} ({counted.iso})")


@rule(
    "period_end", duration, event_on, act_due, ko="기간의 만료일", en="End of a period",
    article=CIVIL_ACT, trigger=Trigger.EVENT,
)  # fmt: skip
def period_end(case: Case) -> date:
    """The last day of any period of days, weeks, months or years."""
    rolls = case[act_due]
    try:
        period = parse_period("", case[duration], rolls=rolls, calendar=case.book.calendar, cite=CIVIL_ACT)
    except ValueError:
        raise Lacking(duration.name, ko="기간의 형식이 다릅니다.", en="The duration has the wrong form.") from None
    last = counted_from(period, case[event_on]).last
    return case.state(CIVIL_ACT, last, ko="{value}에 만료합니다.", en="Ends on {value}.")


@rule(
    "business_day", day, ko="공휴일·토요일이 아닌 날", en="Business day", article="민법 제161조", trigger=Trigger.EVENT
)
def business_day(case: Case) -> bool:
    """Neither Saturday, Sunday nor public holiday."""
    row = case.row("public_holidays", on=_known(case, case[day]))
    case.test(
        "business_day", row, lambda: case.book.calendar.is_business_day(case[day]),
        ko="토요일·일요일·공휴일이 아닌지", en="Neither Saturday, Sunday nor public holiday",
    )  # fmt: skip
    return case.verdict()


@rule(
    "next_business_day", day, ko="그날 또는 다음 평일", en="The day or the next business day", article="민법 제161조",
    trigger=Trigger.EVENT,
)  # fmt: skip
def next_business_day(case: Case) -> date:
    asked = _known(case, case[day])
    row = case.row("public_holidays", on=asked)
    found = _safely(lambda: case.book.calendar.on_or_after(asked))
    return case.state(row, found, ko="{value}", en="{value}")


@rule("known_periods", ko="기간 목록", en="All legal periods on a day", article=CIVIL_ACT, trigger=Trigger.EVENT)
def known_periods(case: Case) -> tuple[KnownPeriod, ...]:
    """Every period of the rulebook with its length on ``as_of``."""
    found = []
    for name, family in sorted(case.book.families.items()):
        row = family.row(case.as_of) if family.unit is Unit.DURATION else None
        if row is not None:
            found.append(KnownPeriod(name=name, iso=row.value, article=row.cite, rolls=family.rolls))
    return case.state(CIVIL_ACT, tuple(found), ko="법령상 기간 {value}개", en="{value} legal periods")


def counted_from(period: Period, event: date, *, month_end: bool = False, backwards: bool = False) -> Deadline:
    """The period counted from ``event``, from the end of its month, or backwards. Lacking outside the calendar."""
    if backwards:
        latest = _safely(lambda: period.latest_start(event))
        return Deadline(name=period.name, iso=period.iso, event_on=event, last=latest, after=event, backwards=True)
    base = event.replace(day=monthrange(event.year, event.month)[1]) if month_end else event
    last = _safely(lambda: period.ends_on(base))
    plain = _safely(lambda: unrolled(period).ends_on(base))
    after = _safely(lambda: last + timedelta(days=1))
    return Deadline(name=period.name, iso=period.iso, event_on=event, last=last, after=after, moved=last != plain)


def unrolled(period: Period) -> Period:
    """The same period whose end stays on a holiday: for periods that only must have passed."""
    return Period(
        period.name, period.iso, period.months, period.days, period.seconds, period.by_clock, False, period.calendar,
        period.cite,
    )  # fmt: skip


def _known(case: Case, asked: date) -> date:
    if not case.book.calendar.first <= asked <= case.book.calendar.last:
        raise Lacking(
            "law:public_holidays", ko="공휴일 자료가 없는 날입니다.", en="Holidays of that day are not known."
        )
    return asked


def _safely(count: Callable[[], date]) -> date:
    try:
        return count()
    except (Invalid, OverflowError, ValueError):
        raise Lacking(
            "law:public_holidays", ko="공휴일 자료가 없는 날까지 세어야 합니다.", en="Holidays there are not known."
        ) from None
