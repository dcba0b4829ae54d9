"""The draw: three million applicants in forty pools, against the bare hashes, one bare sort, one bare statement."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import date
from itertools import pairwise
from typing import TypeVar

import numpy as np

from domain.words import HousingKind, SupplyKind
from law.ceremony import BallGroup
from law.drawing import verify as verifying
from law.drawing.proof import Levels, check
from law.drawing.rows import POINTS_ELIGIBLE, Rows, empty, read_rows
from law.drawing.selecting import select
from law.drawing.selection import Selection, withhold_results
from law.drawing.terms import (
    Basis,
    Custodian,
    Custody,
    Head,
    Key,
    Law,
    Stage,
    Tier,
    TypeBasis,
    TypeLaw,
    Waiting,
)
from law.drawing.transcript import (
    Ceremony,
    Envelope,
    Run,
    Share,
    Transcript,
    body_sha256,
    nonce_commitment,
    root1_of,
    root2_of,
    run,
    share_commitment,
)
from onjip.bench import lists
from onjip.bench.browser import proof_ms
from onjip.bench.figures import Figure, best, peak_of, timed

MOST = 3_000_000
SIZES = (30_000, 300_000, MOST)
TYPES = 10  # each with special supply in two kinds and general supply by points and by lot: forty pools
WAITING = Waiting(pct=500, all_below_pct=600, none_below_pct=0)
T = TypeVar("T")
SEED = b"\x07" * 32
NONCE, SHARES = b"\x11" * 32, ((("operator"), b"\x01" * 33), (("supplier"), b"\x02" * 33))


def figures(most: int = MOST) -> Iterator[Figure]:
    """All figures of the draw, for lists of up to ``most`` tickets."""
    yield from in_columns(_head(), most)
    yield from lists.figures(_head(), most)


def in_columns(head: Head, most: int) -> Iterator[Figure]:
    """From rows that are in memory."""
    sizes = [size for size in SIZES if size < most] + [most]
    seconds: dict[int, dict[str, float]] = {}
    for size in sizes:
        rows = make_rows(size)
        made, selection, seconds[size], peaks = _steps(head, rows)
    longest = seconds[most]
    yield Figure(
        name=f"select {most:,}", value=longest["select"], unit="s", bound=_bound(rows, selection.drawn),
        bound_name="one stable argsort of the keys + one SHA-256 for each lot drawn", aim="≤ 3×",
    )  # fmt: skip
    for name in ("root 1", "root 2", "whole draw and publication"):
        yield Figure(name=f"{name}, {most:,}", value=longest[name], unit="s")
    yield Figure(name=f"verify, {most:,}", value=longest["verify"], unit="s", aim="< 60 s on one core")
    for small, large in pairwise(sizes):
        growth = large / small * np.log(large) / np.log(small)
        for name, value in seconds[large].items():
            yield Figure(
                name=f"{name}: growth {small:,} → {large:,}", value=value / seconds[small][name], unit="×",
                bound=float(growth), bound_name="n log n", aim="≤ 1×",
            )  # fmt: skip
    levels = Levels(rows, withhold_results(head, rows, made.selection))
    proof = levels.proof(rows["ticket"][most // 2].tobytes().hex())
    yield Figure(name="check one applicant's proof", value=best(lambda: check(proof, made.body)) * 1000, unit="ms")
    yield Figure(name="the same in a browser", value=proof_ms(proof, made.body), unit="ms", aim="< 10 ms")
    for name, peak in peaks.items():
        yield Figure(name=f"{name}, {most:,}: peak memory", value=peak, unit="MiB", aim="< 4096 MiB")


def _steps(head: Head, rows: Rows) -> tuple[Run, Selection, dict[str, float], dict[str, float]]:
    """Seconds and peak memory of every step for one list; of the short ones, as of the bounds, the better of two."""
    seconds, peaks = dict[str, float](), dict[str, float]()

    def step(name: str, work: Callable[[], T]) -> T:
        (result, seconds[name]), peaks[name] = peak_of(lambda: timed(work))
        return result

    def short(name: str, work: Callable[[], T]) -> T:
        result = step(name, work)
        seconds[name] = min(seconds[name], timed(work)[1])
        return result

    short("root 1", lambda: root1_of(rows))
    short("root 2", lambda: root2_of(rows))
    selection = short("select", lambda: select(head, rows, SEED))
    made = step("whole draw and publication", lambda: run(head, rows, _ceremony(), "bench"))
    envelope = Envelope(body_sha256=body_sha256(made.body))
    document = Transcript(body=made.body, envelope=envelope).model_dump(mode="json")
    checks = verifying.Checks(lawful=lambda _: True)
    step("verify", lambda: verifying.verify(document, made.listing, checks))
    return made, selection, seconds, peaks


def _bound(rows: Rows, drawn: int) -> float:
    """One bare SHA-256 for each lot, and one stable sort of as many keys as there are tickets."""
    data, count = np.ascontiguousarray(rows["ticket"]).tobytes(), len(rows)
    keys = np.random.default_rng(3).integers(0, 2**63, count).astype(np.uint64)

    def bare() -> None:
        np.argsort(keys, kind="stable")
        left = drawn
        while left > 0:
            for at in range(0, 16 * min(left, count), 16):
                hashlib.sha256(data[at : at + 16]).digest()
            left -= count

    return best(bare, 2)


def make_rows(count: int) -> Rows:
    """A list of ``count`` made-up applicants, the same every time."""
    random = np.random.default_rng(count)
    words = np.sort(random.integers(0, 2**63, (count, 1), np.uint64), axis=0)
    rows = empty(count)
    rows["ticket"] = np.frombuffer(np.hstack([words, words]).astype(">u8").tobytes(), "V16")
    columns = {"model": TYPES, "band": 3, "homes": 3, "points": 85, "tier": 3, "children": 4, "account": 5_000}
    for name, limit in columns.items():
        rows[name] = random.integers(0, limit, count)
    rows["kind"] = random.choice(3, count, p=[0.8, 0.1, 0.1])
    rows["rank"], rows["flags"], rows["holder"] = 1, POINTS_ELIGIBLE, np.arange(count)
    return read_rows(rows.tobytes())


def _head() -> Head:
    keys = (Key.FIRST_ORDER, Key.LOCAL, Key.CHILDREN)
    tiers = tuple(
        Tier(pct=pct, takes_part=tuple(range(number + 1)), keys=keys if number < 2 else (Key.LOCAL,))
        for number, pct in enumerate([50, 20, 30])
    )
    kinds = (SupplyKind.GENERAL, SupplyKind.NEWLYWED, SupplyKind.FIRST_HOME)
    units = {SupplyKind.GENERAL: 200, SupplyKind.NEWLYWED: 60, SupplyKind.FIRST_HOME: 40}
    types = tuple(TypeBasis(model_no=f"{n:02}", exclusive_area="84.9", units=units) for n in range(TYPES))
    law = Law(
        types={one.model_no: TypeLaw(points_pct=40, by_payments=False) for one in types},
        tiers=dict.fromkeys(kinds[1:], tiers), stages=(Stage(pct=100, band=0), Stage(pct=100, band=2)),
        special_stages=(Stage(pct=100, band=2),), left_by_lot=True, lottery_homeless_pct=75, tie_by_account=True,
        wait=WAITING, wait_special=WAITING,
        ceremony=(BallGroup(digits="123", draw=1),), typed_by=("officer", "operator"),
    )  # fmt: skip
    basis = Basis(
        notice_id="bench", number="1", version=1, name="bench", notice_date=date(2026, 10, 1),
        housing_kind=HousingKind.PRIVATE, region="11110", capital_area=True, regulated=True, overheated=True,
        points_share_pct=None, wait_list_ratio_pct=500, types=types,
    )  # fmt: skip
    custody = Custody(
        nonce_commitment=nonce_commitment(NONCE), threshold=2,
        custodians=tuple(Custodian(body=b, commitment=share_commitment(b, s)) for b, s in SHARES),
    )  # fmt: skip
    return Head(
        basis=basis, law=law, kinds=kinds, exclusions=("", "applied_twice"), small_pool=5, rulebook="normal",
        rulebook_sha256="0" * 64, custody=custody,
    )  # fmt: skip


def _ceremony() -> Ceremony:
    shares = tuple(Share(body=body, share=share.hex()) for body, share in SHARES)
    return Ceremony(shares=shares, nonce=NONCE.hex(), digits="2", typed_by=("officer", "operator"))
