"""How much a relief takes off acquisition tax: a fixed sum or a percentage, one relief only.

지방세특례제한법 제36조의3①②, 제36조의4①, 제36조의5①, 제33조②, 제33조의3④⑤, 제75조의5④⑤, 제177조의2①, 제180조 (of
several only the largest: state that one). Checked 2026-11-23. Reliefs are claimed; none holds by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from law.calendar import add_months
from law.rules import Case, Rule, Trigger, rule
from law.sale.acquired import acquisition_base
from law.sale.facts import (
    decline_area,
    ordinance_percent,
    other_relief_full,
    other_relief_percent,
    relief_claimed,
    relief_of_co_buyers,
)
from law.sale.rates import WHOLE, base_rate_bp, tax_before_relief
from law.sale.reliefs_who import (
    child_home_relief,
    decline_area_relief,
    first_home_relief,
    first_home_small,
    fraud_victim_relief,
    small_home_relief,
    unsold_regional_relief,
)

ARTICLE = "지방세특례제한법"
PERCENT = 100
WHO: Mapping[str, Rule[bool]] = {
    "first_home": first_home_relief, "child_home": child_home_relief, "unsold_regional": unsold_regional_relief,
    "decline_area": decline_area_relief, "small_home": small_home_relief, "fraud_victim": fraud_victim_relief,
}  # fmt: skip
FAMILY = {name: f"relief_{name}" for name in WHO}


@rule(
    "first_home_most", first_home_small, decline_area, ko="생애최초 감면 한도",
    en="Most that first-home relief takes off", article="지방세특례제한법 제36조의3제1항·제2항",
    trigger=Trigger.ACQUISITION, unit="won",
)  # fmt: skip
def first_home_most(case: Case) -> int:
    """For all buyers of the home together (제2항)."""
    row = case.row("relief_first_home")
    table = row.value
    most: int = table.get("most", 0)
    if most and case[decline_area]:
        most = max(most, table["decline_most"])
    if most and most < table["small_most"] and case[first_home_small]:
        most = table["small_most"]
    return case.state(
        row, most, ko="감면 한도 {value}원 (공동취득자 합계)", en="At most {value} won, all buyers together"
    )


@rule(
    "relief_percent", relief_claimed, *WHO.values(), ordinance_percent, other_relief_percent, other_relief_full,
    tax_before_relief, ko="감면율", en="Relief as a percentage (0: a fixed sum, or none)",
    article="지방세특례제한법 제33조, 제33조의3, 제75조의5, 제177조의2", trigger=Trigger.ACQUISITION, unit="percent",
)  # fmt: skip
def relief_percent(case: Case) -> int:
    claimed = case[relief_claimed]
    if claimed == "other":
        row = case.row("least_tax")
        percent: int = case[other_relief_percent]
        if percent == PERCENT and not case[other_relief_full] and case[tax_before_relief] > row.value["tax_above"]:
            percent = row.value["percent"]
        return case.state(row, percent, ko="감면율 {value}%", en="Relief of {value} %")
    if claimed is None or "percent" not in case.row(FAMILY[claimed]).value or not case[WHO[claimed]]:
        return case.state(ARTICLE, 0, ko="정률 감면 없음", en="No relief by percentage")
    row = case.row(FAMILY[claimed])
    added = case[ordinance_percent] if "ordinance_most" in row.value else 0
    in_all: int = row.value["percent"] + min(added, row.value.get("ordinance_most", 0))
    return case.state(row, in_all, ko="감면율 {value}%", en="Relief of {value} %")


@rule(
    "relief_amount", relief_claimed, *WHO.values(), first_home_most, relief_percent, relief_of_co_buyers,
    ordinance_percent, tax_before_relief, acquisition_base, base_rate_bp,
    ko="감면되는 취득세", en="Acquisition tax taken off", article=ARTICLE, trigger=Trigger.ACQUISITION, unit="won",
)  # fmt: skip
def relief_amount(case: Case) -> int:
    claimed = case[relief_claimed]
    if claimed is None:
        return case.state(ARTICLE, 0, ko="신청한 감면이 없습니다.", en="No relief is claimed")
    if claimed != "other" and not case[WHO[claimed]]:
        return case.state(
            WHO[claimed].article, 0, ko="신청한 감면의 요건이 맞지 않습니다.", en="The relief does not apply"
        )
    tax = case[tax_before_relief]
    percent = case[relief_percent]
    if percent:
        amount = tax * percent // PERCENT
        amount = min(amount, _most_of_percent(case, claimed))
    else:
        amount = min(_fixed(case, claimed), tax)
    article = "지방세특례제한법 제177조의2" if claimed == "other" else WHO[claimed].article
    return case.state(article, amount, ko="감면 취득세 {value}원", en="Relief of {value} won")


@rule(
    "relief_kept_until", relief_claimed, ko="감면 추징을 피하려면 보유·거주해야 하는 마지막 날",
    en="Until when the home must be kept (or lived in) lest the relief be collected back",
    article="지방세특례제한법 제33조제3항, 제36조의3제4항, 제36조의5제2항, 제75조의5제6항", trigger=Trigger.ACQUISITION,
)  # fmt: skip
def relief_kept_until(case: Case) -> date | None:
    """Counted from the purchase; for a home bought with a tenant of at most a year, from the lease's end."""
    row = case.row("relief_duty")
    years = row.value.get(case[relief_claimed])
    until = None if years is None else add_months(case.as_of, years * 12)
    return case.state(row, until, ko="추징 기간의 마지막 날: {value}", en="Last day of the time: {value}")


def _fixed(case: Case, claimed: str) -> int:
    """A fixed sum, of the tax at the standard rate (산출세액)."""
    standard = case[acquisition_base] * case[base_rate_bp] // WHOLE
    if claimed == "first_home":
        return max(0, min(standard, case[first_home_most] - case[relief_of_co_buyers]))
    if claimed == "other":
        return 0
    most: int = case.row(FAMILY[claimed]).value.get("most", 0)
    return min(standard, most)


def _most_of_percent(case: Case, claimed: str) -> int:
    table: Mapping[str, Any] = {} if claimed == "other" else case.row(FAMILY[claimed]).value
    with_ordinance = "most_with_ordinance" in table and case[ordinance_percent] > 0
    most: int | None = table.get("most_with_ordinance" if with_ordinance else "most")
    return case[tax_before_relief] if most is None else most
