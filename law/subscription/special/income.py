"""Household income against the standard of the year (도시근로자 가구당 월평균소득), as special supply asks it.

주택공급에 관한 규칙 제40조②, 제41조①1라·③, 제43조①4·③4, 제46조③1; 주택공급 운용지침. Checked 2026-11-23. A
percentage of the previous year's average for the household's size: the unborn count (제40조②), for the first-home
supply parents only after a year on the register, three persons and fewer share one figure. Percentages of the
standard are rounded half up to the won, as the notices print them; a household's own percent is the smallest whole
one it stays within.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.words import Won
from law.rules import Case, Fact, Lacking, Rule, rule
from law.subscription.household import household_size, household_size_first_home, household_size_with_unborn
from law.vocabulary import income_monthly, married, other_income_monthly, spouse_income_monthly

ARTICLE = "주택공급에 관한 규칙 제41조제1항제1호라목, 제43조제1항제4호"

dual_income_reading = Fact[str | None](
    "dual_income_reading", "맞벌이 1인 소득 기준에 대한 해석 (each, sum)",
    "reading: each of two earners within the single percentage, or only their sum", kind=str | None, default=None,
)  # fmt: skip


@rule(
    "household_income", income_monthly, spouse_income_monthly, other_income_monthly, married,
    ko="세대의 월평균소득", en="Average monthly income of the household", article=ARTICLE, unit="won",
)  # fmt: skip
def household_income(case: Case) -> Won:
    total = case[income_monthly] + case[other_income_monthly]
    if case[married]:
        total += case[spouse_income_monthly]
    return case.state(ARTICLE, total, ko="세대 월평균소득 {value}원", en="Household income of {value} won a month")


@rule(
    "dual_income", married, income_monthly, spouse_income_monthly, ko="부부 모두 소득이 있는지",
    en="Both spouses earn", article="주택공급에 관한 규칙 제41조제1항제1호라목",
)  # fmt: skip
def dual_income(case: Case) -> bool:
    """The article says "배우자가 소득이 있는 경우"; notices ask that both earn, and so does this rule."""
    case.test(
        "dual_income.both", ARTICLE,
        lambda: case[married] and case[spouse_income_monthly] > 0 and case[income_monthly] > 0,
        ko="본인과 배우자 모두 소득이 있는지", en="Applicant and spouse both have an income",
    )  # fmt: skip
    return case.verdict()


def _standard(name: str, size: Rule[int], ko: str, en: str) -> Rule[int]:
    @rule(name, size, ko=ko, en=en, article=ARTICLE, unit="won")
    def standard(case: Case) -> int:
        row = case.row("income_standard")
        won = for_size(row.value, case[size])
        return case.state(row, won, ko="가구원수에 따른 기준소득 {value}원", en="Standard of {value} won for this size")

    return standard


def _percent(name: str, standard: Rule[int], ko: str, en: str) -> Rule[int]:
    @rule(name, household_income, standard, ko=ko, en=en, article=ARTICLE, unit="percent")
    def percent(case: Case) -> int:
        found = smallest_percent(case[household_income], case[standard])
        return case.state(ARTICLE, found, ko="기준소득의 {value}% 이내", en="Within {value} % of the standard")

    return percent


def _higher(name: str, standard: Rule[int], ko: str, en: str) -> Rule[int]:
    @rule(name, income_monthly, spouse_income_monthly, standard, ko=ko, en=en, article=ARTICLE, unit="percent")
    def higher(case: Case) -> int:
        most = max(case[income_monthly], case[spouse_income_monthly])
        found = smallest_percent(most, case[standard])
        return case.state(ARTICLE, found, ko="더 버는 배우자: 기준의 {value}% 이내", en="Higher earner: {value} %")

    return higher


income_standard_won = _standard(
    "income_standard_won", household_size_with_unborn, "기준소득 (태아 포함 가구원수)",
    "Standard income for the household with the unborn",
)  # fmt: skip
income_standard_first_home = _standard(
    "income_standard_first_home", household_size_first_home, "기준소득 (생애최초 가구원수)",
    "Standard income for the household of the first-home supply",
)  # fmt: skip
income_standard_elderly = _standard(
    "income_standard_elderly", household_size, "기준소득 (가구원수)", "Standard income for the household"
)
income_percent = _percent(
    "income_percent", income_standard_won, "기준소득 대비 세대 소득", "Household income in percent of the standard"
)
income_percent_first_home = _percent(
    "income_percent_first_home", income_standard_first_home, "기준소득 대비 세대 소득 (생애최초)",
    "Household income in percent of the standard (first home)",
)  # fmt: skip
income_percent_elderly = _percent(
    "income_percent_elderly", income_standard_elderly, "기준소득 대비 세대 소득 (노부모 부양)",
    "Household income in percent of the standard (elderly parents)",
)  # fmt: skip
higher_earner_percent = _higher(
    "higher_earner_percent", income_standard_won, "기준소득 대비 더 버는 배우자의 소득",
    "Higher earner's income in percent of the standard",
)  # fmt: skip
higher_earner_percent_first_home = _higher(
    "higher_earner_percent_first_home", income_standard_first_home, "기준소득 대비 더 버는 배우자의 소득 (생애최초)",
    "Higher earner's income in percent of the standard (first home)",
)  # fmt: skip


def percentage(standard: Won, percent: int) -> Won:
    return (standard * percent + 50) // 100


def smallest_percent(income: Won, standard: Won) -> int:
    """The smallest whole percent whose printed amount the income does not exceed."""
    return max(0, -(-(100 * income - 50) // max(standard, 1)))


def for_size(table: Mapping[Any, Any], size: int) -> Won:
    """The year's figure for ``size`` persons. Lacking where the table does not hold it, or only from one source."""
    sizes = [key for key in table if isinstance(key, int)]
    doubtful: Mapping[int, Won] = table.get("doubtful") or {}
    wanted = max(size, 3)
    if wanted in table:
        won: Won = table[wanted]
        return won
    further = table.get("per_further")
    if wanted > max(sizes) and further is not None:
        grown: Won = table[max(sizes)] + further * (wanted - max(sizes))
        return grown
    shown = f" ({doubtful[wanted]:,})" if wanted in doubtful else ""
    raise Lacking(
        "law:income_standard", ko=f"가구원 {size}명의 기준소득을 확인하지 못했습니다{shown}.",
        en=f"The standard for {size} persons could not be confirmed{shown}.",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Test:
    """Which percentages a supply looks at: the household's, and the higher earner's (None: no look at one alone)."""

    percent: Rule[int]
    higher: Rule[int] | None
    plus: int = 0  # points added for births (출산가구)


def within(case: Case, test: Test, single: int, dual: int) -> bool:
    """Is the household within ``single`` percent, or ``dual`` where both earn and neither alone exceeds ``single``?

    Asks for who earns what only above ``single`` percent: below it no single earner can exceed it.
    """
    percent = case[test.percent]
    if percent <= single + test.plus or single >= dual:
        return percent <= single + test.plus
    if percent > dual + test.plus or not case[dual_income]:
        return False
    if test.higher is None or case.reading("dual_income_cap", dual_income_reading) == "sum":
        return True
    return case[test.higher] <= single + test.plus
