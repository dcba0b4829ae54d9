"""Times are UTC inside and Asia/Seoul at the edges; dates of law are dates in Seoul."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

SEOUL = ZoneInfo("Asia/Seoul")


def now() -> datetime:
    return datetime.now(UTC)


def seoul_date(at: datetime) -> date:
    return at.astimezone(SEOUL).date()


def seoul_midnight(on: date) -> datetime:
    """When the day begins there."""
    return datetime.combine(on, time(), SEOUL).astimezone(UTC)
