"""The subscription account (주택청약종합저축): its age, payments and deposit against what a supply asks.

주택공급에 관한 규칙 제10조, 제27조①, 제28조①, 제48조, 별표 2: an account opened exactly the asked time before the
notice date is old enough; the deposit goes by the applicant's residence, not by the site. Checked 2026-11-23.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from domain.words import Won
from law.calendar import add_months, full_months
from law.household import Person
from law.parameters import Row
from law.reasons import Judgement
from law.residence import address_on
from law.rulebook import Rulebook
from law.wish import Wish


def required_deposit(wish: Wish) -> Won | None:
    """예치기준금액 (별표 2) of the applicant's residence for this area; None where the residence is unknown."""
    history = wish.applicant.address_history
    address = address_on(history, wish.day) if history else None
    if address is None:
        return None
    return deposit_for(address.region, wish.house_type.exclusive_area, wish.day, wish.rulebook)


def deposit_for(region: str, exclusive_area: str, as_of: date, rulebook: Rulebook) -> Won:
    """예치기준금액 (별표 2), won, of one who lives in ``region`` and applies for ``exclusive_area`` m²."""
    classes = rulebook.value("deposit_region", as_of)
    bands = rulebook.value("deposit_table", as_of, classes["classes"].get(region[:2], classes["else"]))
    area = Decimal(exclusive_area)
    fitting = (band["won"] for band in bands if band["area_max"] is None or area <= Decimal(band["area_max"]))
    won: Won = next(fitting)
    return won


def account_tests(judgement: Judgement, wish: Wish, row: Row, asked: Mapping[str, Any]) -> None:
    """Record the account tests of one supply: age, and payments (국민주택) or deposit (민영주택)."""
    account = wish.applicant.subscription_account
    months = full_months(account.opened_on, wish.day) if account else None
    judgement.test(
        "account.age", row, None if months is None else months >= asked["months"],
        ko=f"입주자저축 가입기간 {asked['months']}개월 이상", en=f"Account open for at least {asked['months']} months",
        facts={"opened_on": account.opened_on.isoformat() if account else None, "months": months},
        missing=("subscription_account",),
    )  # fmt: skip
    if wish.public:
        paid = account.payments_recognised if account else None
        judgement.test(
            "account.payments", row, None if paid is None else paid >= asked["payments"],
            ko=f"월납입금 {asked['payments']}회 이상 납입", en=f"At least {asked['payments']} monthly payments",
            facts={"payments": paid}, missing=("subscription_account",),
        )  # fmt: skip
    else:
        _deposit_test(judgement, wish)


def _deposit_test(judgement: Judgement, wish: Wish) -> None:
    account, needed = wish.applicant.subscription_account, required_deposit(wish)
    missing = [name for name in ("subscription_account", "address_history") if getattr(wish.applicant, name) is None]
    held = account.deposit if account else None
    judgement.test(
        "account.deposit", wish.rulebook.row("deposit_table", wish.day),
        None if held is None or needed is None else held >= needed,
        ko="예치기준금액 이상 예치", en="Deposit at least the amount for residence and area",
        facts={"deposit": held, "required": needed}, missing=missing or ("address_history",),
    )  # fmt: skip


def recognised_months(person: Person, as_of: date, rulebook: Rulebook) -> int | None:
    """Full months of the account that count for points: time as a minor is capped (미성년자 인정 가입기간)."""
    account = person.subscription_account
    if account is None:
        return None
    majority = add_months(person.birth_date, 12 * rulebook.value("adult_age", as_of))
    if account.opened_on >= majority:
        return full_months(account.opened_on, as_of)
    cap = rulebook.value("minor_account", as_of)
    minor_end = min(majority, as_of)
    if cap["before"] is None:
        minor = full_months(account.opened_on, minor_end)
    else:
        edge = min(max(cap["before"], account.opened_on), minor_end)
        minor = min(full_months(account.opened_on, edge), cap["before_cap"]) + full_months(edge, minor_end)
    total_cap: int = cap["total_cap"]
    return min(minor, total_cap) + (full_months(majority, as_of) if as_of > majority else 0)
