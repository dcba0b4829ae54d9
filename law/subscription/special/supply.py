"""May this applicant file this special supply, and with what standing.

주택공급에 관한 규칙 제4조, 제25조, 제35조–제48조, 제55조. Checked 2026-11-23. Bars by earlier wins (제54조, 제56조,
제58조) are judged apart, for general and special supply alike.
"""

from __future__ import annotations

from domain.words import SupplyKind
from law.rules import Case, Rule, rule
from law.subscription.household import adult, minor_children_with_unborn
from law.subscription.residence import local, may_apply_here
from law.subscription.restrictions import special_once
from law.subscription.special.common import newborn_child, special_price_open
from law.subscription.special.elderly_parents import special_elderly_parents
from law.subscription.special.families import newlywed_first_order
from law.subscription.special.first_home import special_first_home
from law.subscription.special.multi_child import special_multi_child
from law.subscription.special.newborn import special_newborn
from law.subscription.special.newlywed import special_newlywed
from law.subscription.special.newlywed_town import special_newlywed_town
from law.subscription.special.recommended import special_recommended
from law.subscription.special.tiers import special_tier
from law.subscription.special.youth import special_youth
from law.vocabulary import Stated, supply_kind, units

ARTICLE = "주택공급에 관한 규칙 제35조–제48조"
KINDS: dict[SupplyKind, Rule[bool]] = {
    SupplyKind.NEWLYWED: special_newlywed,
    SupplyKind.FIRST_HOME: special_first_home,
    SupplyKind.MULTI_CHILD: special_multi_child,
    SupplyKind.ELDERLY_PARENTS: special_elderly_parents,
    SupplyKind.NEWBORN: special_newborn,
    SupplyKind.YOUTH: special_youth,
    SupplyKind.RECOMMENDED: special_recommended,
    SupplyKind.NEWLYWED_TOWN: special_newlywed_town,
}


class SpecialStanding(Stated):
    """Standing in a special supply: first part, local priority, first order among newlyweds, children that count."""

    tier: int | None
    local: bool
    newborn: bool
    children: int
    first_order: bool


@rule(
    "special_supply", supply_kind, units, adult, may_apply_here, special_once, special_price_open, *KINDS.values(),
    ko="특별공급 신청 자격", en="May apply in this special supply", article=ARTICLE,
)  # fmt: skip
def special_supply(case: Case) -> bool:
    kind = case[supply_kind]
    if kind not in KINDS:
        case.test("special_supply.kind", ARTICLE, lambda: False, ko="특별공급인지", en="A special supply")
        return case.verdict()
    if case.knows(units):
        case.test(
            "supply.units", case.row("notice_content"), lambda: case[units].get(kind, 0) > 0,
            ko="이 공급유형의 물량이 공고에 있는지", en="The notice offers homes of this kind",
        )  # fmt: skip
    for asked in (adult, may_apply_here, special_once, special_price_open, KINDS[kind]):
        case.require(asked)
    return case.verdict()


@rule(
    "special_standing", special_tier, local, newborn_child, minor_children_with_unborn, newlywed_first_order,
    supply_kind, ko="특별공급 순위", en="Standing in the special supply", article=ARTICLE,
)  # fmt: skip
def special_standing(case: Case) -> SpecialStanding:
    standing = SpecialStanding(
        tier=case[special_tier], local=case[local], newborn=case[newborn_child],
        children=case[minor_children_with_unborn],
        first_order=case[supply_kind] is SupplyKind.NEWLYWED and case[newlywed_first_order],
    )  # fmt: skip
    case.state(ARTICLE, standing.tier, code="special_standing.tier", ko="공급 단계 {value}", en="Part {value}")
    return standing
