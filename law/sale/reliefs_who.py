"""Who may claim a relief from acquisition tax on a home; each relief a rule of its own.

지방세특례제한법 제33조②, 제33조의3④, 제36조의3①–③, 제36조의4①, 제36조의5①, 제75조의5④; 시행령 제15조②③, 제17조의4,
제35조의6③④. Checked 2026-11-23. A relief is claimed by the taxpayer; what only a document shows is a fact.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from law.calendar import add_months
from law.parameters import Row
from law.rules import Case, Trigger, rule
from law.sale.acquired import whole_value
from law.sale.area import home_adjusted, home_capital
from law.sale.facts import (
    acquisition_cause,
    building_kind,
    buyer_adult,
    buyer_korean,
    buys_to_live,
    child_born_on,
    corporate_buyer,
    decline_area,
    first_home_buyer,
    no_home_or_one_elsewhere,
    only_home_after,
    property_kind,
)
from law.vocabulary import exclusive_area

MONTHS = 12


@rule(
    "first_home_relief", acquisition_cause, property_kind, corporate_buyer, first_home_buyer, buyer_adult,
    buyer_korean, buys_to_live, whole_value, ko="생애최초 취득세 감면 대상", en="First-home relief applies",
    article="지방세특례제한법 제36조의3", trigger=Trigger.ACQUISITION,
)  # fmt: skip
def first_home_relief(case: Case) -> bool:
    row = case.row("relief_first_home")
    if _in_force(case, row) and _home(case, row):
        _within_value(case, row, row.value["value_up_to"])
        case.test(
            "relief.first_home", row, lambda: case[first_home_buyer],
            ko="본인과 배우자가 주택을 소유한 사실이 없는지", en="Neither buyer nor spouse has ever owned a home",
        )  # fmt: skip
        case.test(
            "relief.person", row, lambda: case[buyer_adult] and case[buyer_korean],
            ko="성년인 대한민국 국민인지", en="A Korean national of age",
        )  # fmt: skip
        _to_live(case, row)
    return case.verdict()


@rule(
    "first_home_small", building_kind, exclusive_area, whole_value, home_capital,
    ko="생애최초 감면의 소형 주택 (아파트 제외)", en="Small home that is no apartment (higher first-home relief)",
    article="지방세특례제한법 제36조의3제1항제1호", trigger=Trigger.ACQUISITION,
)  # fmt: skip
def first_home_small(case: Case) -> bool:
    row = case.row("relief_first_home")
    small = row.value.get("small")
    case.test(
        "first_home_small.kind", row, lambda: small is not None and case[building_kind] in small["kinds"],
        ko="아파트가 아닌 공동주택·도시형 생활주택·다가구주택인지",
        en="Row house, multi-unit, urban-living or multi-family",
    )  # fmt: skip
    if small is not None:
        case.test(
            "first_home_small.area", row, lambda: Decimal(case[exclusive_area]) <= Decimal(small["area"]),
            ko="전용면적이 한도 이하인지", en="Exclusive area within the limit",
        )  # fmt: skip
        case.test(
            "first_home_small.value", row,
            lambda: case[whole_value] <= small["capital" if case[home_capital] else "elsewhere"],
            ko="취득당시가액이 한도 이하인지", en="Value within the limit",
        )  # fmt: skip
    return case.verdict()


@rule(
    "child_home_relief", acquisition_cause, property_kind, corporate_buyer, child_born_on, only_home_after,
    buys_to_live, whole_value, ko="출산·양육 주택 취득세 감면 대상", en="Relief for parents of a new child applies",
    article="지방세특례제한법 제36조의5", trigger=Trigger.ACQUISITION,
)  # fmt: skip
def child_home_relief(case: Case) -> bool:
    row = case.row("relief_child_home")
    if _in_force(case, row) and _home(case, row):
        table = row.value
        _within_value(case, row, table["value_up_to"])
        case.test(
            "relief.child_born", row, lambda: table["born_from"] <= case[child_born_on] <= table["born_until"],
            ko="감면 기간에 출산한 자녀인지", en="The child was born while the relief held",
        )  # fmt: skip
        case.test(
            "relief.child_window", row, lambda: _around_birth(case.as_of, case[child_born_on], table),
            ko="출산일부터 5년 이내(또는 출산 전 1년 이내)의 취득인지",
            en="Bought within five years after the birth, or one year before",
        )  # fmt: skip
        _only_home(case, row)
        _to_live(case, row)
    return case.verdict()


@rule(
    "unsold_regional_relief", acquisition_cause, property_kind, corporate_buyer, building_kind, exclusive_area,
    whole_value, home_capital, ko="지방 준공 후 미분양 아파트 감면 대상", en="Relief for unsold regional flats applies",
    article="지방세특례제한법 제33조의3제4항", trigger=Trigger.ACQUISITION,
)  # fmt: skip
def unsold_regional_relief(case: Case) -> bool:
    row = case.row("relief_unsold_regional")
    if _in_force(case, row) and _home(case, row):
        _within_value(case, row, row.value["value_up_to"])
        _within_area(case, row, row.value["area"])
        case.test(
            "relief.apartment", row, lambda: case[building_kind] == "apartment", ko="아파트인지", en="An apartment"
        )
        case.test(
            "relief.place", row, lambda: not case[home_capital], ko="수도권 밖인지", en="Outside the capital region"
        )
    return case.verdict()


@rule(
    "decline_area_relief", acquisition_cause, property_kind, corporate_buyer, decline_area, no_home_or_one_elsewhere,
    home_adjusted, home_capital, whole_value, ko="인구감소지역 주택 감면 대상",
    en="Relief for homes in areas of falling population applies", article="지방세특례제한법 제75조의5제4항",
    trigger=Trigger.ACQUISITION,
)  # fmt: skip
def decline_area_relief(case: Case) -> bool:
    row = case.row("relief_decline_area")
    if _in_force(case, row) and _home(case, row):
        table = row.value
        case.test("relief.decline", row, lambda: case[decline_area], ko="인구감소지역인지", en="In such an area")
        case.test(
            "relief.value", row,
            lambda: case[whole_value] <= table["value_up_to_capital" if case[home_capital] else "value_up_to"],
            ko="취득당시가액이 한도 이하인지", en="Value within the limit",
        )  # fmt: skip
        case.test(
            "relief.one_elsewhere", row, lambda: case[no_home_or_one_elsewhere],
            ko="무주택이거나 다른 시·군·구에 1주택만 있는지", en="No home, or one only in another city, county or ward",
        )  # fmt: skip
        case.test(
            "relief.not_adjusted", row, lambda: not case[home_adjusted],
            ko="조정대상지역이 아닌지", en="Not in an adjusted area",
        )  # fmt: skip
    return case.verdict()


@rule(
    "small_home_relief", acquisition_cause, property_kind, corporate_buyer, exclusive_area, whole_value,
    only_home_after, buys_to_live, ko="서민주택 취득세 면제 대상", en="Exemption of small cheap homes applies",
    article="지방세특례제한법 제33조제2항", trigger=Trigger.ACQUISITION,
)  # fmt: skip
def small_home_relief(case: Case) -> bool:
    row = case.row("relief_small_home")
    if _in_force(case, row) and _home(case, row):
        _within_area(case, row, row.value["area"])
        case.compare(
            "relief.value", row, whole_value, "<", row.value["value_below"],
            ko="취득가액 {value}원 ({limit}원 미만)", en="Value {value} won (below {limit})",
        )  # fmt: skip
        _only_home(case, row)
        _to_live(case, row)
    return case.verdict()


@rule(
    "fraud_victim_relief", property_kind, ko="전세사기피해주택 감면 대상",
    en="Relief for victims of lease fraud applies", article="지방세특례제한법 제36조의4제1항",
    trigger=Trigger.ACQUISITION,
)  # fmt: skip
def fraud_victim_relief(case: Case) -> bool:
    """The decision that names the victim and the home is the document; claiming it is the fact."""
    row = case.row("relief_fraud_victim")
    if _in_force(case, row):
        case.test("relief.home", row, lambda: case[property_kind] == "home", ko="주택인지", en="A home")
    return case.verdict()


def _in_force(case: Case, row: Row) -> bool:
    passed = case.test(
        "relief.in_force", row, lambda: row.value["in_force"],
        ko="취득일 현재 시행 중인 감면인지", en="The relief is in force on the day of acquisition",
    )  # fmt: skip
    return bool(passed)


def _home(case: Case, row: Row) -> bool:
    """A home, acquired by a person in a way that the relief covers; else nothing more is asked."""
    fits = case.test(
        "relief.home", row,
        lambda: case[property_kind] == "home" and case[acquisition_cause] in row.value["causes"],
        ko="감면 대상 원인으로 취득하는 주택인지", en="A home, acquired in a way that the relief covers",
    )  # fmt: skip
    person = case.test(
        "relief.natural_person", row, lambda: not case[corporate_buyer], ko="개인의 취득인지", en="Bought by a person"
    )
    return bool(fits and person)


def _within_value(case: Case, row: Row, limit: int) -> None:
    case.compare(
        "relief.value", row, whole_value, "<=", limit,
        ko="취득당시가액 {value}원 ({limit}원 이하)", en="Value {value} won (up to {limit})",
    )  # fmt: skip


def _within_area(case: Case, row: Row, limit: str) -> None:
    case.test(
        "relief.area", row, lambda: Decimal(case[exclusive_area]) <= Decimal(limit),
        ko=f"전용면적이 {limit}㎡ 이하인지", en=f"Exclusive area up to {limit} m²",
    )  # fmt: skip


def _only_home(case: Case, row: Row) -> None:
    case.test(
        "relief.only_home", row, lambda: case[only_home_after],
        ko="1가구 1주택이 되는지 (법정 기간 안 처분 포함)", en="The family's only home, in the time allowed",
    )  # fmt: skip


def _to_live(case: Case, row: Row) -> None:
    case.test("relief.to_live", row, lambda: case[buys_to_live], ko="거주할 목적의 취득인지", en="Bought to live in")


def _around_birth(acquired: date, born: date, table: Mapping[str, Any]) -> bool:
    """A purchase before the birth must itself fall into the time of the relief (부칙 제19862호 제5조제2항)."""
    last = add_months(born, table["years_after"] * MONTHS)
    first = add_months(born, -table["years_before"] * MONTHS)
    return bool(max(first, table["born_from"]) <= acquired <= last)
