"""A small supervisor: named child processes that are started, watched, started again when they die, and stopped.

Each child has its own session (Ctrl-C reaches only us, so that we stop them in order) and a parent-death signal
(nothing outlives us, whatever kills us). Output goes straight to ``logs/NAME.log``.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import structlog

SignalName = Literal["INT", "TERM", "QUIT", "KILL"]

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 5.0
STEADY_AFTER_S = 10.0  # lived that long: the next death starts with the first pause again
READY_EVERY_S = 0.05
STILLBORN_DEATHS = 4  # so many before it ever served: it will not, and whoever waits for it is told
LOG_BYTES = 20_000_000  # a longer log of an earlier run is moved to NAME.log.1 at the start

log = structlog.get_logger()


@dataclass(frozen=True)
class Child:
    """``ready`` is asked with the pid until it says yes; ``before`` runs before each start, also after a death."""

    name: str
    command: tuple[str, ...]
    ready: Callable[[int], Awaitable[bool]]
    environment: Mapping[str, str] = field(default_factory=dict)
    prefix: tuple[str, ...] = ()
    before: Callable[[], Awaitable[None]] | None = None
    stop_signal: SignalName = "TERM"
    stop_within_s: float = 15.0
    orphan_signal: SignalName = "KILL"

    def argv(self) -> tuple[str, ...]:
        # setpriv comes last: entering a user namespace clears the parent-death signal.
        return (*self.prefix, "setpriv", "--pdeathsig", self.orphan_signal, "--", *self.command)


@dataclass
class Running:
    """What is known of one child. ``pid`` is none while it is down; ``ready`` is set while it serves."""

    child: Child
    pid: int | None = None
    deaths: int = 0
    first_ready_s: float | None = None
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    leaving: asyncio.Event = field(default_factory=asyncio.Event)
    keeper: asyncio.Task[None] | None = None

    @property
    def stillborn(self) -> bool:
        return self.first_ready_s is None and self.deaths >= STILLBORN_DEATHS


class NotServing(Exception):
    """Children did not come to serve; the message names them and where their logs are."""


class Supervisor:
    """Keeps children alive until they are told to stop. ``changed`` is called after every start, death and stop."""

    def __init__(self, logs: Path, changed: Callable[[], None] = lambda: None) -> None:
        self.running: dict[str, Running] = {}
        self._logs = logs
        self._changed = changed
        logs.mkdir(parents=True, exist_ok=True)

    def start(self, child: Child) -> None:
        """Begin keeping ``child``; returns at once."""
        _rotate(self._logs / f"{child.name}.log")
        running = self.running[child.name] = Running(child)
        running.keeper = asyncio.create_task(self._keep(running), name=f"keep {child.name}")

    async def ready(self, *names: str, within_s: float) -> None:
        """Wait until all ``names`` serve. Raises NotServing naming those that do not, or die again and again."""
        watched = [self.running[name] for name in names]
        end = time.monotonic() + within_s
        while late := [running for running in watched if not running.ready.is_set()]:
            if any(running.stillborn for running in late) or time.monotonic() > end:
                told = ", ".join(f"{running.child.name} ({running.deaths} deaths)" for running in late)
                raise NotServing(f"not ready: {told}; see {self._logs}")
            await asyncio.sleep(READY_EVERY_S)

    async def stop(self, *names: str) -> None:
        """Stop ``names`` side by side and wait until they are gone."""
        for name in names:
            self._ask_to_leave(self.running[name])
        keepers = [keeper for name in names if (keeper := self.running[name].keeper)]
        await asyncio.gather(*keepers, return_exceptions=True)

    def _ask_to_leave(self, running: Running) -> None:
        running.leaving.set()
        if running.pid is not None:
            with suppress(ProcessLookupError):
                os.kill(running.pid, signal.Signals[f"SIG{running.child.stop_signal}"])

    async def _keep(self, running: Running) -> None:
        pause = FIRST_PAUSE_S
        while not running.leaving.is_set():
            began = time.monotonic()
            code = await self._one_life(running)
            if running.leaving.is_set():
                return
            running.deaths += 1
            pause = FIRST_PAUSE_S if time.monotonic() - began > STEADY_AFTER_S else pause
            log.warning("child_died", child=running.child.name, code=code, deaths=running.deaths, again_in_s=pause)
            with suppress(TimeoutError):
                await asyncio.wait_for(running.leaving.wait(), pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)

    async def _one_life(self, running: Running) -> int | None:
        """Start, watch until it ends. The exit code, or none if it could not even start."""
        began = time.monotonic()
        try:
            process = await self._spawn(running.child)
        except (OSError, RuntimeError) as failure:
            log.error("child_not_started", child=running.child.name, exc_info=failure)
            return None
        running.pid = process.pid
        log.info("child_started", child=running.child.name, pid=process.pid)
        self._changed()
        if running.leaving.is_set():  # asked to leave while it was being started
            self._ask_to_leave(running)
        watch = asyncio.create_task(self._watch_ready(running, process.pid, began))
        try:
            return await self._ended(running, process)
        finally:
            watch.cancel()
            running.pid = None
            running.ready.clear()
            self._changed()

    async def _spawn(self, child: Child) -> asyncio.subprocess.Process:
        if child.before is not None:
            await child.before()
        with (self._logs / f"{child.name}.log").open("ab") as output:
            return await asyncio.create_subprocess_exec(
                *child.argv(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**os.environ, **child.environment},
                start_new_session=True,
            )

    async def _ended(self, running: Running, process: asyncio.subprocess.Process) -> int:
        ending = asyncio.ensure_future(process.wait())
        leaving = asyncio.ensure_future(running.leaving.wait())
        try:
            await asyncio.wait({ending, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not ending.done():
                await asyncio.wait({ending}, timeout=running.child.stop_within_s)
            if not ending.done():
                log.warning("child_killed", child=running.child.name, after_s=running.child.stop_within_s)
                os.killpg(process.pid, signal.SIGKILL)
            return await ending
        finally:
            leaving.cancel()

    async def _watch_ready(self, running: Running, pid: int, began: float) -> None:
        while not await running.child.ready(pid):  # noqa: ASYNC110 - asks another process
            await asyncio.sleep(READY_EVERY_S)
        took = time.monotonic() - began
        running.first_ready_s = running.first_ready_s or took
        running.ready.set()
        log.info("child_ready", child=running.child.name, took_s=round(took, 2))
        self._changed()


def _rotate(path: Path) -> None:
    if path.exists() and path.stat().st_size > LOG_BYTES:
        path.rename(path.with_name(f"{path.name}.1"))
