"""A whole stack in one home: started in order, goes on after ``kill -9``, one at a time, nothing left behind."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
import time
from pathlib import Path

import asyncpg
import pytest

from onjip.settings import Settings
from onjip.stack import ports, record
from onjip.stack.processes import Child
from onjip.stack.stack import AlreadyRunning, Stack, running

pytestmark = pytest.mark.stack

SITE = """
import http.server, sys
class Site(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Site).serve_forever()
"""


async def at_once(_pid: int) -> bool:
    return True


def exists(pid: int | None) -> bool:
    return Path(f"/proc/{pid}").exists()


def small_site(_settings: Settings, port: int) -> tuple[Child, ...]:
    return (Child("web", (sys.executable, "-c", SITE, str(port)), at_once),)


def small_stack(home: Path, **options: object) -> Stack:
    return Stack(Settings(home=home), applications=small_site, sandbox=False, **options)  # type: ignore[arg-type]


async def test_starts_prepares_records_and_stops(home: Path) -> None:
    prepared: list[str] = []

    async def prepare(settings: Settings) -> None:
        connection = await asyncpg.connect(settings.database)
        prepared.append(await connection.fetchval("SELECT current_database()"))
        await connection.close()

    stack = small_stack(home, preparations=(("tables", prepare),))
    async with running(stack):
        written = record.read(home)
        assert written is not None
        assert (written.state, prepared) == ("ready", ["onjip"])
        assert set(written.processes) == {"postgres", "temporal", "web"}
        assert all(process.ready and process.pid for process in written.processes.values())
        assert list(written.took_s) == sorted(written.took_s, key=lambda part: written.took_s[part])
        pids = [process.pid for process in written.processes.values()]
    assert not any(exists(pid) for pid in pids)
    last = record.read(home)
    assert last is not None
    assert last.state == "stopped"
    assert (home / "stack.json").stat().st_mode & 0o777 == 0o600
    assert stack.settings.database.partition("@")[0] not in json.dumps(json.loads((home / "stack.json").read_text()))


@pytest.mark.long
async def test_pids_follow_a_restart(home: Path) -> None:
    async with running(small_stack(home)):
        before = record.read(home)
        assert before is not None
        killed = before.processes["temporal"].pid
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        async with asyncio.timeout(10):
            while True:
                now = record.read(home)
                assert now is not None
                if now.processes["temporal"].deaths == 1 and now.processes["temporal"].ready:
                    break
                await asyncio.sleep(0.02)
        assert now.processes["temporal"].pid not in (None, killed)


@pytest.mark.long
async def test_one_stack_per_home(home: Path) -> None:
    async with running(small_stack(home)):
        with pytest.raises(AlreadyRunning):
            await small_stack(home).start()
        now = record.read(home)
        assert now is not None
        assert now.state == "ready"


@pytest.mark.long
async def test_failed_preparation_stops_what_had_started(home: Path) -> None:
    async def fail(_settings: Settings) -> None:
        raise LookupError("no tables")

    with pytest.raises(LookupError):
        await small_stack(home, preparations=(("tables", fail),)).start()
    last = record.read(home)
    assert last is not None
    assert last.state == "stopped"
    assert all(process.pid is None for process in last.processes.values())


STACK = """
import asyncio, sys
from pathlib import Path
from onjip.settings import Settings
from onjip.stack.stack import Stack, running

async def main() -> None:
    async with running(Stack(Settings(home=Path(sys.argv[1])), applications=lambda settings, port: (), sandbox=False)):
        await asyncio.sleep(600)

asyncio.run(main())
"""


@pytest.mark.long
async def test_the_next_start_goes_on_after_everything_was_killed(home: Path) -> None:
    """Same ports, same rows: bookmarks and cases are where they were."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", STACK, str(home), stdout=asyncio.subprocess.DEVNULL
    )
    try:
        first = await _ready(home)
        connection = await asyncpg.connect(small_stack(home).settings.database)
        await connection.execute("CREATE TABLE kept AS SELECT 1 AS n")
    finally:
        process.kill()
        await process.wait()
    connection.terminate()
    async with running(small_stack(home)) as stack:
        assert stack.record.ports == first.ports
        connection = await asyncpg.connect(stack.settings.database)
        assert await connection.fetchval("SELECT n FROM kept") == 1
        await connection.close()


async def _ready(home: Path) -> record.Record:
    end = time.monotonic() + 15
    while True:
        written = record.read(home)
        if written is not None and written.state == "ready":
            return written
        assert time.monotonic() < end
        await asyncio.sleep(0.02)


def test_ports_are_kept_while_free_and_changed_when_taken(home: Path) -> None:
    first = ports.choose({})
    assert ports.choose(first) == first
    with socket.socket() as taken:
        taken.bind(("127.0.1.3", first["sandbox"]))
        taken.listen()
        again = ports.choose(first)
    assert again["sandbox"] != first["sandbox"]
    assert {**again, "sandbox": 0} == {**first, "sandbox": 0}
