"""Selection of winners, wait-lists and units from a committed list and one seed, in columns. Integers only.

주택공급에 관한 규칙 제25조②③⑦⑧, 제26조, 제26조의2, 제27조, 제28조, 제34조, 제41조, 제43조, 제51조. Checked 2026-11-23.
Order: special supply by kind and part, what is left of it among its losers by lot; then general supply, from which a
special winner's own entry is removed: by rank, within a rank by stages of residence, points before lots, a share of
the lots to households without a home first, losers rolling on; wait-lists; units, the lowest floor on request first.
What is settled across notices (couples, earlier wins) comes after selection and is not here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.words import HousingKind, SupplyKind
from law.drawing.given import Given
from law.drawing.lottery import Key as Column
from law.drawing.lottery import Lottery, ceil_share
from law.drawing.rows import (
    EXCLUDED,
    FIRST_ORDER,
    LONG_HOMELESS,
    NO_POINTS,
    POINTS_ELIGIBLE,
    REMOVED,
    RESULT,
    WAITS,
    WON,
    Index,
    Rows,
)
from law.drawing.selection import LEFT, Selection, numbered
from law.drawing.terms import Head, Key, Tier, TypeBasis, Waiting
from law.drawing.units import allot

FIRST_RANK = 1


def select(head: Head, rows: Rows, seed: bytes, given: Selection | None = None) -> Selection:
    """The same rows and seed give the same bytes on every machine.

    Rows of a pool so small that its details are withheld cannot be selected again by the public: what became of
    them is taken from ``given``, everything else is worked out. Invalid (``withheld``) where ``given`` cannot be.
    """
    lottery = Lottery(seed, rows)
    return _Selecting(head, lottery, Given(head, lottery, given)).run()


@dataclass(frozen=True)
class _Group:
    """One house type with its entries that the law does not leave out."""

    number: int
    basis: TypeBasis
    special: Index
    general: Index

    @property
    def model(self) -> str:
        return self.basis.model_no


class _Selecting:
    def __init__(self, head: Head, lottery: Lottery, given: Given) -> None:
        self.head, self.law, self.draw, self.given = head, head.law, lottery, given
        self.waiting: list[tuple[str, Index]] = []
        self.units = np.zeros(len(lottery.rows), np.uint16)

    def run(self) -> Selection:
        groups = [self._group(number, basis) for number, basis in enumerate(self.head.basis.types)]
        left = {group.model: self._special(group) for group in groups}
        homes = {group.model: self.head.units(group.number, 0) + left[group.model] for group in groups}
        for group in groups:
            self._general(group, self.draw.losers(group.general), homes[group.model])
        for group in groups:
            self._wait_special(group)
            self._wait_general(group, homes[group.model])
            allot(
                self.draw, group.basis, np.sort(np.concatenate([group.special, group.general])), self.units, self.given
            )
        return self._results()

    def _group(self, number: int, basis: TypeBasis) -> _Group:
        column = self.draw.column
        mine = np.flatnonzero((column["model"] == number) & (column["excluded"] == 0))
        general = column["kind"][mine] == 0
        return _Group(number, basis, mine[~general], mine[general])

    # -- special supply (제25조⑦⑧, 제41조, 제43조 …) ---------------------------------------------------------------

    def _special(self, group: _Group) -> int:
        """Units left for general supply."""
        left = 0
        for number, kind in enumerate(self.head.kinds):
            if kind is not SupplyKind.GENERAL:
                applied = group.special[self.draw.column["kind"][group.special] == number]
                left += self.head.units(group.number, number) - self._kind(group, number, kind, applied)
        if left == 0 or not self.law.left_by_lot:
            return left
        pool = f"{LEFT}:{group.model}"
        return left - self.draw.take(pool, self.draw.ordered(pool, self.draw.losers(group.special)), left)

    def _kind(self, group: _Group, number: int, kind: SupplyKind, applied: Index) -> int:
        units, taken = self.head.units(group.number, number), 0
        if self.given.withheld(applied):
            return self.given.win(group.number, number, applied, units, every=kind is not SupplyKind.RECOMMENDED)
        tiers = self.law.tiers.get(kind, ())
        for place, tier in enumerate(tiers):
            last = place == len(tiers) - 1
            share = units - taken if last else min(ceil_share(units, tier.pct), units - taken)
            taken += self._tier(f"special:{group.model}:{kind}:{place}", tier, applied, share)
        return taken

    def _tier(self, pool: str, tier: Tier, applied: Index, share: int) -> int:
        """One part, on large sites in stages of residence."""
        taken = 0
        takes_part = applied[np.isin(self.draw.column["tier"][applied], tier.takes_part)]
        for number, stage in enumerate(self.law.special_stages):
            places, at = ceil_share(share, stage.pct) - taken, f"{pool}:{number}"
            if places > 0:
                losers = self._within(self.draw.losers(takes_part), stage.band)
                taken += self.draw.take(at, self.draw.ordered(at, losers, *self._keys(tier, losers)), places)
        return taken

    def _keys(self, tier: Tier, chosen: Index) -> list[Column]:
        """Columns that decide inside a part before the lot, small before large."""
        return [column for key in tier.keys for column in self._key(key, chosen)]

    def _key(self, key: Key, chosen: Index) -> tuple[Column, ...]:
        column = self.draw.column
        match key:
            case Key.FIRST_ORDER:
                return (~self.draw.flag(chosen, FIRST_ORDER),)
            case Key.LOCAL:
                return (column["band"][chosen] > 0,)
            case Key.CHILDREN:
                return (-column["children"][chosen].astype(np.int64),)
            case Key.SCORE | Key.POINTS:
                return (self._more_points(chosen),)
            case Key.SAVINGS:
                return ~self.draw.flag(chosen, LONG_HOMELESS), column["savings"][chosen]
            case Key.ACCOUNT | Key.OLDER:
                return (column[key][chosen],)

    # -- general supply (제27조, 제28조, 제34조) -------------------------------------------------------------------

    def _general(self, group: _Group, entries: Index, units: int) -> None:
        if self.given.withheld(entries):
            self.given.win(group.number, 0, entries, units)
            return
        rank = self.draw.column["rank"][entries]
        first, second = entries[rank == FIRST_RANK], entries[rank != FIRST_RANK]
        public = self.head.basis.housing_kind is HousingKind.PUBLIC
        left = units - (self._by_sequence if public else self._by_points_and_lot)(group.model, first, units)
        taken = 0
        for number, stage in enumerate(self.law.stages):
            places, pool = ceil_share(left, stage.pct) - taken, f"rank2:{group.model}:{number}"
            if places > 0:
                losers = self._within(self.draw.losers(second), stage.band)
                taken += self.draw.take(pool, self.draw.ordered(pool, losers), places)

    def _by_sequence(self, model: str, entries: Index, units: int) -> int:
        """순차 (제27조②): long without a home first, then the larger savings or more payments, then the lot."""
        taken = 0
        for number, stage in enumerate(self.law.stages):
            places, pool = ceil_share(units, stage.pct) - taken, f"sequence:{model}:{number}"
            if places > 0:
                losers = self._within(self.draw.losers(entries), stage.band)
                ordered = self.draw.ordered(pool, losers, *self._key(Key.SAVINGS, losers))
                taken += self.draw.take(pool, ordered, places)
        return taken

    def _by_points_and_lot(self, model: str, entries: Index, units: int) -> int:
        """가점과 추첨 (제28조②④): points units first; who loses there takes part in the lot without asking (⑦).

        Homes for which nobody is left with points go to the lots of the same stage. The next stage counts anew how many
        are given by points until then.
        """
        pct, by_points, taken = self.law.types[model].points_pct, 0, 0
        for number, stage in enumerate(self.law.stages):
            upto, pool = ceil_share(units, stage.pct), f"points:{model}:{number}"
            places, scored_places = upto - taken, ceil_share(upto, pct) - by_points
            if places <= 0:
                continue
            group = self._within(self.draw.losers(entries), stage.band)
            scored = group[self.draw.flag(group, POINTS_ELIGIBLE)]
            most = min(scored_places, places)
            won = self.draw.take(pool, self._by_points(pool, scored), most) if most > 0 else 0
            by_points, taken = by_points + won, taken + won
            taken += self._by_lot(f"lot:{model}:{number}", self.draw.losers(group), places - won)
        return taken

    def _by_lot(self, pool: str, group: Index, places: int) -> int:
        """제28조⑧: a share of the lots to households without a home, the rest also to those with one, then to all."""
        share, taken = self.law.lottery_homeless_pct, 0
        if places <= 0:
            return 0
        if not share or len(group) <= places:
            return self.draw.take(f"{pool}:all", self.draw.ordered(f"{pool}:all", group), places)
        for most_homes, upto in ((0, ceil_share(places, share)), (1, places), (2, places)):
            step, left = f"{pool}:{most_homes}", min(upto, places - taken)
            if left > 0:
                losers = self.draw.losers(group)
                fitting = losers[self.draw.column["homes"][losers] <= most_homes]
                taken += self.draw.take(step, self.draw.ordered(step, fitting), left)
        return taken

    def _by_points(self, pool: str, chosen: Index) -> Index:
        """Higher points, then the older account (제28조⑦), then the lot."""
        tie = [self.draw.column["account"][chosen]] if self.law.tie_by_account else []
        return self.draw.ordered(pool, chosen, self._more_points(chosen), *tie)

    def _more_points(self, chosen: Index) -> NDArray[np.int16]:
        """Points so that more comes first; no points count as none at all."""
        points = self.draw.column["points"][chosen].astype(np.int16)
        return -np.where(points == NO_POINTS, np.int16(0), points)

    def _within(self, chosen: Index, band: int) -> Index:
        return chosen[self.draw.column["band"][chosen] <= band]

    # -- wait-lists (제26조, 제26조의2) ------------------------------------------------------------------------------

    def _wait_special(self, group: _Group) -> None:
        """All kinds of the house type together, by lot."""
        units = sum(self.head.units(group.number, kind) for kind in range(1, len(self.head.kinds)))
        pool, losers = f"wait-special:{group.model}", self.draw.losers(group.special)
        places = _places(self.law.wait_special, units, len(group.special), len(losers))
        self.waiting.append((pool, self.draw.ordered(pool, losers)[:places] if places else losers[:0]))

    def _wait_general(self, group: _Group, units: int) -> None:
        """By rank; where points count, first rank by points first (ties by lot), else by lot."""
        pool, losers = f"wait:{group.model}", self.draw.losers(group.general)
        places = _places(self.law.wait, units, len(group.general), len(losers))
        if self.given.withheld(losers):
            self.waiting.append((pool, self.given.waiting(pool, losers, places)))
            return
        rank, far = self.draw.column["rank"][losers], self.draw.column["band"][losers] > 0
        scored = self.draw.flag(losers, POINTS_ELIGIBLE) & (rank == FIRST_RANK)
        scored &= self.law.types[group.model].points_pct > 0
        keys = (rank, ~scored, far, np.where(scored, self._more_points(losers), np.int16(0)))
        self.waiting.append((pool, self.draw.ordered(pool, losers, *keys)[:places] if places else losers[:0]))

    # -- the result -----------------------------------------------------------------------------------------------

    def _results(self) -> Selection:
        draw = self.draw
        out = np.zeros(len(draw.rows), RESULT)
        won = draw.result == WON
        removed = ~won & draw.holders[draw.holder]
        out["result"] = np.where(won, WON, np.where(removed, REMOVED, 0))
        for name, column in (("pool", draw.pool), ("position", draw.position), ("unit", self.units)):
            out[name] = column
        for pool, waiting in self.waiting:
            out["result"][waiting] = WAITS
            out["pool"][waiting] = draw.number(pool) if len(waiting) else 0
            out["wait"][waiting] = np.arange(1, len(waiting) + 1)
        out["result"][draw.column["excluded"] != 0] = EXCLUDED
        return numbered(out, draw.pools, draw.drawn)


def _places(waiting: Waiting, units: int, applied: int, losers: int) -> int:
    """제26조①, 제26조의2①: all who lost where few applied, none where the law asks for none, else the percentage."""
    if applied * 100 < units * waiting.all_below_pct:
        return losers
    if applied * 100 < units * waiting.none_below_pct:
        return 0
    return min(losers, ceil_share(units, waiting.pct))
