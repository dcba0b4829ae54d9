"""Where the property of a sale stands, and whether that is a regulated area or a permit zone on the day that decides.

주택법 제63조①, 제63조의2①1, 지방세법 제13조의2④, 수도권정비계획법 제2조 1호, 부동산 거래신고 등에 관한 법률 제10조.
Checked 2026-11-23. The designations are the same event log as for notices (``regulated_areas``); permit zones have
their own, of whole cities only. What an official map says may be *given* and wins.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from law import value_words
from law.designations import applies, states
from law.rules import Case, Lacking, Trigger, rule
from law.sale.facts import building_kind, property_kind, property_region, proven_contract_on
from law.subscription.areas import in_designated_part
from law.vocabulary import public_land

ADJUSTED = "주택법 제63조의2제1항제1호, 지방세법 제13조의2제4항"
PLACE = (property_region, in_designated_part, public_land)


@rule(
    "home_capital", property_region, ko="수도권 소재", en="In the capital region (Seoul, Incheon, Gyeonggi)",
    article="수도권정비계획법 제2조제1호", trigger=Trigger.ACQUISITION,
)  # fmt: skip
def home_capital(case: Case) -> bool:
    row = case.row("regions")
    case.test(
        "home_capital.province", row, lambda: case[property_region][:2] in row.value["capital"],
        ko="서울·인천·경기에 있는지", en="It stands in Seoul, Incheon or Gyeonggi",
    )  # fmt: skip
    return case.verdict()


@rule(
    "home_overheated", *PLACE, ko="투기과열지구 소재", en="In an overheated speculation area on that day",
    article="주택법 제63조제1항", trigger=Trigger.CONTRACT,
)  # fmt: skip
def home_overheated(case: Case) -> bool:
    case.test(
        "home_overheated.designated", case.row("regulated_areas"),
        lambda: _designated(case, "overheated", case.as_of, "home_overheated"),
        ko="기준일 현재 투기과열지구인지", en="Designated as 투기과열지구 on that day",
    )  # fmt: skip
    return case.verdict()


@rule(
    "home_in_adjusted_area", *PLACE, ko="조정대상지역 소재", en="In an adjusted area (조정대상지역) on that day",
    article="주택법 제63조의2제1항제1호", trigger=Trigger.CONTRACT,
)  # fmt: skip
def home_in_adjusted_area(case: Case) -> bool:
    case.test(
        "home_in_adjusted_area.designated", case.row("regulated_areas"),
        lambda: _designated(case, "adjusted", case.as_of, "home_in_adjusted_area"),
        ko="기준일 현재 조정대상지역인지", en="Designated as 조정대상지역 on that day",
    )  # fmt: skip
    return case.verdict()


@rule(
    "home_adjusted", home_in_adjusted_area, proven_contract_on, *PLACE,
    ko="취득세에서 조정대상지역으로 보는지", en="Taxed as a home in an adjusted area", article=ADJUSTED,
    trigger=Trigger.ACQUISITION,
)  # fmt: skip
def home_adjusted(case: Case) -> bool:
    """A contract made before the designation, its deposit proven, counts as an acquisition before it (제13조의2④)."""

    def taxed_so() -> bool:
        contracted = case[proven_contract_on]
        if not case[home_in_adjusted_area]:
            return False
        return contracted is None or _designated(case, "adjusted", contracted, "home_adjusted")

    case.test(
        "home_adjusted.on_day", case.row("regulated_areas"), taxed_so,
        ko="취득일 현재 조정대상지역이고, 계약금이 증빙되는 계약이 지정 전이 아닌지",
        en="Adjusted area on the day of acquisition, and no proven contract from before the designation",
    )  # fmt: skip
    return case.verdict()


@rule(
    "permit_zone", property_region, property_kind, building_kind, ko="토지거래허가구역의 허가 대상",
    en="Inside the scope of a permit zone", article="부동산 거래신고 등에 관한 법률 제10조, 제11조제1항",
    trigger=Trigger.CONTRACT,
)  # fmt: skip
def permit_zone(case: Case) -> bool:
    """Only a yes can be told from the region: zones also hold for single estates and lots, which no list here has."""

    def inside() -> bool:
        event = permit_event(case, case[property_region])
        flat = case[property_kind] == "home" and case[building_kind] == "apartment"
        if event is None or event["state"] != "flats" or not flat:
            unsure = ("law:permit_zones",) if event and event["state"] == "unsure" else ()
            raise Lacking(
                *unsure, "permit_zone", ko="이 필지가 토지거래허가구역인지 토지이용계획으로 확인해 주십시오.",
                en="Look up in the land-use plan whether this lot lies in a permit zone.",
            )  # fmt: skip
        return True

    case.test(
        "permit_zone.designated", case.row("permit_zones"), inside,
        ko="기준일 현재 지역 전체의 아파트가 토지거래허가구역인지", en="All flats there lie in a permit zone",
    )  # fmt: skip
    return case.verdict()


def permit_event(case: Case, region: str) -> Mapping[str, Any] | None:
    """The designation of the region's flats that holds on the day, if one is known."""
    found = None
    for event in case.row("permit_zones").value["events"]:
        if event["day"] <= case.as_of and any(region.startswith(area) for area in event["areas"]):
            found = event
    return found


def _designated(case: Case, kind: str, day: date, given_as: str) -> bool:
    found = states(case.row("regulated_areas").value["events"], kind, case[property_region], day)
    if found == {"unsure"}:
        raise Lacking(
            "law:regulated_areas", given_as,
            ko=f"{value_words.AREAS[kind]} 지정일을 확인하지 못했습니다. 고시를 확인해 지정 여부를 넣어 주십시오.",
            en=f"The day of the designation ({kind}) is not known. State {given_as} from the official notice.",
        )  # fmt: skip
    return applies(found, lambda: case[in_designated_part], lambda: case[public_land])
