"""One key, one body, one answer; parallel claims wait for each other."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from domain.errors import KeyReused
from store import idempotency
from store.db import Database
from store.idempotency import Kept, Key

BODY, OTHER = "a" * 64, "b" * 64


def key() -> Key:
    return Key(uuid4(), "POST /x", uuid4().hex)


async def test_claim_keep_answer_again(database: Database) -> None:
    mine = key()
    async with database.transaction() as session:
        assert await idempotency.claim(session, mine, BODY) is None
        await idempotency.keep(session, mine, 201, {"id": 1})
    async with database.transaction() as session:
        assert await idempotency.claim(session, mine, BODY) == Kept(201, {"id": 1})
        with pytest.raises(KeyReused):
            await idempotency.claim(session, mine, OTHER)


async def test_what_fails_leaves_the_key_free(database: Database) -> None:
    mine = key()

    async def fail() -> None:
        async with database.transaction() as session:
            await idempotency.claim(session, mine, BODY)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    async with database.transaction() as session:
        assert await idempotency.claim(session, mine, OTHER) is None


async def test_an_answered_key_is_not_released(database: Database) -> None:
    mine = key()
    async with database.transaction() as session:
        await idempotency.claim(session, mine, BODY)
        await idempotency.keep(session, mine, 200, {})
        await idempotency.release(session, mine)
        assert await idempotency.claim(session, mine, BODY) == Kept(200, {})


async def test_parallel_claims_have_one_winner(database: Database) -> None:
    mine, worked = key(), []

    async def once(number: int) -> Kept | None:
        async with database.transaction() as session:
            kept = await idempotency.claim(session, mine, BODY)
            if kept is None:
                worked.append(number)
                await asyncio.sleep(0.05)
                await idempotency.keep(session, mine, 200, {"by": number})
            return kept

    answers = await asyncio.gather(*(once(number) for number in range(6)))
    assert len(worked) == 1
    assert [kept for kept in answers if kept is not None] == [Kept(200, {"by": worked[0]})] * 5
