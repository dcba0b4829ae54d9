"""A whole stack in processes of its own (``onjip up``), as people run it: it can be killed with its supervisor."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from onjip.demo import storm
from onjip.stack import record
from onjip.stack.secrets import ensure_home

READY_WITHIN_S = 90.0
STOP_WITHIN_S = 60.0
STOPS_WITH_US = ("setpriv", "--pdeathsig", "TERM", "--")  # and in order, even when we are killed


class NotUp(Exception):
    """The stack did not come up; its own words are in ``logs/up.log`` and ``logs/stack.log``."""


@dataclass
class Outside:
    home: Path
    rulebook: str
    process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Returns when everything serves. Again after ``kill``: it goes on where it stood."""
        ensure_home(self.home)
        environment = {**os.environ, "ONJIP_HOME": str(self.home), "ONJIP_RULEBOOK": self.rulebook}
        with (self.home / "logs" / "up.log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *STOPS_WITH_US, sys.executable, "-m", "onjip", "up",
                stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, env=environment, start_new_session=True,
            )  # fmt: skip
        await asyncio.wait_for(self._ready(self.process), READY_WITHIN_S)

    async def _ready(self, process: asyncio.subprocess.Process) -> None:
        while True:
            if process.returncode is not None:
                raise NotUp(f"onjip up ended with {process.returncode}; see {self.home / 'logs'}")
            running = record.read(self.home)
            if running is not None and running.supervisor_pid == process.pid and running.state == "ready":
                return
            await asyncio.sleep(0.1)

    async def kill(self) -> int:
        """``kill -9`` of the supervisor and of everything that it started, at once. How many were struck."""
        struck = storm.processes(self.home)
        for pid in struck:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self.process is not None:
            await self.process.wait()
        return len(struck)

    async def stop(self) -> None:
        """In order, as Ctrl-C does; by force where that takes too long."""
        if self.process is None or self.process.returncode is not None:
            return
        self.process.terminate()
        try:
            await asyncio.wait_for(self.process.wait(), STOP_WITHIN_S)
        except TimeoutError:
            await self.kill()


@asynccontextmanager
async def up(home: Path, rulebook: str) -> AsyncIterator[Outside]:
    """A started stack, stopped at the end whatever happens."""
    stack = Outside(home, rulebook)
    try:
        await stack.start()
        yield stack
    finally:
        await stack.stop()
