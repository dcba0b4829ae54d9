"""Newlywed towns (신혼희망타운) for sale: eligibility, and the scores of 9 and 12 points.

공공주택 특별법 시행규칙 제19조④⑨, 별표 6의3 (annex, transcribed from a notice of 2026). Checked 2026-11-23.
"""

from __future__ import annotations

from domain.words import SupplyKind
from law.rules import Case, rule
from law.subscription.household import minor_children_with_unborn
from law.subscription.ownership import homeless
from law.subscription.payments import recognised_payments
from law.subscription.points import homeless_start
from law.subscription.residence import resident_since
from law.subscription.special.assets import birth_allowance, known
from law.subscription.special.common import special_account
from law.subscription.special.families import public_couple
from law.subscription.special.income import Test, dual_income, income_percent, within
from law.subscription.special.scores import bracket, years
from law.subscription.special.tiers import OPEN_TERMS, open_tiers
from law.vocabulary import net_assets, supplier_public

ANNEX = "공공주택 특별법 시행규칙 제19조제4항, 별표 6의3"


@rule(
    "special_newlywed_town", supplier_public, public_couple, homeless, special_account, net_assets, birth_allowance,
    *OPEN_TERMS, ko="신혼희망타운 분양주택 자격", en="Eligible for a newlywed town", article=ANNEX,
)  # fmt: skip
def special_newlywed_town(case: Case) -> bool:
    row = case.row("newlywed_town")
    opened = case.test(
        "newlywed_town.supplier", row, lambda: row.value["open"] and case[supplier_public],
        ko="공공주택사업자가 공급하는 신혼희망타운인지", en="A newlywed town of a public developer, after it began",
    )  # fmt: skip
    if opened is False:
        return case.verdict()
    case.require(public_couple)
    case.require(homeless)
    case.require(special_account)
    case.test(
        "special.income", row, lambda: bool(open_tiers(case, SupplyKind.NEWLYWED_TOWN)),
        ko="세대의 월평균소득이 공급 단계 중 하나의 기준 이하인지", en="Household income opens at least one part",
    )  # fmt: skip
    ceiling = case.row("public_net_assets")
    limit = known(ceiling, ceiling.value.get(str(case[birth_allowance])))
    case.compare(
        "newlywed_town.assets", ceiling, net_assets, "<=", limit,
        ko="순자산 {limit}원 이하 ({value}원)", en="Net assets of {value} won, at most {limit}",
    )  # fmt: skip
    return case.verdict()


@rule(
    "town_points_income", income_percent, dual_income, birth_allowance, ko="신혼희망타운 가점: 가구소득",
    en="Score: household income", article=ANNEX, unit="points",
)  # fmt: skip
def points_income(case: Case) -> int:
    row = case.row("newlywed_town")
    test = Test(income_percent, None, case[birth_allowance])
    steps, less = row.value["first_income"], row.value["first_income_less"]
    found: int = next((one["points"] for one in steps if within(case, test, one["single"], one["dual"])), less)
    return case.state(row, found, ko="가구소득 {value}점", en="{value} points for income")


@rule(
    "town_points_residence", resident_since, ko="신혼희망타운 가점: 해당 지역 연속 거주기간", en="Score: residence",
    article=ANNEX, unit="points",
)  # fmt: skip
def points_residence(case: Case) -> int:
    row = case.row("newlywed_town")
    since = case[resident_since]
    less: int = 0 if since is None else row.value["residence_less"]
    found = bracket(row.value["residence_years"], years(since, case.as_of), less)
    return case.state(row, found, ko="거주기간 {value}점", en="{value} points for residence")


@rule(
    "town_points_payments", recognised_payments, ko="신혼희망타운 가점: 납입 인정 회차", en="Score: payments",
    article=ANNEX, unit="points",
)  # fmt: skip
def points_payments(case: Case) -> int:
    row = case.row("newlywed_town")
    found = bracket(row.value["payments"], case[recognised_payments])
    return case.state(row, found, ko="납입 회차 {value}점", en="{value} points for payments")


@rule(
    "town_points_children", minor_children_with_unborn, ko="신혼희망타운 가점: 미성년 자녀 수", en="Score: children",
    article=ANNEX, unit="points",
)  # fmt: skip
def points_children(case: Case) -> int:
    row = case.row("newlywed_town")
    found = bracket(row.value["children"], case[minor_children_with_unborn])
    return case.state(row, found, ko="미성년 자녀 {value}점", en="{value} points for children")


@rule(
    "town_points_homeless", homeless_start, ko="신혼희망타운 가점: 무주택기간", en="Score: time without a home",
    article=ANNEX, unit="points",
)  # fmt: skip
def points_homeless(case: Case) -> int:
    """Counted as for points, from the 30th birthday or an earlier marriage. Below a year, or before it began: one."""
    row = case.row("newlywed_town")
    found = bracket(row.value["homeless_years"], years(case[homeless_start], case.as_of), row.value["homeless_less"])
    return case.state(row, found, ko="무주택기간 {value}점", en="{value} points for the time without a home")


@rule(
    "town_points_first", points_income, points_residence, points_payments, ko="신혼희망타운 1단계 가점 (9점)",
    en="Score of the first part of a newlywed town (of 9)", article=ANNEX, unit="points",
)  # fmt: skip
def town_points_first(case: Case) -> int:
    row = case.row("newlywed_town")
    total = case[points_income] + case[points_residence] + case[points_payments]
    return case.state(row, total, ko="1단계 가점 {value}점", en="Score of {value} in the first part")


@rule(
    "town_points_second", points_children, points_homeless, points_residence, points_payments,
    ko="신혼희망타운 2단계 가점 (12점)", en="Score of the second part of a newlywed town (of 12)", article=ANNEX,
    unit="points",
)  # fmt: skip
def town_points_second(case: Case) -> int:
    row = case.row("newlywed_town")
    total = case[points_children] + case[points_homeless] + case[points_residence] + case[points_payments]
    return case.state(row, total, ko="2단계 가점 {value}점", en="Score of {value} in the second part")
