"""Both cases while everything is killed at seeded random moments: ``make chaos N=3``.

Each run has a fresh stack in processes of its own, and loses the answer to the first filing of each kind at the
agencies that know no idempotency key. The people are patient: they ask again with the same key. At the end the
agencies' ledgers must show each filing exactly once (``audit``).
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from onjip.demo import files
from onjip.demo.audit import audit, repeated
from onjip.demo.journey import Out, Progress
from onjip.demo.outside import Outside, up
from onjip.demo.people import DemoBroken
from onjip.demo.play import Play, both_cases, the_world
from onjip.demo.storm import Hit, Loss, Storm, lose_answers, losses, plan
from onjip.settings import Settings
from onjip.stack import embedded, record

RULEBOOK = "chaos"
PATIENCE_S = 240.0  # of people: parts come back in seconds, several at once take longer
SETTLED_WITHIN_S = 60.0  # what no person waits for (a list told, a promise kept) may still be under way at the end
KILLS, WITHIN_S = 14, 90.0


@dataclass(frozen=True)
class Run:
    """What happened. ``findings`` is empty when both cases finished and every act took effect exactly once."""

    seed: int
    hits: tuple[Hit, ...]
    losses: tuple[Loss, ...]
    seconds: float
    acts: dict[str, int]
    repeated: int
    findings: tuple[str, ...]


Weather = Callable[[Outside], Coroutine[Any, Any, None]]


async def run(seed: int, home: Path, console: Console, *, kills: int = KILLS, within_s: float = WITHIN_S) -> Run:
    """One run on a fresh stack in ``home``."""
    storm = Storm(home)

    async def weather(_: Outside) -> None:
        await storm.rage(plan(seed, kills, within_s))

    return await _run(seed, home, console, storm, weather)


async def run_while_the_whole_stack_is_killed(seed: int, home: Path, console: Console, at_s: Sequence[float]) -> Run:
    """``kill -9`` of the supervisor and of everything at these seconds, each time followed by a start in this home."""

    async def weather(stack: Outside) -> None:
        began = time.monotonic()
        for moment in at_s:
            await asyncio.sleep(max(0.0, began + moment - time.monotonic()))
            console.print(f"[red]kill -9[/red] × {await stack.kill()}")
            await stack.start()

    return await _run(seed, home, console, Storm(home), weather)


async def _run(seed: int, home: Path, console: Console, storm: Storm, weather: Weather) -> Run:
    async with up(home, RULEBOOK) as stack:
        world = the_world(home, _site(home), patience=PATIENCE_S)
        await lose_answers(world, losses(seed))
        async with both_cases(world, Progress(console)) as cases:
            began = time.monotonic()
            raging = asyncio.create_task(weather(stack))
            try:
                findings = await _played(cases)
                seconds = time.monotonic() - began
                await raging
            finally:
                raging.cancel()
            findings = findings or await _judged(home, cases)
            ledgers = await files.ledgers(world)
    acts = {agency: len(found) for agency, found in ledgers.items() if found}
    return Run(seed, tuple(storm.hits), losses(seed), seconds, acts, len(repeated(ledgers)), tuple(findings))


async def _played(cases: Play) -> list[str]:
    """What stopped a case, if anything did."""
    stopped: list[str] = []
    try:
        await cases.run()
    except* DemoBroken as broken:
        stopped += [str(one) for one in broken.exceptions]
    return stopped


def _site(home: Path) -> str:
    running = record.read(home)
    if running is None:
        raise FileNotFoundError(home)
    return running.urls["site"]


async def _judged(home: Path, cases: Play) -> list[str]:
    """Journeys, documents and books. Books are looked at again while something is still under way."""
    journeys = await cases.journeys()
    unverified = await cases.keep(Out(home / "out"), home, journeys)
    settings = embedded.complete(Settings(home=home, rulebook=RULEBOOK))
    end = time.monotonic() + SETTLED_WITHIN_S
    while found := await audit(settings, cases, await files.ledgers(cases.a.applicant.world)):
        if time.monotonic() > end:
            break
        await asyncio.sleep(1)
    return unverified + found


def table(runs: Sequence[Run]) -> Table:
    """One row a run: who was killed when, how long it took, what the agencies did, and whether anything is wrong."""
    shown = Table(title="온집 · 아무 때나 죽여도 한 번씩만 (chaos)", title_style="bold")
    for column in (
        "seed",
        "kill -9 (초 · s)",
        "잃은 답 · lost",
        "초 · s",
        "기관별 처리 · acts",
        "중복 · repeated",
        "결과 · result",
    ):
        shown.add_column(column)
    for one in runs:
        acts = " ".join(f"{agency} {count}" for agency, count in one.acts.items())
        result = "[red]" + "\n".join(one.findings) + "[/red]" if one.findings else "[green]✓[/green]"
        lost = "\n".join(f"{loss.agency}{loss.path} {loss.fault}" for loss in one.losses)
        shown.add_row(str(one.seed), _kills(one.hits), lost, f"{one.seconds:.0f}", acts, str(one.repeated), result)
        shown.add_section()
    return shown


def _kills(hits: Sequence[Hit]) -> str:
    """``web 12.5, 40.0`` a line; in brackets who was down already."""
    seconds: dict[str, list[str]] = {}
    for hit in hits:
        at = f"{hit.blow.at_s:.1f}" if hit.pid is not None else f"({hit.blow.at_s:.1f})"
        seconds.setdefault(hit.blow.victim, []).append(at)
    return "\n".join(f"{victim} {', '.join(at)}" for victim, at in sorted(seconds.items()))


async def main(arguments: Sequence[str]) -> int:
    """Runs one after the other, and their table. 0 when nothing is wrong in any of them."""
    parser = argparse.ArgumentParser(prog="chaos", description=__doc__)
    parser.add_argument("runs", type=int, nargs="?", default=3, help="how many")
    parser.add_argument("--seed", type=int, default=1, help="of the first run; the next ones count on")
    parser.add_argument("--kills", type=int, default=KILLS)
    given = parser.parse_args(arguments)
    console, runs = Console(), []
    for seed in range(given.seed, given.seed + given.runs):
        home = Path(tempfile.mkdtemp(prefix=f"onjip-chaos-{seed}-"))
        console.rule(f"seed {seed} · {home}")
        runs.append(await run(seed, home, console, kills=given.kills))
        console.print(table(runs))
        if not runs[-1].findings:
            shutil.rmtree(home)
    return 1 if any(one.findings for one in runs) else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
