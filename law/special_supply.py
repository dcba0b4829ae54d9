"""Special supply (특별공급) for newlyweds and for buyers of a first home.

주택공급에 관한 규칙 제41조, 제43조, 제48조. Checked 2026-11-23. A public developer's own quotas and tiers
(공공주택 특별법 시행규칙 별표 6) are not here: for public homes the text of the Rules is applied. Income above the
limit opens the last tier only with a property test, for which no register is connected yet: *cannot tell*.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from domain.decisions import Decision
from domain.words import Outcome, SupplyKind
from law.account import account_tests
from law.calendar import add_months
from law.eligibility import common_tests, first_rank
from law.household import minor_children, missing_items
from law.income import HouseholdIncome, household_income
from law.ownership import homeless_test
from law.parameters import Row
from law.reasons import Judgement
from law.residence import local_priority
from law.restrictions import special_once_test
from law.wish import Wish


def special(wish: Wish, kind: SupplyKind) -> Decision:
    """Eligibility for one special supply. ``value``: tier (0 first), local, newborn, children, first_order."""
    return newlywed(wish) if kind is SupplyKind.NEWLYWED else first_home(wish)


def newlywed(wish: Wish) -> Decision:
    """신혼부부 (제41조): married not longer than the limit (the anniversary itself counts), no home, income."""
    row = wish.rulebook.row("newlywed", wish.day)
    judgement = _begin(wish, SupplyKind.NEWLYWED, row)
    _marriage_test(judgement, wish, row)
    homeless_test(judgement, wish.applicant, wish.day)
    asked = wish.rulebook.row("special_account", wish.day)
    account_tests(judgement, wish, asked, asked.value)
    income = household_income(wish)
    earners = "dual" if income.dual else "single"
    limits = row.value["first_income_pct"][earners], row.value["income_pct"][earners]
    return _finish(judgement, wish, row, income, limits)


def first_home(wish: Wish) -> Decision:
    """생애최초 (제43조): first rank, nobody of the household ever owned a home, family, income tax, income."""
    row = wish.rulebook.row("first_home", wish.day)
    judgement = _begin(wish, SupplyKind.FIRST_HOME, row)
    judgement.include(first_rank(wish))
    homeless_test(judgement, wish.applicant, wish.day)
    _never_owned_test(judgement, wish, row)
    _family_test(judgement, wish, row)
    _tax_tests(judgement, wish, row)
    if wish.public:
        _savings_test(judgement, wish, row)
    kind = str(wish.notice.housing_kind)
    limits = row.value["first_income_pct"][kind], row.value["income_pct"][kind]
    # 제2항·제4항: one who is neither married nor a parent takes part in the last tier only.
    alone = not _has_family(wish)
    return _finish(judgement, wish, row, household_income(wish), limits, last_only=alone)


def tiers_after(first: int, tiers: Sequence[Mapping[str, Any]]) -> tuple[int, ...]:
    """All tiers in which somebody whose first tier is ``first`` takes part (losers roll on, 제41조제3항).

    One who meets only the higher income limit is passed over where a tier asks the lower one, and only parents of
    a newborn take part in newborn tiers.
    """
    own = tiers[first]
    order = ("first", "second", "lottery")
    reach = order.index(own["income"])
    return tuple(
        number
        for number, tier in enumerate(tiers)
        if number >= first and order.index(tier["income"]) >= reach and (own["newborn"] or not tier["newborn"])
    )


def _begin(wish: Wish, kind: SupplyKind, row: Row) -> Judgement:
    judgement = Judgement(str(kind), wish.day, wish.rulebook)
    common_tests(judgement, wish, kind)
    special_once_test(judgement, wish)
    if not wish.public:
        limit = row.value["area_max_private"]
        judgement.test(
            "supply.area", row, Decimal(wish.house_type.exclusive_area) <= Decimal(limit),
            ko=f"민영주택 특별공급은 {limit}㎡ 이하", en=f"Private special supply: at most {limit} m²",
            facts={"exclusive_area": wish.house_type.exclusive_area},
        )  # fmt: skip
    return judgement


def _finish(
    judgement: Judgement,
    wish: Wish,
    row: Row,
    income: HouseholdIncome,
    limits: tuple[int, int],
    *,
    last_only: bool = False,
) -> Decision:
    _income_test(judgement, row, income, limits[1])
    children = minor_children(wish.applicant, wish.day, wish.rulebook)
    newborn = has_newborn(wish)
    # A child of either spouse's earlier life does not make the first order; the registers do not tell them apart yet.
    value = {
        "tier": len(row.value["tiers"]) - 1 if last_only else _first_tier(row, income, limits, newborn),
        "local": local_priority(wish.applicant, wish.notice, wish.rulebook),
        "newborn": newborn,
        "children": len(children),
        "first_order": bool(children),
    }
    return judgement.decision(value if judgement.outcome is Outcome.YES else None)


def _first_tier(row: Row, income: HouseholdIncome, limits: tuple[int, int], newborn: bool) -> int | None:
    reach = "first" if income.within(limits[0]) else "second" if income.within(limits[1]) else "lottery"
    order = ("first", "second", "lottery")
    for number, tier in enumerate(row.value["tiers"]):
        if (newborn or not tier["newborn"]) and order.index(tier["income"]) >= order.index(reach):
            return number
    return None


def has_newborn(wish: Wish) -> bool:
    """A child up to and including the birthday of the limit (제41조제1항제1호마목)."""
    row = wish.rulebook.find("newborn_age", wish.day)
    if row is None:
        return False
    children = minor_children(wish.applicant, wish.day, wish.rulebook)
    return any(wish.day <= add_months(child.birth_date, 12 * row.value) for child in children)


def _marriage_test(judgement: Judgement, wish: Wish, row: Row) -> None:
    marriage, limit = wish.applicant.marriage, row.value["marriage_years"]
    since = marriage.registered_on if marriage and marriage.married else None
    passed: bool | None = None
    if marriage is not None and not marriage.married:
        passed = False
    elif since is not None:
        passed = since <= wish.day <= add_months(since, 12 * limit)
    judgement.test(
        "marriage.length", row, passed,
        ko=f"공고일 현재 혼인신고일부터 {limit}년 이내", en=f"Married for at most {limit} years on the notice date",
        facts={"registered_on": since.isoformat() if since else None}, missing=("marriage",),
    )  # fmt: skip


def _never_owned_test(judgement: Judgement, wish: Wish, row: Row) -> None:
    missing = missing_items(wish.applicant, "home_ownership")
    ever = any(person.home_ownership and person.home_ownership.homes for _, person in wish.applicant.persons)
    judgement.test(
        "household.never_owned", row, False if ever else None if missing else True,
        ko="세대에 속한 모두가 과거에도 주택을 소유한 사실이 없는지",
        en="Nobody of the household has ever owned a home", missing=missing,
    )  # fmt: skip


def _family_test(judgement: Judgement, wish: Wish, row: Row) -> None:
    """제1항제2호: married or with a child; one without either is limited in area and to the last tier."""
    applicant = wish.applicant
    family = _has_family(wish)
    limit = row.value["single_area_max"]
    small = Decimal(wish.house_type.exclusive_area) <= Decimal(limit)
    unknown = not family and (applicant.married is None or applicant.household is None)
    judgement.test(
        "household.family", row, None if unknown and not small else family or small,
        ko=f"혼인 중이거나 자녀가 있는지 (아니면 {limit}㎡ 이하만)",
        en=f"Married or with a child (otherwise up to {limit} m² only)", missing=("marriage", "household"),
    )  # fmt: skip


def _has_family(wish: Wish) -> bool:
    return bool(wish.applicant.married) or any(member.relation == "child" for member in wish.applicant.members)


def _tax_tests(judgement: Judgement, wish: Wish, row: Row) -> None:
    income, years = wish.applicant.income, row.value["tax_years"]
    paid = income.tax_years if income else None
    judgement.test(
        "person.working", row, income.working if income else None,
        ko="근로자 또는 자영업자인지", en="Employed or self-employed", missing=("income.working",),
    )  # fmt: skip
    judgement.test(
        "person.tax_years", row, None if paid is None else paid >= years,
        ko=f"소득세 {years}년 이상 납부", en=f"Income tax for at least {years} years",
        facts={"tax_years": paid}, missing=("income.tax_years",),
    )  # fmt: skip


def _savings_test(judgement: Judgement, wish: Wish, row: Row) -> None:
    account, needed = wish.applicant.subscription_account, row.value["savings_public"]
    saved = account.amount_recognised if account else None
    judgement.test(
        "account.savings", row, None if saved is None else saved >= needed,
        ko=f"저축액 {needed:,}원 이상", en=f"Savings of at least {needed:,} won",
        facts={"amount": saved}, missing=("subscription_account",),
    )  # fmt: skip


def _income_test(judgement: Judgement, row: Row, income: HouseholdIncome, limit: int) -> None:
    within = income.within(limit)
    # Above the limit the rule still allows the last tier under a property ceiling; no register answers that yet.
    missing = income.missing if within is None else ("property_value",)
    judgement.test(
        "household.income", row, True if within else None,
        ko=f"세대 월평균소득이 기준의 {limit}% 이하인지 (초과하면 부동산가액 기준 확인 필요)",
        en=f"Household income at most {limit} % of the standard (above it: property ceiling)",
        facts={"monthly": income.monthly, "standard": income.standard}, missing=missing,
    )  # fmt: skip
