"""Whether a notice (입주자모집공고) may be published as it is, and when receipt opens and closes.

주택공급에 관한 규칙 제20조, 제21조②, 제59조②. Checked 2026-11-23.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from domain.decisions import Decision, Flip
from domain.notices import Notice
from domain.time import SEOUL, seoul_date
from law.reasons import Judgement, flipped
from law.rulebook import Rulebook


def check_notice(notice: Notice, published_at: datetime, rulebook: Rulebook) -> Decision:
    """May the notice be published at ``published_at``? A no for too short a time names the first lawful receipt day."""
    judgement = Judgement("notice", notice.notice_date, rulebook)
    in_time = _early_enough(judgement, notice, published_at)
    _approved(judgement, notice)
    _dates(judgement, notice, published_at)
    decision = judgement.decision()
    if in_time:
        return decision
    first = first_receipt_day(seoul_date(published_at), notice.notice_date, rulebook)
    ko, en = f"접수 시작일을 {first}부터로 하면 충족합니다.", f"Met if receipt opens on {first} or later."
    return flipped(decision, Flip(fact="receipt_opens_at", value=first.isoformat(), ko=ko, en=en))


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


def _early_enough(judgement: Judgement, notice: Notice, published_at: datetime) -> bool:
    period = judgement.rulebook.period("notice_before_receipt", notice.notice_date)
    row = judgement.rulebook.row("notice_before_receipt", notice.notice_date)
    opens = receipt_opens_at(notice, published_at, judgement.rulebook)
    latest = period.latest_start(seoul_date(opens))
    in_time = max(notice.notice_date, seoul_date(published_at)) <= latest
    judgement.test(
        "notice.early_enough", row, in_time,
        ko=f"공고는 최초 접수일 {period.days}일 전까지", en=f"Notice at least {period.days} days before receipt opens",
        facts={"published_on": seoul_date(published_at).isoformat(), "latest": latest.isoformat()},
    )  # fmt: skip
    return in_time


def _approved(judgement: Judgement, notice: Notice) -> None:
    """제20조제1항·제2항: a private supplier needs the mayor's approval; a public one only notifies."""
    if notice.supplier_public:
        return
    judgement.test(
        "notice.approved", judgement.rulebook.row("notice_approval", notice.notice_date), bool(notice.approval_no),
        ko="민간 사업주체는 시장·군수·구청장의 승인이 있는지", en="Private supplier: approved by the mayor",
        facts={"approval_no": notice.approval_no},
    )  # fmt: skip


def _dates(judgement: Judgement, notice: Notice, published_at: datetime) -> None:
    rulebook = judgement.rulebook
    opens, closes = (at(notice, published_at, rulebook) for at in (receipt_opens_at, receipt_closes_at))
    ordered = opens < closes and (_shortened(notice, rulebook) or seoul_date(closes) <= notice.announcement_date)
    judgement.test(
        "notice.order", rulebook.row("notice_content", notice.notice_date), ordered,
        ko="접수 시작, 마감, 당첨자 발표의 순서", en="Receipt opens, closes, then winners are announced",
    )  # fmt: skip
    earliest = rulebook.period("contract_after_announcement", notice.notice_date).elapsed_on(notice.announcement_date)
    if notice.contract_from is not None:
        judgement.test(
            "notice.contract", rulebook.row("contract_after_announcement", notice.notice_date),
            notice.contract_from >= earliest,
            ko="계약은 당첨자 발표 뒤 법정 기간이 지난 후", en="Contracts only after the waiting time",
            facts={"contract_from": notice.contract_from.isoformat(), "earliest": earliest.isoformat()},
        )  # fmt: skip
