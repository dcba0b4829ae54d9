"""The end of a period as the last day in time, where the calendar of holidays is known that far."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated

from pydantic import Field

from domain.errors import Invalid
from law.rules import Case, Lacking

# Sums that rules work out may exceed what a single stated amount may be.
Sum = Annotated[int, Field(ge=0, description="Korean won")]


def last_day(case: Case, period: str) -> date:
    """The last day of ``period`` counted from ``as_of`` (민법 제155조–제161조)."""
    return known(lambda: case.book.period(period, case.as_of).ends_on(case.as_of))


def known(count: Callable[[], date]) -> date:
    """Lacking where the holidays of that time are not known yet."""
    try:
        return count()
    except Invalid as error:
        raise Lacking("law:public_holidays", ko=error.ko, en=error.en) from error
