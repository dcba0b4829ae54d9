"""Recognised payments and savings (월납입금 인정 회차·저축총액) of the subscription account, for public homes.

주택공급에 관한 규칙 제10조제1항–제5항, 부칙 제1287호 제3조, 부칙 제1391호 제1조·제2조·제4조. Checked 2026-11-23. The
bank states both; with the monthly records they are worked out: payments that fall due by the notice date, prepaid ones
up to a limit, late ones on the day that the article's formula gives, each month and time as a minor up to their caps.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Literal

from domain.words import HousingKind, Won
from law.rules import Advice, Case, Fact, rule
from law.subscription.account import converted_from, majority
from law.vocabulary import (
    Count,
    Deposit,
    account_amount,
    account_opened_on,
    account_payments,
    birth_date,
    housing_kind,
)

ARTICLE = "주택공급에 관한 규칙 제10조제4항"
AMOUNT_ARTICLE = "주택공급에 관한 규칙 제10조제5항"

account_records = Fact[tuple[Deposit, ...] | None](
    "account_records", "월납입 내역", "monthly payments into the account (null: only the bank's totals are known)",
    kind=tuple[Deposit, ...] | None, default=None,
)  # fmt: skip
old_account_payments = Fact[int](
    "old_account_payments", "전환 전 청약저축 납입 회차", "recognised payments of the old 청약저축", kind=Count
)
old_account_amount = Fact[int](
    "old_account_amount", "전환 전 청약저축 저축총액", "recognised savings of the old 청약저축", unit="won", kind=Won
)
minor_amount_reading = Fact[str | None](
    "minor_amount_reading", "미성년 납입금 인정 순서에 대한 해석", "reading: which payments of a minor make up the cap",
    kind=Literal["first", "largest"] | None, default=None,
)  # fmt: skip


@rule(
    "recognised_deposits", account_records, ko="공고일까지 인정되는 월납입금",
    en="Monthly payments recognised by the notice date", article="주택공급에 관한 규칙 제10조제1항–제4항",
)  # fmt: skip
def recognised_deposits(case: Case) -> tuple[Deposit, ...]:
    """In the order of their due days: due by the notice date, prepaid ones up to the limit, late ones by formula."""
    row, records = case.row("prepaid_payments"), case[account_records] or ()
    found = _recognised(records, case.as_of, row.value)
    return case.state(row, found, ko="인정되는 월납입금 {value}회", en="Payments recognised: {value}")


@rule(
    "recognised_payments", account_records, account_payments, recognised_deposits, birth_date, converted_from,
    old_account_payments, account_opened_on, housing_kind,
    ko="납입 인정 회차", en="Recognised payments", article=ARTICLE, unit="payments", advice=Advice.ACT,
)  # fmt: skip
def recognised_payments(case: Case) -> int:
    if case[account_records] is None:
        return case.state(ARTICLE, case[account_payments], ko="은행 확인 회차 {value}회", en="By the bank: {value}")
    row, deposits = case.row("minor_account"), case[recognised_deposits]
    before, after, grown = _by_age(case, row.value, deposits)
    minor = min(min(len(before), _cap_before(row.value)) + len(after), row.value["total_cap"])
    total: int = minor + len(grown) + (case[old_account_payments] if _savings_taken_over(case) else 0)
    return case.state(row, total, ko="납입 인정 회차 {value}회", en="{value} payments count")


@rule(
    "recognised_amount", account_records, account_amount, recognised_deposits, birth_date, converted_from,
    old_account_amount, account_opened_on, housing_kind, minor_amount_reading,
    ko="저축총액", en="Recognised savings", article=AMOUNT_ARTICLE, unit="won", advice=Advice.ACT,
)  # fmt: skip
def recognised_amount(case: Case) -> Won:
    """Each payment up to the cap of the month in which it falls due: arrears keep the old cap, prepayments for later
    months get the new one (부칙 제1391호 제4조)."""
    if case[account_records] is None:
        stated = case[account_amount]
        return case.state(AMOUNT_ARTICLE, stated, ko="은행 확인 저축총액 {value}원", en="By the bank: {value} won")
    row = case.row("minor_account")
    before, after, grown = (_won(case, part) for part in _by_age(case, row.value, case[recognised_deposits]))
    minor = _minor_sum(case, row.value, before, after)
    total = minor + sum(grown) + (case[old_account_amount] if _savings_taken_over(case) else 0)
    return case.state(case.row("monthly_cap"), total, ko="저축총액 {value}원", en="Savings of {value} won count")


def _recognised(records: tuple[Deposit, ...], as_of: date, most_ahead: int) -> tuple[Deposit, ...]:
    late, early, counted = 0, 0, []
    paid = sorted((record for record in records if record.paid_on <= as_of), key=lambda one: (one.due_on, one.paid_on))
    for number, record in enumerate(paid, 1):
        days = (record.paid_on - record.due_on).days
        late, early = late + max(days, 0), early + max(-days, 0)
        # Whole days only ("1일 미만은 산입하지 아니한다").
        shift = max(0, late - early) // number if days > 0 else 0
        in_time = record.due_on <= as_of and record.due_on + timedelta(days=shift) <= as_of
        if in_time and (days >= 0 or _ahead(record, paid) <= most_ahead):
            counted.append(record)
    return tuple(counted)


def _ahead(record: Deposit, paid: list[Deposit]) -> int:
    """How many instalments ahead the payment was when it was made."""
    day = record.paid_on
    return sum(other.paid_on <= day < other.due_on <= record.due_on for other in paid)


def _by_age(
    case: Case, cap: Mapping[str, Any], deposits: tuple[Deposit, ...]
) -> tuple[list[Deposit], list[Deposit], list[Deposit]]:
    """Payments as a minor before the edge (2024) and after it, and those of age."""
    of_age = majority(case, case[birth_date]) if deposits else date.max
    edge = cap["before"] or date.min
    before = [one for one in deposits if one.paid_on < of_age and one.paid_on < edge]
    after = [one for one in deposits if edge <= one.paid_on < of_age]
    return before, after, [one for one in deposits if one.paid_on >= of_age]


def _cap_before(cap: Mapping[str, Any]) -> int:
    most: int = cap["total_cap"] if cap["before_cap"] is None else cap["before_cap"]
    return most


def _won(case: Case, deposits: list[Deposit]) -> list[Won]:
    # Payments older than the rulebook are judged by its first row: the cap had not changed before.
    first = case.book.family("monthly_cap").rows[0].since
    return [min(one.won, case.row("monthly_cap", on=max(one.due_on, first)).value) for one in deposits]


def _minor_sum(case: Case, cap: Mapping[str, Any], before: list[Won], after: list[Won]) -> Won:
    """The sum of the payments that count; which ones, where there are more than the cap, no text says."""
    sums = {}
    for order in ("first", "largest"):
        kept = _picked(before, _cap_before(cap), order)
        sums[order] = sum(_picked([*kept, *after], cap["total_cap"], order))
    if len(set(sums.values())) == 1:
        return sums["first"]
    return sums["first" if case.reading("minor_amount_order", minor_amount_reading) == "first" else "largest"]


def _picked(amounts: list[Won], most: int, order: str) -> list[Won]:
    return amounts[:most] if order == "first" else sorted(amounts, reverse=True)[:most]


def _savings_taken_over(case: Case) -> bool:
    if case[converted_from] != "savings":
        return False
    opened = case[account_opened_on]
    if opened is None or opened > case.as_of:
        return False
    row = case.book.find("account_conversion", opened)
    return row is not None and row.value["allowed"] and case[housing_kind] is HousingKind.PUBLIC
