"""What became of every ticket, and which of it is published where the details of a pool are withheld."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from law.drawing.rows import WON, Mask, Rows
from law.drawing.terms import Head

LEFT, WITHHELD = "left", "withheld"


@dataclass(frozen=True)
class Selection:
    """In the order of the rows. ``pools``: names by number, "" first, those in use, sorted."""

    results: NDArray[np.void]
    pools: tuple[str, ...]
    drawn: int = 0  # lots hashed: what the speed is measured against


def numbered(results: NDArray[np.void], pools: Sequence[str], drawn: int = 0) -> Selection:
    """The same results with pools numbered in the order of their names; those that nobody is in are dropped."""
    used = {pools[number] for number in np.unique(results["pool"]).tolist()} - {""}
    names = ("", *sorted(used))
    place = np.array([names.index(name) if name in used else 0 for name in pools], np.uint16)
    out = results.copy()
    out["pool"] = place[results["pool"]]
    return Selection(out, names, drawn)


def withheld_pool(head: Head, model: int, kind: int) -> str:
    return f"{WITHHELD}:{head.basis.types[model].model_no}:{head.kinds[kind]}"


def small_pools(head: Head, rows: Rows) -> Mask:
    """Rows whose house type and kind has fewer applicants than the head asks for: their details are withheld."""
    pool = rows["model"].astype(np.int64) * len(head.kinds) + rows["kind"]
    _, place, counts = np.unique(pool, return_inverse=True, return_counts=True)
    found: Mask = counts[place] < head.small_pool
    return found


def withhold_results(head: Head, rows: Rows, selection: Selection) -> Selection:
    """Winners of small pools by their pool only: not by which part of it, nor at which place there."""
    left = [number for number, name in enumerate(selection.pools) if name.startswith(f"{LEFT}:")]
    results = selection.results.copy()
    hidden = small_pools(head, rows) & (results["result"] == WON) & ~np.isin(results["pool"], left)
    pools = list(selection.pools)
    for at in np.flatnonzero(hidden).tolist():
        name = withheld_pool(head, int(rows["model"][at]), int(rows["kind"][at]))
        if name not in pools:
            pools.append(name)
        results["pool"][at], results["position"][at] = pools.index(name), 0
    return numbered(results, pools, selection.drawn)
