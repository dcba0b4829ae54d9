"""A server that goes away, or that ends a deadlock, is a wait: nothing was done, and it may be asked again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date

import pytest
from sqlalchemy import func
from sqlalchemy.exc import DBAPIError
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.errors import NotYet
from store.db import Database
from store.tables.people import PersonRow


async def backend(session: AsyncSession) -> int:
    """Pid of the server process behind a session."""
    found: int = (await session.exec(select(func.pg_backend_pid()))).one()
    return found


async def work_while_it_is_ended(database: Database, other: AsyncSession) -> None:
    async with database.transaction() as session:
        await other.exec(select(func.pg_terminate_backend(await backend(session))))
        for _ in range(3):  # the server's last word may come with any of them
            await backend(session)


async def test_a_connection_that_is_ended_in_a_transaction_is_a_wait(database: Database) -> None:
    async with database.transaction() as other:
        with pytest.raises(NotYet, match="store_down"):
            await work_while_it_is_ended(database, other)
    async with database.transaction() as session:  # and the pool has forgotten it
        assert await backend(session) > 0


async def test_who_loses_a_deadlock_may_ask_again(database: Database) -> None:
    holding = asyncio.Barrier(2)

    async def lock(keys: Sequence[int]) -> str:
        try:
            async with database.transaction() as session:
                await session.exec(select(func.pg_advisory_xact_lock(keys[0])))
                await holding.wait()
                await session.exec(select(func.pg_advisory_xact_lock(keys[1])))
        except NotYet as wait:
            return wait.code
        return "done"

    assert sorted(await asyncio.gather(lock((1, 2)), lock((2, 1)))) == ["done", "store_down"]


async def test_a_wrong_statement_is_no_wait(database: Database) -> None:
    with pytest.raises(DBAPIError):
        async with database.transaction() as session:
            await session.exec(select(func.no_such_function()))


@pytest.mark.parametrize("way", ["get", "select"])
async def test_a_row_that_is_locked_is_read_anew(database: Database, way: str) -> None:
    """Else what another transaction wrote since the first look is overwritten with what stood before."""
    async with database.transaction() as session:
        session.add(person := PersonRow(subject="one", name="김하늘", birth_date=date(1990, 1, 1), code="12345678"))
    async with database.transaction() as first:
        seen = await first.get_one(PersonRow, person.id)
        async with database.transaction() as second:
            (await second.get_one(PersonRow, person.id)).name = "김바다"
        if way == "get":
            row = await first.get_one(PersonRow, person.id, with_for_update=True)
        else:
            query = select(PersonRow).where(PersonRow.id == person.id).with_for_update()
            row = (await first.exec(query)).one()
        assert row is seen
        assert row.name == "김바다"
        row.code = "87654321"
        again = await first.get_one(PersonRow, person.id, with_for_update=True)
        assert again.code == "87654321", "what this transaction has changed itself stays"
