"""Ceiling of the brokerage fee (중개보수 한도), for each side; never a fee: that is agreed below it.

공인중개사법 제32조④, 시행규칙 제20조①⑤와 별표 1. Checked 2026-11-23 (the annex from a transcription). The ordinance
of the office's province may set less. VAT comes on top.
"""

from __future__ import annotations

from domain.words import Won
from law.parameters import Row
from law.rules import Advice, Case, Fact, Trigger, rule

PER_MILLE = 1_000
ARTICLE = "공인중개사법 시행규칙 제20조, 별표 1"

sale_price = Fact[int]("sale_price", "거래금액", "price agreed in the contract", Advice.NEVER, "won", kind=Won)
lease_deposit = Fact[int]("lease_deposit", "임대차 보증금", "deposit of the lease", Advice.NEVER, "won", kind=Won)
monthly_rent = Fact[int]("monthly_rent", "월 차임", "monthly rent", Advice.NEVER, "won", kind=Won)


@rule(
    "brokerage_ceiling", sale_price, ko="매매 중개보수 한도", en="Ceiling of the brokerage fee on a sale, each side",
    article=ARTICLE, trigger=Trigger.CONTRACT, unit="won",
)  # fmt: skip
def brokerage_ceiling(case: Case) -> int:
    return _ceiling(case, case[sale_price], case.row("brokerage_sale"))


@rule(
    "brokerage_lease_base", lease_deposit, monthly_rent, ko="임대차 거래금액", en="Base sum of a lease",
    article="공인중개사법 시행규칙 제20조제5항", trigger=Trigger.CONTRACT, unit="won",
)  # fmt: skip
def lease_base(case: Case) -> int:
    """Deposit and a multiple of the monthly rent; a smaller multiple where that sum is small."""
    row = case.row("brokerage_lease")
    deposit, monthly = case[lease_deposit], case[monthly_rent]
    base: int = deposit + monthly * row.value["monthly_times"]
    if base < row.value["small_below"]:
        base = deposit + monthly * row.value["small_times"]
    return case.state(row, base, ko="임대차 거래금액 {value}원", en="Base sum of {value} won")


@rule(
    "brokerage_lease_ceiling", lease_base, ko="임대차 중개보수 한도", en="Ceiling of the brokerage fee on a lease",
    article=ARTICLE, trigger=Trigger.CONTRACT, unit="won",
)  # fmt: skip
def brokerage_lease_ceiling(case: Case) -> int:
    return _ceiling(case, case[lease_base], case.row("brokerage_lease"))


def _ceiling(case: Case, amount: int, row: Row) -> int:
    # Bands hold what lies below ("미만") their bound; the last has none.
    bands = row.value["bands"]
    band = next(band for band in bands if band["below"] is None or amount < band["below"])
    fee = amount * (band["per_mille"] or 0) // PER_MILLE
    highest = fee if band["cap"] is None else min(fee, band["cap"])
    return case.state(row, highest, ko="중개보수 한도 {value}원 (부가가치세 별도)", en="At most {value} won, VAT apart")
