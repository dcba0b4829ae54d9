"""General supply of one house type, and its wait-list.

주택공급에 관한 규칙 제25조③ (residents first within a rank), 제26조①②③, 제27조②④, 제28조②④⑥⑦⑧⑨. Checked 2026-11-23.
Within a rank the residents of the housing area are served before all others; only where more of them apply than
homes are left is there competition among them (our reading of 제25조③ with 제28조②).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain.words import HousingKind
from law.draw import Draw, ceil_share
from law.entries import Entry
from law.select_special import wait_places
from law.selection_terms import TypeBasis

FIRST_RANK = 1


def select_general(draw: Draw, one: TypeBasis, kind: HousingKind, entries: Sequence[Entry], units: int) -> None:
    """Award ``units`` among the general entries whose persons have not won by special supply."""
    first = [entry for entry in entries if entry.rank == FIRST_RANK]
    second = [entry for entry in entries if entry.rank != FIRST_RANK]
    if kind is HousingKind.PUBLIC:
        left = units - _by_sequence(draw, one, first, units)
    else:
        left = units - _by_points_and_lot(draw, one, first, units)
    pool = f"rank2:{one.model_no}"
    draw.take(pool, _locals_first(draw, pool, draw.losers(second)), left)


def _by_sequence(draw: Draw, one: TypeBasis, entries: Sequence[Entry], units: int) -> int:
    """순차 (제27조②): long without a home first, then the larger amount (small homes: payments), then the lot."""
    pool, by_payments = f"sequence:{one.model_no}", draw.law.types[one.model_no].by_payments

    def key(entry: Entry) -> tuple[Any, ...]:
        amount = entry.payments_position if by_payments else entry.amount_position
        return (not entry.local, not entry.long_homeless, amount, draw.lot(pool, entry))

    return draw.take(pool, sorted(draw.losers(entries), key=key), units)


def _by_points_and_lot(draw: Draw, one: TypeBasis, entries: Sequence[Entry], units: int) -> int:
    """가점과 추첨 (제28조②④): points units first; who loses there takes part in the lot without asking (⑦)."""
    points_left = ceil_share(units, draw.law.types[one.model_no].points_pct)
    taken = 0
    for local in (True, False):
        group = [entry for entry in entries if entry.local is local]
        scored = [entry for entry in draw.losers(group) if entry.points_eligible]
        won = draw.take(f"points:{one.model_no}", _by_points(draw, one, scored), min(points_left, units - taken))
        points_left, taken = points_left - won, taken + won
        taken += _by_lot(draw, one, draw.losers(group), units - taken)
    return taken


def _by_lot(draw: Draw, one: TypeBasis, entries: Sequence[Entry], units: int) -> int:
    """제28조⑧: a share of the lots to households without a home, the rest also to those with one, then to all."""
    pool, share = f"lot:{one.model_no}", draw.law.lottery_homeless_pct
    if share is None or len(entries) <= units:
        return draw.take(pool, draw.by_lot(pool, entries), units)
    taken = 0
    for most_homes, places in ((0, ceil_share(units, share)), (1, units), (2, units)):
        group = [entry for entry in draw.losers(entries) if entry.homes <= most_homes]
        taken += draw.take(pool, draw.by_lot(pool, group), min(places, units - taken))
    return taken


def _by_points(draw: Draw, one: TypeBasis, entries: Sequence[Entry]) -> list[Entry]:
    """Higher points, then the older account (제28조⑦), then the lot."""
    pool, by_account = f"points:{one.model_no}", draw.law.tie_by_account

    def key(entry: Entry) -> tuple[Any, ...]:
        tie = entry.account_position if by_account else 0
        return (-(entry.points or 0), tie, draw.lot(pool, entry))

    return sorted(entries, key=key)


def general_wait_list(draw: Draw, one: TypeBasis, entries: Sequence[Entry], units: int) -> list[Entry]:
    """예비입주자 (제26조①②③): by rank; where points count, first rank by points first (ties by lot), else by lot."""
    pool, scored = f"wait:{one.model_no}", draw.law.types[one.model_no].points_pct > 0

    def key(entry: Entry) -> tuple[Any, ...]:
        by_points = scored and entry.rank == FIRST_RANK and entry.points_eligible
        points = entry.points or 0 if by_points else 0
        return (entry.rank, not by_points, not entry.local, -points, draw.lot(pool, entry))

    ordered = sorted(draw.losers(entries), key=key)
    return ordered[: wait_places(draw, units, len(entries), len(ordered))]


def _locals_first(draw: Draw, pool: str, entries: Sequence[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: (not entry.local, draw.lot(pool, entry)))
