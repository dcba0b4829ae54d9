"""Special supply for buyers of a first home (생애최초).

주택공급에 관한 규칙 제43조, 제55조의3①2; for public developers 공공주택 특별법 시행규칙 별표 6 제2호다목
(transcribed). Checked 2026-11-23. First rank is asked, not the account rule of 제48조.
"""

from __future__ import annotations

from decimal import Decimal

from domain.words import HousingKind, SupplyKind
from law.rules import Case, Fact, rule
from law.subscription.first_rank import first_rank
from law.subscription.household import household_members, single_head
from law.subscription.ownership import homeless
from law.subscription.special.common import area_test, dated_row
from law.subscription.special.eligible import INCOME_TERMS, income_tests
from law.subscription.special.exceptions import never_owned_for_first_home
from law.subscription.special.families import has_family
from law.vocabulary import (
    account_amount,
    approval_applied_on,
    exclusive_area,
    housing_kind,
    supplier_public,
    tax_years,
    working,
)

ARTICLE = "주택공급에 관한 규칙 제43조"

lodger = Fact[bool](
    "lodger", "세대원이 아니면서 다른 세대주의 주민등록표에 올라 있는지 (동거인)",
    "registered with another head without belonging to the household", kind=bool, default=False,
)  # fmt: skip


@rule(
    "single_for_first_home", has_family, single_head, lodger, exclusive_area, housing_kind, supplier_public,
    approval_applied_on, household_members, ko="1인 가구의 생애최초 요건",
    en="One without spouse and children: open at all, and small enough", article=f"{ARTICLE}제1항·제3항",
)  # fmt: skip
def single_for_first_home(case: Case) -> bool:
    """Private homes since 2021-11-16, public ones under the Rules since 2024-03-25, public developers never. A head
    alone on the register, and one who lodges with another head, up to the small area only."""
    row = dated_row(case, "first_home")
    if case[has_family]:
        case.require(has_family)
        return case.verdict()
    case.test(
        "single.open", row, lambda: not case[supplier_public] and case[housing_kind].value in row.value["singles"],
        ko="1인 가구도 신청할 수 있는 주택인지", en="A home open to one without spouse and children",
    )  # fmt: skip
    limit = row.value["single_area_max"]
    case.test(
        "single.area", row,
        lambda: Decimal(case[exclusive_area]) <= Decimal(limit) or not (case[lodger] or case[single_head]),
        ko=f"단독세대주나 동거인이면 전용면적 {limit}㎡ 이하인지", en=f"Head alone, or lodger: at most {limit} m²",
    )  # fmt: skip
    return case.verdict()


@rule(
    "special_first_home", supplier_public, housing_kind, exclusive_area, approval_applied_on, first_rank, homeless,
    never_owned_for_first_home, single_for_first_home, working, tax_years, account_amount, *INCOME_TERMS,
    ko="생애최초 특별공급 자격", en="Eligible for the first-home special supply", article=ARTICLE,
)  # fmt: skip
def special_first_home(case: Case) -> bool:
    row = dated_row(case, "first_home")
    private = case[housing_kind] is HousingKind.PRIVATE
    if private:
        opened = case.test(
            "first_home.private", row, lambda: row.value["private"],
            ko="민영주택에도 생애최초 특별공급이 있는 때인지", en="The supply exists for private homes by then",
        )  # fmt: skip
        if opened is False:
            return case.verdict()
        area_test(case, row, row.value["area_max_private"])
    case.require(first_rank)
    case.require(homeless)
    case.require(never_owned_for_first_home)
    case.require(single_for_first_home)
    case.test(
        "first_home.working", row, lambda: case[working],
        ko="근로자 또는 자영업자인지", en="Employed or self-employed",
    )  # fmt: skip
    case.compare(
        "first_home.tax_years", row, tax_years, ">=", row.value["tax_years"],
        ko="소득세 {limit}년 이상 납부 ({value}년)", en="Income tax for {value} years, at least {limit}",
    )  # fmt: skip
    if not private:
        case.compare(
            "first_home.savings", row, account_amount, ">=", row.value["savings_public"],
            ko="저축액(선납금 포함) {limit}원 이상 ({value}원)", en="Savings of {value} won, at least {limit}",
        )  # fmt: skip
    income_tests(case, SupplyKind.FIRST_HOME)
    return case.verdict()
