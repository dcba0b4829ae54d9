"""Acquisition tax with its two companions, each cut below ten won by itself.

지방세법 제11조–제17조, 제151조①1; 농어촌특별세법 제4조 9호·10호의4·11호, 제5조①1·6. Checked 2026-11-23. How reliefs
of a fixed sum act on the companions is disputed: two switches, open by default.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from domain.words import Won
from law.parameters import Row
from law.rules import Case, Fact, Lacking, Trigger, rule
from law.sale.acquired import acquisition_base
from law.sale.area import home_capital
from law.sale.counting import Sum
from law.sale.facts import acquisition_cause, only_home_inherited, property_kind, relief_claimed, rural_township
from law.sale.rates import WHOLE, base_rate_bp, heavy_rate_bp, luxury_added_bp, tax_before_relief, tax_rate_bp
from law.sale.reliefs import relief_amount, relief_percent
from law.vocabulary import Stated, exclusive_area

EDUCATION = "지방세법 제151조제1항제1호"
RURAL = "농어촌특별세법 제4조, 제5조제1항"
PERCENT = 100

reads_education_relief = Fact[str | None](
    "reads_education_relief", "정액 감면 시 지방교육세 해석 (scaled/unreduced)",
    "reading: education tax under a fixed relief (scaled or unreduced)", kind=str | None, default=None,
)  # fmt: skip
reads_rural_relief = Fact[str | None](
    "reads_rural_relief", "감면 시 농어촌특별세 본세분 해석 (before_relief/after_relief)",
    "reading: rural tax's own part under a relief (before_relief or after_relief)", kind=str | None, default=None,
)  # fmt: skip


class AcquisitionTaxes(Stated):
    """Rate in ten-thousandths; the three taxes and their sum in won, after any relief."""

    rate_bp: int
    acquisition_tax: Sum
    education_tax: Sum
    rural_tax: Sum
    total: Sum
    relief: Sum = 0


@rule(
    "acquisition_tax_amount", tax_before_relief, relief_amount, ko="취득세", en="Acquisition tax to pay",
    article="지방세법 제11조, 지방세특례제한법", trigger=Trigger.ACQUISITION, unit="won",
)  # fmt: skip
def acquisition_tax_amount(case: Case) -> int:
    row = case.row("tax_rounding")
    tax = _cut(Fraction(max(0, case[tax_before_relief] - case[relief_amount])), row)
    return case.state(row, tax, ko="취득세 {value}원", en="Acquisition tax {value} won")


@rule(
    "education_tax_amount", acquisition_base, acquisition_cause, property_kind, base_rate_bp, heavy_rate_bp,
    tax_before_relief, relief_claimed, relief_amount, relief_percent, reads_education_relief,
    ko="지방교육세", en="Local education tax", article=EDUCATION, trigger=Trigger.ACQUISITION, unit="won",
)  # fmt: skip
def education_tax_amount(case: Case) -> int:
    row = case.row("education_tax")
    tax = Fraction(0) if case[tax_before_relief] == 0 else _education(case, row)
    if tax and case[relief_claimed] is not None and case[relief_amount]:
        tax = _education_relieved(case, tax)
    return case.state(
        row, _cut(tax, case.row("tax_rounding")), ko="지방교육세 {value}원", en="Education tax {value} won"
    )


@rule(
    "rural_tax_exempt", property_kind, exclusive_area, rural_township, home_capital, acquisition_cause,
    only_home_inherited, ko="농어촌특별세 비과세", en="Free of rural special tax", article=RURAL,
    trigger=Trigger.ACQUISITION,
)  # fmt: skip
def rural_tax_exempt(case: Case) -> bool:
    """국민주택규모 (주택법 제2조 6호) for any cause; the only inherited home; the division of what is held together."""
    row = case.row("rural_tax")
    by_cause = case[acquisition_cause] == "partition" or (
        case[acquisition_cause] == "inheritance" and case[only_home_inherited]
    )
    if by_cause:
        return case.state(row, True, ko="형식적 취득·1가구 1주택 상속: 비과세", en="Exempt by its cause")
    case.test(
        "rural_tax.home",
        row,
        lambda: case[property_kind] == "home",
        ko="주택인지 (오피스텔은 아님)",
        en="A home, no officetel",
    )
    if case[property_kind] == "home":
        case.test(
            "rural_tax.area", row, lambda: _small(case, row),
            ko="국민주택규모 이하인지", en="Within the size of 국민주택규모",
        )  # fmt: skip
    return case.verdict()


@rule(
    "rural_tax_amount", acquisition_base, rural_tax_exempt, heavy_rate_bp, luxury_added_bp, tax_before_relief,
    relief_claimed, relief_amount, reads_rural_relief, ko="농어촌특별세", en="Rural special tax", article=RURAL,
    trigger=Trigger.ACQUISITION, unit="won",
)  # fmt: skip
def rural_tax_amount(case: Case) -> int:
    row = case.row("rural_tax")
    tax = Fraction(0)
    if case[tax_before_relief] and not case[rural_tax_exempt]:
        tax = _rural(case, row)
    return case.state(row, _cut(tax, case.row("tax_rounding")), ko="농어촌특별세 {value}원", en="Rural tax {value} won")


@rule(
    "acquisition_tax", tax_rate_bp, acquisition_tax_amount, education_tax_amount, rural_tax_amount, relief_amount,
    ko="취득세·지방교육세·농어촌특별세", en="Acquisition tax with its companions",
    article="지방세법 제11조부터 제17조까지, 제151조, 농어촌특별세법 제5조", trigger=Trigger.ACQUISITION,
)  # fmt: skip
def acquisition_tax(case: Case) -> AcquisitionTaxes:
    parts = case[acquisition_tax_amount], case[education_tax_amount], case[rural_tax_amount]
    taxes = AcquisitionTaxes(
        rate_bp=case[tax_rate_bp], acquisition_tax=parts[0], education_tax=parts[1], rural_tax=parts[2],
        total=sum(parts), relief=case[relief_amount],
    )  # fmt: skip
    case.state("지방세법 제20조", taxes.total, ko="합계 {value}원", en="{value} won in all")
    return taxes


def _education(case: Case, row: Row) -> Fraction:
    base = case[acquisition_base]
    if case[heavy_rate_bp]:
        return Fraction(base * row.value["heavy_bp"], WHOLE)
    if case[acquisition_cause] == "purchase" and case[property_kind] == "home":
        share = Fraction(row.value["half_of_rate_pct"] * row.value["share_pct"], PERCENT * PERCENT)
        return base * case[base_rate_bp] * share / WHOLE
    return Fraction(base * max(0, case[base_rate_bp] - row.value["less_bp"]) * row.value["share_pct"], WHOLE * PERCENT)


def _education_relieved(case: Case, tax: Fraction) -> Fraction:
    """A percentage reduces it alike (다목 1)); for a fixed sum, or a capped percentage, two readings exist."""
    before, relief = case[tax_before_relief], case[relief_amount]
    percent = case[relief_percent]
    if percent and relief == before * percent // PERCENT:
        return tax * (PERCENT - percent) / PERCENT
    reading = case.reading("reading_education_tax_relief", reads_education_relief)
    return tax * (before - relief) / before if reading == "scaled" else tax


def _small(case: Case, row: Row) -> bool:
    area = Decimal(case[exclusive_area])
    if area <= Decimal(row.value["exempt_area"]):
        return True
    if area > Decimal(row.value["exempt_area_township"]) or not case[rural_township]:
        return False
    return not case[home_capital]


def _rural(case: Case, row: Row) -> Fraction:
    """Its own part: the tax with the standard rate at two percent; and a fifth of what a relief takes off."""
    heavy = case[heavy_rate_bp]
    if heavy and heavy not in row.value["heavy_bp"]:
        raise Lacking("heavy_rate_bp", ko="중과세율로 있을 수 없는 값입니다.", en="No such heavy rate exists.")
    own_bp = row.value["heavy_bp"][heavy] if heavy else row.value["basic_bp"]
    own_bp += Fraction(case[luxury_added_bp] * row.value["share_pct"], PERCENT)
    own = case[acquisition_base] * Fraction(own_bp) / WHOLE
    if case[relief_claimed] is None or not case[relief_amount]:
        return own
    if case[relief_claimed] == "other":
        raise Lacking(
            "law:rural_tax", ko="그 밖의 감면에 대한 농어촌특별세 비과세 여부는 자료에 없습니다.",
            en="Whether rural tax falls on that relief is not in the data.",
        )  # fmt: skip
    relief = case[relief_amount]
    if case.reading("reading_rural_tax_relief", reads_rural_relief) == "after_relief":
        own = max(Fraction(0), own - Fraction(relief * row.value["share_pct"], PERCENT))
    return own + Fraction(relief * row.value["relief_pct"], PERCENT)


def _cut(amount: Fraction, row: Row) -> Won:
    unit: Won = row.value
    return int(amount // unit) * unit
