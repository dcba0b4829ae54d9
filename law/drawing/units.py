"""동·호수: lowest floors first to those who asked, the rest by lot (제25조②, 제51조). Checked 2026-11-23."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from domain.errors import Invalid
from law.drawing.given import Given
from law.drawing.lottery import Lottery
from law.drawing.rows import WON, Index
from law.drawing.terms import TypeBasis

FIRST, SECOND = 1, 2


def allot(draw: Lottery, basis: TypeBasis, entries: Index, units: NDArray[np.uint16], given: Given) -> None:
    """Write each winner's unit into ``units``: its place among the type's names, from 1. Nothing while units have no
    names. Winners whose wish is withheld keep what is said of them: nobody else's unit depends on it."""
    names = basis.unit_numbers
    if not names:
        return
    winners = entries[draw.result[entries] == WON]
    ordered = draw.ordered(f"unit:{basis.model_no}", winners)
    free = list(range(1, len(names) + 1))
    low = [number for number in free if names[number - 1] in basis.lowest_floor]
    for at, number in given.units(ordered).items():
        if number not in free:
            raise Invalid("withheld", ko="배정된 동·호수가 맞지 않습니다.", en="A withheld winner's unit does not fit.")
        units[at] = number
        free.remove(number)
    open_winners = ordered[units[ordered] == 0]
    wish = draw.column["floor"][open_winners]
    asking = [*open_winners[wish == FIRST].tolist(), *open_winners[wish == SECOND].tolist()]
    for at, number in zip(asking, [number for number in low if number in free], strict=False):
        units[at] = number
        free.remove(number)
    rest = [at for at in open_winners.tolist() if not units[at]]
    for at, number in zip(rest, free, strict=False):
        units[at] = number
