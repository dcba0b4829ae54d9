"""Special supply for young people (청년) in public sale of the forms 나눔형 and 선택형.

주택공급에 관한 규칙 제35조의2, 제48조; 공공주택 특별법 시행규칙 별표 6의2, 별표 6의6 (annexes, transcribed).
Checked 2026-11-23. One person, one home: what other members own does not count.
"""

from __future__ import annotations

from domain.words import Won
from law.calendar import full_years
from law.rules import Advice, Case, Fact, rule
from law.subscription.ownership import ownership_history
from law.subscription.special.assets import public_form
from law.subscription.special.common import special_account
from law.subscription.special.income import smallest_percent
from law.vocabulary import birth_date, income_monthly, married, net_assets, supplier_public

ARTICLE = "주택공급에 관한 규칙 제35조의2"

parents_net_assets = Fact[int](
    "parents_net_assets", "부모의 순자산", "net assets of the parents", Advice.NEVER, "won", kind=Won
)


@rule(
    "youth_income_percent", income_monthly, ko="1인 가구 기준소득 대비 본인 소득",
    en="Own income in percent of the standard for one person", article=f"{ARTICLE}, 별표 6의6", unit="percent",
)  # fmt: skip
def youth_income_percent(case: Case) -> int:
    row = case.row("single_income_standard")
    found = smallest_percent(case[income_monthly], row.value)
    return case.state(row, found, ko="1인 기준소득의 {value}% 이내", en="Within {value} % of the standard")


@rule(
    "special_youth", supplier_public, public_form, birth_date, married, ownership_history, special_account,
    youth_income_percent, net_assets, parents_net_assets, ko="청년 특별공급 자격",
    en="Eligible for the special supply for young people", article=ARTICLE,
)  # fmt: skip
def special_youth(case: Case) -> bool:
    row = case.row("youth")
    opened = case.test(
        "youth.open", row, lambda: row.value["open"] and case[supplier_public] and case[public_form] != "general",
        ko="나눔형·선택형 공공분양의 청년 특별공급이 있는지", en="Public sale of a form that has this supply, in force",
    )  # fmt: skip
    if opened is False:
        return case.verdict()
    low, high = row.value["age_from"], row.value["age_to"]
    case.test(
        "youth.age", row, lambda: low <= full_years(case[birth_date], case.as_of) <= high,
        ko=f"공고일 현재 {low}세 이상 {high}세 이하인지", en=f"Aged {low} to {high} on the notice date",
    )  # fmt: skip
    case.test("youth.unmarried", row, lambda: not case[married], ko="혼인 중이 아닌지", en="Not married")
    case.test(
        "youth.never_owned", row, lambda: not any(home.owner == "self" for home in case[ownership_history]),
        ko="본인이 주택을 소유한 사실이 없는지", en="Has never owned a home",
    )  # fmt: skip
    case.require(special_account)
    case.compare(
        "youth.income", row, youth_income_percent, "<=", row.value["income_pct"],
        ko="1인 기준소득의 {limit}% 이하 ({value}%)", en="Income within {value} %, at most {limit} %",
    )  # fmt: skip
    ceilings = case.row("youth_assets")
    case.compare(
        "youth.assets", ceilings, net_assets, "<=", ceilings.value["own"],
        ko="본인 순자산 {limit}원 이하 ({value}원)", en="Own net assets of {value} won, at most {limit}",
    )  # fmt: skip
    case.compare(
        "youth.parents_assets", ceilings, parents_net_assets, "<=", ceilings.value["parents"],
        ko="부모 순자산 {limit}원 이하 ({value}원)", en="Parents' net assets of {value} won, at most {limit}",
    )  # fmt: skip
    return case.verdict()
