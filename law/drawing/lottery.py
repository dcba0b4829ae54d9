"""The state of one selection in columns: lots, who has won, who waits.

Every competition is a pool of its own with lots of its own: who has lost one has no worse chance in the next.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from law.drawing.hashing import Words, lots
from law.drawing.rows import ROW, WON, Index, Mask, Rows, tickets

Key = NDArray[np.generic]


@dataclass
class Lottery:
    """One seed over one list. A person wins at most once in a notice."""

    seed: bytes
    rows: Rows
    pools: list[str] = field(default_factory=lambda: [""])  # 0: none
    result: NDArray[np.uint8] = field(init=False)
    pool: NDArray[np.uint16] = field(init=False)
    position: NDArray[np.uint32] = field(init=False)
    column: dict[str, NDArray[Any]] = field(init=False)
    holders: Mask = field(init=False)  # by number of the person: has won
    drawn: int = 0  # lots hashed so far

    def __post_init__(self) -> None:
        count = len(self.rows)
        self._tickets = tickets(self.rows)
        # Rows lie one after the other; what is read again and again is laid out by columns once.
        names = [name for name in ROW.names or () if name not in ("ticket", "commitment")]
        self.column = {name: self.rows[name].astype(self.rows[name].dtype.newbyteorder("=")) for name in names}
        self.holder = self.column["holder"].astype(np.int64)
        self.result = np.zeros(count, np.uint8)
        self.pool = np.zeros(count, np.uint16)
        self.position = np.zeros(count, np.uint32)
        self.holders = np.zeros(int(self.holder.max()) + 1 if count else 0, np.bool_)

    def flag(self, chosen: Index, bit: int) -> Mask:
        found: Mask = (self.column["flags"][chosen] & bit) != 0
        return found

    def lots(self, pool: str, chosen: Index) -> Words:
        self.drawn += len(chosen)
        return lots(self.seed, pool, self._tickets, chosen)

    def ordered(self, pool: str, chosen: Index, *keys: Key) -> Index:
        """``chosen`` by ``keys`` (the first decides first, small before large), ties by lot on all 256 bits."""
        if len(chosen) < 2:
            return chosen
        first, *rest = self.lots(pool, chosen).T
        order = np.lexsort((first, *reversed(keys)))
        # Two lots with the same first 64 bits are very rare: only then are the other words looked at.
        tied = np.ones(len(chosen) - 1, np.bool_)
        for key in (first, *keys):
            tied &= key[order][1:] == key[order][:-1]
        if tied.any():
            order = np.lexsort((*reversed(rest), first, *reversed(keys)))
        found: Index = chosen[order]
        return found

    def losers(self, chosen: Index) -> Index:
        """Those who have not won, neither by this ticket nor by another of the same person."""
        still: Index = chosen[(self.result[chosen] != WON) & ~self.holders[self.holder[chosen]]]
        return still

    def take(self, pool: str, ordered: Index, units: int) -> int:
        """Award up to ``units`` in the given order; returns how many were awarded."""
        taken, number = 0, self.number(pool)
        for at in ordered.tolist():
            if taken == units:
                break
            holder = self.holder[at]
            if not self.holders[holder]:
                taken += 1
                self.holders[holder] = True
                self.result[at], self.pool[at], self.position[at] = WON, number, taken
        return taken

    def number(self, pool: str) -> int:
        """Index of a pool's name."""
        if pool not in self.pools:
            self.pools.append(pool)
        return self.pools.index(pool)


def ceil_share(units: int, pct: int) -> int:
    """``pct`` percent of ``units``, rounded up (올림) as 제26조, 제28조, 제41조 say."""
    return -(-units * pct // 100)
