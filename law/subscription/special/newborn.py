"""Special supply for families with a newborn (신생아).

주택공급에 관한 규칙 제35조의3 (public developers from 2024-03-25; private homes from 2026-06-15, of which only
second-hand readings were at hand), 제48조, 제55조의3; 공공주택 특별법 시행규칙 별표 6. Checked 2026-11-23. Marriage
is not asked.
"""

from __future__ import annotations

from domain.words import HousingKind, SupplyKind
from law.rules import Case, rule
from law.subscription.first_rank import first_rank
from law.subscription.special.common import area_test, newborn_child, special_account
from law.subscription.special.eligible import INCOME_TERMS, income_tests
from law.subscription.special.exceptions import homeless_for_special
from law.vocabulary import exclusive_area, housing_kind, supplier_public


@rule(
    "special_newborn", supplier_public, housing_kind, exclusive_area, newborn_child, homeless_for_special,
    special_account, first_rank, *INCOME_TERMS, ko="신생아 특별공급 자격", en="Eligible for the newborn special supply",
    article="주택공급에 관한 규칙 제35조의3",
)  # fmt: skip
def special_newborn(case: Case) -> bool:
    row = case.row("newborn")
    public = case[housing_kind] is HousingKind.PUBLIC
    opened = case.test(
        "newborn.open", row,
        lambda: row.value["public"] and case[supplier_public] if public else row.value["private"],
        ko="이 주택에 신생아 특별공급이 있는지", en="The supply exists for this home on this day",
    )  # fmt: skip
    if opened is False:
        return case.verdict()
    case.require(newborn_child)
    case.require(homeless_for_special)
    if public:
        case.require(special_account)
    else:
        area_test(case, row, row.value["area_max_private"])
        case.require(first_rank)
    income_tests(case, SupplyKind.NEWBORN)
    return case.verdict()
