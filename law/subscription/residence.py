"""Where an applicant lives for the purposes of a home: may apply there, how near, and local priority (해당지역).

주택공급에 관한 규칙 제2조제2호, 제4조①③④⑤⑦⑧⑨, 제25조③; 부칙 제468호, 제718호, 제760호, 제816호 각 제2조. Checked
2026-11-23. Who lives in the housing area or its zone (권역) may apply; within a rank those come first who have lived
long enough in the housing area itself.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from law.calendar import full_months
from law.rules import Advice, Case, Fact, Lacking, rule
from law.subscription.approval import approval_row
from law.subscription.areas import capital, overheated, shrinking
from law.subscription.stays import home_since, latest_break
from law.vocabulary import Count, Region, addresses, approval_applied_on, housing_kind, notice_region, stays_abroad

RULES = "주택공급에 관한 규칙"
ZONES = f"{RULES} 제4조제3항"
LOCAL = f"{RULES} 제4조제5항·제7항, 제25조제3항"
Band = Literal["local", "province", "zone", "none"]

also_in_regions = Fact[tuple[Region, ...]](
    "also_in_regions", "사업지구가 걸친 다른 시·군·구", "other cities or counties over which the site stretches",
    Advice.NEVER, kind=tuple[Region, ...], default=(),
)  # fmt: skip
nationwide_area = Fact[bool](
    "nationwide_area", "전국에서 신청할 수 있는 지역인지 (제4조제1항제3호)",
    "area where people of the whole country may apply", Advice.NEVER, kind=bool, default=False,
)  # fmt: skip
notice_residence_months = Fact[int](
    "notice_residence_months", "공고가 정한 우선공급 거주기간(개월)", "months of residence that the notice asks for",
    Advice.NEVER, "months", kind=Count, default=0,
)  # fmt: skip
service_years = Fact[int](
    "service_years", "군인 장기복무 기간(년)", "years of service as a soldier", Advice.NEVER, "years",
    kind=Count, default=0,
)  # fmt: skip
soldier_recommended = Fact[bool](
    "soldier_recommended", "국방부장관 추천 여부", "recommended by the minister of defence", kind=bool, default=False
)
abroad_for_own_work = Fact[bool](
    "abroad_for_own_work", "세대원 중 본인만 생업으로 국외에 체류하는지",
    "of the household only the applicant is abroad, for work", kind=bool, default=False,
)  # fmt: skip
APPROVAL = (approval_applied_on, housing_kind)


@rule(
    "home_region", addresses, ko="공고일 현재 주민등록지", en="Registered address on the notice date",
    article=f"{RULES} 제4조제1항",
)  # fmt: skip
def home_region(case: Case) -> str | None:
    """Region code; None without an address in the country. Moving on the day itself: the new address."""
    on_day = [stay for stay in case[addresses] if stay.since <= case.as_of]
    open_on_day = [stay for stay in on_day if stay.until is None or case.as_of < stay.until]
    here = max(open_on_day, key=lambda stay: stay.since, default=None)
    cite = f"{RULES} 제4조제1항"
    if here is None:
        return case.state(cite, None, ko="공고일 현재 국내 주소가 없습니다.", en="No address in the country")
    return case.state(cite, here.region, ko="주민등록지 {value}", en="Registered in {value}")


def area_of(case: Case, region: str) -> str:
    """주택건설지역 of a region code: a metropolitan city as a whole, else the city or county."""
    table = case.row("regions").value
    province: str = table["renamed"].get(region[:2], region[:2])
    code = province + region[2:]
    if province in table["whole_province"]:
        return province
    return code if region in table["own_area"] else code[:4]


def _province(case: Case, region: str) -> str:
    """Name of the province before a region code: a bare code tells nobody anything."""
    province = case.row("region_codes").value.get(region[:2])
    return f"{province['ko']} " if province else ""


@rule("housing_area", notice_region, ko="주택건설지역", en="Housing area of the home", article=f"{RULES} 제2조제2호")
def housing_area(case: Case) -> str:
    row = case.row("regions")
    area = area_of(case, case[notice_region])
    return case.state(row, area, ko=f"주택건설지역 {_province(case, area)}{{value}}", en="Housing area {value}")


@rule(
    "residence_band", home_region, notice_region, also_in_regions, ko="거주지와 주택의 거리",
    en="How near the applicant lives: local, province, zone or none", article=ZONES,
)  # fmt: skip
def residence_band(case: Case) -> Band:
    """By the register alone: in the housing area, in its province, in its zone, or in none of them."""
    row, here, there = case.row("regions"), case[home_region], case[notice_region]
    band: Band = "none" if here is None else _band(case, here, there)
    return case.state(row, band, ko="거주 구분: {value}", en="Lives in the band {value}")


def _band(case: Case, here: str, there: str) -> Band:
    row = case.row("regions")
    if any(area_of(case, here) == area_of(case, site) for site in (there, *case[also_in_regions])):
        if here[:4] != there[:4] and here[:2] in row.value["unsure"]:
            raise Lacking(
                "law:regions",
                ko="전남광주통합특별시의 거주 구분을 확인하지 못했습니다.",
                en="How 전남광주통합특별시 counts for residence is not known.",
            )
        return "local"
    zone = next(zone for zone in row.value["zones"] if there[:2] in zone) if _known(case, there) else ()
    if here[:2] in row.value["unsure"] and here[:2] in zone:
        raise Lacking(
            "law:regions",
            ko="전남광주통합특별시의 거주 구분을 확인하지 못했습니다.",
            en="How 전남광주통합특별시 counts for residence is not known.",
        )
    renamed = row.value["renamed"]
    if renamed.get(here[:2], here[:2]) == renamed.get(there[:2], there[:2]):
        return "province"
    return "zone" if here[:2] in zone else "none"


def _known(case: Case, region: str) -> bool:
    return any(region[:2] in zone for zone in case.row("regions").value["zones"])


@rule(
    "local_as_soldier", service_years, soldier_recommended, capital, overheated, *APPROVAL,
    ko="장기복무 군인의 거주 간주", en="Residence deemed for a long-serving soldier",
    article=f"{RULES} 제4조제4항·제9항",
)  # fmt: skip
def local_as_soldier(case: Case) -> Band:
    """``local``: deemed to live in the housing area; ``zone``: in the capital region; ``none``: not deemed."""
    cite = f"{RULES} 제4조제4항"
    if case[service_years] == 0:
        return case.state(cite, "none", ko="장기복무 군인으로 신고하지 않았습니다.", en="Not claimed as a soldier")
    row = approval_row(case, "soldier_residence")
    deemed: Band = "none"
    if case[service_years] >= row.value["years"]:
        deemed = "zone" if case[capital] else "local"
    if deemed == "zone" and _recommended(case, row.value["recommended_years"]):
        deemed = "local"
    return case.state(row, deemed, ko="장기복무 군인: {value}", en="Long-serving soldier: {value}")


def _recommended(case: Case, years: int | None) -> bool:
    return years is not None and case[soldier_recommended] and case[service_years] >= years and not case[overheated]


@rule(
    "resident_since", addresses, stays_abroad, home_region, notice_region, also_in_regions, abroad_for_own_work,
    *APPROVAL, ko="해당 주택건설지역에 계속 거주한 시작일",
    en="First day of the unbroken residence in the housing area", article=LOCAL,
)  # fmt: skip
def resident_since(case: Case) -> date | None:
    """None: not resident. Long stays abroad break the residence; it begins again with the day of the return."""
    here = case[home_region]
    sites = {area_of(case, site) for site in (case[notice_region], *case[also_in_regions])}
    if here is None or area_of(case, here) not in sites:
        return case.state(LOCAL, None, ko="해당 주택건설지역에 살지 않습니다.", en="Not resident in the housing area")
    history = case[addresses]
    since = home_since(history, case.as_of, lambda region: area_of(case, region) in sites)
    back = _back_since(case, since)
    if back is None:
        return case.state(
            LOCAL, None, ko="공고일 현재 국외에 장기 체류 중입니다.", en="Abroad for long on the notice date"
        )
    return case.state(LOCAL, max(since, back), ko="{value}부터 계속 거주", en="Unbroken residence since {value}")


def _back_since(case: Case, since: date) -> date | None:
    """The day from which no stay abroad breaks the residence. None: broken on the notice date itself."""
    stays = [stay for stay in case[stays_abroad] if stay.left_on <= case.as_of]
    stays = [stay for stay in stays if stay.back_on is None or stay.back_on > since]
    if not stays:
        return since
    if case[abroad_for_own_work] and approval_row(case, "work_abroad").value == "resident":
        return since
    return latest_break(stays, since, case.as_of, approval_row(case, "abroad_stay").value)


@rule(
    "resident_months", resident_since, ko="해당 주택건설지역 거주기간(개월)",
    en="Months of residence in the housing area", article=LOCAL, unit="months",
)  # fmt: skip
def resident_months(case: Case) -> int:
    since = case[resident_since]
    months = 0 if since is None else full_months(since, case.as_of)
    return case.state(LOCAL, months, ko="거주기간 {value}개월", en="{value} months of residence")


@rule(
    "local_months_required", capital, overheated, notice_residence_months, *APPROVAL,
    ko="우선공급에 필요한 거주기간(개월)", en="Months of residence asked for local priority",
    article=f"{RULES} 제4조제5항", unit="months",
)  # fmt: skip
def local_months_required(case: Case) -> int:
    """As the mayor sets it; in overheated areas of the capital region at least what the rule says."""
    cite, asked = f"{RULES} 제4조제5항", case[notice_residence_months]
    if not (case[capital] and case[overheated]):
        return case.state(cite, asked, ko="공고가 정한 거주기간 {value}개월", en="The notice asks for {value} months")
    row = approval_row(case, "local_residence")
    least: int = row.value
    months = max(asked, least)
    return case.state(row, months, ko="거주기간 {value}개월 이상", en="At least {value} months")


@rule(
    "local", local_as_soldier, residence_band, resident_months, local_months_required, resident_since,
    ko="해당지역 우선공급 대상인지", en="Local applicant with priority (해당지역)", article=LOCAL,
)  # fmt: skip
def local(case: Case) -> bool:
    if case[local_as_soldier] == "local":
        case.test(
            "local.soldier", f"{RULES} 제4조제4항·제9항", lambda: case[local_as_soldier] == "local",
            ko="장기복무 군인으로서 해당지역 거주자로 보는지", en="Deemed local as a long-serving soldier",
        )  # fmt: skip
        return case.verdict()
    near = case.test(
        "local.area", ZONES, lambda: case[residence_band] == "local",
        ko="공고일 현재 해당 주택건설지역에 거주하는지", en="Lives in the housing area on the notice date",
    )  # fmt: skip
    if near is not False:
        case.test(
            "local.home", LOCAL, lambda: case[resident_since] is not None,
            ko="국내에 계속 거주하고 있는지", en="Lives in the country without a long stay abroad",
        )  # fmt: skip
        case.compare(
            "local.months", LOCAL, resident_months, ">=", case[local_months_required],
            ko="거주기간 {value}개월, 기준 {limit}개월", en="{value} months of residence, {limit} asked",
        )  # fmt: skip
    return case.verdict()


@rule(
    "may_apply_here", nationwide_area, shrinking, local_as_soldier, residence_band,
    ko="이 지역에 신청할 수 있는 거주지인지", en="Lives where people may apply for this home",
    article=f"{RULES} 제4조제1항·제3항·제4항",
)  # fmt: skip
def may_apply_here(case: Case) -> bool:
    def near_enough() -> bool:
        if case[nationwide_area] or case[local_as_soldier] != "none":
            return True
        if case.knows(residence_band) and case[residence_band] != "none":
            return True
        return case[shrinking] or case[residence_band] != "none"

    case.test(
        "may_apply_here.zone", case.row("regions"), near_enough,
        ko="해당 주택건설지역이나 같은 권역에 거주하거나, 거주지를 묻지 않는 지역인지",
        en="Lives in the housing area or its zone, or the area is open to the whole country",
    )  # fmt: skip
    return case.verdict()


@rule(
    "receipt_group", local, ko="1순위 접수 구분 (해당지역 또는 기타지역)",
    en="Group of the first-rank receipt: local or other",
    article=f"{RULES} 제19조제4항, 제25조제3항",
)  # fmt: skip
def receipt_group(case: Case) -> Literal["local", "other"]:
    group: Literal["local", "other"] = "local" if case[local] else "other"
    return case.state(f"{RULES} 제25조제3항", group, ko="접수 구분: {value}", en="Group {value}")
