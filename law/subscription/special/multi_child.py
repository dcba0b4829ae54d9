"""Special supply for families with several children (다자녀가구), and its score of 100 points.

주택공급에 관한 규칙 제40조, 제48조; 다자녀가구 및 노부모부양 주택 특별공급 운용지침 별표 1 (transcribed). Checked
2026-11-23. Two minor children from 2024-03-25 on, three before; the unborn and adopted count.
"""

from __future__ import annotations

from datetime import date

from domain.words import SupplyKind
from law.calendar import full_years
from law.rules import Case, Fact, Lacking, rule
from law.subscription.account import account_since
from law.subscription.household import ASCENDANTS, minor_children_with_unborn
from law.subscription.special.common import special_account
from law.subscription.special.eligible import INCOME_TERMS, income_tests
from law.subscription.special.exceptions import homeless_for_special
from law.subscription.special.scores import GUIDE, bracket, homeless_since_adult, province_since, years
from law.vocabulary import members

single_parent_since = Fact[date | None](
    "single_parent_since", "한부모가족이 된 날", "single parent since (null: none)", kind=date | None, default=None
)


@rule(
    "special_multi_child", minor_children_with_unborn, homeless_for_special, special_account, *INCOME_TERMS,
    ko="다자녀가구 특별공급 자격", en="Eligible for the special supply for several children",
    article="주택공급에 관한 규칙 제40조제1항",
)  # fmt: skip
def special_multi_child(case: Case) -> bool:
    row = case.row("multi_child")
    case.compare(
        "multi_child.children", row, minor_children_with_unborn, ">=", row.value["min_children"],
        ko="미성년 자녀 {limit}명 이상 (태아·입양 포함, {value}명)", en="{value} minor children, at least {limit}",
    )  # fmt: skip
    case.require(homeless_for_special)
    case.require(special_account)
    income_tests(case, SupplyKind.MULTI_CHILD)
    return case.verdict()


@rule(
    "multi_child_points_children", minor_children_with_unborn, ko="다자녀 배점: 미성년 자녀 수",
    en="Score: minor children", article=GUIDE, unit="points",
)  # fmt: skip
def points_children(case: Case) -> int:
    row = case.row("multi_child_points")
    found = bracket(row.value["children"], case[minor_children_with_unborn])
    return case.state(row, found, ko="미성년 자녀 {value}점", en="{value} points for minor children")


@rule(
    "multi_child_points_infants", members, ko="다자녀 배점: 영유아 자녀 수", en="Score: infants", article=GUIDE,
    unit="points",
)  # fmt: skip
def points_infants(case: Case) -> int:
    """Children below six, the unborn included."""
    row = case.row("multi_child_points")
    count = sum(
        one.relation == "child"
        and (one.unborn or (one.birth_date <= case.as_of and _age(one.birth_date, case) < row.value["infant_age"]))
        for one in case[members]
    )
    found = bracket(row.value["infants"], count)
    return case.state(row, found, ko="영유아 자녀 {value}점", en="{value} points for infants")


@rule(
    "multi_child_points_generations", members, single_parent_since, ko="다자녀 배점: 세대 구성",
    en="Score: three generations or single parent", article=GUIDE, unit="points",
)  # fmt: skip
def points_generations(case: Case) -> int:
    """An ascendant on the same register for three years; or a single parent for five. Not both."""
    row = case.row("multi_child_points")
    since = case[single_parent_since]
    alone = since is not None and full_years(since, case.as_of) >= row.value["single_parent_years"]
    points = int(row.value["generations"])
    found = points if alone or _ascendant(case, row.value["generation_years"]) else 0
    return case.state(row, found, ko="세대 구성 {value}점", en="{value} points for the make-up of the household")


@rule(
    "multi_child_points_homeless", homeless_since_adult, ko="다자녀 배점: 무주택기간", en="Score: time without a home",
    article=GUIDE, unit="points",
)  # fmt: skip
def points_homeless(case: Case) -> int:
    row = case.row("multi_child_points")
    found = bracket(row.value["homeless_years"], years(case[homeless_since_adult], case.as_of))
    return case.state(row, found, ko="무주택기간 {value}점", en="{value} points for the time without a home")


@rule(
    "multi_child_points_residence", province_since, ko="다자녀 배점: 해당 시·도 거주기간",
    en="Score: residence in the province", article=GUIDE, unit="points",
)  # fmt: skip
def points_residence(case: Case) -> int:
    row = case.row("multi_child_points")
    found = bracket(row.value["residence_years"], years(case[province_since], case.as_of))
    return case.state(row, found, ko="시·도 거주기간 {value}점", en="{value} points for residence")


@rule(
    "multi_child_points_account", account_since, ko="다자녀 배점: 입주자저축 가입기간", en="Score: age of the account",
    article=GUIDE, unit="points",
)  # fmt: skip
def points_account(case: Case) -> int:
    row = case.row("multi_child_points")
    found = bracket(row.value["account_years"], years(case[account_since], case.as_of))
    return case.state(row, found, ko="가입기간 {value}점", en="{value} points for the account")


@rule(
    "multi_child_points", points_children, points_infants, points_generations, points_homeless, points_residence,
    points_account, ko="다자녀가구 특별공급 배점 (100점)", en="Score of a family with several children (of 100)",
    article=GUIDE, unit="points",
)  # fmt: skip
def multi_child_points(case: Case) -> int:
    row = case.row("multi_child_points")
    parts = (points_children, points_infants, points_generations, points_homeless, points_residence, points_account)
    total = min(int(row.value["maximum"]), sum(case[part] for part in parts))
    return case.state(row, total, ko="배점 합계 {value}점", en="Score of {value}")


def _age(born: date, case: Case) -> int:
    return full_years(born, case.as_of)


def _ascendant(case: Case, least: int) -> bool:
    elders = [one for one in case[members] if one.relation in ASCENDANTS]
    if any(one.on_register_since and full_years(one.on_register_since, case.as_of) >= least for one in elders):
        return True
    if any(one.on_register_since is None for one in elders):
        raise Lacking(
            members.name, ko="직계존속이 같은 주민등록표에 오른 날이 필요합니다.",
            en="The day since when the ascendant is on the register is needed.",
        )  # fmt: skip
    return False
