"""Special supply of one house type: kinds in order, tiers in order, losers rolling on, leftovers by lot.

주택공급에 관한 규칙 제25조⑦, 제26조의2, 제41조②③, 제43조②④. Checked 2026-11-23. Within a tier residents of the
housing area come first (제25조③, 제41조②1); that this also holds where a tier is decided by lot is our reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from domain.words import SupplyKind
from law.draw import Draw, ceil_share
from law.entries import Entry
from law.selection_terms import SPECIAL, Tier, TypeBasis


def select_special(draw: Draw, one: TypeBasis, entries: Sequence[Entry]) -> int:
    """Award the special units of a house type; returns the units left for general supply (제25조제8항)."""
    left = 0
    for kind in SPECIAL:
        applied = [entry for entry in entries if entry.supply_kind is kind]
        left += one.units.get(kind, 0) - _select_kind(draw, one, kind, applied)
    pool = f"left:{one.model_no}"
    losers = draw.losers(entry for entry in entries if entry.supply_kind in SPECIAL)
    return left - draw.take(pool, draw.by_lot(pool, losers), left)


def _select_kind(draw: Draw, one: TypeBasis, kind: SupplyKind, applied: Sequence[Entry]) -> int:
    units, taken = one.units.get(kind, 0), 0
    tiers = draw.law.tiers[kind]
    for number, tier in enumerate(tiers):
        share = units - taken if number == len(tiers) - 1 else min(ceil_share(units, tier.pct), units - taken)
        pool = f"special:{one.model_no}:{kind}:{number}"
        in_tier = draw.losers(entry for entry in applied if entry.tier in tier.takes_part)
        taken += draw.take(pool, _in_order(draw, pool, tier, kind, in_tier), share)
    return taken


def _in_order(draw: Draw, pool: str, tier: Tier, kind: SupplyKind, entries: Iterable[Entry]) -> list[Entry]:
    if kind is SupplyKind.NEWLYWED and not tier.by_lot:
        # 제41조제2항: first order before second; within each residents, then more children, then the lot.
        return sorted(
            entries, key=lambda e: (not e.first_order, not e.local, -e.children, draw.lot(pool, e))
        )  # fmt: skip
    return sorted(entries, key=lambda entry: (not entry.local, draw.lot(pool, entry)))


def special_wait_list(draw: Draw, one: TypeBasis, entries: Sequence[Entry]) -> list[Entry]:
    """제26조의2①③: all kinds of the house type together, by lot."""
    applied = [entry for entry in entries if entry.supply_kind in SPECIAL]
    units = sum(one.units.get(kind, 0) for kind in SPECIAL)
    ordered = draw.by_lot(f"wait-special:{one.model_no}", draw.losers(applied))
    return ordered[: wait_places(draw, units, len(applied), len(ordered))]


def wait_places(draw: Draw, units: int, applied: int, losers: int) -> int:
    """제26조①, 제26조의2①: everybody below the demand of the article, else its percentage rounded up."""
    if applied * 100 < units * draw.law.wait_all_below_pct:
        return losers
    return min(losers, ceil_share(units, draw.law.wait_pct))
