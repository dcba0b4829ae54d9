"""Until when, or from when: every duty of a case as a date with its article.

Counting is 민법 제155조–제161조 (``law.calendar``). Checked 2026-11-23. For timers use
``rulebook.period(name).deadline(at)``, which also works where time is shortened.
"""

from __future__ import annotations

from datetime import date

from domain.model import Model
from law.calendar import add_months
from law.rulebook import Rulebook


class Due(Model):
    """``on``: last day in time (or first day possible, where the name says ``from``)."""

    name: str
    on: date
    article: str
    version: date


def report_due(contract_date: date, rulebook: Rulebook) -> Due:
    """부동산 거래신고 (신고법 제3조제1항)."""
    return _last_day("report_deadline", contract_date, rulebook)


def fund_plan_handover_due(contract_date: date, rulebook: Rulebook) -> Due:
    """Buyer hands the funding plan to the one who reports (신고규칙 제2조제10항); later the buyer files it alone."""
    return _last_day("fund_plan_handover", contract_date, rulebook)


def cancellation_due(final_on: date, rulebook: Rulebook) -> Due:
    """해제등 신고 (신고법 제3조의2제1항)."""
    return _last_day("cancellation_report", final_on, rulebook)


def tax_due(acquired_on: date, rulebook: Rulebook) -> Due:
    """취득세 (지방세법 제20조제1항); in any case before the transfer is filed (제4항)."""
    return _last_day("acquisition_tax_deadline", acquired_on, rulebook)


def registration_due(performed_on: date, rulebook: Rulebook) -> Due:
    """소유권이전등기 신청의무 (등기특별조치법 제2조제1항): from the day the price was fully paid."""
    return _last_day("registration_deadline", performed_on, rulebook)


def dissolution_due(acquired_on: date, rulebook: Rulebook) -> Due:
    """Last day on which a dissolved contract is shown to be no acquisition (지방세법 시행령 제20조제2항)."""
    return _last_day("dissolution_tax_window", acquired_on, rulebook)


def correction_due(ordered_on: date, rulebook: Rulebook) -> Due:
    """보정 (등기법 제29조 단서)."""
    return _last_day("correction_due", ordered_on, rulebook)


def explanation_due(told_on: date, rulebook: Rulebook) -> Due:
    """소명 (규칙 제52조제3항, 제57조제8항)."""
    return _last_day("explanation_window", told_on, rulebook)


def certificate_valid_until(issued_on: date, rulebook: Rulebook) -> Due:
    """인감증명 등 (등기규칙 제62조)."""
    return _last_day("certificate_validity", issued_on, rulebook)


def wait_list_ends(first_contract_on: date, rulebook: Rulebook) -> Due:
    """예비입주자의 지위 (규칙 제26조제4항·제9항): lost on the day after."""
    return _last_day("waitlist_ends", first_contract_on, rulebook)


def contract_from(announced_on: date, rulebook: Rulebook) -> Due:
    """First day of supply contracts (규칙 제59조제2항)."""
    return _first_day("contract_after_announcement", announced_on, rulebook)


def first_instalment_from(contract_date: date, rulebook: Rulebook) -> Due:
    """First day on which an instalment may be due (규칙 제60조제4항제3호)."""
    return _first_day("instalment_after_contract", contract_date, rulebook)


def stamp_due(signed_on: date, rulebook: Rulebook) -> Due:
    """인지세 (인지세법 제8조제3항): a day of the month after signing."""
    row = rulebook.row("stamp_duty_day", signed_on)
    day = add_months(signed_on.replace(day=1), 1).replace(day=row.value)
    return Due(name="stamp_duty", on=rulebook.calendar.on_or_after(day), article=row.cite, version=row.since)


def acquisition_day(balance_paid_on: date, registered_on: date | None = None) -> date:
    """취득일 (지방세법 시행령 제20조제2항·제14항): actual balance day, or registration if earlier."""
    return balance_paid_on if registered_on is None else min(balance_paid_on, registered_on)


def _last_day(name: str, event: date, rulebook: Rulebook) -> Due:
    row = rulebook.row(name, event)
    return Due(name=name, on=rulebook.period(name, event).ends_on(event), article=row.cite, version=row.since)


def _first_day(name: str, event: date, rulebook: Rulebook) -> Due:
    row = rulebook.row(name, event)
    return Due(name=name, on=rulebook.period(name, event).elapsed_on(event), article=row.cite, version=row.since)
