"""Resale ban (전매제한) and duty to live in the home (거주의무).

주택법 제57조의2, 제64조, 부칙 제17486호 제3조, 제20393호 제2조; 시행령 제60조의2, 제73조, 별표 3 (reported). Checked
2026-11-23. The ban is judged on the day of the sale (``as_of``): since 2023-04-07 one table holds for all homes, those
sold before included. The duty goes by the recruitment, judged on the notice date.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from law.calendar import add_months
from law.parameters import Row
from law.rules import Advice, Case, Fact, Lacking, Trigger, rule
from law.subscription.approval import approval_row
from law.subscription.areas import capital, metropolitan, overcrowded_zone, regulated
from law.vocabulary import announcement_date, approval_applied_on, housing_kind, land_lease, price_capped, public_land

RESALE = "주택법 제64조제1항, 주택법 시행령 제73조제1항, 별표 3"
RELEASE = "주택법 제64조제2항, 주택법 시행령 제73조제4항"
DUTY = "주택법 제57조의2제1항, 주택법 시행령 제60조의2제1항"
MOVE_IN = "주택법 제57조의2제1항, 부칙(제20393호) 제2조·제3조"
Ratio = Annotated[str, Field(pattern=r"^\d{1,3}(\.\d{1,4})?$", description="percent, decimal text")]
Ground = Literal[
    "moving_away", "inheritance", "abroad", "divorce", "relocation_home", "auction", "gift_to_spouse", "hardship"
]

urban_area = Fact[bool](
    "urban_area", "도시지역 여부", "home in an urban area (도시지역) of the national land plan", Advice.ACT, kind=bool
)
regulated_at_award = Fact[bool](
    "regulated_at_award", "공급 당시 규제지역이었는지", "the home stood in a regulated area when it was supplied",
    Advice.ACT, kind=bool,
)  # fmt: skip
price_cap_reading = Fact[str | None](
    "price_cap_reading", "공공택지가 아닌 분양가상한제 주택의 전매제한에 대한 해석",
    "reading: resale ban of a price-capped home on other land, outside regulated areas",
    kind=Literal["strict", "allowed"] | None, default=None,
)  # fmt: skip
transferred_on = Fact[date | None](
    "transferred_on", "소유권이전등기일", "day on which the title passed to the buyer (null: not yet)",
    kind=date | None, default=None,
)  # fmt: skip
release_ground = Fact[str | None](
    "release_ground", "전매가 불가피한 사유", "ground on which resale is unavoidable", kind=Ground | None, default=None
)
release_consent = Fact[bool](
    "release_consent", "한국토지주택공사의 전매 동의 여부", "LH has consented to the resale", kind=bool, default=False
)
price_ratio = Fact[str](
    "price_ratio", "인근지역 주택매매가격 대비 분양가격 (%)", "price as a share of nearby prices, percent",
    Advice.ACT, "percent", kind=Ratio,
)  # fmt: skip
first_move_in_on = Fact[date]("first_move_in_on", "최초 입주가능일", "first day on which people may move in", kind=date)
inspected_on = Fact[date](
    "inspected_on", "사용검사일", "day on which the building passed its inspection (사용검사)", kind=date
)
duty_moved_in_on = Fact[date | None](
    "duty_moved_in_on", "입주일", "day on which the buyer moved in (null: not yet)", kind=date | None, default=None
)


@rule(
    "resale_limit_months", land_lease, capital, public_land, price_capped, price_cap_reading, regulated_at_award,
    regulated, overcrowded_zone, metropolitan, urban_area,
    ko="전매제한기간 (개월)", en="Resale ban in months", article=RESALE, unit="months", trigger=Trigger.EVENT,
)  # fmt: skip
def resale_limit_months(case: Case) -> int:
    """By public land or regulated area (designated when supplied and still), else by zone of the capital region or by
    urban area of a metropolitan city."""
    if case[land_lease]:
        row = case.row("resale_limit_land_lease")
        leased: int = row.value
        return case.state(row, leased, ko="토지임대부: 전매제한 {value}개월", en="Land lease: {value} months")
    row = case.row("resale_limit")
    months = _capital_months(case, row.value) if case[capital] else _other_months(case, row.value)
    return case.state(row, months, ko="전매제한 {value}개월", en="No resale for {value} months")


@rule(
    "resale_limit_until", announcement_date, resale_limit_months, transferred_on, land_lease, ko="전매제한 종료일",
    en="Last day of the resale ban (null: none)", article=RESALE, trigger=Trigger.EVENT,
)  # fmt: skip
def resale_limit_until(case: Case) -> date | None:
    """Counted from the announcement of winners. A title that passes earlier ends a ban of three years or less."""
    months = case[resale_limit_months]
    if months == 0:
        return case.state(RESALE, None, ko="전매제한이 없습니다.", en="No resale ban")
    until, passed = _later(case[announcement_date], months), case[transferred_on]
    row = case.row("resale_ends_with_title")
    if passed is not None and passed < until and months <= row.value and not case[land_lease]:
        return case.state(
            row, passed, ko="{value} 등기로 전매제한이 끝납니다.", en="The ban ends with the title on {value}"
        )
    return case.state(RESALE, until, ko="{value}까지 전매제한", en="No resale until {value}")


@rule(
    "resale_allowed", resale_limit_until, release_ground, release_consent, land_lease, ko="전매할 수 있는지",
    en="May be resold on the day", article=RELEASE, trigger=Trigger.EVENT,
)  # fmt: skip
def resale_allowed(case: Case) -> bool:
    """After the ban, or on one of eight grounds with LH's consent (never for land-lease homes)."""

    def free() -> bool:
        if case[release_ground] is not None and case[release_consent] and not case[land_lease]:
            return True
        until = case[resale_limit_until]
        return until is None or case.as_of > until

    case.test(
        "resale.free", RELEASE, free, ko="전매제한기간이 지났거나 동의를 받았는지",
        en="The ban is over, or LH has consented on a ground of the decree",
    )  # fmt: skip
    return case.verdict()


@rule(
    "duty_to_live", approval_applied_on, housing_kind, capital, price_capped, land_lease, public_land, price_ratio,
    ko="거주의무기간 (년)", en="Years that the buyer must live in the home", article=DUTY, unit="years",
)  # fmt: skip
def duty_to_live(case: Case) -> int:
    """Price-capped homes of the capital region by land and by price against the neighbourhood; land-lease homes."""
    if case[land_lease]:
        leased = approval_row(case, "duty_to_live_land_lease")
        return _duty(case, leased, leased.value)
    if not case[price_capped] or not case[capital]:
        return _duty(case, DUTY, 0)
    row = approval_row(case, "duty_to_live")
    steps, ratio = row.value["public_land" if case[public_land] else "other_land"], Decimal(case[price_ratio])
    return _duty(case, row, next((step["years"] for step in steps if ratio < Decimal(step["below"])), 0))


@rule(
    "move_in_by", duty_to_live, land_lease, first_move_in_on, inspected_on, ko="입주 기한",
    en="Last day to move in under the duty (null: no duty)", article=MOVE_IN, trigger=Trigger.EVENT,
)  # fmt: skip
def move_in_by(case: Case) -> date | None:
    """Within three years of the first day possible, for homes inspected from 2024-03-19 on; before, and for land-lease
    homes, on that first day."""
    if case[duty_to_live] == 0:
        return case.state(MOVE_IN, None, ko="거주의무가 없습니다.", en="No duty to live in the home")
    day, first = _not_before(case, case[inspected_on]), case[first_move_in_on]
    row, months = case.row("move_in_grace", on=day), case.book.period("move_in_grace", day).months
    last = first if case[land_lease] else _later(first, months)
    return case.state(row, last, ko="{value}까지 입주", en="Move in by {value}")


@rule(
    "duty_to_live_until", duty_to_live, duty_moved_in_on, ko="거주의무 종료일",
    en="Day on which the duty ends (null: no duty)", article=DUTY, trigger=Trigger.EVENT,
)  # fmt: skip
def duty_to_live_until(case: Case) -> date | None:
    """From the day of moving in without a break; leave on a ground of the decree counts as living there."""
    years = case[duty_to_live]
    if years == 0:
        return case.state(DUTY, None, ko="거주의무가 없습니다.", en="No duty to live in the home")
    moved = case[duty_moved_in_on]
    if moved is None:
        raise Lacking(duty_moved_in_on.name)
    return case.state(DUTY, _later(moved, 12 * years), ko="{value}까지 거주", en="Live there until {value}")


def _capital_months(case: Case, table: Any) -> int:
    months: int = table["capital"]["other"]
    if _strict(case) or _strict_by_cap(case):
        months = table["capital"]["strict"]
    elif case[overcrowded_zone]:
        months = table["capital"]["overcrowded"]
    return months


def _other_months(case: Case, table: Any) -> int:
    months: int = table["elsewhere"]["other"]
    if _strict(case):
        months = table["elsewhere"]["strict"]
    elif case[metropolitan] and case[urban_area]:
        months = table["elsewhere"]["metropolitan_urban"]
    return months


def _strict(case: Case) -> bool:
    # A designation that was lifted since no longer counts (as 2023 showed); one made later never did.
    return case[public_land] or (case[regulated_at_award] and case[regulated])


def _strict_by_cap(case: Case) -> bool:
    return case[price_capped] and case.reading("resale_price_cap", price_cap_reading) == "strict"


def _later(day: date, months: int) -> date:
    """``months`` after a day; the last day that a date can hold where there is none later."""
    return date.max if day.year + months // 12 >= date.max.year else add_months(day, months)


def _duty(case: Case, row: Row | str, years: int) -> int:
    return case.state(row, years, ko="거주의무 {value}년", en="The buyer must live there for {value} years")


def _not_before(case: Case, day: date) -> date:
    """Days older than the rulebook are judged by its first row."""
    return max(day, case.book.family("move_in_grace").rows[0].since)
