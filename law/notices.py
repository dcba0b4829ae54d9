"""Whether a notice (입주자모집공고) may be published as it is, and when receipt opens and closes.

주택공급에 관한 규칙 제20조, 제21조②, 제59조②. Checked 2026-11-23.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from domain.decisions import Decision, Flip
from domain.notices import Notice
from domain.time import SEOUL, seoul_date
from law.rulebook import Rulebook
from law.rules import Case, decide
from law.subscription.notice import notice_lawful


def check_notice(notice: Notice, published_at: datetime, rulebook: Rulebook) -> Decision:
    """May the notice be published at ``published_at``? A no for too short a time names the first lawful receipt day."""
    opens, closes = (seoul_date(at(notice, published_at, rulebook)) for at in (receipt_opens_at, receipt_closes_at))
    published = max(notice.notice_date, seoul_date(published_at))
    facts = {
        "published_on": published, "receipt_opens_on": opens, "announcement_date": notice.announcement_date,
        # Where time is shortened, receipt is over within the day, whenever the winners are announced.
        "receipt_closes_on": min(closes, notice.announcement_date) if _shortened(notice, rulebook) else closes,
        "supplier_public": notice.supplier_public, "approval_no": notice.approval_no,
        "first_contract_day": notice.contract_from, "housing_kind": notice.housing_kind,
    }  # fmt: skip
    decision = decide(notice_lawful, Case(notice.notice_date, rulebook, facts))
    if "notice.early_enough" not in decision.causes:
        return decision
    first = first_receipt_day(published, notice.notice_date, rulebook)
    ko, en = f"접수 시작일을 {first}부터로 하면 충족합니다.", f"Met if receipt opens on {first} or later."
    return decision.model_copy(update={"flip": Flip(fact="receipt_opens_at", value=first.isoformat(), ko=ko, en=en)})


def first_receipt_day(published_on: date, as_of: date, rulebook: Rulebook) -> date:
    """The earliest first day of receipt for a notice of that day (제21조제2항)."""
    period = rulebook.period("notice_before_receipt", as_of)
    return published_on if period.by_clock else published_on + timedelta(days=period.days)


def receipt_opens_at(notice: Notice, published_at: datetime, rulebook: Rulebook) -> datetime:
    """Opening of receipt (UTC): the notice's own instant, or publication where time is shortened."""
    return published_at.astimezone(UTC) if _shortened(notice, rulebook) else notice.receipt_opens_at.astimezone(UTC)


def receipt_closes_at(notice: Notice, published_at: datetime, rulebook: Rulebook) -> datetime:
    """Closing of receipt (UTC): the notice's own instant, or a period from publication where time is shortened."""
    if not _shortened(notice, rulebook):
        return notice.receipt_closes_at.astimezone(UTC)
    return rulebook.period("receipt_window", notice.notice_date).deadline(published_at)


def receipt_hours(day: date, rulebook: Rulebook) -> tuple[datetime, datetime]:
    """Usual opening and closing instants (UTC) on ``day`` in Seoul."""
    hours = rulebook.value("receipt_hours", day)
    opens, closes = (
        datetime.combine(day, time.fromisoformat(hours[key]), tzinfo=SEOUL).astimezone(UTC)
        for key in ("opens", "closes")
    )
    return opens, closes


def contract_window(announced_at: datetime, as_of: date, rulebook: Rulebook) -> tuple[datetime, datetime]:
    """Earliest window for supply contracts (제59조제2항): from the day after the waiting time, the shortest length."""
    opens = rulebook.period("contract_after_announcement", as_of).deadline(announced_at)
    window = rulebook.period("contract_window", as_of)
    # The window's days are whole days from its first day on, so that first day counts (민법 제157조 단서).
    length = timedelta(seconds=window.seconds) if window.by_clock else timedelta(days=window.days)
    return opens, opens + length


def _shortened(notice: Notice, rulebook: Rulebook) -> bool:
    return rulebook.has_period("receipt_window", notice.notice_date)
