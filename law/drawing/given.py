"""What a public list says of pools whose details it withholds: taken over, as far as it can be true."""

from __future__ import annotations

import numpy as np

from domain.errors import Invalid
from law.drawing.lottery import Lottery
from law.drawing.rows import MASKED, WAITS, WON, Index, Mask
from law.drawing.selection import Selection, withheld_pool
from law.drawing.terms import Head


class Given:
    """Numbers must be those that the law gives; who it was, only that pool's applicants and auditors can check."""

    def __init__(self, head: Head, lottery: Lottery, said: Selection | None) -> None:
        self.head, self.draw, self.said = head, lottery, said

    def withheld(self, chosen: Index) -> bool:
        return bool(self.draw.flag(chosen, MASKED).any())

    def win(self, model: int, kind: int, chosen: Index, units: int, *, every: bool = True) -> int:
        """Winners of a pool, as many as there are homes or people. ``every``: nobody can be left out of the pool."""
        pool = withheld_pool(self.head, model, kind)
        places = min(units, len(np.unique(self.draw.holder[self.draw.losers(chosen)])))
        won = chosen[self._is(chosen, WON, pool)]
        taken = self.draw.take(pool, won, units)
        if taken != len(won) or taken > places or (every and taken != places):
            raise self._refused()
        self.draw.position[won] = 0
        return taken

    def waiting(self, pool: str, losers: Index, places: int) -> Index:
        """The order of a wait-list: numbers from 1, none twice, as many as there must be."""
        waits = losers[self._is(losers, WAITS, pool)]
        numbers = self._said().results["wait"][waits]
        order = np.argsort(numbers, kind="stable")
        if numbers[order].tolist() != list(range(1, places + 1)):
            raise self._refused()
        ordered: Index = waits[order]
        return ordered

    def units(self, winners: Index) -> dict[int, int]:
        """Units of winners of withheld pools, whose wishes are not public: row → number from 1, 0 for none."""
        rows = winners[self.draw.flag(winners, MASKED)]
        return dict(zip(rows.tolist(), self._said().results["unit"][rows].tolist(), strict=True)) if len(rows) else {}

    def _is(self, chosen: Index, result: int, pool: str) -> Mask:
        said = self._said()
        number = said.pools.index(pool) if pool in said.pools else len(said.pools)
        found: Mask = (said.results["result"][chosen] == result) & (said.results["pool"][chosen] == number)
        return found

    def _said(self) -> Selection:
        if self.said is None:
            raise self._refused()
        return self.said

    @staticmethod
    def _refused() -> Invalid:
        return Invalid(
            "withheld", ko="공개하지 않은 추첨군의 결과가 맞지 않습니다.", en="Results of a withheld pool do not fit."
        )
