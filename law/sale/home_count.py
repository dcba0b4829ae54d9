"""How many homes the buyer's household has after the purchase (주택 수), for heavy acquisition tax.

지방세법 제13조의3, 시행령 제28조의2 1호, 제28조의4; 부칙 제17473호 제3조·제7조, 제30939호 제3조, 제35477호 제2조.
Checked 2026-11-23. A home bought through a right is counted on the day the right was acquired. Each thing left out
is a reason of its own; what only a document can show (a use, a trade) must be claimed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from law.calendar import add_months
from law.rules import Case, Fact, Lacking, Trigger, rule
from law.sale.acquired import whole_value
from law.sale.area import home_capital
from law.sale.facts import OwnedHome, owned_homes, right_acquired_on, uncounted_purchase
from law.vocabulary import exclusive_area

ARTICLE = "지방세법 제13조의3, 시행령 제28조의4"
MONTHS = 12

reads_low_value_home = Fact[str | None](
    "reads_low_value_home", "저가주택 2억원 기준의 적용례 해석 (purchase/home)",
    "reading of the limit of 2025-01-02 (purchase or home)", kind=str | None, default=None,
)  # fmt: skip


@rule(
    "uncounted_new_home", uncounted_purchase, exclusive_area, whole_value, home_capital,
    ko="취득하는 주택이 주택 수에서 빠지는지", en="The bought home itself is left out of the count",
    article="지방세법 시행령 제28조의4제2항", trigger=Trigger.ACQUISITION,
)  # fmt: skip
def uncounted_new_home(case: Case) -> bool:
    claimed = case[uncounted_purchase]
    row = case.row("uncounted_purchases")
    limit = row.value.get(claimed)
    case.test(
        "uncounted_new_home.claimed", row, lambda: limit is not None and _within(limit, case.as_of),
        ko="그 기간에 취득한 소형 신축·등록임대·지방 미분양으로 신청했는지",
        en="Claimed as a small new home, registered rental or regional unsold flat, bought in its time",
    )  # fmt: skip
    if limit is not None:
        _compare_area(case, limit["area"], row)
        case.test(
            "uncounted_new_home.price", row,
            lambda: _affordable(limit, case[whole_value], capital=case[home_capital]),
            ko="취득당시가액이 한도 이하인지", en="Its value is within the limit",
        )  # fmt: skip
    return case.verdict()


@rule(
    "homes_after", owned_homes, right_acquired_on, uncounted_new_home, reads_low_value_home,
    ko="취득 후 1세대 주택 수", en="Homes of the household after the purchase, as counted for the tax",
    article=ARTICLE, trigger=Trigger.ACQUISITION,
)  # fmt: skip
def homes_after(case: Case) -> int:
    """The bought home is one of them unless 제28조의4제2항 leaves it out."""
    row = case.row("home_count")
    counted_on = case[right_acquired_on] or case.as_of
    own = 0 if case[uncounted_new_home] else 1
    held = [home for home in case[owned_homes] if _held(home, counted_on)]
    counted = [home for home in _once(held) if _reason_out(case, home, counted_on, row.value) is None]
    return case.state(
        row, own + len(counted), ko="취득하는 주택을 포함한 주택 수는 {value}채입니다.",
        en="{value} homes, the bought one included",
    )  # fmt: skip


def _held(home: OwnedHome, day: date) -> bool:
    return home.acquired_on <= day and (home.disposed_on is None or home.disposed_on > day)


def _once(homes: Iterable[OwnedHome]) -> list[OwnedHome]:
    """One home that several members hold counts once (제4항)."""
    named = {home.home_ref: home for home in homes if home.home_ref is not None}
    return [home for home in homes if home.home_ref is None] + list(named.values())


def _reason_out(case: Case, home: OwnedHome, day: date, table: Mapping[str, Any]) -> str | None:
    """Why a held home does not count; None: it counts. A note of each that is left out is kept as a reason."""
    code = _left_out(case, home, day, table)
    if code is not None:
        ko, en = LEFT_OUT[code]
        case.state(
            ARTICLE, home.standard_value, code=f"home_left_out.{code}",
            ko=f"{ko} (시가표준액 {{value}}원): 주택 수에서 제외", en=f"Left out: {en}",
        )  # fmt: skip
    return code


def _left_out(case: Case, home: OwnedHome, day: date, table: Mapping[str, Any]) -> str | None:
    if home.kind in ("occupancy_right", "sale_right", "officetel") and _too_early(home, table["rights_from"]):
        return "early_right"
    if home.kind == "officetel" and not home.taxed_as_home:
        return "not_taxed_as_home"
    if home.inherited_on is not None:
        since = max(home.inherited_on, table["inherited_base"])
        if day <= add_months(since, table["inherited_years"] * MONTHS):
            return "inherited"
        if not home.largest_heir:
            return "smaller_heir"
    return _by_value(case, home, table) or _by_claim(case, home, day, table)


def _too_early(home: OwnedHome, start: date) -> bool:
    return home.acquired_on < start or (home.contracted_on is not None and home.contracted_on < start)


def _by_value(case: Case, home: OwnedHome, table: Mapping[str, Any]) -> str | None:
    if home.kind == "officetel":
        return "cheap_officetel" if home.standard_value <= table["officetel_up_to"] else None
    if home.kind == "land_only" and home.standard_value <= table["land_up_to"]:
        return "cheap_land"
    if home.kind in ("home", "land_only") and not home.redevelopment and _low(case, home):
        return "low_value"
    return None


def _low(case: Case, home: OwnedHome) -> bool:
    row = case.row("low_value_home")
    if _in_capital(case, home):
        return bool(home.standard_value <= row.value["capital"])
    if home.standard_value <= row.value["elsewhere_before"] or home.acquired_on >= row.since:
        return bool(home.standard_value <= row.value["elsewhere"])
    if home.standard_value > row.value["elsewhere"]:
        return False
    return case.reading("reading_low_value_home", reads_low_value_home) == "purchase"


def _by_claim(case: Case, home: OwnedHome, day: date, table: Mapping[str, Any]) -> str | None:
    if home.claimed is None:
        return None
    if home.claimed == "unsold_for_work":
        kept = day <= add_months(home.acquired_on, table["unsold_for_work_years"] * MONTHS)
        return "claimed" if kept else None
    if home.claimed in table["claims"]:
        return "claimed"
    limits = case.row("uncounted_purchases").value
    keys = [key for key in limits if key.startswith(home.claimed)]
    fits = any(_fits(case, home, limits[key]) for key in keys)
    return "small_or_unsold" if fits else None


def _fits(case: Case, home: OwnedHome, limit: Mapping[str, Any]) -> bool:
    if not _within(limit, home.acquired_on):
        return False
    if home.exclusive_area is None or home.price is None:
        raise Lacking(
            "owned_homes", ko="제외를 신청한 주택의 전용면적과 취득가액이 필요합니다.",
            en="Area and price of the home for which the exclusion is claimed are needed.",
        )  # fmt: skip
    fits_area = Decimal(home.exclusive_area) <= Decimal(limit["area"])
    return fits_area and _affordable(limit, home.price, capital=_in_capital(case, home))


def _within(limit: Mapping[str, Any], day: date) -> bool:
    return bool(limit["from"] <= day and (limit["until"] is None or day <= limit["until"]))


def _affordable(limit: Mapping[str, Any], price: int, *, capital: bool) -> bool:
    most = limit["capital" if capital else "elsewhere"]
    return most is not None and price <= most


def _in_capital(case: Case, home: OwnedHome) -> bool:
    return home.region[:2] in case.row("regions").value["capital"]


def _compare_area(case: Case, limit: str, row: Any) -> None:
    case.test(
        "uncounted_new_home.area", row, lambda: Decimal(case[exclusive_area]) <= Decimal(limit),
        ko=f"전용면적이 {limit}㎡ 이하인지", en=f"Exclusive area up to {limit} m²",
    )  # fmt: skip


LEFT_OUT = {
    "early_right": ("2020-08-12 전에 취득하거나 계약한 권리·오피스텔", "right or officetel from before 2020-08-12"),
    "not_taxed_as_home": ("재산세가 주택으로 과세되지 않는 오피스텔", "officetel not taxed as a home"),
    "inherited": ("상속 후 5년 이내", "inherited within the time left free"),
    "smaller_heir": ("공동상속에서 지분이 가장 큰 상속인이 아님", "another heir holds the largest share"),
    "cheap_officetel": ("기준금액 이하 오피스텔", "officetel up to the limit"),
    "cheap_land": ("기준금액 이하 부속토지만 소유", "land part only, up to the limit"),
    "low_value": ("저가주택", "home of low standard value"),
    "claimed": ("법령이 정한 용도·사유로 신청한 주택", "home of a use or cause named by the decree, as claimed"),
    "small_or_unsold": ("기간 한정 제외 취득", "purchase that the decree leaves out for a time"),
}
