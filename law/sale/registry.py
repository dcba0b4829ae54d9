"""What filing at the registry costs: the fee by channel, the scrivener's base fee, setting up and cancelling mortgages.

등기사항증명서 등 수수료규칙 제5조의2; 법무사 보수기준 (2024-09-12); 지방세법 제28조①1다2)·마, 제151조①2. Checked
2026-11-23 (fees and the scrivener's table second-hand). The fee of electronic filing since 2025-08-01 is not
confirmed: there the registry's own bill decides.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from domain.words import Won
from law.rules import Case, Fact, Lacking, Trigger, rule
from law.sale.bond import mortgage_sum
from law.sale.counting import Sum
from law.sale.facts import channel, properties
from law.vocabulary import Stated

FEES = "등기사항증명서 등 수수료규칙 제5조의2"
SCRIVENER = "법무사 보수기준"
LICENCE = "지방세법 제28조제1항제1호, 제151조제1항제2호"
WHOLE = 10_000
Purpose = Literal["transfer", "preservation", "inheritance", "cancellation"]

filing_purpose = Fact[Purpose]("filing_purpose", "등기의 목적", "what is filed", kind=Purpose, default="transfer")
applications = Fact[int](
    "applications", "신청 건수 (매수인별 신청 포함)", "applications (one for each buyer where sellers are several too)",
    kind=Annotated[int, Field(ge=1, le=100)], default=1,
)  # fmt: skip
scrivener_base = Fact[int](
    "scrivener_base", "법무사 보수의 기준금액", "sum on which the scrivener's fee is counted", unit="won", kind=Won
)
tax_agency = Fact[bool]("tax_agency", "취득세 신고 대행", "the scrivener returns the tax too", kind=bool, default=False)
bond_agency = Fact[bool]("bond_agency", "채권 매입 대행", "the scrivener buys the bond too", kind=bool, default=False)


class MortgageCost(Stated):
    """Won: licence tax (등록면허세), education tax on it, registry fee where it is known here, and their sum."""

    licence_tax: Sum
    education_tax: Sum
    fee: Sum = 0
    total: Sum


@rule(
    "registration_fee", channel, properties, applications, filing_purpose, ko="등기신청수수료",
    en="Registry fee for the filing", article=FEES, trigger=Trigger.FILING, unit="won",
)  # fmt: skip
def registration_fee(case: Case) -> int:
    """For each property and each application."""
    purpose = case[filing_purpose]
    name = {"inheritance": "registration_fee_inheritance", "cancellation": "registration_fee_cancellation"}
    row = case.row(name.get(purpose, "registration_fee"))
    each: Won | None = row.value[case[channel]]
    if each is None:
        raise Lacking(
            f"law:{row.family}", ko="전자신청 수수료가 확인되지 않았습니다. 등기소의 납부 안내를 따릅니다.",
            en="The fee of electronic filing is not confirmed; the registry's bill decides.",
        )  # fmt: skip
    fee = each * case[properties] * case[applications]
    return case.state(row, fee, ko="등기신청수수료 {value}원", en="Registry fee of {value} won")


@rule(
    "scrivener_fee_most", scrivener_base, properties, tax_agency, bond_agency,
    ko="법무사 기본보수 상한 (부가가치세 별도)", en="Most that a scrivener may charge, VAT apart",
    article=SCRIVENER, trigger=Trigger.FILING, unit="won",
)  # fmt: skip
def scrivener_fee_most(case: Case) -> int:
    base = case[scrivener_base]
    row = case.row("scrivener_fee")
    if base > row.value["known_up_to"]:
        row = case.row("scrivener_fee_large")
    band = _band(row.value["bands"], base)
    fee = band["won"] + (base - band["over"]) * band["bp"] // WHOLE
    common = case.row("scrivener_fee").value
    fee += (case[properties] - 1) * common["each_more_property"]
    fee += common["tax_agency"] if case[tax_agency] else 0
    fee += common["bond_agency"] if case[bond_agency] else 0
    return case.state(row, int(fee), ko="법무사 기본보수 상한 {value}원", en="Scrivener's base fee up to {value} won")


@rule(
    "mortgage_setup_tax", mortgage_sum, ko="근저당 설정 등록면허세", en="Taxes on registering a mortgage",
    article=LICENCE, trigger=Trigger.FILING,
)  # fmt: skip
def mortgage_setup_tax(case: Case) -> MortgageCost:
    """Borne by the bank since 2011 under its terms; the bond is the borrower's (``housing_bond_mortgage``)."""
    row = case.row("licence_tax")
    unit: int = case.row("tax_rounding").value
    tax = max(case[mortgage_sum] * row.value["mortgage_per_mille"] // 1_000, row.value["least"]) // unit * unit
    education = tax * row.value["education_percent"] // 100 // unit * unit
    case.state(row, tax + education, ko="등록면허세와 지방교육세 {value}원", en="Licence and education tax {value} won")
    return MortgageCost(licence_tax=tax, education_tax=education, total=tax + education)


@rule(
    "mortgage_cancellation_cost", channel, properties, ko="근저당 말소 비용", en="Cost of cancelling a mortgage",
    article=f"{LICENCE}; {FEES}", trigger=Trigger.FILING,
)  # fmt: skip
def mortgage_cancellation_cost(case: Case) -> MortgageCost:
    """For each property: licence tax, a fifth of it, and the registry fee."""
    row, fees = case.row("licence_tax"), case.row("registration_fee_cancellation")
    count = case[properties]
    tax: int = row.value["least"] * count
    education = tax * row.value["education_percent"] // 100
    fee = fees.value[case[channel]] * count
    case.state(fees, tax + education + fee, ko="말소 비용 {value}원", en="Cancelling costs {value} won")
    return MortgageCost(licence_tax=tax, education_tax=education, fee=fee, total=tax + education + fee)


def _band(bands: tuple[Any, ...], base: int) -> Any:
    return next(band for band in bands if band["up_to"] is None or base <= band["up_to"])
