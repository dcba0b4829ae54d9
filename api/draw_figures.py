"""What a published draw says in figures: competition, cut-off points, and one ticket's places. Integers only.

청약홈 publishes, for each house type and kind of supply, homes, applications by residence, and the lowest, highest and
mean points of the winners.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from domain.words import SupplyKind
from law.drawing import hashing
from law.drawing.rows import EXCLUDED, LOST, MASKED, NO_POINTS, POINTS_ELIGIBLE, REMOVED, WAITS, WON, Mask, Rows, flag
from law.drawing.selection import LEFT, Selection
from law.drawing.terms import Head, Key

RESULTS = {LOST: "lost", WON: "won", WAITS: "waits", EXCLUDED: "excluded", REMOVED: "removed"}
PARTS_PER = 1_000_000
FIRST_RANK = {"points", "lot", "sequence"}
SCORED = {Key.POINTS, Key.SCORE}


@dataclass(frozen=True)
class Points:
    """Of the winners by points. ``mean``: two decimals, as text."""

    lowest: int
    mean: str
    highest: int


@dataclass(frozen=True)
class Line:
    """One house type and kind of supply. ``local`` and ``other``: by residence; None where details are withheld."""

    model_no: str
    kind: SupplyKind
    homes: int
    applied: int
    excluded: int
    local: int | None
    other: int | None
    won: int
    waits: int
    ratio: str | None  # None where the notice has no homes of this kind
    hundredths: int
    points: Points | None
    local_points: Points | None
    other_points: Points | None

    @property
    def withheld(self) -> bool:
        return self.local is None


def lines(head: Head, rows: Rows, public: Selection) -> Iterator[Line]:
    """One line for each house type and kind that has homes or applications."""
    result = public.results["result"]
    for model, one in enumerate(head.basis.types):
        for kind, name in enumerate(head.kinds):
            mine = (rows["model"] == model) & (rows["kind"] == kind)
            applied, homes = int(mine.sum()), one.units.get(name, 0)
            if not applied and not homes:
                continue
            hidden = bool((mine & flag(rows, MASKED)).any())
            local = mine & (rows["band"] == 0)
            scored = mine & (result == WON) & _scored(head, model, kind, rows, public)
            hundredths = _rounded(applied * 100, homes)
            yield Line(
                model_no=one.model_no, kind=name, homes=homes, applied=applied,
                excluded=int((mine & (result == EXCLUDED)).sum()), local=None if hidden else int(local.sum()),
                other=None if hidden else applied - int(local.sum()), won=int((mine & (result == WON)).sum()),
                waits=int((mine & (result == WAITS)).sum()), ratio=decimals(hundredths) if homes else None,
                hundredths=hundredths, points=_points(rows, scored), local_points=_points(rows, scored & local),
                other_points=_points(rows, scored & ~local),
            )  # fmt: skip


def _scored(head: Head, model: int, kind: int, rows: Rows, public: Selection) -> Mask:
    """Rows whose points decided, if they won."""
    if kind == 0:
        prefix = f"points:{head.basis.types[model].model_no}:"
        by_points = [number for number, pool in enumerate(public.pools) if pool.startswith(prefix)]
        found: Mask = np.isin(public.results["pool"], by_points)
        return found
    counts = any(SCORED & set(tier.keys) for tier in head.law.tiers.get(head.kinds[kind], ()))
    stated: Mask = (rows["points"] != NO_POINTS) & ~flag(rows, MASKED) & counts
    return stated


def _points(rows: Rows, chosen: Mask) -> Points | None:
    values = rows["points"][chosen].astype(np.int64)
    if not len(values):
        return None
    return Points(int(values.min()), decimals(_rounded(int(values.sum()) * 100, len(values))), int(values.max()))


def _rounded(value: int, by: int) -> int:
    return (2 * value + by) // (2 * by) if by else 0


def decimals(hundredths: int) -> str:
    return f"{hundredths // 100:,}.{hundredths % 100:02}"


@dataclass(frozen=True)
class Place:
    """A pool in which a ticket took part. ``lot``: its draw order there as parts of a million, small is early;
    ``last``: that of the last winner, None where more than the lot decided. ``band``: up to which residence the stage
    reached; ``part``: of a special supply, or the most homes of a step of the lots."""

    pool: str
    how: str
    band: int | None
    part: str
    lot: int
    lot_hex: str
    last: int | None
    winners: int
    lowest_points: int | None


@dataclass(frozen=True)
class Lots:
    """Draw orders of the rows of one list."""

    seed: bytes
    rows: Rows

    def lot(self, pool: str, at: int) -> bytes:
        return hashing.lot(self.seed, pool, self.rows["ticket"][at].tobytes())


@dataclass(frozen=True)
class Own:
    """What became of one ticket."""

    ticket: str
    at: int
    model_no: str
    kind: SupplyKind
    result: str
    pool: str
    position: int
    wait: int
    unit: str | None
    points: int | None
    withheld: bool
    exclusion: str
    places: tuple[Place, ...]


def own(head: Head, seed: bytes, rows: Rows, public: Selection, at: int) -> Own:
    row, said = rows[at], public.results[at]
    one, kind = head.basis.types[int(row["model"])], head.kinds[int(row["kind"])]
    withheld, unit, lots = bool(row["flags"] & MASKED), int(said["unit"]), Lots(seed, rows)
    return Own(
        ticket=row["ticket"].tobytes().hex(), at=at, model_no=one.model_no, kind=kind,
        result=RESULTS[int(said["result"])],
        pool=public.pools[int(said["pool"])], position=int(said["position"]), wait=int(said["wait"]),
        unit=one.unit_numbers[unit - 1] if unit else None, withheld=withheld,
        points=None if withheld or row["points"] == NO_POINTS else int(row["points"]),
        exclusion=head.exclusions[int(row["excluded"])],
        places=tuple(
            _place(head, lots.lot(pool, at), pool, lots, public) for pool in _took_part(head, rows, public, at)
        ),
    )  # fmt: skip


def _took_part(head: Head, rows: Rows, public: Selection, at: int) -> list[str]:
    """Pools with winners, in their order, up to the one in which the ticket won."""
    row = rows[at]
    if row["flags"] & MASKED or row["excluded"]:
        return []
    model, mine = head.basis.types[int(row["model"])].model_no, public.pools[int(public.results[at]["pool"])]
    pools = sorted((pool for pool in public.pools if _fits(head, row, model, pool)), key=_turn)
    return pools[: pools.index(mine) + 1] if mine in pools else pools


def _turn(pool: str) -> tuple[object, ...]:
    how, _, *rest = pool.split(":")
    late = {"left": 1, "rank2": 1}.get(how, 0)
    return late, *(rest[1:] if how == "special" else rest[:1]), how != "points", *rest[1:]


def _fits(head: Head, row: np.void, model: str, pool: str) -> bool:
    """Could this row take part in the pool?"""
    how, *rest = pool.split(":")
    if not rest or rest[0] != model:
        return False
    kind = head.kinds[int(row["kind"])]
    if kind is SupplyKind.GENERAL:
        return how in FIRST_RANK | {"rank2"} and _general_fits(head, row, how, rest)
    if how != "special" or rest[1] != kind:
        return how == LEFT
    tier, stage = head.law.tiers[kind][int(rest[2])], head.law.special_stages[int(rest[3])]
    return int(row["tier"]) in tier.takes_part and bool(row["band"] <= stage.band)


def _general_fits(head: Head, row: np.void, how: str, rest: Sequence[str]) -> bool:
    """``rest``: house type, stage, and the step of the lots."""
    near = row["band"] <= head.law.stages[int(rest[1])].band and (how in FIRST_RANK) == (row["rank"] == 1)
    by_points = how != "points" or row["flags"] & POINTS_ELIGIBLE
    return bool(near and by_points and (how != "lot" or rest[2] == "all" or int(row["homes"]) <= int(rest[2])))


def _place(head: Head, lot: bytes, pool: str, others: Lots, public: Selection) -> Place:
    how, *rest = pool.split(":")
    won = np.flatnonzero((public.results["result"] == WON) & (public.results["pool"] == public.pools.index(pool)))
    last = max(others.lot(pool, one) for one in won.tolist())
    points = others.rows["points"][won]
    stages = head.law.special_stages if how == "special" else head.law.stages
    return Place(
        pool=pool, how=how, band=None if how == LEFT else stages[int(rest[3 if how == "special" else 1])].band,
        part=rest[2] if how in ("special", "lot") else "", lot=_millionth(lot), lot_hex=lot.hex(),
        last=_millionth(last) if how in ("lot", "rank2", LEFT) else None, winners=len(won),
        lowest_points=int(points.min()) if how == "points" else None,
    )  # fmt: skip


def _millionth(lot: bytes) -> int:
    return int.from_bytes(lot[:8], "big") * PARTS_PER >> 64
