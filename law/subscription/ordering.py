"""The order in which winners are chosen, and the keys by which applicants for public homes stand in line (순차).

주택공급에 관한 규칙 제25조③⑦⑧, 제27조②③④, 제28조②④⑦⑧⑨, 제34조①. Checked 2026-11-23. Points, shares and lots of
private homes are in ``points`` and ``shares``; stages by residence on large sites in ``regional``.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from domain.model import Model
from domain.words import HousingKind
from law.calendar import full_years
from law.rules import Case, rule
from law.subscription.approval import approval_row
from law.subscription.ownership import ownership_history
from law.subscription.payments import recognised_amount, recognised_payments
from law.subscription.points import homeless_start
from law.vocabulary import approval_applied_on, exclusive_area, housing_kind, large_site

RULES = "주택공급에 관한 규칙"
SEQUENCE = f"{RULES} 제27조제2항"
HOMELESS = f"{RULES} 제27조제3항"


class SequenceKey(Model):
    """Smaller ``order`` first, then the larger ``measure``; equal keys go by lot (제27조제4항제2호)."""

    order: int
    measure: int


@rule(
    "selection_order", housing_kind, approval_applied_on, large_site, ko="입주자 선정 순서",
    en="Stages of the selection in their order", article=f"{RULES} 제25조, 제27조, 제28조",
)  # fmt: skip
def selection_order(case: Case) -> tuple[str, ...]:
    """Within a rank locals come first; on large sites the shares by residence take that place (제34조)."""
    row = approval_row(case, "selection_order")
    groups = ("by_residence_shares",) if case[large_site] else ("local", "other")
    ranks = tuple(f"{rank}_{group}" for rank in ("first_rank", "second_rank") for group in groups)
    stages = (*row.value["before"], *ranks, *row.value["after"])
    return case.state(row, stages, ko="선정 단계 {value}개", en="Stages {value}")


@rule(
    "first_rank_method", housing_kind, ko="1순위 경쟁 시 선정 방법",
    en="How first rank is decided when there is competition",
    article=f"{RULES} 제27조제2항, 제28조제2항·제4항",
)  # fmt: skip
def first_rank_method(case: Case) -> Literal["sequence", "points_then_lot"]:
    """국민주택: 순차. 민영주택: 가점제 for its share, then the lots, in which losers of the points take part."""
    public = case[housing_kind] is HousingKind.PUBLIC
    method: Literal["sequence", "points_then_lot"] = "sequence" if public else "points_then_lot"
    cite = SEQUENCE if public else f"{RULES} 제28조제2항·제4항"
    return case.state(cite, method, ko="1순위 선정 방법 {value}", en="First rank goes by {value}")


@rule(
    "second_rank_method", housing_kind, ko="2순위 경쟁 시 선정 방법", en="How second rank is decided",
    article=f"{RULES} 제27조제4항제1호, 제28조제9항",
)  # fmt: skip
def second_rank_method(case: Case) -> Literal["lot"]:
    cite = f"{RULES} 제27조제4항제1호" if case[housing_kind] is HousingKind.PUBLIC else f"{RULES} 제28조제9항"
    return case.state(cite, "lot", ko="2순위는 추첨", en="Second rank goes by lot")


@rule(
    "public_homeless_since", homeless_start, ownership_history, ko="국민주택 무주택기간 기산일",
    en="Day from which the household counts as without a home (public homes)", article=HOMELESS,
)  # fmt: skip
def public_homeless_since(case: Case) -> date | None:
    """The applicant's own start, or the day when the last other member gave up a home, if later."""
    start = case[homeless_start]
    if start is None:
        return case.state(HOMELESS, None, ko="무주택기간이 없습니다.", en="No time without a home")
    given_up = [home.disposed_on for home in case[ownership_history] if home.disposed_on]
    latest = max([start, *(day for day in given_up if day <= case.as_of)])
    return case.state(
        HOMELESS, latest, ko="세대가 무주택인 기간의 시작 {value}", en="Household without a home since {value}"
    )


@rule(
    "long_homeless", public_homeless_since, ko="3년 이상 무주택세대구성원인지",
    en="Member of a household without a home for the years asked", article=SEQUENCE,
)  # fmt: skip
def long_homeless(case: Case) -> bool:
    row = case.row("public_homeless_years")

    def long_enough() -> bool:
        since = case[public_homeless_since]
        years: int = row.value["years"]
        return since is not None and full_years(since, case.as_of) >= years

    case.test(
        "long_homeless.years", row, long_enough,
        ko="3년 이상 계속 무주택인지", en="Without a home for three years or more",
    )  # fmt: skip
    return case.verdict()


@rule(
    "sequence_measure", exclusive_area, ko="순차의 기준 (저축총액 또는 납입횟수)",
    en="What decides within an order: savings or number of payments", article=SEQUENCE,
)  # fmt: skip
def sequence_measure(case: Case) -> Literal["amount", "payments"]:
    """Savings above the small area, payments at or below it."""
    row = case.row("public_homeless_years")
    small = Decimal(case[exclusive_area]) <= Decimal(row.value["small_area"])
    measure: Literal["amount", "payments"] = "payments" if small else "amount"
    return case.state(row, measure, ko="기준 {value}", en="Decided by {value}")


@rule(
    "sequence_key", long_homeless, sequence_measure, recognised_amount, recognised_payments, ko="국민주택 순차",
    en="Place in the line for public homes", article=SEQUENCE,
)  # fmt: skip
def sequence_key(case: Case) -> SequenceKey:
    order = 1 if case[long_homeless] else 2
    by_amount = case[sequence_measure] == "amount"
    measure = case[recognised_amount] if by_amount else case[recognised_payments]
    found = SequenceKey(order=order, measure=measure)
    ko = f"{order}순차, {f'저축총액 {measure:,}원' if by_amount else f'납입 {measure:,}회'}"
    en = f"Order {order}, {f'savings of {measure:,} won' if by_amount else f'{measure:,} payments'}"
    return case.state(SEQUENCE, found, ko=ko, en=en)
