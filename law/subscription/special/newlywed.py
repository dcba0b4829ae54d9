"""Special supply for newlyweds (신혼부부).

주택공급에 관한 규칙 제41조, 제48조, 제55조의3; for public developers 공공주택 특별법 시행규칙 별표 6 (transcribed).
Checked 2026-11-23.
"""

from __future__ import annotations

from domain.words import HousingKind, SupplyKind
from law.rules import Case, rule
from law.subscription.special.common import area_test, dated_row, special_account
from law.subscription.special.eligible import INCOME_TERMS, income_tests
from law.subscription.special.exceptions import homeless_for_special
from law.subscription.special.families import (
    marriage_ownership,
    marriage_within,
    newlywed_first_order,
    public_couple,
)
from law.vocabulary import approval_applied_on, exclusive_area, housing_kind, supplier_public

ARTICLE = "주택공급에 관한 규칙 제41조"


@rule(
    "special_newlywed", supplier_public, housing_kind, exclusive_area, approval_applied_on, marriage_within,
    marriage_ownership, public_couple, newlywed_first_order, homeless_for_special,
    special_account, *INCOME_TERMS, ko="신혼부부 특별공급 자격", en="Eligible for the newlywed special supply",
    article=ARTICLE,
)  # fmt: skip
def special_newlywed(case: Case) -> bool:
    if case[supplier_public]:
        case.require(public_couple)
    else:
        _by_rules(case)
    case.require(homeless_for_special)
    case.require(special_account)
    income_tests(case, SupplyKind.NEWLYWED)
    return case.verdict()


def _by_rules(case: Case) -> None:
    row = dated_row(case, "newlywed")
    if case[housing_kind] is HousingKind.PRIVATE:
        area_test(case, row, row.value["area_max_private"])
    case.require(marriage_within)
    case.test(
        "newlywed.homeless_since_marriage", row, lambda: case[marriage_ownership] != "held",
        ko="혼인신고일 이후 주택을 소유하지 않았는지 (해당 기간의 공고)",
        en="No home since the marriage, where the rule of that time asks for it",
    )  # fmt: skip
    if row.value["child_required"]:
        case.test(
            "newlywed.child", row, lambda: case[newlywed_first_order],
            ko="혼인기간 중 낳은 자녀가 있는지", en="A child born in the marriage",
        )  # fmt: skip
