"""Bad weather, planned from a seed: which part of a running stack gets SIGKILL at what second, and whose answer to a
filing is lost although (or before) it took effect."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from domain.words import Agency
from onjip.demo.people import World
from onjip.stack import record

BACKEND = "postgres backend"  # one server process of PostgreSQL; all others are then restarted by the postmaster
AGENCY = "agency"  # one process of the sandbox
PARTS = (
    "worker-flow", "worker-agencies", "worker-documents", "web", "temporal", "postgres", BACKEND, "sandbox", AGENCY,
)  # fmt: skip
CALM_S = 0.5
# The agencies that know no idempotency key, and what is filed there: the answer to the first filing is always lost.
KEYLESS = ((Agency.RTMS, "/reports"), (Agency.REGISTRY, "/fees"), (Agency.REGISTRY, "/applications"))
LOSSES = ("act_then_timeout", "malformed", "late", "reset")
TOGETHER = 0.3  # how often the next one dies at the same moment as the last


@dataclass(frozen=True)
class Blow:
    """``victim``: a process of the stack, ``postgres backend``, or ``agency NAME``."""

    at_s: float
    victim: str


@dataclass(frozen=True)
class Hit:
    """What a blow struck: none where the victim was down already."""

    blow: Blow
    pid: int | None


def plan(seed: int, kills: int, within_s: float) -> tuple[Blow, ...]:
    """``kills`` blows by their time; every part before any part again, some together. The same for the same seed."""
    dice = random.Random(seed)  # noqa: S311 - not a secret, and it must repeat
    victims: list[str] = []
    while len(victims) < kills:
        victims += dice.sample(PARTS, len(PARTS))
    moments: list[float] = []
    for _ in range(kills):
        again = moments and dice.random() < TOGETHER
        moments.append(moments[-1] if again else round(dice.uniform(CALM_S, within_s), 1))
    named = [f"{AGENCY} {dice.choice(list(Agency))}" if one == AGENCY else one for one in victims[:kills]]
    return tuple(sorted((Blow(*one) for one in zip(moments, named, strict=True)), key=lambda blow: blow.at_s))


@dataclass(frozen=True)
class Loss:
    """How the answer to one filing is lost: acted and silent, acted and unreadable, acted late, never arrived."""

    agency: Agency
    path: str
    fault: str
    seconds: float


def losses(seed: int) -> tuple[Loss, ...]:
    """One for each kind of filing at an agency that would act again, no two alike. The same for the same seed."""
    dice = random.Random(f"losses {seed}")  # noqa: S311 - not a secret, and it must repeat
    faults = dice.sample(LOSSES, len(KEYLESS))
    return tuple(
        Loss(*one, fault, round(dice.uniform(0.2, 6.0), 1)) for one, fault in zip(KEYLESS, faults, strict=True)
    )


async def lose_answers(world: World, wanted: Iterable[Loss]) -> None:
    """Tell the sandbox. A fault outlives the kill of its agency."""
    async with httpx.AsyncClient(timeout=10, trust_env=False, headers={"X-Control": world.control}) as control:
        for one in wanted:
            body = {"method": "POST", "path": one.path, "fault": one.fault, "times": 1, "seconds": one.seconds}
            reply = await control.post(f"{world.agencies[one.agency]}/_control/faults", json=body)
            reply.raise_for_status()


@dataclass
class Storm:
    """Strikes the stack of one home."""

    home: Path
    hits: list[Hit] = field(default_factory=list)

    async def rage(self, blows: Iterable[Blow]) -> None:
        """All blows at their seconds from now."""
        began = time.monotonic()
        for blow in blows:
            await asyncio.sleep(max(0.0, began + blow.at_s - time.monotonic()))
            self.hits.append(Hit(blow, self.strike(blow.victim)))

    def strike(self, victim: str) -> int | None:
        """SIGKILL. The pid that was struck; none where there was nobody."""
        pid = self._pid(victim)
        if pid is None:
            return None
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            return pid
        return None

    def _pid(self, victim: str) -> int | None:
        if victim.startswith(AGENCY):
            found = _sandbox_pids(self.home).get(victim.removeprefix(AGENCY).strip())
            return found if found is not None and _alive(found) else None
        running = record.read(self.home)
        if running is None:
            return None
        name = "postgres" if victim == BACKEND else victim
        pid = running.processes[name].pid if name in running.processes else None
        return _backend(pid) if victim == BACKEND and pid is not None else pid


def processes(home: Path) -> list[int]:
    """Every process of the stack of ``home`` and the one that keeps them, the keeper first."""
    running = record.read(home)
    if running is None:
        return []
    kept = [one.pid for one in running.processes.values() if one.pid is not None]
    backends = _children(pid) if (pid := running.processes["postgres"].pid) is not None else []
    return [running.supervisor_pid, *kept, *_sandbox_pids(home).values(), *backends]


def _sandbox_pids(home: Path) -> dict[str, int]:
    listing = home / "sandbox" / "pids.json"
    if not listing.exists():
        return {}
    found: dict[str, int] = json.loads(listing.read_text())["agencies"]
    return found


def _backend(postmaster: int) -> int | None:
    """The process that serves one of our connections; any child where there is no connection."""
    children = _children(postmaster)
    serving = [pid for pid in children if b"onjip" in _command(pid)]
    return next(iter(serving or children), None)


def _children(parent: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and _parent(entry) == parent:
            found.append(int(entry.name))
    return sorted(found)


def _parent(process: Path) -> int | None:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError, ValueError):
        return None


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()
