"""Times are UTC inside and Asia/Seoul at the edges; dates of law are dates in Seoul."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SEOUL = ZoneInfo("Asia/Seoul")


def now() -> datetime:
    return datetime.now(UTC)


def seoul_date(at: datetime) -> date:
    return at.astimezone(SEOUL).date()
