"""The fine for a transfer that is filed too late (등기신청 해태 과태료).

부동산등기 특별조치법 제2조①, 제11조, 제12조; the steps of the rule of 행정안전부 are second-hand. Checked 2026-11-23.
The act's own ceiling is five times the base sum; how much is imposed by months of delay is not confirmed.
"""

from __future__ import annotations

from datetime import date

from law.calendar import full_months
from law.rules import Case, Fact, Trigger, rule
from law.sale.acquired import acquisition_base
from law.sale.facts import acquisition_cause, property_kind
from law.sale.rates import WHOLE, base_rate_bp

ARTICLE = "부동산등기 특별조치법 제11조제1항"

registration_due_on = Fact[date]("registration_due_on", "등기신청 기한", "last day for filing the transfer", kind=date)


@rule(
    "late_registration_base", acquisition_base, acquisition_cause, property_kind, base_rate_bp,
    ko="등기 해태 과태료의 기준금액", en="Sum from which the fine for late filing is measured", article=ARTICLE,
    trigger=Trigger.EVENT, unit="won",
)  # fmt: skip
def late_registration_base(case: Case) -> int:
    """Tax base × (standard rate − 2 %); two percent for a home bought for money."""
    row = case.row("late_registration")
    bought_home = case[acquisition_cause] == "purchase" and case[property_kind] == "home"
    rate = row.value["home_bp"] if bought_home else max(0, case[base_rate_bp] - row.value["less_bp"])
    base: int = case[acquisition_base] * rate // WHOLE
    return case.state(row, base, ko="기준금액 {value}원", en="Base sum {value} won")


@rule(
    "late_registration_most", late_registration_base, ko="등기 해태 과태료의 법정 상한",
    en="Most that late filing may be fined", article=ARTICLE, trigger=Trigger.EVENT, unit="won",
)  # fmt: skip
def late_registration_most(case: Case) -> int:
    row = case.row("late_registration")
    most: int = case[late_registration_base] * row.value["times"]
    return case.state(row, most, ko="과태료 {value}원 이하", en="A fine of up to {value} won")


@rule(
    "late_registration_percent", registration_due_on, ko="해태기간별 부과율", en="Percent of the base sum by delay",
    article="부동산등기 특별조치법 제11조제2항, 제12조제1항", trigger=Trigger.EVENT, unit="percent",
)  # fmt: skip
def late_registration_percent(case: Case) -> int:
    """``as_of``: the day of filing."""
    row = case.row("late_registration_steps")
    months = full_months(case[registration_due_on], case.as_of)
    steps = row.value["below_months"]
    percent: int = next((step["percent"] for step in steps if months < step["below"]), row.value["above"])
    return case.state(row, percent, ko="부과율 {value}%", en="{value} percent")


@rule(
    "late_registration_fine", late_registration_base, late_registration_percent, ko="등기 해태 과태료",
    en="Fine for filing late", article=ARTICLE, trigger=Trigger.EVENT, unit="won",
)  # fmt: skip
def late_registration_fine(case: Case) -> int:
    fine = case[late_registration_base] * case[late_registration_percent] // 100
    return case.state(case.row("late_registration"), fine, ko="과태료 {value}원", en="A fine of {value} won")
