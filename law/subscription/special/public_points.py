"""The score of 13 points for newlyweds and newborns in public sale (공공분양 신혼부부·신생아 배점).

공공주택 특별법 시행규칙 별표 6 and the notices (transcribed). Checked 2026-11-23. Income one point; children,
residence, payments and length of marriage (for a single parent: age of the youngest child) three each.
"""

from __future__ import annotations

from law.calendar import full_years
from law.rules import Case, Lacking, rule
from law.subscription.household import minor_children_with_unborn
from law.subscription.payments import recognised_payments
from law.subscription.residence import resident_since
from law.subscription.special.assets import birth_allowance
from law.subscription.special.families import ANNEX, single_parent
from law.subscription.special.income import Test, dual_income, income_percent, within
from law.subscription.special.scores import bracket, up_to, within_years, years
from law.vocabulary import marriage_registered_on, married, members


@rule(
    "public_points_income", income_percent, dual_income, birth_allowance, ko="공공 신혼 배점: 가구소득",
    en="Score: household income", article=ANNEX, unit="points",
)  # fmt: skip
def points_income(case: Case) -> int:
    row = case.row("public_newlywed")
    asked = row.value["income"]
    test = Test(income_percent, None, case[birth_allowance])
    found: int = asked["points"] if within(case, test, asked["single"], asked["dual"]) else 0
    return case.state(row, found, ko="가구소득 {value}점", en="{value} points for income")


@rule(
    "public_points_children", minor_children_with_unborn, ko="공공 신혼 배점: 자녀 수", en="Score: children",
    article=ANNEX, unit="points",
)  # fmt: skip
def points_children(case: Case) -> int:
    row = case.row("public_newlywed")
    found = bracket(row.value["children"], case[minor_children_with_unborn])
    return case.state(row, found, ko="자녀 수 {value}점", en="{value} points for children")


@rule(
    "public_points_residence", resident_since, ko="공공 신혼 배점: 해당 지역 연속 거주기간", en="Score: residence",
    article=ANNEX, unit="points",
)  # fmt: skip
def points_residence(case: Case) -> int:
    """Nothing for those who do not live in the housing area."""
    row = case.row("public_newlywed")
    since = case[resident_since]
    less: int = 0 if since is None else row.value["residence_less"]
    found = bracket(row.value["residence_years"], years(since, case.as_of), less)
    return case.state(row, found, ko="거주기간 {value}점", en="{value} points for residence")


@rule(
    "public_points_payments", recognised_payments, ko="공공 신혼 배점: 납입 인정 회차", en="Score: payments",
    article=ANNEX, unit="points",
)  # fmt: skip
def points_payments(case: Case) -> int:
    row = case.row("public_newlywed")
    found = bracket(row.value["payments"], case[recognised_payments])
    return case.state(row, found, ko="납입 회차 {value}점", en="{value} points for payments")


@rule(
    "public_points_marriage", married, marriage_registered_on, single_parent, members,
    ko="공공 신혼 배점: 혼인기간 (한부모가족은 자녀의 나이)", en="Score: length of the marriage, or age of the child",
    article=ANNEX, unit="points",
)  # fmt: skip
def points_marriage(case: Case) -> int:
    """Married: the shorter the better, the anniversary within. Single parent: the youngest child. Engaged: nothing."""
    row = case.row("public_newlywed")
    found = 0
    if case[single_parent]:
        ages = [
            0 if one.unborn else full_years(one.birth_date, case.as_of)
            for one in case[members] if one.relation == "child" and (one.unborn or one.birth_date <= case.as_of)
        ]  # fmt: skip
        youngest = min(ages, default=None)
        if youngest is not None:
            found = up_to(row.value["child_until_age"], youngest)
    elif case[married]:
        since = case[marriage_registered_on]
        if since is None:
            raise Lacking(marriage_registered_on.name)
        found = within_years(row.value["marriage_until_years"], since, case.as_of)
    return case.state(row, found, ko="혼인기간 {value}점", en="{value} points for the marriage")


@rule(
    "public_newlywed_points", points_income, points_children, points_residence, points_payments, points_marriage,
    ko="공공분양 신혼부부·신생아 배점 (13점)", en="Score of newlyweds and newborns in public sale (of 13)",
    article=ANNEX, unit="points",
)  # fmt: skip
def public_newlywed_points(case: Case) -> int:
    row = case.row("public_newlywed")
    parts = (points_income, points_children, points_residence, points_payments, points_marriage)
    total = min(int(row.value["maximum"]), sum(case[part] for part in parts))
    return case.state(row, total, ko="배점 합계 {value}점", en="Score of {value}")
