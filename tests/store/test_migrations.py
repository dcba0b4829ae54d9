"""Migrations make exactly the tables that the code knows, from nothing, and several processes may try at once."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import asyncpg

from store.migrate import check, migrate, undo
from store.tables.base import Table


async def tables(url: str) -> set[str]:
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {row["tablename"] for row in rows} - {"alembic_version"}
    finally:
        await connection.close()


async def test_up_from_nothing_down_to_nothing_and_up_again(cluster: Any) -> None:
    async with cluster.empty() as url:
        await migrate(url)
        assert await tables(url) == set(Table.metadata.tables)
        await undo(url)
        assert await tables(url) == set()
        await migrate(url)
        assert await tables(url) == set(Table.metadata.tables)


async def test_tables_in_code_and_in_migrations_are_the_same(cluster: Any) -> None:
    async with cluster.empty() as url:
        await migrate(url)
        await check(url)  # raises where a table, column, type or index differs


async def test_processes_that_start_together_migrate_once(cluster: Any) -> None:
    program = "import asyncio, sys; from store.migrate import migrate; asyncio.run(migrate(sys.stdin.read()))"
    async with cluster.empty() as url:
        started = [
            await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdin=asyncio.subprocess.PIPE)
            for _ in range(3)
        ]
        await asyncio.gather(*(process.communicate(url.encode()) for process in started))
        assert [process.returncode for process in started] == [0, 0, 0]
        assert await tables(url) == set(Table.metadata.tables)


async def test_every_constraint_has_a_name_of_ours(cluster: Any) -> None:
    async with cluster.empty() as url:
        await migrate(url)
        connection = await asyncpg.connect(url)
        try:
            rows = await connection.fetch(
                "SELECT conname FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid"
                " WHERE connamespace = 'public'::regnamespace AND contype IN ('c','u','f','p')"
            )
        finally:
            await connection.close()
    names = {row["conname"] for row in rows} - {"alembic_version_pkc"}
    assert {name for name in names if not name.startswith(("ck_", "uq_", "fk_", "pk_"))} == set()


async def test_the_command_line_needs_no_ini_file(cluster: Any) -> None:
    async with cluster.empty() as url:
        await migrate(url)
        alembic = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "alembic", "-x", f"url={url}", "check", cwd=Path(__file__).parents[2],
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        said, _ = await alembic.communicate()
        assert alembic.returncode == 0, said.decode()
