"""A PostgreSQL of one's own for a while: tests, figures."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from onjip.stack import accounts, ports, secrets
from onjip.stack.postgres import Postgres, binaries
from onjip.stack.processes import Supervisor

# What it holds may be lost.
QUICK = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")


@asynccontextmanager
async def scratch_postgres(home: Path, *options: str) -> AsyncIterator[Postgres]:
    """A server under ``home`` that has our role and an empty database of ours; stopped afterwards."""
    made = secrets.ensure(home)
    server = Postgres(
        account=accounts.choose(home, binaries()), port=ports.choose({})["postgres"],
        superuser_password=made.postgres_superuser, password=made.postgres, log=home / "logs" / "postgres.log",
    )  # fmt: skip
    child = server.child()
    supervisor = Supervisor(home / "logs")
    supervisor.start(replace(child, command=(*child.command, *options)))
    try:
        await supervisor.ready(child.name, within_s=30)
        await server.ensure_database()
        yield server
    finally:
        await supervisor.stop(child.name)
