"""The points system for many households at once, from stored facts in columns: the same answers as the rule ``points``.

For re-running a whole list (a notice's applicants) in seconds. Days are numbers since 1850-01-01; a day becomes a key
of 32 for each month, so that full months are one subtraction and one shift. Whatever the rule could only answer by a
reading or a further fact is ``UNKNOWN`` here and must be judged one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from functools import cache

import numpy as np
from numpy.typing import NDArray

from law.calendar import add_months
from law.rulebook import Rulebook

FIRST, LAST = date(1850, 1, 1), date(2150, 12, 31)
NEVER = (LAST - FIRST).days + 1  # no such day
UNKNOWN = -1
MONTH, DAY_BITS, LONGEST_DAY = 32, 5, 31
LATE_FEBRUARY = (2, 28)
CHUNK = 32_768  # rows

Days = NDArray[np.int32]
Keys = NDArray[np.int32]
Flags = NDArray[np.bool_]
Points = NDArray[np.int16]


@dataclass(frozen=True)
class Members:
    """Members other than the spouse; ``household`` is the row of their household, ascending."""

    household: NDArray[np.int32]
    child: Flags  # else an ascendant
    born: Days
    married: Flags
    since: Days  # on the same register since


@dataclass(frozen=True)
class Households:
    """One row for each applicant. A day that does not exist is ``NEVER`` (the wedding of one who is not married, too).
    All registers have answered."""

    born: Days
    head: Flags
    married: Flags
    wed: Days
    homes: NDArray[np.int8]  # counted homes of the household
    ascendant_owns: Flags  # one of the ascendants, or that one's spouse, owns a home
    gave_up: Days  # applicant or spouse last gave up a home
    account: Days
    spouse_born: Days
    spouse_account: Days
    members: Members


def points(all_of: Households, as_of: date, book: Rulebook) -> NDArray[np.int16]:
    """Points of every household for a notice of ``as_of``; ``UNKNOWN`` where a reading decides."""
    law, count = _Law(as_of, book), len(all_of.born)
    out = np.empty(count, np.int16)
    for low in range(0, count, CHUNK):
        high = min(low + CHUNK, count)
        out[low:high] = _points(_part(all_of, low, high), law)
    return out


def _points(some: Households, law: _Law) -> NDArray[np.int16]:
    born = _Born(_keys()[some.born], np.flatnonzero(_leap_days()[some.born]))
    homeless = _homeless(some, born, law)
    total = homeless + _dependants(some, law) + _accounts(some, born, law)
    most: int = law.book.value("points_maximum", law.as_of)
    found: NDArray[np.int16] = np.where(homeless < 0, UNKNOWN, np.minimum(total, most)).astype(np.int16)
    return found


@dataclass(frozen=True)
class _Born:
    """Keys of birth dates, and the few rows that were born on a 29 February."""

    key: Keys
    leap: NDArray[np.int64]

    def aged(self, years: int) -> Keys:
        """Key of the birthday; of one born on 29 February 28 February in a common year."""
        found = self.key + years * 12 * MONTH
        year = (found[self.leap] >> DAY_BITS) // 12 + FIRST.year
        found[self.leap] -= (year % 4 != 0) | ((year % 100 == 0) & (year % 400 != 0))
        return found


def _part(all_of: Households, low: int, high: int) -> Households:
    """Some rows with their members: small enough for all columns to stay in the processor's cache."""
    members = all_of.members
    # Of the column's own type: else the whole column would be converted first.
    first, last = np.searchsorted(members.household, np.array([low, high], np.int32))
    cut = {field.name: getattr(members, field.name)[first:last] for field in fields(Members)}
    own = {field.name: getattr(all_of, field.name)[low:high] for field in fields(Households) if field.name != "members"}
    return Households(**own, members=Members(**{**cut, "household": cut["household"] - low}))


def number(day: date | None) -> int:
    """A day as the columns hold it."""
    return NEVER if day is None else (day - FIRST).days


def day_of(value: int) -> date | None:
    return None if value == NEVER else FIRST + timedelta(days=int(value))


@dataclass(frozen=True)
class _Law:
    as_of: date
    book: Rulebook

    @property
    def key(self) -> int:
        """Key of the notice date for full months: its last day of a month is as long as any (민법 제160조제3항)."""
        return _key(self.as_of, last_is_longest=True)


def _homeless(some: Households, born: _Born, law: _Law) -> Points:
    table = law.book.value("points_homeless", law.as_of)
    keys, now = _keys(), _key(law.as_of)
    gave_up = keys[some.gave_up]
    # A home given up on or after that birthday decides alone, whenever the marriage was.
    start = np.minimum(born.aged(table["start_age"]), keys[some.wed])
    np.maximum(start, gave_up * (gave_up <= now), out=start)
    found = _by_months(table["years"], law.key - start, times=12)
    found = np.where(start > now, np.int16(table["before_start"]), found)
    found = np.where(some.homes > 0, np.int16(table["owner"]), found)
    if (law.as_of.month, law.as_of.day) >= LATE_FEBRUARY and law.as_of.month == LATE_FEBRUARY[0]:
        found[born.leap[some.homes[born.leap] == 0]] = UNKNOWN
    return found


def _dependants(some: Households, law: _Law) -> Points:
    table, members, keys = law.book.value("points_dependants", law.as_of), some.members, _keys()
    born, since = keys[members.born], keys[members.since]

    def by_now(years: int) -> int:
        return law.key - years * 12 * MONTH  # begun by this key, the years are full

    child = ~members.married & ((born > by_now(table["child_age"])) | (since <= by_now(table["child_years"])))
    with_head = (some.head & ~some.ascendant_owns)[members.household]
    ascendant = (since <= by_now(table["ascendant_years"])) & with_head
    counted = np.where(members.child, child, ascendant) & (members.born <= number(law.as_of))
    persons = np.bincount(members.household[counted], minlength=len(some.born)) + some.married
    steps = np.array(table["points"], np.int16)
    found: Points = steps[np.minimum(persons, len(steps) - 1)]
    return found


def _accounts(some: Households, born: _Born, law: _Law) -> Points:
    own = law.book.value("points_account", law.as_of)["months"]
    extra = law.book.value("points_spouse_account", law.as_of)
    now = number(law.as_of)
    mine = _by_months(own, _recognised(some.account, born, law)) * (some.account <= now)
    if not extra["half_months"]:
        return mine
    # Only the accounts of spouses who hold one are looked at.
    who = np.flatnonzero(some.married & (some.spouse_account <= now))
    theirs = some.spouse_born[who]
    spouse = _Born(_keys()[theirs], np.flatnonzero(_leap_days()[theirs]))
    mine[who] += _by_months(extra["half_months"], _recognised(some.spouse_account[who], spouse, law), times=2)
    return np.minimum(mine, np.int16(extra["ceiling"]))


def _recognised(opened: Days, born: _Born, law: _Law) -> Keys:
    """Recognised months as keys (32 a month); those as a minor only up to the cap (제10조제6항)."""
    since, of_age = _keys()[opened], born.aged(law.book.value("adult_age", law.as_of))
    found: Keys = law.key - since
    young = np.flatnonzero(since < of_age)
    found[young] = _of_young(since[young], of_age[young], law) << DAY_BITS
    return found


def _of_young(since: Keys, of_age: Keys, law: _Law) -> Keys:
    cap, now = law.book.value("minor_account", law.as_of), _key(law.as_of)
    end = np.minimum(of_age, now)
    if cap["before"] is None:
        minor = _between(since, end)
    else:
        edge = np.minimum(np.maximum(_key(cap["before"]), since), end)
        minor = np.minimum(_between(since, edge), cap["before_cap"]) + _between(edge, end)
    grown = np.where(now > of_age, np.maximum((law.key - of_age) >> DAY_BITS, 0), 0)
    found: Keys = (np.minimum(minor, cap["total_cap"]) + grown).astype(np.int32)
    return found


def _between(start: Keys, end: Keys) -> Keys:
    """Full months between two columns of keys; the end's last day of a month is as long as any."""
    months = end >> DAY_BITS
    last = (end & (MONTH - 1)) == _last_days()[np.clip(months, 0, len(_last_days()) - 1)]
    key = (months << DAY_BITS) + np.where(last, LONGEST_DAY, end & (MONTH - 1))
    found: Keys = np.maximum((key - start) >> DAY_BITS, 0).astype(np.int32)
    return found


def _by_months(rows: Iterable[Mapping[str, int]], span: Keys, times: int = 1) -> Points:
    """Points of the highest bracket of full months that ``span`` (keys) has reached ("이상~미만")."""
    steps = _steps(tuple((row["from"] * times, row["points"]) for row in rows))
    found: Points = steps[np.clip(span >> DAY_BITS, 0, len(steps) - 1)]
    return found


@cache
def _steps(rows: tuple[tuple[int, int], ...]) -> Points:
    found = np.zeros(max(begins for begins, _ in rows) + 1, np.int16)
    for begins, worth in sorted(rows):
        found[begins:] = worth
    return found


@cache
def _keys() -> Keys:
    """Key of every day, and of ``NEVER``: later than all."""
    days = [FIRST + timedelta(days=at) for at in range(NEVER)]
    return np.array([*(_key(day) for day in days), _key(add_months(LAST, 1200))], np.int32)


@cache
def _leap_days() -> Flags:
    days = [FIRST + timedelta(days=at) for at in range(NEVER)]
    return np.array([*((day.month, day.day) == (2, 29) for day in days), False])


@cache
def _last_days() -> Keys:
    """Last day of every month since ``FIRST``."""
    firsts = [add_months(FIRST, at) for at in range((LAST.year - FIRST.year + 1) * 12)]
    return np.array([(add_months(first, 1) - timedelta(days=1)).day for first in firsts], np.int32)


def _key(day: date, *, last_is_longest: bool = False) -> int:
    months = (day.year - FIRST.year) * 12 + day.month - 1
    last = last_is_longest and (day + timedelta(days=1)).day == 1
    return months * MONTH + (LONGEST_DAY if last else day.day)
