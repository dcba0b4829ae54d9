"""What kind of area a home stands in on the notice date: capital region, metropolitan city, designated areas.

주택법 제63조①, 제63조의2①; 주택공급에 관한 규칙 제2조제2호, 제4조③, 제27조①, 제28조①. Checked 2026-11-23. The
designations are an event log by city, county and ward (``regulated_areas``). What the notice itself says is *given*
to the rule and wins. Where only part of a ward is designated, the notice must say on which side the home stands.
"""

from __future__ import annotations

from law import value_words
from law.designations import applies, states
from law.rules import Advice, Case, Fact, Lacking, rule
from law.subscription.approval import reached_by
from law.vocabulary import approval_applied_on, housing_kind, notice_region, public_land

ZONE_ARTICLE = "주택공급에 관한 규칙 제4조제3항"

in_designated_part = Fact[bool](
    "in_designated_part", "지정된 읍·면·동·지구 안의 주택인지", "home stands in the designated part of its ward",
    Advice.ACT, kind=bool,
)  # fmt: skip
in_overcrowded_part = Fact[bool](
    "in_overcrowded_part", "과밀억제권역에 속하는 읍·면·동의 주택인지",
    "home stands in that part of its city which belongs to the overcrowding-control zone", Advice.ACT, kind=bool,
)  # fmt: skip


@rule(
    "capital", notice_region, ko="수도권의 주택인지", en="Home in the capital region (Seoul, Incheon, Gyeonggi)",
    article=ZONE_ARTICLE,
)  # fmt: skip
def capital(case: Case) -> bool:
    row = case.row("regions")
    case.test(
        "capital.province", row, lambda: case[notice_region][:2] in row.value["capital"],
        ko="주택이 서울·인천·경기에 있는지", en="The home stands in Seoul, Incheon or Gyeonggi",
    )  # fmt: skip
    return case.verdict()


@rule(
    "metropolitan", notice_region, ko="광역시의 주택인지", en="Home in a metropolitan city (광역시)",
    article="주택공급에 관한 규칙 제28조제8항",
)  # fmt: skip
def metropolitan(case: Case) -> bool:
    row = case.row("regions")

    def in_metropolis() -> bool:
        province = case[notice_region][:2]
        if province in row.value["metropolitan"] and province in row.value["unsure"]:
            raise Lacking(
                "law:regions",
                ko="전남광주통합특별시를 광역시로 보는지 확인하지 못했습니다.",
                en="Whether 전남광주통합특별시 counts as 광역시 is not known.",
            )
        return province in row.value["metropolitan"]

    case.test(
        "metropolitan.province", row, in_metropolis,
        ko="주택이 광역시에 있는지", en="The home stands in a metropolitan city",
    )  # fmt: skip
    return case.verdict()


DESIGNATION_TERMS = (notice_region, public_land, in_designated_part, approval_applied_on, housing_kind)


@rule(
    "overheated", *DESIGNATION_TERMS, ko="투기과열지구의 주택인지", en="Home in an overheated speculation area",
    article="주택법 제63조제1항",
)  # fmt: skip
def overheated(case: Case) -> bool:
    row = case.row("regulated_areas")
    case.test(
        "overheated.designated", row, lambda: designated(case, "overheated"),
        ko="공고일 현재 투기과열지구로 지정되어 있는지", en="Designated as 투기과열지구 on the notice date",
    )  # fmt: skip
    return case.verdict()


@rule(
    "adjusted", *DESIGNATION_TERMS, ko="청약과열지역(조정대상지역)의 주택인지",
    en="Home in a subscription-overheated area", article="주택법 제63조의2제1항제1호",
)  # fmt: skip
def adjusted(case: Case) -> bool:
    row = case.row("regulated_areas")
    case.test(
        "adjusted.designated", row, lambda: designated(case, "adjusted"),
        ko="공고일 현재 청약과열지역(조정대상지역)으로 지정되어 있는지",
        en="Designated as 청약과열지역 (조정대상지역) on the notice date",
    )  # fmt: skip
    return case.verdict()


@rule(
    "shrinking", *DESIGNATION_TERMS, ko="위축지역의 주택인지", en="Home in a shrinking area (위축지역)",
    article="주택법 제63조의2제1항제2호",
)  # fmt: skip
def shrinking(case: Case) -> bool:
    row = case.row("regulated_areas")
    case.test(
        "shrinking.designated", row, lambda: designated(case, "shrinking"),
        ko="공고일 현재 위축지역으로 지정되어 있는지", en="Designated as 위축지역 on the notice date",
    )  # fmt: skip
    return case.verdict()


@rule(
    "regulated", overheated, adjusted, ko="규제지역(투기과열지구 또는 청약과열지역)의 주택인지",
    en="Home in a regulated area (overheated or subscription-overheated)",
    article="주택공급에 관한 규칙 제27조제1항제1호다목, 제28조제1항제1호다목",
)  # fmt: skip
def regulated(case: Case) -> bool:
    def either() -> bool:
        # Each may be given alone by a notice: one yes is enough, and only two noes are a no.
        if case.knows(overheated) and case[overheated]:
            return True
        if case[adjusted]:
            return True
        return case[overheated]

    case.test(
        "regulated.either", case.row("regulated_areas"), either,
        ko="투기과열지구 또는 청약과열지역인지", en="Overheated or subscription-overheated area",
    )  # fmt: skip
    return case.verdict()


@rule(
    "overcrowded_zone", notice_region, in_overcrowded_part, ko="과밀억제권역의 주택인지",
    en="Home in the overcrowding-control zone (과밀억제권역)", article="수도권정비계획법 시행령 별표 1",
)  # fmt: skip
def overcrowded_zone(case: Case) -> bool:
    row = case.row("overcrowding_zone")

    def inside() -> bool:
        region = case[notice_region]
        if any(region.startswith(key) for key in row.value["none"]):
            return False
        if any(region.startswith(key) for key in row.value["part"]):
            return case[in_overcrowded_part]
        return any(region.startswith(key) for key in row.value["whole"])

    case.test(
        "overcrowded_zone.listed", row, inside,
        ko="주택이 과밀억제권역에 있는지", en="The home stands in the overcrowding-control zone",
    )  # fmt: skip
    return case.verdict()


def designated(case: Case, kind: str) -> bool:
    """Is the home's area designated as ``kind`` on the notice date? Lacking where only a part is, or the day open."""
    row = case.row("regulated_areas")
    found = states(
        row.value["events"], kind, case[notice_region], case.as_of,
        # Until 2017-11-09 the areas stood in an annex of the rule, whose changes go by the application.
        counts=lambda event: event.get("by") != "approval" or reached_by(case, event["day"]),
    )  # fmt: skip
    if found == {"unsure"}:
        raise Lacking(
            "law:regulated_areas", kind,
            ko=f"{value_words.AREAS[kind]} 지정일을 확인하지 못했습니다. 공고문의 규제지역 표시를 넣어 주십시오.",
            en=f"The day of the designation is not known. State what the notice says as {kind}.",
        )  # fmt: skip
    return applies(found, lambda: case[in_designated_part], lambda: case[public_land])
