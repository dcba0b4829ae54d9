"""The verifier at arm's length: in processes of its own, each file with so much CPU and memory and no more.

This module loads no PDF library: whoever calls it stays small, whatever the file does.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from queue import LifoQueue
from selectors import EVENT_READ, DefaultSelector
from time import monotonic
from types import TracebackType
from typing import IO, NamedTuple, Self

from contracts.findings import finding, report
from domain.contracts import VerifyAsk, VerifyReport

LENGTH = 4  # bytes of a frame's head, as contracts.verifying_process has it
CHUNK = 1 << 16

log = logging.getLogger(__name__)


class Limits(NamedTuple):
    """``cpu_s`` for one file; ``memory``: bytes of address space; ``wall_s``: when nothing moves any more."""

    cpu_s: float = 5.0
    memory: int = 1 << 30
    wall_s: float = 120.0


class Died(Exception):
    """The process ended, or had to be ended, before it answered."""


class BoundedVerifier:
    """``verify_file`` for at most ``at_once`` files at a time; its processes live on from file to file.

    Thread-safe. ``close`` ends them; they also end by themselves with the process that made this.
    """

    def __init__(self, at_once: int = 1, limits: Limits = Limits()) -> None:
        self._processes = [_Process(limits) for _ in range(at_once)]
        self._free: LifoQueue[_Process] = LifoQueue()
        for process in self._processes:
            self._free.put(process)

    def verify(
        self, pdf: bytes, trust_pem: bytes, *, complete: bool = True, at: datetime | None = None
    ) -> VerifyReport:
        """Blocks until it is judged. A file that cannot be examined within the limits is not valid."""
        ask = VerifyAsk(trust_pem=trust_pem.decode("ascii", "replace"), complete=complete, at=at)
        with self._one() as process:
            try:
                return VerifyReport.model_validate_json(process.ask(ask.model_dump_json().encode() + b"\n" + pdf))
            except Died as died:
                log.warning("a file could not be examined: %s", died)
                return report([finding("too_costly", False)])

    @property
    def pids(self) -> list[int]:
        """Of the processes that run now."""
        return [process.pid for process in self._processes if process.pid is not None]

    @contextmanager
    def _one(self) -> Iterator[_Process]:
        process = self._free.get()
        try:
            yield process
        finally:
            self._free.put(process)

    def close(self) -> None:
        for process in self._processes:
            process.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Process:
    """One verifying process, started when it is needed."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._running.pid if self._running is not None else None

    def ask(self, request: bytes) -> bytes:
        """Raises Died."""
        if self._running is not None and self._running.poll() is not None:
            self.end()  # killed while it had nothing to do
        running = self._running = self._running or self._start()
        try:
            _pipe(running.stdin).write(len(request).to_bytes(LENGTH, "big") + request)
            _pipe(running.stdin).flush()
            deadline = monotonic() + self._limits.wall_s
            length = int.from_bytes(self._read(running, LENGTH, deadline), "big")
            return self._read(running, length, deadline)
        except (OSError, Died):
            raise Died(f"exit code {self.end()}") from None

    def _start(self) -> subprocess.Popen[bytes]:
        most = (str(self._limits.cpu_s), str(self._limits.memory))
        command = (sys.executable, "-m", "contracts.verifying_process", *most)
        # What it would print of a failure may quote the file, and with it people.
        return subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    def _read(self, running: subprocess.Popen[bytes], length: int, deadline: float) -> bytes:
        out, parts = _pipe(running.stdout).fileno(), bytearray()
        with DefaultSelector() as selector:
            selector.register(out, EVENT_READ)
            while len(parts) < length:
                if not selector.select(max(0.0, deadline - monotonic())):
                    raise Died
                part = os.read(out, min(CHUNK, length - len(parts)))
                if not part:
                    raise Died
                parts += part
        return bytes(parts)

    def end(self) -> int | None:
        """Its exit code; None where it was not running."""
        running, self._running = self._running, None
        if running is None:
            return None
        running.kill()  # whoever has ended already takes no harm
        for pipe in (running.stdin, running.stdout):
            _close(_pipe(pipe))
        return running.wait()


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise Died
    return pipe


def _close(pipe: IO[bytes]) -> None:
    try:
        pipe.close()
    except BrokenPipeError:  # what was still to be written is for nobody any more
        return
