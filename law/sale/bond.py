"""First-class housing bond (제1종국민주택채권) bought when a transfer or a mortgage is registered.

주택도시기금법 제8조①2, 시행령 제8조② and its annex (부표 15호; known from transcriptions). Checked 2026-11-23: one rate
for the whole standard value (시가표준액, never the price), rounded to the unit; co-buyers each by their share. The
discount at resale is the bank's of that day: a fact, never a constant.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Literal

from domain.words import Won
from law.parameters import Row
from law.rules import Case, Fact, Lacking, Trigger, rule
from law.sale.acquired import acquired_standard_value, share
from law.sale.counting import Sum
from law.sale.facts import (
    Percent,
    acquired_share,
    acquisition_cause,
    building_value,
    land_value,
    property_kind,
    property_region,
)
from law.vocabulary import Stated

PER_MILLE = 1_000
ARTICLE = "주택도시기금법 제8조, 시행령 별표 부표 제15호"

Place = Literal["metro", "other"]

mortgage_sum = Fact[int]("mortgage_sum", "채권최고액", "maximum sum secured (채권최고액)", unit="won", kind=Won)
bond_discount_percent = Fact[str](
    "bond_discount_percent", "채권 즉시매도 할인율 (그날 고시)", "that day's discount when the bond is sold at once",
    unit="percent", kind=Percent,
)  # fmt: skip


class Bond(Stated):
    """``per_mille``: of the home's row, or of the land's for other property. Won, for this buyer."""

    per_mille: int
    amount: Sum
    building_amount: Sum = 0
    land_amount: Sum = 0


@rule(
    "bond_place", property_region, ko="채권 매입률의 지역 구분", en="Which column of the bond table holds",
    article=ARTICLE, trigger=Trigger.FILING,
)  # fmt: skip
def bond_place(case: Case) -> Place:
    row = case.row("housing_bond")
    province = case[property_region][:2]
    if province in row.value["unsure"]:
        raise Lacking(
            "law:housing_bond",
            ko="그 지역을 채권 매입률에서 특별시·광역시로 보는지 확인하지 못했습니다.",
            en="Whether that province counts as 특별시·광역시 for the bond is not known.",
        )
    place: Place = "metro" if province in row.value["metro"] else "other"
    return case.state(row, place, ko="채권 매입률: {value}", en="Column: {value}")


@rule(
    "housing_bond", property_kind, acquisition_cause, acquired_standard_value, acquired_share, bond_place, land_value,
    building_value, ko="소유권이전 국민주택채권", en="Housing bond for registering the transfer", article=ARTICLE,
    trigger=Trigger.FILING,
)  # fmt: skip
def housing_bond(case: Case) -> Bond:
    row = case.row("housing_bond_free" if case[acquisition_cause] in ("gift", "inheritance") else "housing_bond")
    place = case[bond_place]
    kind = case[property_kind]
    if row.family == "housing_bond_free" or kind == "home":
        per_mille, amount = _bond(row, row.value["bands"], place, case[acquired_standard_value])
        bond = Bond(per_mille=per_mille, amount=amount)
    else:
        bond = _land_and_building(case, row, place, kind)
    case.state(row, bond.amount, ko="채권 매입금액 {value}원", en="Bond of {value} won")
    return bond


@rule(
    "housing_bond_mortgage", mortgage_sum, ko="근저당 설정 국민주택채권", en="Housing bond for registering a mortgage",
    article=ARTICLE, trigger=Trigger.FILING, unit="won",
)  # fmt: skip
def housing_bond_mortgage(case: Case) -> int:
    row = case.row("housing_bond")
    table, amount = row.value["mortgage"], case[mortgage_sum]
    bond = 0
    if amount >= table["from"]:
        bond = min(_rounded(amount * table["per_mille"], row), table["most"])
    return case.state(
        row, bond, ko="채권 매입금액 {value}원 (설정자 부담)", en="Bond of {value} won, borne by the borrower"
    )


@rule(
    "bond_resale_cost", housing_bond, bond_discount_percent, ko="채권 즉시매도 부담금",
    en="Cost of selling the bond at once", article=ARTICLE, trigger=Trigger.FILING, unit="won",
)  # fmt: skip
def bond_resale_cost(case: Case) -> int:
    cost = int(case[housing_bond].amount * Fraction(case[bond_discount_percent]) / 100)
    return case.state(
        "주택도시기금법 제8조", cost, ko="즉시매도 부담 {value}원", en="Sold at once it costs {value} won"
    )


def _land_and_building(case: Case, row: Row, place: str, kind: str) -> Bond:
    """Land and building each by its own row; a share of both."""
    part = share(case)
    land_rate, land = _bond(row, row.value["land"], place, int(case[land_value] * part))
    building = 0
    if kind not in ("land", "farmland"):
        building = _bond(row, row.value["building"], place, int(case[building_value] * part))[1]
    return Bond(per_mille=land_rate, amount=land + building, building_amount=building, land_amount=land)


def _bond(row: Row, bands: tuple[Mapping[str, Any], ...], place: str, value: int) -> tuple[int, int]:
    rate: int = max((band[place] for band in bands if value >= band["from"]), default=0)
    return rate, _rounded(value * rate, row) if rate else 0


def _rounded(thousandths: int, row: Row) -> int:
    """Half a unit up, less down, at least one unit."""
    unit, half = row.value["unit"], row.value["half"]
    units, rest = divmod(thousandths, unit * PER_MILLE)
    return int(max(1, units + int(rest >= half * PER_MILLE)) * unit)
