"""Domain errors as Temporal failures: permanent ones stop, waits come again, nothing is swallowed.

What every activity does while it runs is here too: it beats, so that a killed worker is noticed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from activities.heartbeat import Beat, beating
from domain.errors import AskPerson, FixInput, GiveUp, NotYet, OnjipError, Wait


@asynccontextmanager
async def told() -> AsyncIterator[Beat]:
    """Beat, and translate a domain error raised inside; the failure's type is the error's stable code."""
    try:
        async with beating() as beat:
            yield beat
    except OnjipError as error:
        raise as_failure(error) from error


def as_failure(error: OnjipError) -> ApplicationError:
    """FixInput, AskPerson, GiveUp: non-retryable. Wait: retried after ``retry_after`` (NotYet is no fault)."""
    details = {"ko": error.ko, "en": error.en, "article": error.article, "field": error.field}
    permanent = isinstance(error, FixInput | GiveUp | AskPerson)
    delay = timedelta(seconds=error.retry_after) if isinstance(error, Wait) and error.retry_after else None
    category = ApplicationErrorCategory.BENIGN if isinstance(error, NotYet) else ApplicationErrorCategory.UNSPECIFIED
    return ApplicationError(
        error.en, details, type=error.code, non_retryable=permanent, next_retry_delay=delay, category=category
    )
