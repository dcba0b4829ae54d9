"""The wait-list (예비입주자): how many, in which order, and how homes that fall free are given out.

주택공급에 관한 규칙 제26조①②③⑤, 제26조의2①③④, 제47조의3④; 부칙 제450호 제2조, 제468호 제2조, 제512호 제2조,
제676호 제3조, 제1202호 제3조. Checked 2026-11-23. Places are least numbers; a notice may set more.
"""

from __future__ import annotations

from typing import Literal

from domain.words import SupplyKind
from law.parameters import Row
from law.rules import Advice, Case, Fact, Lacking, rule
from law.subscription.approval import approval_row
from law.subscription.first_rank import general_standing
from law.subscription.points import points
from law.subscription.regional import Applicants
from law.subscription.shares import points_eligible, points_share
from law.vocabulary import Count, Stated, approval_applied_on, housing_kind, units

RULES = "주택공급에 관한 규칙"
GENERAL = f"{RULES} 제26조제1항"
SPECIAL = f"{RULES} 제26조의2제1항"
HUNDRED = 100
TRIGGER = (approval_applied_on, housing_kind)


class WaitKey(Stated):
    """Smaller rank first, then points before lots, locals before others, more points before fewer; then the lot."""

    rank: int
    by_points: bool
    local: bool
    points: int


applicants_general = Fact[int](
    "applicants_general", "일반공급 신청자 수 (2순위까지)", "applicants for general supply, second rank included",
    Advice.NEVER, "persons", kind=Applicants,
)  # fmt: skip
applicants_special = Fact[int](
    "applicants_special", "특별공급 신청자 수 (모든 유형)", "applicants for special supply, all kinds",
    Advice.NEVER, "persons", kind=Applicants,
)  # fmt: skip
cancelled_home_units = Fact[int](
    "cancelled_home_units", "계약취소주택 수", "homes of cancelled contracts", Advice.NEVER, "homes", kind=Count
)
first_call = Fact[bool]("first_call", "예비입주자를 처음 선정하는 차례인지", "first call of the wait-list", kind=bool)


@rule(
    "wait_list_general", units, applicants_general, *TRIGGER, ko="일반공급 예비입주자 수", en="Places on the wait-list",
    article=GENERAL, unit="places",
)  # fmt: skip
def wait_list_general(case: Case) -> int:
    """Everybody who lost where few applied, else the percentage of the homes, rounded up."""
    homes = case[units].get(SupplyKind.GENERAL, 0)
    return _places(case, approval_row(case, "wait_list"), homes, case[applicants_general])


@rule(
    "wait_list_special", units, applicants_special, *TRIGGER, ko="특별공급 예비입주자 수",
    en="Places on the wait-list of special supply", article=SPECIAL, unit="places",
)  # fmt: skip
def wait_list_special(case: Case) -> int:
    """All special kinds together, by lot (제26조의2제3항)."""
    homes = sum(number for kind, number in case[units].items() if kind != SupplyKind.GENERAL)
    return _places(case, approval_row(case, "wait_list_special"), homes, case[applicants_special])


def _places(case: Case, row: Row, homes: int, applied: int) -> int:
    losers, table = max(0, applied - homes), row.value
    if applied * HUNDRED < homes * table["all_below_pct"]:
        return case.state(row, losers, ko="탈락자 모두 {value}명", en="All {value} who lost")
    if applied * HUNDRED < homes * table["none_below_pct"]:
        return case.state(row, 0, ko="선정할 의무가 없습니다.", en="No duty")
    places: int = min(losers, -(-homes * table["pct"] // HUNDRED))
    return case.state(row, places, ko="예비입주자 {value}명", en="{value} places")


@rule(
    "wait_list_cancelled", cancelled_home_units, ko="계약취소주택 예비입주자 수",
    en="Places on the wait-list for homes of cancelled contracts", article=f"{RULES} 제47조의3제4항", unit="places",
)  # fmt: skip
def wait_list_cancelled(case: Case) -> int:
    row = case.row("wait_list_cancelled")
    places: int = -(-case[cancelled_home_units] * row.value // HUNDRED)
    return case.state(row, places, ko="예비입주자 {value}명", en="{value} places")


@rule(
    "wait_list_order", points_share, *TRIGGER, ko="일반공급 예비입주자의 순번", en="Order of the wait-list",
    article=f"{RULES} 제26조제2항·제3항",
)  # fmt: skip
def wait_list_order(case: Case) -> Literal["points_then_lot", "lot"]:
    """With points: first-rank people under points by points, the other first-rank ones by lot. Without: by lot."""
    row = approval_row(case, "wait_list_order")
    found: Literal["points_then_lot", "lot"] | None = row.value["points" if case[points_share] else "other"]
    if found is None:
        raise Lacking(
            f"law:{row.family}", ko="종전 제26조제3항의 순번 방법을 확인하지 못했습니다.", en="Earlier text not read"
        )
    return case.state(row, found, ko="순번: {value}", en="Order: {value}")


@rule(
    "wait_list_special_order", *TRIGGER, ko="특별공급 예비입주자의 순번", en="Order of the wait-list of special supply",
    article=f"{RULES} 제26조의2제3항",
)  # fmt: skip
def wait_list_special_order(case: Case) -> Literal["lot", "none"]:
    row = approval_row(case, "wait_list_special")
    found: Literal["lot", "none"] = "lot" if row.value["pct"] else "none"
    return case.state(row, found, ko="순번: {value}", en="Order: {value}")


@rule(
    "wait_list_call", first_call, ko="예비입주자에게 주택을 공급하는 방법", en="How homes are given to the wait-list",
    article=f"{RULES} 제26조제5항, 제26조의2제4항",
)  # fmt: skip
def wait_list_call(case: Case) -> Literal["lot_among_willing", "by_number"]:
    """The first time units are published and drawn among those who say that they join; later by number."""
    cite = f"{RULES} 제26조제5항"
    found: Literal["lot_among_willing", "by_number"] = "lot_among_willing" if case[first_call] else "by_number"
    return case.state(cite, found, ko="공급 방법: {value}", en="Given out {value}")


@rule(
    "wait_list_key", wait_list_order, general_standing, points_eligible, points, ko="예비입주자 순번의 기준",
    en="Place in the line for the wait-list", article=f"{RULES} 제25조제3항, 제26조제1항·제2항",
)  # fmt: skip
def wait_list_key(case: Case) -> WaitKey:
    """By rank; in first rank those under points before the others; locals before the others (제25조③, our reading)."""
    standing = case[general_standing]
    by_points = standing.rank == 1 and case[wait_list_order] == "points_then_lot" and case[points_eligible]
    score = case[points] if by_points else 0
    key = WaitKey(rank=standing.rank, by_points=by_points, local=standing.local, points=score)
    ko = f"{key.rank}순위, {'해당지역' if key.local else '기타지역'}, {f'가점 {score}점' if by_points else '추첨'}"
    en = f"Rank {key.rank}, {'local' if key.local else 'other'}, {f'{score} points' if by_points else 'by lot'}"
    return case.state(f"{RULES} 제26조제1항·제2항", key, ko=ko, en=en)
