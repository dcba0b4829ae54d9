"""A real PostgreSQL and a real Temporal server for every test that needs them: one of each per test process."""

from __future__ import annotations

import os
import secrets as random
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import asyncpg
import pytest_asyncio
from hypothesis import settings
from temporalio.client import Client

from onjip.stack import ports
from onjip.stack.embedded import ROLE
from onjip.stack.postgres import SUPERUSER, Postgres
from onjip.stack.processes import Supervisor
from onjip.stack.scratch import QUICK, scratch_postgres
from onjip.stack.temporal_server import TemporalServer
from onjip.temporal.codec import data_converter
from store.db import Database
from store.keyring import KeyRing
from store.migrate import migrate

TEMPLATE = "onjip_template"

# The same examples for everybody, so that a commit passes or fails alike; HYPOTHESIS_PROFILE=search tries new ones.
settings.register_profile("steady", derandomize=True)
settings.register_profile("search", derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


@dataclass
class Cluster:
    """A running PostgreSQL. New databases are copies of one that is migrated already."""

    server: Postgres
    ring: KeyRing = field(default_factory=lambda: KeyRing("test", random.token_bytes(32)))
    numbers: count[int] = field(default_factory=lambda: count(1))

    def url(self, name: str) -> str:
        return f"postgresql://{ROLE}:{self.server.password}@127.0.0.1:{self.server.port}/{name}"

    async def create(self, name: str, template: str = "template0") -> str:
        """A database of that name; the answer is its URL."""
        await self._run(f"CREATE DATABASE {name} OWNER {ROLE} TEMPLATE {template}")
        return self.url(name)

    async def drop(self, name: str) -> None:
        await self._run(f"DROP DATABASE {name} WITH (FORCE)")

    @asynccontextmanager
    async def empty(self) -> AsyncIterator[str]:
        """The URL of a database without tables, gone afterwards."""
        name = f"empty_{next(self.numbers)}"
        yield await self.create(name)
        await self.drop(name)

    @asynccontextmanager
    async def database(self, template: str = TEMPLATE) -> AsyncIterator[Database]:
        """A migrated database without rows, or a copy of another that nobody is connected to; gone afterwards."""
        name = f"copy_{next(self.numbers)}"
        database = Database.connect(await self.create(name, template), self.ring)
        try:
            yield database
        finally:
            await database.close()
            await self.drop(name)

    async def _run(self, statement: str) -> None:
        connection = await asyncpg.connect(
            host="127.0.0.1", port=self.server.port, user=SUPERUSER, password=self.server.superuser_password,
            database="postgres", ssl=False,
        )  # fmt: skip
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@pytest_asyncio.fixture(scope="session")
async def cluster() -> AsyncIterator[Cluster]:
    with tempfile.TemporaryDirectory(prefix="onjip-pg-") as folder:
        async with scratch_postgres(Path(folder), *QUICK) as server:
            found = Cluster(server)
            await migrate(await found.create(TEMPLATE))
            yield found


@pytest_asyncio.fixture
async def database(cluster: Cluster) -> AsyncIterator[Database]:
    """Tables without rows, for one test."""
    async with cluster.database() as found:
        yield found


@pytest_asyncio.fixture(scope="session")
async def temporal() -> AsyncIterator[Client]:
    """A client of a real Temporal server, with the codec of production and a key of its own."""
    with tempfile.TemporaryDirectory(prefix="onjip-temporal-") as folder:
        home, chosen = Path(folder), ports.choose({})
        server = TemporalServer(
            file=home / "temporal.db", port=chosen["temporal"], ui_port=chosen["temporal_ui"], namespace="onjip",
            codec_endpoint="http://127.0.0.1/staff/codec",
        )  # fmt: skip
        child = server.child()
        supervisor = Supervisor(home / "logs")
        supervisor.start(child)
        try:
            await supervisor.ready(child.name, within_s=30)
            converter = data_converter({"test": random.token_bytes(32)})
            yield await Client.connect(server.address, namespace="onjip", data_converter=converter)
        finally:
            await supervisor.stop(child.name)
