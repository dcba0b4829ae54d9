"""Homes that nobody waits for (무순위) and homes of cancelled contracts (계약취소주택): who may apply, and how.

주택공급에 관한 규칙 제19조⑤⑥, 제26조⑤ 단서, 제47조의3; 부칙 제565호 제1조, 제851호 제2조, 제1196호 제2조. Checked
2026-11-23. ``as_of`` is the day of the leftover notice itself.
"""

from __future__ import annotations

from typing import Literal

from domain.words import HousingKind
from law.rules import Advice, Case, Fact, Trigger, rule
from law.subscription.areas import regulated
from law.subscription.household import adult
from law.subscription.ownership import homeless
from law.subscription.residence import residence_band
from law.subscription.restrictions import (
    ban_first_day,
    disturbance_ban,
    ineligible_ban,
    rewin_barred_until,
    still_runs,
)
from law.vocabulary import head, housing_kind, supplier_public

RULES = "주택공급에 관한 규칙"
LEFTOVER = f"{RULES} 제26조제5항"
CANCELLED = f"{RULES} 제47조의3제2항"

lives_in_country = Fact[bool](
    "lives_in_country", "국내 거주 여부", "lives in the country", Advice.SHOWN, kind=bool, default=True
)
leftover_residence = Fact[Literal["area", "zone"] | None](
    "leftover_residence", "무순위에 추가된 거주요건 (해당지역·권역)",
    "residence that the mayor has added: area, zone or none",
    Advice.ACT, kind=Literal["area", "zone"] | None, default=None,
)  # fmt: skip
special_conditions_met = Fact[bool](
    "special_conditions_met",
    "해당 특별공급 요건을 갖추었는지",
    "meets the conditions of that special supply",
    kind=bool,
)
cancelled_special = Fact[bool](
    "cancelled_special", "특별공급으로 공급되었던 계약취소주택인지", "the cancelled home was one of special supply",
    Advice.ACT, kind=bool, default=False,
)  # fmt: skip
special_left_over = Fact[bool](
    "special_left_over", "특별공급 요건을 갖춘 신청자에게 공급하고 남은 주택인지",
    "left over after those who met the special conditions", Advice.ACT, kind=bool, default=False,
)  # fmt: skip


@rule(
    "leftover_open", adult, homeless, lives_in_country, residence_band, leftover_residence, housing_kind,
    ko="무순위 신청 자격", en="May apply for leftover homes (무순위)", article=LEFTOVER, trigger=Trigger.EVENT,
)  # fmt: skip
def leftover_open(case: Case) -> bool:
    row = case.row("leftover_supply")
    case.test("leftover.adult", row, lambda: case[adult], ko="성년자인지", en="Of age")
    if row.value["in_country"]:
        case.test("leftover.country", row, lambda: case[lives_in_country], ko="국내에 거주하는지", en="In the country")
    if row.value["homeless"] or (row.value["public_homeless"] and case[housing_kind] is HousingKind.PUBLIC):
        case.test(
            "leftover.homeless", row, lambda: case[homeless],
            ko="무주택세대구성원인지", en="Member of a household without a home",
        )  # fmt: skip
    if row.value["local"]:
        case.test(
            "leftover.local", row, lambda: case[residence_band] == "local",
            ko="해당 주택건설지역에 거주하는지", en="Lives in the housing area",
        )  # fmt: skip
    asked = case[leftover_residence] if row.value["region_may_be_asked"] else None
    if asked is not None:
        near = ("local", "province") if asked == "area" else ("local", "province", "zone")
        case.test(
            "leftover.residence", row, lambda: case[residence_band] in near,
            ko="추가된 거주요건을 갖추었는지", en="Meets the residence that was added",
        )  # fmt: skip
    return case.verdict()


@rule(
    "leftover_rounds", regulated, supplier_public, ko="청약홈 추첨 의무 횟수",
    en="Rounds that must go through the selection operator", article=f"{RULES} 제19조제6항", trigger=Trigger.EVENT,
    unit="rounds",
)  # fmt: skip
def leftover_rounds(case: Case) -> int:
    """Public suppliers (제18조) outside regulated areas: none."""
    row = case.row("leftover_rounds")
    strict = row.value["regulated"] != row.value["other"] and case[regulated]
    rounds: int = row.value["regulated"] if strict else 0 if case[supplier_public] else row.value["other"]
    return case.state(row, rounds, ko="의무 {value}회", en="{value} rounds")


@rule(
    "cancelled_home_open", residence_band, head, homeless, rewin_barred_until, ineligible_ban, disturbance_ban,
    ban_first_day, cancelled_special, special_left_over, special_conditions_met,
    ko="계약취소주택 신청 자격", en="May apply for a home of a cancelled contract",
    article=CANCELLED,
)  # fmt: skip
def cancelled_home_open(case: Case) -> bool:
    row = case.row("cancelled_homes")
    case.test(
        "cancelled.local", row, lambda: case[residence_band] == "local",
        ko="해당 주택건설지역에 거주하는지", en="Lives in the housing area",
    )  # fmt: skip
    if case[cancelled_special] and not case[special_left_over]:
        case.test(
            "cancelled.special", f"{RULES} 제47조의3제3항", lambda: case[special_conditions_met],
            ko="해당 특별공급 요건을 갖추었는지", en="Meets the conditions of that special supply",
        )  # fmt: skip
        return case.verdict()
    case.test("cancelled.head", row, lambda: case[head], ko="세대주인지", en="Head of the household")
    case.test(
        "cancelled.homeless", row, lambda: case[homeless],
        ko="무주택세대구성원인지", en="Member of a household without a home",
    )  # fmt: skip
    case.test(
        "cancelled.rewin", row, lambda: not _barred(case),
        ko="재당첨 제한기간이 아닌지", en="Not in the bar of an earlier win",
    )  # fmt: skip
    case.test(
        "cancelled.breach", row, lambda: case[disturbance_ban],
        ko="공급질서 교란 등에 따른 제한기간이 아닌지", en="Not banned for a breach",
    )  # fmt: skip
    case.test(
        "cancelled.ineligible", row, lambda: case[ineligible_ban],
        ko="부적격 당첨에 따른 제한기간이 아닌지", en="Not barred after a cancelled win",
    )  # fmt: skip
    return case.verdict()


def _barred(case: Case) -> bool:
    until = case[rewin_barred_until]
    return until is not None and still_runs(case, until)
