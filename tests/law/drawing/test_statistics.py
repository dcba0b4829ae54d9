"""Over many seeds everybody wins as often as the law says, and nothing but the seed decides (fixed seeds)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from domain.notices import Notice
from law.drawing.hashing import lots
from law.drawing.rows import WON, tickets
from law.drawing.selecting import select
from tests.law.drawing.draw_world import SECRET, Entry, head_of, make_rows

SEEDS, PEOPLE = 10_000, 100
# 99.9 % points of chi-square: alpha 0.001 in each test.
CRITICAL = {99: 148.23, 59: 98.32, 39: 72.05}

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]


def seed(number: int) -> bytes:
    return hashlib.sha256(b"statistics %d" % number).digest()


def chi_square(counts: NDArray[np.int64], share: float) -> float:
    """Of wins in ``SEEDS`` independent draws with a fixed number of homes, against equal chances of ``share``."""
    expected = SEEDS * share
    spread = expected * (1 - share) * len(counts) / (len(counts) - 1)  # winners of one draw exclude each other
    return float(((counts - expected) ** 2).sum() / spread)


def test_equal_chances_by_lot(build_notice: Callable[..., Notice], entry: Entry) -> None:
    head = head_of(build_notice(region="47110", capital_area=False, units={"general": 20}))
    rows = make_rows(head, [entry(f"t{n:02}") for n in range(PEOPLE)], {}, SECRET).rows
    wins = np.zeros(PEOPLE, np.int64)
    for number in range(SEEDS):
        wins += select(head, rows, seed(number)).results["result"] == WON
    assert wins.sum() == SEEDS * 20
    assert chi_square(wins, 0.2) < CRITICAL[99]


def test_three_quarters_to_households_without_a_home(build_notice: Callable[..., Notice], entry: Entry) -> None:
    """60 households without a home, 40 with one, 20 homes by lot: 15 among the 60, 5 among the 85 that are left."""
    head = head_of(build_notice(units={"general": 20}))
    received = [entry(f"a{n:02}") for n in range(60)]
    received += [entry(f"b{n:02}", homeless=False, homes=1) for n in range(40)]
    rows = make_rows(head, received, {}, SECRET).rows
    wins = np.zeros(PEOPLE, np.int64)
    for number in range(SEEDS):
        wins += select(head, rows, seed(number)).results["result"] == WON
    without, owners = wins[:60], wins[60:]
    assert chi_square(without, (15 + 5 * 45 / 85) / 60) < CRITICAL[59]
    assert chi_square(owners, 5 / 85) < CRITICAL[39]


def test_neither_order_nor_id_nor_time_correlates_with_the_draw_order() -> None:
    """Rank correlation over 10,000 tickets for 200 seeds: within four standard errors of none at all."""
    count, draws = 10_000, 200
    random = np.random.default_rng(7)
    names = np.sort(random.integers(0, 2**63, count).astype(np.uint64))
    data = np.column_stack([names, names]).astype(">u8").tobytes()
    applied = random.permutation(count)
    start = datetime(2026, 10, 12, tzinfo=UTC)
    times = np.array([(start + timedelta(seconds=int(at) * 3)).timestamp() for at in applied])
    keys = {"id": np.arange(count), "application": applied, "second of the hour": times % 3600}
    sums = dict.fromkeys(keys, 0.0)
    for number in range(draws):
        order = np.argsort(np.argsort(lots(seed(number), "lot:01", data, np.arange(count))[:, 0]))
        for name, key in keys.items():
            sums[name] += float(np.corrcoef(key, order)[0, 1])
    limit = 4 / np.sqrt(count * draws)
    assert {name: abs(total / draws) < limit for name, total in sums.items()} == dict.fromkeys(keys, True)


def test_tickets_are_what_the_lots_are_made_of(build_notice: Callable[..., Notice], entry: Entry) -> None:
    """The same person under another ticket has another lot; another holder name changes nothing."""
    head = head_of(build_notice(units={"general": 5}))
    one = make_rows(head, [entry(f"t{n}") for n in range(30)], {}, SECRET).rows
    other = make_rows(head, [entry(f"t{n}", holder=f"other{n}") for n in range(30)], {}, SECRET).rows
    assert tickets(one) == tickets(other)
    assert select(head, one, seed(1)).results.tobytes() == select(head, other, seed(1)).results.tobytes()
