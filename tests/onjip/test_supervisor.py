"""Children are started again when they die, stopped when told, and never outlive their supervisor."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from onjip.stack.processes import Child, NotServing, Supervisor

SLEEPER = (sys.executable, "-c", "import time; time.sleep(600)")
STUBBORN = (
    sys.executable,
    "-uc",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf'); time.sleep(600)",
)


async def at_once(_pid: int) -> bool:
    return True


def child(command: tuple[str, ...] = SLEEPER, **options: object) -> Child:
    return Child(**{"name": "child", "command": command, "ready": at_once, **options})  # type: ignore[arg-type]


def alive(pid: int) -> bool:
    """A zombie is not alive."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def said(home: Path) -> str:
    log = home / "child.log"
    return log.read_text() if log.exists() else ""


async def until(condition: Callable[[], bool], within_s: float = 5.0) -> None:
    end = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < end, "did not happen in time"
        await asyncio.sleep(0.01)


async def test_a_killed_child_is_started_again(home: Path) -> None:
    supervisor = Supervisor(home)
    supervisor.start(child())
    running = supervisor.running["child"]
    await supervisor.ready("child", within_s=5)
    for deaths in (1, 2):
        killed = running.pid
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        await until(lambda deaths=deaths, killed=killed: running.deaths == deaths and running.pid not in (None, killed))  # type: ignore[misc]
        await supervisor.ready("child", within_s=5)
    pid = running.pid
    await supervisor.stop("child")
    assert pid is not None
    assert not alive(pid)
    assert running.pid is None


async def test_changes_are_told(home: Path) -> None:
    seen: list[int | None] = []
    supervisor = Supervisor(home, lambda: seen.append(supervisor.running["child"].pid))
    supervisor.start(child())
    await supervisor.ready("child", within_s=5)
    await supervisor.stop("child")
    assert seen[0] is not None
    assert seen[-1] is None


async def test_output_is_kept(home: Path) -> None:
    supervisor = Supervisor(home)
    supervisor.start(child((sys.executable, "-c", "print('hello'); import sys; print('there', file=sys.stderr)")))
    await until(lambda: "there" in said(home))
    await supervisor.stop("child")
    assert "hello" in said(home)


async def test_a_child_that_cannot_start_is_tried_again(home: Path) -> None:
    supervisor = Supervisor(home)
    attempts: list[int] = []

    async def fails_twice() -> None:
        attempts.append(1)
        if len(attempts) < 3:
            raise RuntimeError("not yet")

    supervisor.start(child(before=fails_twice))
    await supervisor.ready("child", within_s=5)
    assert supervisor.running["child"].deaths == 2
    await supervisor.stop("child")


async def test_the_stubborn_are_killed(home: Path) -> None:
    supervisor = Supervisor(home)
    supervisor.start(child(STUBBORN, stop_within_s=0.3))
    await until(lambda: "deaf" in said(home))
    pid = supervisor.running["child"].pid
    await supervisor.stop("child")
    assert pid is not None
    assert not alive(pid)


async def test_one_that_never_serves_is_named(home: Path) -> None:
    async def never(_pid: int) -> bool:
        return False

    supervisor = Supervisor(home)
    supervisor.start(child(ready=never))
    with pytest.raises(NotServing, match="child"):
        await supervisor.ready("child", within_s=0.3)
    await supervisor.stop("child")


async def test_one_that_dies_at_once_is_told_soon(home: Path) -> None:
    async def never(_pid: int) -> bool:
        return False

    supervisor = Supervisor(home)
    supervisor.start(child((sys.executable, "-c", "raise SystemExit(3)"), ready=never))
    with pytest.raises(NotServing, match=r"child \(4 deaths\)"):
        await supervisor.ready("child", within_s=60)
    await supervisor.stop("child")


async def test_stop_during_the_pause_after_a_death(home: Path) -> None:
    supervisor = Supervisor(home)
    supervisor.start(child((sys.executable, "-c", "raise SystemExit(3)")))
    await until(lambda: supervisor.running["child"].deaths >= 3)
    await asyncio.wait_for(supervisor.stop("child"), 3)


SUPERVISING = """
import asyncio, sys
from pathlib import Path
from onjip.stack.processes import Child, NotServing, Supervisor

async def at_once(pid: int) -> bool:
    return True

async def main() -> None:
    supervisor = Supervisor(Path(sys.argv[1]))
    supervisor.start(Child("orphan", (sys.executable, "-c", "import time; time.sleep(600)"), at_once))
    await supervisor.ready("orphan", within_s=5)
    Path(sys.argv[1], "pid").write_text(str(supervisor.running["orphan"].pid))
    await asyncio.sleep(600)

asyncio.run(main())
"""


async def test_nothing_outlives_a_killed_supervisor(home: Path) -> None:
    pid_file = home / "pid"
    command = (sys.executable, "-c", SUPERVISING, str(home))
    supervisor = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL)
    try:
        await until(lambda: pid_file.exists() and pid_file.read_text() != "")
        orphan = int(pid_file.read_text())
        assert alive(orphan)
    finally:
        supervisor.kill()
        await supervisor.wait()
    await until(lambda: not alive(orphan))
