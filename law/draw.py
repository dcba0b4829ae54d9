"""The lots of one seed and the awards made so far."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from law.ceremony import draw_order
from law.entries import Entry
from law.selection_terms import Law


class Draw:
    """The lots of one seed, and who has won so far. A person wins at most once in a notice."""

    def __init__(self, seed: bytes, law: Law) -> None:
        self.seed, self.law = seed, law
        self.won: dict[str, tuple[Entry, str, int]] = {}
        self.holders: set[str] = set()

    def lot(self, pool: str, entry: Entry) -> bytes:
        return draw_order(self.seed, pool, entry.ticket)

    def by_lot(self, pool: str, entries: Iterable[Entry]) -> list[Entry]:
        return sorted(entries, key=lambda entry: self.lot(pool, entry))

    def take(self, pool: str, ordered: Sequence[Entry], units: int) -> int:
        """Award up to ``units`` in the given order; returns how many were awarded."""
        taken = 0
        for entry in ordered:
            if taken == units:
                break
            if entry.holder not in self.holders:
                taken += 1
                self.holders.add(entry.holder)
                self.won[entry.ticket] = (entry, pool, taken)
        return taken

    def losers(self, entries: Iterable[Entry]) -> list[Entry]:
        return [entry for entry in entries if entry.ticket not in self.won and entry.holder not in self.holders]


def ceil_share(units: int, pct: int) -> int:
    """``pct`` percent of ``units``, rounded up (올림) as 제26조, 제28조, 제41조 say."""
    return -(-units * pct // 100)
