"""Whether the buyer owes a funding plan (자금조달계획서), with evidence, and with which.

부동산 거래신고 등에 관한 법률 시행령 제3조①과 별표 1 (second-hand), 시행규칙 제2조⑥–⑨. Checked 2026-11-23. An area is
asked for only where the price or the kind of buyer does not decide already.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Literal

from law.parameters import Row
from law.rules import Case, Fact, Lacking, Term, Trigger, rule
from law.sale.area import home_in_adjusted_area, home_overheated, permit_zone
from law.sale.facts import acquired_share, corporate_buyer, property_region, sale_price
from law.vocabulary import Stated

ARTICLE = "부동산 거래신고 등에 관한 법률 시행령 별표 1, 시행규칙 제2조"
Item = Literal[
    "deposits", "securities", "gift_or_inheritance", "cash", "property_sold", "loan", "lease_deposit", "other_loan",
]  # fmt: skip

fund_items = Fact[tuple[Item, ...]](
    "fund_items", "자금조달계획서에 적은 항목", "items written in the fund plan", kind=tuple[Item, ...]
)


class Evidence(Stated):
    """Which document proves an item of the plan."""

    item: Item
    documents: tuple[str, ...]


@rule(
    "fund_plan", sale_price, corporate_buyer, permit_zone, home_overheated, home_in_adjusted_area,
    ko="주택취득자금 조달 및 입주계획서", en="The buyer of a home owes a fund plan", article=ARTICLE,
    trigger=Trigger.CONTRACT,
)  # fmt: skip
def fund_plan(case: Case) -> bool:
    row = case.row("fund_plan")
    case.test(
        "fund_plan.owed", row, lambda: _owed(case, row.value),
        ko="법인이거나, 거래가격·규제지역·토지거래허가구역에 해당하는지",
        en="A corporation, or the price, a regulated area or a permit zone asks for it",
    )  # fmt: skip
    return case.verdict()


@rule(
    "fund_plan_evidence", fund_plan, sale_price, permit_zone, home_overheated,
    ko="자금조달계획서 증빙자료", en="The fund plan needs evidence", article=ARTICLE, trigger=Trigger.CONTRACT,
)  # fmt: skip
def fund_plan_evidence(case: Case) -> bool:
    row = case.row("fund_plan")
    if case.require(fund_plan) == "yes":
        case.test(
            "fund_plan.evidence", row, lambda: _evidence(case, row.value),
            ko="투기과열지구 또는 토지거래허가구역의 주택인지", en="In an overheated area or a permit zone",
        )  # fmt: skip
    return case.verdict()


@rule(
    "fund_plan_documents", fund_items, ko="항목별 증빙자료", en="Evidence for each item of the plan",
    article="부동산 거래신고 등에 관한 법률 시행규칙 제2조제7항", trigger=Trigger.CONTRACT,
)  # fmt: skip
def fund_plan_documents(case: Case) -> tuple[Evidence, ...]:
    """One of the documents for each item; a statement of the reason where none exists yet."""
    row = case.row("fund_plan_documents")
    found = tuple(Evidence(item=item, documents=tuple(row.value[item])) for item in case[fund_items])
    return case.state(row, found, ko="증빙 항목 {value}개", en="Items {value}")


@rule(
    "land_fund_plan", sale_price, acquired_share, property_region, ko="토지취득자금 조달 및 이용계획서",
    en="The buyer of land owes a plan of funds and use", article=ARTICLE, trigger=Trigger.CONTRACT,
)  # fmt: skip
def land_fund_plan(case: Case) -> bool:
    row = case.row("land_fund_plan")
    case.test(
        "land_fund_plan.owed", row, lambda: _land(case, row),
        ko="토지 가격이 지역별 기준 이상이거나 수도권등의 지분 매수인지",
        en="The price reaches the area's limit, or a share in the capital region or a metropolis is bought",
    )  # fmt: skip
    return case.verdict()


def _owed(case: Case, table: Any) -> bool:
    price = case[sale_price]
    if table["corporation"] and case[corporate_buyer]:
        return True
    if table["elsewhere_from"] is not None and price >= table["elsewhere_from"]:
        return True
    # Any one place is enough: the ones that can be told first.
    places: list[Term[bool]] = []
    if table["permit_zone"]:
        places.append(permit_zone)
    if table["overheated_from"] is not None and price >= table["overheated_from"]:
        places.append(home_overheated)
    if table["adjusted_from"] is not None and price >= table["adjusted_from"]:
        places.append(home_in_adjusted_area)
    return _any(case, places)


def _evidence(case: Case, table: Any) -> bool:
    if table["evidence_above"] is None or case[sale_price] <= table["evidence_above"]:
        return False
    by_name: dict[str, Term[bool]] = {"overheated": home_overheated, "permit_zone": permit_zone}
    return _any(case, [by_name[name] for name in table["evidence"]])


def _any(case: Case, places: list[Term[bool]]) -> bool:
    """One yes is a yes, even where another place is not known."""
    known = [place for place in places if case.knows(place)]
    if any(case[place] for place in known):
        return True
    return any(case[place] for place in places)


def _land(case: Case, row: Row) -> bool:
    table = row.value
    if table is None or table["elsewhere_from"] is None:
        return False
    if case[sale_price] >= table["elsewhere_from"]:
        return True
    province = case[property_region][:2]
    if province in table["unsure"]:
        raise Lacking(
            "law:land_fund_plan",
            ko="그 지역을 광역시로 보는지 확인하지 못했습니다.",
            en="Whether it counts as a metropolitan city is not known.",
        )
    if province not in table["near"]:
        return False
    return Fraction(case[acquired_share]) != 1 or case[sale_price] >= table["near_from"]
