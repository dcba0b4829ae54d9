"""A changed, missing or inserted row of the access log shows in its chain."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from sqlalchemy import text

from domain.facts import Item
from domain.words import Agency
from store import access_log, facts
from store.db import Database
from store.facts import Look

if TYPE_CHECKING:
    from uuid import UUID


async def look(database: Database, person_id: UUID, outcome: str = "stored") -> None:
    async with database.transaction() as session:
        said = Look(person_id, "onjip", Agency.INCOME, Item.INCOME, "subscription", None, outcome)
        await facts.log_look(session, said)


async def first_broken(database: Database) -> int | None:
    async with database.transaction() as session:
        return await access_log.first_broken(session)


async def test_parallel_writers_keep_the_chain(database: Database) -> None:
    await asyncio.gather(*(look(database, uuid4()) for _ in range(8)))
    assert await first_broken(database) is None


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE access_log SET outcome = 'refused' WHERE id = 3",
        "UPDATE access_log SET at = at + interval '1 second' WHERE id = 3",
        "DELETE FROM access_log WHERE id = 2",
    ],
)
async def test_a_changed_or_missing_row_shows(database: Database, change: str) -> None:
    for _ in range(4):
        await look(database, uuid4())
    async with database.engine.begin() as connection:
        await connection.execute(text(change))
    assert await first_broken(database) == 3
