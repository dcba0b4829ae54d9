"""Durable, and exactly once in effect: both cases to the registered title while every process is killed.

``make chaos N=…`` repeats the same run with other seeds and prints a table.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from onjip.demo import chaos
from onjip.demo.audit import repeated
from onjip.demo.storm import PARTS, plan
from tests.e2e.demo_files import check_journey

pytestmark = pytest.mark.stack


@pytest.mark.long
@pytest.mark.timeout(600)
async def test_both_cases_finish_and_every_act_takes_effect_once(home: Path) -> None:
    """One seed; every part is killed at least once."""
    run = await chaos.run(7, home, Console(), kills=len(PARTS), within_s=60.0)
    assert run.findings == ()
    assert run.repeated == 0
    check_journey(home / "out")
    assert sum(hit.pid is not None for hit in run.hits) >= len(PARTS) - 2  # who was down already cannot be struck


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(101, 103))
async def test_other_seeds_and_more_kills(home: Path, seed: int) -> None:
    run = await chaos.run(seed, home, Console(), kills=3 * len(PARTS), within_s=100.0)
    assert run.findings == ()


@pytest.mark.long
@pytest.mark.timeout(900)
async def test_the_whole_stack_is_killed_and_goes_on_in_the_same_home(home: Path) -> None:
    """``kill -9`` of the supervisor and everything under it, three times in the middle of both cases."""
    run = await chaos.run_while_the_whole_stack_is_killed(1, home, Console(), at_s=(15.0, 50.0, 70.0))
    assert run.findings == ()


def test_a_plan_is_the_same_for_the_same_seed_and_strikes_every_part() -> None:
    blows = plan(7, len(PARTS), 60.0)
    assert blows == plan(7, len(PARTS), 60.0)
    assert blows != plan(8, len(PARTS), 60.0)
    assert {blow.victim.partition(" ")[0] for blow in blows} == {part.partition(" ")[0] for part in PARTS}
    assert [blow.at_s for blow in blows] == sorted(blow.at_s for blow in blows)


def test_an_act_that_took_effect_twice_is_noticed() -> None:
    act = {"kind": "report", "reference": "ONJIP-1", "number": "RTMS-1", "body_sha256": ""}
    assert repeated({"rtms": [act]}) == []
    assert repeated({"rtms": [act, {**act, "number": "RTMS-2"}]}) == ["rtms: report ONJIP-1 took effect 2 times"]
    order = {**act, "kind": "fee_order"}
    assert repeated({"registry": [order, {**order, "kind": "payment"}]}) == []
    assert repeated({"registry": [order, {**order, "kind": "filing"}]}) == [
        "registry: fee_order, filing under one reference"
    ]
