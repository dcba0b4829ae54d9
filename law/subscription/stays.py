"""Unbroken residence out of an address history, and the stays abroad that break it.

주택공급에 관한 규칙 제4조⑦. Checked 2026-11-23. Moving between addresses of one housing area keeps the residence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from law.calendar import add_months
from law.vocabulary import Abroad, Stay

YEAR = 12


def home_since(history: Sequence[Stay], day: date, inside: Callable[[str], bool]) -> date:
    """First day of the unbroken chain of addresses ``inside`` the area; the address on ``day`` is the last of them.

    An address left the day before the next one begins leaves no gap.
    """
    begun = sorted((stay for stay in history if stay.since <= day), key=lambda stay: stay.since, reverse=True)
    reached = next(stay.since for stay in begun if stay.until is None or day < stay.until)
    for stay in begun:
        if stay.since >= reached:
            continue
        left = stay.until or reached
        if left < reached - timedelta(days=1) or not inside(stay.region):
            break
        reached = stay.since
    return reached


def latest_break(stays: Sequence[Abroad], since: date, day: date, limits: Mapping[str, Any]) -> date | None:
    """The day from which the residence counts again. None: a stay that breaks it lasts on ``day``."""
    longest, total = limits["longest"], limits["total"]
    if longest is None:
        return since
    start = since
    joined = _joined(stays, limits["return_days"])
    for left, back in joined:
        if ((back or day) - left).days > longest:
            if back is None or back > day:
                return None
            start = max(start, back)
    windows = _years_back(start, day) if limits["per_year"] else [(start, day)]
    for first, last in windows:
        if sum(_days(left, back or day, first, last) for left, back in joined) > total:
            return max(start, last) if last < day else None
    return start


def _joined(stays: Sequence[Abroad], return_days: int) -> list[tuple[date, date | None]]:
    """A return followed by a departure to the same country within the days given is no return."""
    joined: list[tuple[date, date | None, str]] = []
    for stay in sorted(stays, key=lambda stay: stay.left_on):
        before = joined[-1] if joined else None
        if before and before[1] and before[2] == stay.country and (stay.left_on - before[1]).days <= return_days:
            joined[-1] = (before[0], stay.back_on, stay.country)
        else:
            joined.append((stay.left_on, stay.back_on, stay.country))
    return [(left, back) for left, back, _ in joined]


def _years_back(start: date, day: date) -> list[tuple[date, date]]:
    """Years counted back from ``day``, the latest first; the oldest may be cut short."""
    windows, number = [], 0
    last = day
    while last > start:
        number += 1
        first = max(start, add_months(day, -YEAR * number))
        windows.append((first, last))
        last = first
    return windows


def _days(left: date, back: date, first: date, last: date) -> int:
    return max(0, (min(back, last) - max(left, first)).days)
