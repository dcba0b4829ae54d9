"""What comes on top of acquisition tax that is returned or paid late (가산세).

지방세법 제21조①②; 지방세기본법 제53조–제55조 (not among the texts here: second-hand). Checked 2026-11-23. Reductions
for returns that come late by oneself (지방세기본법 제57조) are not here.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.words import Won
from law.rules import Case, Fact, Trigger, rule
from law.sale.counting import Sum
from law.sale.taxes import acquisition_tax_amount
from law.vocabulary import Stated

ARTICLE = "지방세법 제21조, 지방세기본법 제53조부터 제55조까지"
PERCENT = 100
Fault = Literal["none", "not_returned", "returned_short", "not_returned_by_fraud", "returned_short_by_fraud", "sold_on"]

tax_fault = Fact[Fault]("tax_fault", "신고 의무 위반", "what was done wrong with the return", kind=Fault)
tax_short = Fact[int | None](
    "tax_short", "부족하게 신고·납부한 취득세", "acquisition tax returned or paid short (null: all of it)", unit="won",
    kind=Won | None, default=None,
)  # fmt: skip
days_late = Fact[int](
    "days_late", "납부기한 다음 날부터 납부일까지 일수", "days from the day after the due date until payment",
    unit="days", kind=Annotated[int, Field(ge=0, le=10_000)], default=0,
)  # fmt: skip


class TaxPenalty(Stated):
    """Won: for the return, for lateness of payment, and both."""

    returned: Sum
    late: Sum
    total: Sum


@rule(
    "acquisition_tax_penalty", tax_fault, tax_short, days_late, acquisition_tax_amount,
    ko="취득세 가산세", en="Penalty taxes on acquisition tax", article=ARTICLE, trigger=Trigger.FILING,
)  # fmt: skip
def acquisition_tax_penalty(case: Case) -> TaxPenalty:
    """``as_of``: the day of payment. Days before a change of the daily rate are counted at the rate of that day."""
    row = case.row("tax_penalty")
    short = case[tax_short]
    owed = case[acquisition_tax_amount] if short is None else short
    returned = owed * row.value["returned_percent"][case[tax_fault]] // PERCENT
    daily = owed * case[days_late] * row.value["daily_per_100000"] // 100_000
    late = min(daily, owed * row.value["late_most_percent"] // PERCENT)
    total = case.state(row, returned + late, ko="가산세 합계 {value}원", en="Penalty taxes of {value} won")
    return TaxPenalty(returned=returned, late=late, total=total)
