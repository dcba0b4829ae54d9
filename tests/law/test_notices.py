"""Publishing a notice: time before receipt, approval, order of dates; real and shortened time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from domain.notices import Notice
from domain.words import Outcome
from law.notices import check_notice, contract_window, receipt_closes_at, receipt_hours, receipt_opens_at
from law.rulebook import Rulebook, load

Build = Callable[..., Notice]
MORNING = datetime(2026, 10, 1, 0, 0, tzinfo=UTC)  # 09:00 in Seoul


def failing(notice: Notice, book: Rulebook, at: datetime = MORNING) -> list[str]:
    return [reason.code for reason in check_notice(notice, at, book).reasons if reason.outcome is Outcome.NO]


def test_ten_days_before_receipt_pass(build_notice: Build, book: Rulebook) -> None:
    notice = build_notice(date(2026, 10, 1), receipt_opens_at=MORNING + timedelta(days=10))
    assert failing(notice, book) == []


def test_nine_days_are_refused_and_the_first_lawful_day_is_named(build_notice: Build, book: Rulebook) -> None:
    notice = build_notice(date(2026, 10, 1), receipt_opens_at=MORNING + timedelta(days=9))
    decision = check_notice(notice, MORNING, book)
    assert decision.outcome is Outcome.NO
    reason = next(reason for reason in decision.reasons if reason.outcome is Outcome.NO)
    assert (reason.code, reason.article) == ("notice.early_enough", "주택공급에 관한 규칙 제21조제2항")
    assert decision.flip is not None
    assert decision.flip.value == "2026-10-11"
    moved = notice.model_copy(update={"receipt_opens_at": MORNING + timedelta(days=10)})
    assert check_notice(moved, MORNING, book).outcome is Outcome.YES


def test_the_day_of_publication_counts_not_the_date_on_paper(build_notice: Build, book: Rulebook) -> None:
    notice = build_notice(date(2026, 10, 1), receipt_opens_at=MORNING + timedelta(days=10))
    assert failing(notice, book, MORNING + timedelta(days=1)) == ["notice.early_enough"]


def test_five_days_were_enough_before_2020(build_notice: Build, book: Rulebook) -> None:
    at = datetime(2019, 12, 31, 0, 0, tzinfo=UTC)
    notice = build_notice(date(2019, 12, 31), receipt_opens_at=at + timedelta(days=5))
    assert failing(notice, book, at) == []


def test_the_demo_rulebook_lets_the_same_notice_pass(build_notice: Build, book: Rulebook) -> None:
    opens = MORNING + timedelta(seconds=1)
    notice = build_notice(
        date(2026, 10, 1), receipt_opens_at=opens, receipt_closes_at=opens + timedelta(seconds=15),
        announcement_date=date(2026, 10, 1),
    )  # fmt: skip
    demo = load("demo")
    assert check_notice(notice, MORNING, demo).outcome is Outcome.YES
    assert check_notice(notice, MORNING, book).outcome is Outcome.NO
    assert receipt_closes_at(notice, MORNING, demo) == MORNING + timedelta(seconds=15)
    assert receipt_opens_at(notice, MORNING, demo) == MORNING
    assert receipt_closes_at(notice, MORNING, book) == notice.receipt_closes_at


def test_a_private_supplier_needs_approval(build_notice: Build, book: Rulebook) -> None:
    assert failing(build_notice(approval_no=None), book) == ["notice.approved"]
    assert failing(build_notice(approval_no=None, supplier_public=True), book) == []


def test_order_of_dates(build_notice: Build, book: Rulebook) -> None:
    assert failing(build_notice(announcement_date=date(2026, 10, 5)), book) == ["notice.order"]
    early = build_notice(announcement_date=date(2026, 10, 21), contract_from=date(2026, 11, 1))
    assert failing(early, book) == ["notice.contract"]
    fitting = build_notice(announcement_date=date(2026, 10, 21), contract_from=date(2026, 11, 2))
    assert failing(fitting, book) == []


def test_contract_window(book: Rulebook) -> None:
    announced = datetime(2026, 9, 10, 3, 0, tzinfo=UTC)
    opens, closes = contract_window(announced, date(2026, 8, 1), book)
    assert opens == datetime(2026, 9, 21, 15, 0, tzinfo=UTC)  # 00:00 on the 22nd in Seoul
    assert closes - opens == timedelta(days=3)
    opens, closes = contract_window(announced, date(2026, 8, 1), load("demo"))
    assert (opens, closes) == (announced, announced + timedelta(seconds=40))


@pytest.mark.parametrize("day", [date(2026, 10, 1), date(2026, 12, 31)])
def test_receipt_hours_are_half_past_five_in_seoul(book: Rulebook, day: date) -> None:
    opens, closes = receipt_hours(day, book)
    assert (opens.hour, closes.hour, closes.minute) == (0, 8, 30)
