"""Tests that several special supplies share: income, property and assets.

주택공급에 관한 규칙 제41조①1라, 제43조①4; 공공주택 특별법 시행규칙 별표 6 (annex, transcribed). Checked 2026-11-23.
"""

from __future__ import annotations

from domain.words import SupplyKind
from law.rules import Case
from law.subscription.special.assets import public_assets
from law.subscription.special.tiers import OPEN_TERMS, open_tiers, tiers_row
from law.vocabulary import supplier_public

INCOME_TERMS = (*OPEN_TERMS, public_assets, supplier_public)


def income_tests(case: Case, kind: SupplyKind) -> None:
    """Income opens at least one part of the supply (above the limits by property); public homes also ask for assets."""
    row = tiers_row(case, kind)
    case.test(
        "special.income", row, lambda: bool(open_tiers(case, kind)),
        ko="세대의 월평균소득(초과하면 부동산가액)이 공급 단계 중 하나의 기준을 충족하는지",
        en="Household income (above the limits: property) opens at least one part",
    )  # fmt: skip
    if case[supplier_public]:
        case.require(public_assets)
