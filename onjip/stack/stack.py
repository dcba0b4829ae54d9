"""One whole stack in one ``ONJIP_HOME``: started in order, kept alive, stopped in order."""

from __future__ import annotations

import asyncio
import fcntl
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO

import structlog

from onjip.settings import Settings
from onjip.stack import accounts, children, embedded, ports, record, secrets
from onjip.stack.postgres import Postgres, binaries
from onjip.stack.processes import Child, Supervisor
from onjip.stack.temporal_server import TemporalServer

READY_WITHIN_S = 60.0
LEFTOVERS_WITHIN_S = 5.0

# Runs between the servers and the applications, in this order: migrations, seed.
Preparation = tuple[str, Callable[[Settings], Awaitable[None]]]
# From the settings as given and the port of the site.
Applications = Callable[[Settings, int], tuple[Child, ...]]

log = structlog.get_logger()


class AlreadyRunning(Exception):
    """Another stack holds this home."""


class Stack:
    """``settings`` as the environment gave them: a part whose address is given there is not started here."""

    def __init__(
        self,
        settings: Settings,
        *,
        preparations: Sequence[Preparation] = (),
        applications: Applications = children.applications,
        sandbox: bool = True,
    ) -> None:
        self.home = settings.home.resolve()
        self.supervisor: Supervisor
        self._given = settings
        self._preparations = preparations
        self._applications = applications
        self._sandbox = sandbox
        self._lock: IO[str] | None = None
        self._groups: list[list[str]] = []  # in the order of their start
        self._began = 0.0

    @property
    def settings(self) -> Settings:
        """Complete: with the addresses and secrets of the running parts."""
        return embedded.complete(self._given)

    async def start(self) -> None:
        """Returns when everything serves. Raises AlreadyRunning, or what went wrong after stopping what had started."""
        self._began = time.monotonic()
        self._lock = _lock(self.home)
        try:
            await self._start()
        except BaseException:
            await self.stop()
            raise

    async def _start(self) -> None:
        last = record.read(self.home)
        kept = last.ports if last else {}
        await ports.wait_for_kept(kept, within_s=LEFTOVERS_WITHIN_S)
        made = secrets.ensure(self.home)
        self.record = _new_record(ports.choose(kept), self._given)
        self.supervisor = Supervisor(self.home / "logs", self._write_record)
        self._write_record()
        await self._start_servers(made)
        for name, prepare in self._preparations:
            await prepare(self.settings)
            self._note(name)
        await self._start_group(self._applications(self._given, self.record.ports["web"]))
        self._note("applications")
        self.record.state = "ready"
        self._write_record()

    async def _start_servers(self, made: secrets.Secrets) -> None:
        """All at once; each is completed (database, retention) as soon as it serves."""
        starting = []
        if self._given.database_url is None:
            starting.append(self._start_postgres(made))
        if self._given.temporal_address is None:
            starting.append(self._start_temporal())
        if self._sandbox and self._given.environment == "embedded":
            starting.append(self._start_one(children.sandbox(self.home, self.record.ports["sandbox"], made)))
        # PostgreSQL is stopped last, so it is a group of its own, the first.
        self._groups = [["postgres"], ["temporal", "sandbox"]]
        try:
            async with asyncio.TaskGroup() as group:
                for part in starting:
                    group.create_task(part)
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from None

    async def _start_postgres(self, made: secrets.Secrets) -> None:
        server = Postgres(
            account=await asyncio.to_thread(accounts.choose, self.home, binaries()),
            port=self.record.ports["postgres"],
            superuser_password=made.postgres_superuser,
            password=made.postgres,
            log=self.home / "logs" / "postgres.log",
        )
        await self._start_one(server.child())
        await server.ensure_database()

    async def _start_temporal(self) -> None:
        server = TemporalServer(
            file=self.home / "temporal.db",
            port=self.record.ports["temporal"],
            ui_port=self.record.ports["temporal_ui"],
            namespace=self._given.temporal_namespace,
            codec_endpoint=f"{self.record.urls['site']}/staff/codec",
        )
        await self._start_one(server.child())
        await server.ensure_retention()

    async def _start_one(self, child: Child) -> None:
        self.supervisor.start(child)
        await self.supervisor.ready(child.name, within_s=READY_WITHIN_S)
        self._note(child.name)

    async def _start_group(self, group: tuple[Child, ...]) -> None:
        names = [child.name for child in group]
        self._groups.append(names)
        for child in group:
            self.supervisor.start(child)
        await self.supervisor.ready(*names, within_s=READY_WITHIN_S)

    async def stop(self) -> None:
        """Applications first, PostgreSQL last; then the home is free for another stack."""
        if hasattr(self, "record"):
            self.record.state = "stopping"
            for group in reversed(self._groups):
                await self.supervisor.stop(*(name for name in group if name in self.supervisor.running))
            self.record.state = "stopped"
            self._write_record()
        if self._lock is not None:
            self._lock.close()

    def _note(self, part: str) -> None:
        self.record.took_s[part] = round(time.monotonic() - self._began, 2)
        log.info("started", part=part, took_s=self.record.took_s[part])

    def _write_record(self) -> None:
        self.record.processes = {
            name: record.ProcessRecord(
                pid=running.pid,
                ready=running.ready.is_set(),
                deaths=running.deaths,
                first_ready_s=running.first_ready_s and round(running.first_ready_s, 2),
            )
            for name, running in self.supervisor.running.items()
        }
        record.write(self.home, self.record)


@asynccontextmanager
async def running(stack: Stack) -> AsyncIterator[Stack]:
    """A started stack, stopped at the end whatever happens."""
    await stack.start()
    try:
        yield stack
    finally:
        await stack.stop()


def _new_record(chosen: dict[str, int], given: Settings) -> record.Record:
    site = (given.public_url or f"http://{ports.LOOPBACK}:{chosen['web']}").rstrip("/")
    urls = {"site": site, "openapi": f"{site}/api/docs"}
    if given.temporal_address is None:
        urls["temporal_ui"] = f"http://{ports.LOOPBACK}:{chosen['temporal_ui']}"
    return record.Record(
        state="starting",
        supervisor_pid=os.getpid(),
        ports=chosen,
        urls=urls,
        temporal_address=given.temporal_address or f"{ports.LOOPBACK}:{chosen['temporal']}",
    )


def _lock(home: Path) -> IO[str]:
    """Held until closed, or until this process dies however it dies."""
    secrets.ensure_home(home)
    file = (home / "lock").open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise AlreadyRunning(f"another stack runs in {home}") from None
    return file
