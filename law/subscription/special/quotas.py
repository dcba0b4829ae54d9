"""How many homes of a notice a special supply may take (특별공급 비율), and its order inside one part.

주택공급에 관한 규칙 제35조①, 제36조, 제40조①, 제41조①④, 제43조①③, 제45조, 제46조①③, 제49조; 공공주택 특별법
시행규칙 별표 6, 별표 6의2, 별표 6의6. Checked 2026-11-23. Upper bounds of all homes built: the notice's own numbers
decide, these check them.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from domain.words import HousingKind, SupplyKind
from law import value_words
from law.parameters import Row
from law.rules import Advice, Case, Fact, Lacking, rule
from law.subscription.areas import capital
from law.subscription.special.assets import public_form
from law.subscription.special.common import dated_row, state_supplier
from law.subscription.special.recommended import low_birth_home
from law.vocabulary import (
    Count,
    approval_applied_on,
    exclusive_area,
    housing_kind,
    large_site,
    public_land,
    supplier_public,
    supply_kind,
)

ARTICLE = "주택공급에 관한 규칙 제35조–제46조"
ADJUST = "주택공급에 관한 규칙 제49조제1항"

total_units = Fact[int]("total_units", "전체 건설량", "homes built in all", Advice.ACT, "homes", kind=Count)
quota_raised = Fact[bool](
    "quota_raised", "비율 상향 승인 여부 (다자녀 15%, 기관추천 15·20%)", "higher share approved", Advice.ACT, kind=bool,
    default=False,
)  # fmt: skip
usual_shares = Fact[Mapping[str, int]](
    "usual_shares", "조정 전 유형별 비율", "shares before the adjustment, percent", Advice.ACT,
    kind=dict[SupplyKind, Count],
)  # fmt: skip
adjusted_shares = Fact[Mapping[str, int]](
    "adjusted_shares", "조정 후 유형별 비율", "shares after the adjustment, percent", Advice.ACT,
    kind=dict[SupplyKind, Count],
)  # fmt: skip


@rule(
    "special_quota", supply_kind, housing_kind, supplier_public, state_supplier, public_form, public_land,
    exclusive_area, capital, quota_raised, low_birth_home, approval_applied_on, ko="특별공급 비율 (건설량의 %)",
    en="Share of a special supply, percent of all homes, at most", article=ARTICLE, unit="percent",
)  # fmt: skip
def special_quota(case: Case) -> int:
    """Private and other public homes: the Rules; public developers: the annexes, by form. Small homes only for some
    kinds; more with approval for 다자녀 and 기관추천."""
    kind = case[supply_kind]
    if case[supplier_public]:
        row = case.row(f"public_quota_{case[public_form]}")
        share = row.value.get(kind.value, 0)
    else:
        row = dated_row(case, "special_quota")
        share = _by_rules(case, row, kind)
    if share is None:
        raise Lacking(
            f"law:{row.family}",
            ko=f"{value_words.SUPPLY[kind][0]} 비율을 확인하지 못했습니다. 공고의 세대수를 쓰십시오.",
            en=f"The share of {kind} could not be confirmed. Use the notice's numbers.",
        )  # fmt: skip
    return case.state(row, int(share), ko="건설량의 {value}% 이내", en="At most {value} % of all homes")


@rule(
    "special_quota_units", special_quota, total_units, ko="특별공급 최대 세대수",
    en="Homes that a special supply may take at most", article=ARTICLE, unit="homes",
)  # fmt: skip
def special_quota_units(case: Case) -> int:
    """ "…의 범위에서": an upper bound, so rounded down."""
    most = case[total_units] * case[special_quota] // 100
    return case.state(ARTICLE, most, ko="최대 {value}세대", en="At most {value} homes")


@rule(
    "special_quota_adjusted", usual_shares, adjusted_shares, ko="특별공급 비율 조정의 한도",
    en="Adjusted shares within the limits", article=ADJUST,
)  # fmt: skip
def special_quota_adjusted(case: Case) -> bool:
    """제49조①: each share within points of the whole up or down, none below the least, the sum not above the old."""
    row = case.row("special_quota_adjustment")
    usual, adjusted = case[usual_shares], case[adjusted_shares]
    points, least, kinds = row.value["points"], row.value["least"], row.value["kinds"]
    case.test(
        "quota.kinds", row, lambda: set(usual) == set(adjusted) and all(str(kind) in kinds for kind in adjusted),
        ko="다자녀·신혼부부·생애최초·노부모 비율만 조정하는지", en="Only the kinds that the article names",
    )  # fmt: skip
    case.test(
        "quota.points", row,
        lambda: all(abs(share - usual.get(kind, share)) <= points for kind, share in adjusted.items()),
        ko=f"각 비율의 증감이 {points}%포인트 이내인지", en=f"Each share changed by at most {points} points",
    )  # fmt: skip
    case.test(
        "quota.least", row, lambda: all(share >= least for share in adjusted.values()),
        ko=f"각 비율이 {least}% 이상인지", en=f"Each share at least {least} %",
    )  # fmt: skip
    case.test(
        "quota.sum", row, lambda: sum(adjusted.values()) <= sum(usual.values()),
        ko="비율의 합이 조정 전의 합 이하인지", en="The sum not above the sum before",
    )  # fmt: skip
    return case.verdict()


@rule(
    "special_tie_order", supply_kind, housing_kind, supplier_public, large_site, ko="동순위 경쟁 시 선정 순서",
    en="Order inside one part of the supply", article="주택공급에 관한 규칙 제40조, 제41조제2항, 제43조, 제46조제2항",
)  # fmt: skip
def special_tie_order(case: Case) -> tuple[str, ...]:
    """What decides first comes first; the words are those of the table. On large sites residents have shares instead
    (제34조), so ``local`` is left out. Parts by lot alone know only ``local`` and the lot."""
    row = case.row("special_tie_order")
    table = row.value["public_sale" if case[supplier_public] else "rules"]
    order = table.get(case[supply_kind].value)
    if order is None:
        raise Lacking(
            supply_kind.name, ko="이 사업주체의 특별공급이 아닙니다.", en="No special supply of this supplier"
        )
    if isinstance(order, Mapping):
        order = order[case[housing_kind].value]
    found = tuple(word for word in order if word != "local" or not case[large_site])
    return case.state(row, found, ko="선정 기준 {value}개", en="Order {value}")


def _by_rules(case: Case, row: Row, kind: SupplyKind) -> Any:
    public = case[housing_kind] is HousingKind.PUBLIC
    table: Mapping[str, Any] = row.value["public" if public else "private"]
    small = Decimal(case[exclusive_area]) <= Decimal(row.value["small_area"])
    if kind is SupplyKind.ELDERLY_PARENTS:
        return table["elderly_parents_state"] if case[state_supplier] and small else table["elderly_parents"]
    if kind is SupplyKind.MULTI_CHILD:
        return table["multi_child_raised"] if case[quota_raised] else table["multi_child"]
    if not public and not small and not (kind is SupplyKind.RECOMMENDED and case[low_birth_home]):
        return 0
    if kind is SupplyKind.RECOMMENDED:
        if case[quota_raised]:
            return table["recommended_raised"]["capital" if case[capital] else "other"]
        return table["recommended"]
    share = table.get(kind.value, 0)
    return share["public_land" if case[public_land] else "other"] if isinstance(share, Mapping) else share
