"""When a property is acquired, and for how much: the day and the base of acquisition tax.

지방세법 제10조의2(무상), 제10조의3(유상), 제10조의4(원시), 제11조①8 후단(지분); 시행령 제14조의2, 제18조, 제20조①②⑭.
Checked 2026-11-23.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from law.rules import Case, Lacking, Trigger, rule
from law.sale.facts import (
    acquired_share,
    acquisition_cause,
    balance_paid_on,
    brokerage_paid,
    construction_cost,
    corporate_buyer,
    market_value,
    option_price,
    premium,
    registered_on,
    sale_price,
    share_standard_value,
    standard_value,
    takes_standard_value,
    vat_included,
)


@rule(
    "acquisition_day", balance_paid_on, registered_on, ko="취득일", en="Day of acquisition",
    article="지방세법 시행령 제20조제2항·제14항", trigger=Trigger.EVENT,
)  # fmt: skip
def acquisition_day(case: Case) -> date:
    """The day the balance was actually paid, or of registration if that was earlier."""
    paid, registered = case[balance_paid_on], case[registered_on]
    day = paid if registered is None else min(paid, registered)
    return case.state(
        "지방세법 시행령 제20조제2항·제14항", day, ko="취득일은 {value}입니다 (잔금일과 등기일 중 빠른 날).",
        en="Acquired on {value}, the earlier of balance and registration",
    )  # fmt: skip


@rule(
    "acquired_standard_value", standard_value, acquired_share, share_standard_value,
    ko="취득한 부분의 시가표준액", en="Standard value of what is acquired", article="지방세법 제4조",
    trigger=Trigger.ACQUISITION, unit="won",
)  # fmt: skip
def acquired_standard_value(case: Case) -> int:
    part, own = share(case), case[share_standard_value]
    value = own if own is not None else case[standard_value] * part.numerator // part.denominator
    return case.state("지방세법 제4조", value, ko="취득 부분의 시가표준액 {value}원", en="Standard value {value} won")


@rule(
    "acquisition_base", acquisition_cause, sale_price, option_price, premium, vat_included, brokerage_paid,
    corporate_buyer, market_value, takes_standard_value, standard_value, acquired_standard_value, construction_cost,
    ko="취득세 과세표준", en="Tax base of acquisition tax (of the share acquired)",
    article="지방세법 제10조의2, 제10조의3, 제10조의4", trigger=Trigger.ACQUISITION, unit="won",
)  # fmt: skip
def acquisition_base(case: Case) -> int:
    row = case.row("acquisition_base")
    cause = case[acquisition_cause]
    if cause == "purchase":
        # VAT is no part of it (영 제18조②4); a broker's fee only for bodies (영 제18조① 단서).
        base = case[sale_price] + case[option_price] + case[premium] - case[vat_included]
        base += case[brokerage_paid] if case[corporate_buyer] else 0
    elif cause == "construction":
        base = case[construction_cost]
    elif cause == "gift" and row.value["gift"] == "market":
        base = _gift(case, row.value["gift_choice_up_to"])
    else:
        base = case[acquired_standard_value]
    return case.state(row, max(base, 0), ko="과세표준 {value}원", en="Tax base {value} won")


@rule(
    "whole_value", acquisition_base, acquired_share, share_standard_value, standard_value,
    ko="전체 주택의 취득당시가액", en="Value of the whole home at acquisition",
    article="지방세법 제11조제1항제8호 후단", trigger=Trigger.ACQUISITION, unit="won",
)  # fmt: skip
def whole_value(case: Case) -> int:
    """The band of a share is that of the whole: share's price × whole standard value ÷ share's standard value."""
    base, part = case[acquisition_base], share(case)
    if part != 1 and (own := case[share_standard_value]):
        if case[standard_value] < own:
            raise Lacking("standard_value", ko="시가표준액이 지분보다 작습니다.", en="Smaller than that of the share.")
        part = Fraction(own, case[standard_value])
    value = base * part.denominator // part.numerator
    return case.state(
        "지방세법 제11조제1항제8호 후단", value, ko="전체 주택의 취득당시가액 {value}원",
        en="Value of the whole home {value} won",
    )  # fmt: skip


def share(case: Case) -> Fraction:
    """The share acquired; Lacking where it is more than the whole. The caller asks for ``acquired_share``."""
    part = Fraction(case[acquired_share])
    if part > 1:
        raise Lacking("acquired_share", ko="취득 지분이 1을 넘습니다.", en="The share is more than the whole.")
    return part


def _gift(case: Case, choice_up_to: int) -> int:
    """시가인정액; up to the limit the taxpayer may choose the standard value; without a market value that one."""
    if case[takes_standard_value] and case[standard_value] <= choice_up_to:
        return case[acquired_standard_value]
    value = case[market_value]
    return case[acquired_standard_value] if value is None else value
