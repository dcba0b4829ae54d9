"""What all special supplies share: the account, the newborn child, the price ceiling of old, and their tiers.

주택공급에 관한 규칙 제25조⑦, 제41조①1마, 제43조①5, 제47조의2 (2018-05-04 to 2023-02-27), 제48조. Checked
2026-11-23.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Literal

from domain.words import HousingKind, Won
from law.calendar import add_months
from law.parameters import Row
from law.rules import Advice, Case, Fact, rule
from law.subscription.account import account_age_months, account_fits, deposit_required
from law.subscription.approval import approval_row
from law.subscription.areas import overheated
from law.subscription.payments import recognised_payments
from law.vocabulary import (
    Stated,
    account_deposit,
    approval_applied_on,
    exclusive_area,
    housing_kind,
    members,
    price,
)

ACCOUNT_ARTICLE = "주택공급에 관한 규칙 제48조"
By = Literal["order", "score", "points", "savings", "lot"]

state_supplier = Fact[bool](
    "state_supplier", "제18조 각 호의 사업주체인지 (국가·지자체·LH·지방공사)",
    "supplier of 제18조 that is no 공공주택사업자", Advice.ACT, kind=bool, default=False,
)  # fmt: skip


class SpecialTier(Stated):
    """One part of a special supply, in the order in which the parts are filled; losers go on to the next.

    ``pct``: of the kind's units, rounded up; the last part takes the rest. ``single`` and ``dual``: highest income in
    percent of the standard; None: none, but the property test above ``lottery_above``.
    """

    pct: int
    by: By
    single: int | None = None
    dual: int | None = None
    newborn: bool = False
    tax_years: int = 0
    recent: bool = False


@rule(
    "newborn_child", members, ko="2세 미만 자녀(태아 포함)가 있는지", en="Has a child up to the second birthday",
    article="주택공급에 관한 규칙 제35조의3제1항, 제41조제1항제1호마목",
)  # fmt: skip
def newborn_child(case: Case) -> bool:
    """The second birthday itself still counts; so does a child not yet born, with the certificate of 제23조②."""
    row = case.row("newborn_age")
    years: int = row.value

    def any_newborn() -> bool:
        return years > 0 and any(
            one.relation == "child"
            and (one.unborn or one.birth_date <= case.as_of <= add_months(one.birth_date, 12 * years))
            for one in case[members]
        )

    case.test(
        "newborn.age", row, any_newborn,
        ko="공고일 현재 2세가 되는 날까지의 자녀(태아 포함)가 있는지",
        en="A child who is not older than on the second birthday, or not yet born",
    )  # fmt: skip
    return case.verdict()


@rule(
    "special_account", account_fits, account_age_months, housing_kind, recognised_payments, account_deposit,
    deposit_required, ko="특별공급의 입주자저축 요건", en="Account asked for special supply", article=ACCOUNT_ARTICLE,
)  # fmt: skip
def special_account(case: Case) -> bool:
    """Six months, and six payments for public homes or the deposit for private ones. Supplies that ask for first rank
    (생애최초, 노부모, private 신생아) and some recommended persons do not use this rule."""
    row = case.row("special_account")
    case.require(account_fits)
    case.compare(
        "special_account.months", row, account_age_months, ">=", row.value["months"],
        ko="가입 후 {limit}개월 이상 ({value}개월)", en="Open for {value} months, at least {limit}",
    )  # fmt: skip
    if case[housing_kind] is HousingKind.PUBLIC:
        case.compare(
            "special_account.payments", row, recognised_payments, ">=", row.value["payments"],
            ko="월납입금 {limit}회 이상 ({value}회)", en="{value} payments, at least {limit}",
        )  # fmt: skip
    else:
        case.test(
            "special_account.deposit", row, lambda: case[account_deposit] >= case[deposit_required],
            ko="예치금이 예치기준금액 이상인지", en="The deposit reaches the amount asked",
        )  # fmt: skip
    return case.verdict()


@rule(
    "special_price_open", price, overheated, approval_applied_on, housing_kind,
    ko="분양가격에 따른 특별공급 제외 여부", en="Home not closed to special supply by its price",
    article="주택공급에 관한 규칙 제47조의2",
)  # fmt: skip
def special_price_open(case: Case) -> bool:
    """From 2018-05-04 to 2023-02-27 homes above the ceiling in overheated districts had no special supply."""
    row = approval_row(case, "special_price_limit")
    limit: Won = row.value
    case.test(
        "special_price.limit", row, lambda: limit == 0 or case[price] <= limit or not case[overheated],
        ko="투기과열지구의 고가주택이어서 특별공급에서 제외되지 않는지",
        en="Not a home above the price ceiling in an overheated district",
    )  # fmt: skip
    return case.verdict()


def dated_row(case: Case, family: str) -> Row:
    """``family`` in force: by the notice date, or for older amendments by the application for approval (부칙)."""
    row = case.row(family)
    return row if row.value["by"] == "notice" else approval_row(case, family)


def area_test(case: Case, row: Row, limit: str) -> None:
    """Private special supply holds for small homes only."""
    case.test(
        "special.area", row, lambda: Decimal(case[exclusive_area]) <= Decimal(limit),
        ko=f"전용면적 {limit}㎡ 이하의 민영주택인지", en=f"A private home of at most {limit} m²",
    )  # fmt: skip


def tiers_after(first: int, tiers: Sequence[SpecialTier]) -> tuple[int, ...]:
    """All tiers in which somebody whose first tier is ``first`` takes part (losers go on, 제41조제3항).

    One who meets only a higher income limit is passed over where a tier asks the lower one, and only those who had
    their first place in a newborn tier take part in newborn tiers.
    """
    own = tiers[first]
    return tuple(
        number for number, tier in enumerate(tiers)
        if number >= first and _reach(tier) >= _reach(own) and (own.newborn or not tier.newborn)
    )  # fmt: skip


def tier_units(units: int, tiers: Iterable[SpecialTier]) -> tuple[int, ...]:
    """Homes of each tier: its share rounded up (올림), never more than are left; the last takes the rest."""
    left, shares = units, list(tiers)
    found = []
    for number, tier in enumerate(shares):
        share = left if number == len(shares) - 1 else min(left, -(-units * tier.pct // 100))
        found.append(share)
        left -= share
    return tuple(found)


def _reach(tier: SpecialTier) -> int:
    return 10**6 if tier.dual is None else tier.dual
