"""Whether the lease of a home is reported (주택 임대차 신고).

부동산 거래신고 등에 관한 법률 제6조의2, 제6조의5; 시행령 제4조의3; 시행규칙 제6조의2⑧; 주택임대차보호법 제2조.
Checked 2026-11-23.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from law.rulebook import Rulebook
from law.rules import Case, Fact, Lacking, Trigger, rule
from law.sale.brokerage import lease_deposit, monthly_rent
from law.sale.counting import last_day
from law.sale.facts import property_region
from law.sale.reports import report_fine_most

ARTICLE = "부동산 거래신고 등에 관한 법률 제6조의2, 시행령 제4조의3"

only_extended = Fact[bool](
    "only_extended",
    "보증금·차임 증감 없이 기간만 연장",
    "renewed for a longer time only, at the same money",
    kind=bool,
    default=False,
)
leased_as_home = Fact[bool](
    "leased_as_home",
    "주거용 건물의 전부나 일부의 임대차인지 (주택임대차보호법 제2조)",
    "all or part of a building for living in is let (주택임대차보호법 제2조)",
    kind=bool,
)


@rule(
    "lease_report", leased_as_home, lease_deposit, monthly_rent, only_extended, property_region,
    ko="주택 임대차 계약 신고의무", en="The lease of a home must be reported", article=ARTICLE,
    trigger=Trigger.CONTRACT,
)  # fmt: skip
def lease_report(case: Case) -> bool:
    row = case.row("lease_report")
    case.test(
        "lease_report.in_force", row, lambda: row.value["in_force"], ko="신고제 시행 이후의 계약인지", en="In force"
    )
    if not row.value["in_force"]:
        return case.verdict()
    case.test("lease_report.home", row, lambda: case[leased_as_home], ko="주택의 임대차인지", en="A home is let")
    case.test(
        "lease_report.amount", row, lambda: _above(case, row.value),
        ko="보증금이나 월 차임이 기준을 넘는지", en="Deposit or monthly rent above the limit",
    )  # fmt: skip
    case.test(
        "lease_report.change", row, lambda: not case[only_extended],
        ko="금액 변동 없는 단순 연장이 아닌지", en="Not a mere extension at the same money",
    )  # fmt: skip
    case.test(
        "lease_report.place", row, lambda: _covered(case, row.value, row.note),
        ko="신고 지역(도 관할 군은 경기도만)인지", en="In an area where leases are reported",
    )  # fmt: skip
    return case.verdict()


@rule(
    "lease_report_due", ko="주택 임대차 신고 기한", en="Last day for reporting the lease", article=ARTICLE,
    trigger=Trigger.CONTRACT,
)  # fmt: skip
def lease_report_due(case: Case) -> date:
    """Moving in with the contract, or filing it by one side, counts as the report (제6조의5, 규칙 제6조의2)."""
    row = case.row("lease_report_deadline")
    return case.state(
        row, last_day(case, "lease_report_deadline"), ko="{value}까지 신고합니다.", en="To be reported by {value}"
    )


def _above(case: Case, table: Any) -> bool:
    """Either is enough; the other is then not asked for."""
    if case.knows(lease_deposit) and case[lease_deposit] > table["deposit_above"]:
        return True
    return bool(case[monthly_rent] > table["monthly_above"] or case[lease_deposit] > table["deposit_above"])


def _covered(case: Case, table: Any, note: str) -> bool:
    region = case[property_region]
    if region[:2] in table["unsure"]:
        raise Lacking("law:lease_report", ko=note, en="Whether its counties belong to a 광역시 is not known.")
    is_county = int(region[2]) >= table["county_digit"]
    return not (region[:2] in table["counties_left_out"] and is_county)


def most_fined(on: date, rulebook: Rulebook) -> int:
    """Most that not reporting a lease may be fined, won (제28조⑤3). What a city asks below it is its own to say."""
    most: int = Case(on, rulebook, {"report_breach": "lease_report"}).judge(report_fine_most).value
    return most
