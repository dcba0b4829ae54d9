"""The parts of each special supply (우선공급, 일반공급, 추첨공급) and those in which an applicant takes part.

주택공급에 관한 규칙 제35조의3, 제40조②, 제41조③⑥, 제43조②④, 제46조③; 공공주택 특별법 시행규칙 별표 6·6의3·6의6
(annexes, transcribed). Checked 2026-11-23. Public developers follow the annexes, all others the Rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from domain.words import HousingKind, SupplyKind
from law.parameters import Row
from law.rules import Advice, Case, Fact, rule
from law.subscription.ownership import never_owned
from law.subscription.special.assets import birth_allowance, lottery_property
from law.subscription.special.common import By, SpecialTier, dated_row, newborn_child, state_supplier, tier_units
from law.subscription.special.families import has_family, town_recent
from law.subscription.special.income import (
    Test,
    dual_income,
    dual_income_reading,
    higher_earner_percent,
    higher_earner_percent_first_home,
    income_percent,
    income_percent_elderly,
    income_percent_first_home,
    within,
)
from law.vocabulary import (
    Count,
    approval_applied_on,
    exclusive_area,
    housing_kind,
    price,
    supplier_public,
    supply_kind,
    tax_years,
)

ARTICLE = "주택공급에 관한 규칙 제41조제3항·제6항, 제43조제2항·제4항"

kind_units = Fact[int](
    "kind_units", "해당 특별공급 세대수", "homes of this special supply", Advice.ACT, "homes", kind=Count
)
TIER_TERMS = (
    housing_kind, supplier_public, state_supplier, approval_applied_on, price, exclusive_area, never_owned,
)  # fmt: skip
INCOME_TERMS = (
    income_percent, income_percent_first_home, income_percent_elderly, higher_earner_percent,
    higher_earner_percent_first_home, dual_income, dual_income_reading, birth_allowance, supplier_public,
)  # fmt: skip
OPEN_TERMS = (*TIER_TERMS, *INCOME_TERMS, newborn_child, has_family, town_recent, tax_years, lottery_property)


@rule(
    "special_tiers", supply_kind, *TIER_TERMS, ko="특별공급의 공급 단계", en="Parts of the special supply, in order",
    article=ARTICLE,
)  # fmt: skip
def special_tiers(case: Case) -> tuple[SpecialTier, ...]:
    """Numbers of parts are places in this list, from 0."""
    kind = case[supply_kind]
    found = tiers_of(case, kind)
    return case.state(tiers_row(case, kind), found, ko="공급 단계 {value}개", en="{value} parts")


@rule(
    "special_tiers_open", supply_kind, *OPEN_TERMS, ko="참여하는 공급 단계",
    en="Parts in which the applicant takes part, losers going on", article=ARTICLE,
)  # fmt: skip
def special_tiers_open(case: Case) -> tuple[int, ...]:
    kind = case[supply_kind]
    found = open_tiers(case, kind)
    return case.state(tiers_row(case, kind), found, ko="참여하는 단계 {value}개", en="Takes part in {value} parts")


@rule(
    "special_tier", special_tiers_open, ko="처음 참여하는 공급 단계", en="First part in which the applicant takes part",
    article=ARTICLE,
)  # fmt: skip
def special_tier(case: Case) -> int | None:
    """None: in no part, the income is above every limit."""
    found = case[special_tiers_open]
    case.test(
        "special_tier.any", ARTICLE, lambda: bool(found),
        ko="참여할 수 있는 단계가 있는지", en="There is a part to take part in",
    )  # fmt: skip
    return found[0] if found else None


@rule(
    "special_tier_units", supply_kind, kind_units, *TIER_TERMS, ko="단계별 세대수", en="Homes of each part",
    article=ARTICLE,
)  # fmt: skip
def special_tier_units(case: Case) -> tuple[int, ...]:
    """Each share rounded up (올림), never above what is left; the last part takes the rest."""
    kind = case[supply_kind]
    found = tier_units(case[kind_units], tiers_of(case, kind))
    listed = ", ".join(f"{one:,}" for one in found)
    return case.state(tiers_row(case, kind), found, ko=f"단계별 세대수: {listed}", en=f"Homes of each part: {listed}")


def tiers_row(case: Case, kind: SupplyKind) -> Row:
    """The row that holds the parts of this kind for this supplier."""
    if kind in (SupplyKind.NEWLYWED_TOWN, SupplyKind.YOUTH):
        return case.row(kind.value)
    if case[supplier_public]:
        return case.row("public_sale_tiers")
    if kind in (SupplyKind.NEWLYWED, SupplyKind.FIRST_HOME):
        return dated_row(case, kind.value)
    return case.row("special_account" if kind in (SupplyKind.RECOMMENDED, SupplyKind.GENERAL) else kind.value)


def tiers_of(case: Case, kind: SupplyKind) -> tuple[SpecialTier, ...]:
    """The parts in order; () where this supply does not exist for this supplier on this day."""
    row = tiers_row(case, kind)
    if kind in (SupplyKind.RECOMMENDED, SupplyKind.GENERAL):
        return ()
    if kind in (SupplyKind.NEWLYWED_TOWN, SupplyKind.YOUTH):
        return tuple(SpecialTier(**tier) for tier in row.value.get("tiers", ()))
    if case[supplier_public]:
        return tuple(SpecialTier(**tier) for tier in row.value.get(kind.value, ()))
    return _of_rules(case, kind, row)


def _of_rules(case: Case, kind: SupplyKind, row: Row) -> tuple[SpecialTier, ...]:
    if kind is SupplyKind.NEWLYWED:
        return _newlywed(case, row)
    if kind is SupplyKind.FIRST_HOME:
        return _first_home(case, row)
    if kind is SupplyKind.NEWBORN:
        limits = {"first": row.value.get("first_income_pct"), "second": row.value.get("income_pct"), "lottery": None}
        return _by_rules(row.value.get("tiers", ()), limits, limits, "lot")
    return (_whole(case, kind, row),)


def open_tiers(case: Case, kind: SupplyKind) -> tuple[int, ...]:
    """The parts whose own conditions the applicant meets; the part without an income limit asks for the property test
    only above the last limit."""
    tiers = tiers_of(case, kind)
    if kind is SupplyKind.FIRST_HOME and not case[has_family]:
        # 제43조②5·④5: neither married nor a parent, so the last part only (public sale does not know it at all).
        return (len(tiers) - 1,) if tiers and _takes_part(case, kind, tiers, len(tiers) - 1) else ()
    return tuple(number for number in range(len(tiers)) if _takes_part(case, kind, tiers, number))


def income_test(case: Case, kind: SupplyKind) -> Test:
    """Which of the percentages this supply looks at; only newlyweds and newborns look at one earner alone."""
    plus = case[birth_allowance] if case[supplier_public] else 0
    if kind is SupplyKind.FIRST_HOME:
        return Test(income_percent_first_home, None, plus)
    if kind is SupplyKind.ELDERLY_PARENTS and not case[supplier_public]:
        return Test(income_percent_elderly, None, plus)
    one_alone = kind in (SupplyKind.NEWLYWED, SupplyKind.NEWBORN)
    return Test(income_percent, higher_earner_percent if one_alone else None, plus)


def _takes_part(case: Case, kind: SupplyKind, tiers: tuple[SpecialTier, ...], number: int) -> bool:
    tier = tiers[number]
    if tier.newborn and not case[newborn_child]:
        return False
    if tier.recent and not case[town_recent]:
        return False
    if tier.tax_years and case[tax_years] < tier.tax_years:
        return False
    limits = [(one.single, one.dual) for one in tiers if one.single is not None and one.dual is not None]
    if not limits:
        return True
    test = income_test(case, kind)
    if tier.single is not None and tier.dual is not None:
        return within(case, test, tier.single, tier.dual)
    single, dual = max(limits)
    return within(case, test, single, dual) or case[lottery_property]


def _whole(case: Case, kind: SupplyKind, row: Row) -> SpecialTier:
    """One part for all; suppliers of 제18조 ask for income in small homes (제40조②, 제46조③)."""
    public = case[housing_kind] is HousingKind.PUBLIC
    by: By = "score"
    if kind is SupplyKind.ELDERLY_PARENTS:
        by = "savings" if public else "points"
    if case[state_supplier] and Decimal(case[exclusive_area]) <= Decimal(row.value["public_area_max"]):
        limit = row.value["public_income_pct"]
        return SpecialTier(pct=100, by=by, single=limit, dual=limit)
    return SpecialTier(pct=100, by=by)


def _newlywed(case: Case, row: Row) -> tuple[SpecialTier, ...]:
    value = row.value
    first, second, extra = value["first_income_pct"], value["income_pct"], value["first_time_income"]
    # 부칙 제760호: a first purchase in a band of prices had a higher limit.
    if extra and extra["price_from"] <= case[price] <= extra["price_to"] and case[never_owned]:
        second = extra
    single = {"first": first["single"], "second": second["single"], "lottery": None}
    dual = {"first": first["dual"], "second": second["dual"], "lottery": None}
    return _by_rules(_parts(case, value), single, dual, "order")


def _first_home(case: Case, row: Row) -> tuple[SpecialTier, ...]:
    value, kind = row.value, case[housing_kind]
    if kind is HousingKind.PRIVATE and not value["private"]:
        return ()
    limits = {
        "first": value["first_income_pct"][kind.value], "second": value["income_pct"][kind.value], "lottery": None,
    }  # fmt: skip
    return _by_rules(_parts(case, value), limits, limits, "lot")


def _parts(case: Case, value: Mapping[str, Any]) -> Any:
    public = case[housing_kind] is HousingKind.PUBLIC
    return value.get("tiers_public", value["tiers"]) if public else value["tiers"]


def _by_rules(tiers: Any, single: Mapping[str, Any], dual: Mapping[str, Any], by: By) -> tuple[SpecialTier, ...]:
    return tuple(
        SpecialTier(
            pct=tier["pct"], newborn=tier["newborn"], single=single[tier["income"]], dual=dual[tier["income"]],
            by="lot" if tier["income"] == "lottery" else by,
        )
        for tier in tiers
    )  # fmt: skip
