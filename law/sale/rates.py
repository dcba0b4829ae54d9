"""Rates of acquisition tax on real estate, in ten-thousandths: standard, heavy, luxury, and the one applied.

지방세법 제11조①, 제13조⑤3, 제13조의2①–④, 제15조①2가·4, 제16조⑤, 제17조; 시행령 제28조④, 제28조의2, 제28조의6; 부칙
제16855호 제14조, 제17473호 제6조. Checked 2026-11-23. Not here: 제13조①②③⑥⑦ (bodies in the overcrowded zone),
제14조 (ordinances), the other special rates of 제15조.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from law.parameters import Row
from law.rules import Case, Fact, Trigger, rule
from law.sale.acquired import acquisition_base, whole_value
from law.sale.area import home_adjusted, home_capital
from law.sale.facts import (
    acquisition_cause,
    building_kind,
    corporate_buyer,
    gift_within_family,
    heavy_exception,
    nonprofit,
    only_home_inherited,
    property_kind,
    proven_contract_on,
    redevelopment,
    relief_claimed,
    standard_value,
    supply_contract,
)
from law.sale.home_count import homes_after
from law.sale.reliefs_who import first_home_relief
from law.sale.two_homes import temporary_two_homes
from law.vocabulary import Area, exclusive_area

WHOLE = 10_000
STANDARD = "지방세법 제11조제1항"
HEAVY = "지방세법 제13조의2"
LUXURY = "지방세법 제13조제5항제3호, 시행령 제28조제4항"

duplex = Fact[bool](
    "duplex", "복층형 공동주택", "flat on two storeys, neither above the limit", kind=bool, default=False
)
floor_area = Fact[str]("floor_area", "건축물 연면적 (주차장 제외)", "floor area of all storeys", unit="m²", kind=Area)
plot_area = Fact[str]("plot_area", "건축물의 대지면적", "area of the plot", unit="m²", kind=Area)
has_lift = Fact[bool]("has_lift", "엘리베이터 설치 (단독)", "own lift (not shared housing)", kind=bool, default=False)
has_pool = Fact[bool](
    "has_pool", "에스컬레이터·67㎡ 이상 수영장 (단독)", "escalator or a pool of 67 m² (not shared housing)",
    kind=bool, default=False,
)  # fmt: skip


@rule(
    "base_rate_bp", acquisition_cause, property_kind, whole_value, proven_contract_on, supply_contract, nonprofit,
    ko="취득세 표준세율", en="Standard rate of acquisition tax", article=STANDARD, trigger=Trigger.ACQUISITION,
    unit="1/10000",
)  # fmt: skip
def base_rate_bp(case: Case) -> int:
    if _home_bought(case):
        row = case.row("acquisition_tax_rate")
        rate = _by_price(case, row.value, case[whole_value])
    else:
        row = case.row("acquisition_tax_other_rate")
        rate = _by_cause(case, row.value)
    return case.state(row, rate, ko="표준세율 1만분의 {value}", en="Standard rate {value} ten-thousandths")


@rule(
    "heavy_exempt", heavy_exception, standard_value, home_capital, redevelopment, exclusive_area, whole_value,
    ko="중과 대상이 아닌 주택", en="Home that heavy rates leave out", article="지방세법 시행령 제28조의2",
    trigger=Trigger.ACQUISITION,
)  # fmt: skip
def heavy_exempt(case: Case) -> bool:
    """A home of low value, or bought for a use that the decree names: claimed with its document."""
    claimed = case[heavy_exception]
    if claimed == "low_value":
        return _low_value(case)
    row = case.row("heavy_exceptions")
    entry = row.value.get(claimed)
    case.test(
        "heavy_exempt.claimed", row, lambda: entry is not None and _open(entry, case),
        ko="시행령이 정한 용도로 그 기간에 취득했다고 신청했는지",
        en="Claimed for a use that the decree names, in its time",
    )  # fmt: skip
    if entry is not None and "price" in entry:
        case.compare(
            "heavy_exempt.price", row, whole_value, "<=", entry["price"],
            ko="취득당시가액 {value}원 (한도 {limit}원)", en="Value {value} won (limit {limit})",
        )  # fmt: skip
        case.test(
            "heavy_exempt.area", row, lambda: Decimal(case[exclusive_area]) <= Decimal(entry["area"]),
            ko="전용면적이 한도 이하인지", en="Exclusive area within the limit",
        )  # fmt: skip
        case.test(
            "heavy_exempt.place", row, lambda: not case[home_capital],
            ko="수도권 밖에 있는지", en="Outside the capital region",
        )  # fmt: skip
    return case.verdict()


@rule(
    "heavy_rate_bp", acquisition_cause, property_kind, corporate_buyer, homes_after, home_adjusted,
    temporary_two_homes, heavy_exception, heavy_exempt, gift_within_family, standard_value, proven_contract_on,
    supply_contract, relief_claimed, first_home_relief,
    ko="중과세율 (없으면 0)", en="Heavy rate (0: none)", article=HEAVY, trigger=Trigger.ACQUISITION, unit="1/10000",
)  # fmt: skip
def heavy_rate_bp(case: Case) -> int:
    row = case.row("acquisition_tax_heavy")
    rate = _heavy(case, row.value)
    if rate and case[heavy_exception] is not None and case[acquisition_cause] == "purchase" and case[heavy_exempt]:
        rate = 0
    return case.state(row, rate, ko="중과세율 1만분의 {value} (0은 해당 없음)", en="Heavy rate {value} (0: none)")


@rule(
    "luxury_added_bp", property_kind, building_kind, duplex, exclusive_area, standard_value, floor_area, plot_area,
    has_lift, has_pool, ko="고급주택 가산세율 (없으면 0)", en="Rate added for a luxury home (0: none)", article=LUXURY,
    trigger=Trigger.ACQUISITION, unit="1/10000",
)  # fmt: skip
def luxury_added_bp(case: Case) -> int:
    row = case.row("luxury_home")
    is_luxury = case[property_kind] == "home" and _luxury(case, row.value)
    added = row.value["added_bp"] if is_luxury else 0
    return case.state(
        row, added, ko="고급주택 가산 1만분의 {value} (0은 해당 없음)", en="Added {value} (0: no luxury home)"
    )


@rule(
    "tax_rate_bp", base_rate_bp, heavy_rate_bp, luxury_added_bp, acquisition_cause, only_home_inherited,
    ko="적용 세율", en="Rate applied", article="지방세법 제11조, 제13조의2, 제15조, 제16조제5항",
    trigger=Trigger.ACQUISITION, unit="1/10000",
)  # fmt: skip
def tax_rate_bp(case: Case) -> int:
    row = case.row("acquisition_tax_other_rate")
    added = case[luxury_added_bp]
    rate = (case[heavy_rate_bp] or case[base_rate_bp]) + added
    cause = case[acquisition_cause]
    only_home = cause == "inheritance" and case[only_home_inherited] and not added
    if cause == "partition" or only_home:
        rate -= row.value["basic_bp"]
    return case.state(row, max(0, rate), ko="적용 세율 1만분의 {value}", en="Rate applied {value} ten-thousandths")


@rule(
    "tax_before_relief", acquisition_base, tax_rate_bp, ko="감면 전 취득세", en="Acquisition tax before relief",
    article="지방세법 제11조, 제17조", trigger=Trigger.ACQUISITION, unit="won",
)  # fmt: skip
def tax_before_relief(case: Case) -> int:
    row = case.row("acquisition_tax_other_rate")
    base = case[acquisition_base]
    tax = 0 if base <= row.value["nothing_up_to"] else base * case[tax_rate_bp] // WHOLE
    return case.state(row, tax, ko="감면 전 취득세 {value}원", en="Tax before relief {value} won")


def _home_bought(case: Case) -> bool:
    return case[acquisition_cause] == "purchase" and case[property_kind] == "home"


def _by_price(case: Case, table: Mapping[str, Any], price: int) -> int:
    low, sliding, high, earlier = table["low"], table["sliding"], table["high"], table["earlier"]
    if price <= low["up_to"]:
        return int(low["bp"])
    if price > sliding["up_to"]:
        return int(high["bp"])
    if earlier and price > earlier["above"] and _kept(case, earlier, "contract_before"):
        return int(earlier["bp"])
    # percent = price × times ÷ divisor − minus; a hundredth of a percent is one ten-thousandth, half up.
    scaled, divisor = price * sliding["times"] * 100, sliding["divisor"]
    return int((2 * scaled + divisor) // (2 * divisor) - sliding["minus"] * 100)


def _by_cause(case: Case, table: Mapping[str, Any]) -> int:
    cause = case[acquisition_cause]
    rates = table[cause]
    if isinstance(rates, int):
        return rates
    if cause == "gift":
        return int(rates["nonprofit" if case[nonprofit] else "other"])
    return int(rates["farmland" if case[property_kind] == "farmland" else "other"])


def _heavy(case: Case, table: Mapping[str, Any]) -> int:
    cause = case[acquisition_cause]
    if case[property_kind] != "home" or cause not in ("purchase", "gift"):
        return 0
    if cause == "gift":
        return _heavy_gift(case, table["gift"])
    if table["earlier"] and _kept(case, table["earlier"], "contract_until"):
        return _heavy_earlier(case, table["earlier"])
    if case[corporate_buyer]:
        return int(table["corporation"])
    if case[relief_claimed] == "first_home" and case[first_home_relief]:
        return 0  # 지방세특례제한법 제36조의3제1항: 제13조의2 is not applied
    return _heavy_by_homes(case, table)


def _heavy_by_homes(case: Case, table: Mapping[str, Any]) -> int:
    """Whether the area is regulated is asked only where it changes the rate."""
    if not any((*table["regulated"].values(), *table["elsewhere"].values())):
        return 0
    homes = case[homes_after]
    inside, outside = _step(table["regulated"], homes), _step(table["elsewhere"], homes)
    if inside == outside:
        return inside
    if not case[home_adjusted]:
        return outside
    return 0 if homes == min(table["regulated"]) and case[temporary_two_homes] else inside


def _heavy_earlier(case: Case, clause: Mapping[str, Any]) -> int:
    """The rates before the amendment: many homes bore a heavy rate too, unless contracted still earlier."""
    contracted = case[proven_contract_on]
    if clause["homes"] is None or (contracted is not None and contracted <= clause["homes_contract_until"]):
        return 0
    return int(clause["bp"]) if case[homes_after] >= clause["homes"] else 0


def _heavy_gift(case: Case, gift: Mapping[str, Any] | None) -> int:
    if gift is None or case[gift_within_family] or case[standard_value] < gift["from"]:
        return 0
    return int(gift["bp"]) if case[home_adjusted] else 0


def _step(steps: Mapping[int, int], homes: int) -> int:
    return next((steps[count] for count in sorted(steps, reverse=True) if homes >= count), 0)


def _kept(case: Case, clause: Mapping[str, Any], key: str) -> bool:
    """A transitional clause: contract made in time (its deposit proven) and the home acquired in time."""
    contracted = case[proven_contract_on]
    if contracted is None:
        return False
    made_in_time = contracted < clause[key] if key.endswith("before") else contracted <= clause[key]
    last = clause["supply_until" if case[supply_contract] else "until"]
    return bool(made_in_time and (last is None or case.as_of <= last))


def _low_value(case: Case) -> bool:
    row: Row = case.row("low_value_home")
    case.test(
        "heavy_exempt.low_value", row,
        lambda: case[standard_value] <= row.value["capital" if case[home_capital] else "elsewhere"],
        ko="시가표준액이 저가주택 기준 이하인지", en="Standard value within the limit for low-value homes",
    )  # fmt: skip
    case.test(
        "heavy_exempt.zone", row, lambda: not case[redevelopment],
        ko="정비구역·사업시행구역 밖인지", en="Outside a redevelopment zone",
    )  # fmt: skip
    return case.verdict()


def _open(entry: Mapping[str, Any], case: Case) -> bool:
    return bool(entry["from"] <= case.as_of and (entry["until"] is None or case.as_of <= entry["until"]))


def _luxury(case: Case, table: Mapping[str, Any]) -> bool:
    """Large *and* dear; the value is asked for only where the size says so. A pool needs no value (제3호)."""
    if case[building_kind] != "detached":
        limit = table["duplex_area_above" if case[duplex] else "flat_area_above"]
        large = Decimal(case[exclusive_area]) > Decimal(limit)
    elif case[has_pool]:
        return True
    else:
        large = (
            case[has_lift]
            or Decimal(case[floor_area]) > Decimal(table["floor_area_above"])
            or Decimal(case[plot_area]) > Decimal(table["plot_area_above"])
        )
    return large and case[standard_value] > table["standard_value_above"]
