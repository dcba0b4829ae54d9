"""One act per key: the first body counts, the same one is answered again, another one is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.errors import KeyReused
from domain.time import now
from store.tables.people import IdempotencyRow


@dataclass(frozen=True)
class Key:
    """Who did what under which key. ``route`` names method and address, so that a key counts for one thing only."""

    person_id: UUID
    route: str
    key: str

    @property
    def primary(self) -> tuple[UUID, str, str]:
        return (self.person_id, self.route, self.key)


@dataclass(frozen=True)
class Kept:
    """An answer given before."""

    status: int
    answer: dict[str, Any]


async def claim(session: AsyncSession, key: Key, body_sha256: str) -> Kept | None:
    """None: go ahead. Kept: answer this. KeyReused: the key was used for another body.

    A second request with the same key waits here until the transaction of the first one has ended.
    """
    row = {
        "person_id": key.person_id, "route": key.route, "key": key.key, "body_sha256": body_sha256, "created_at": now(),
    }  # fmt: skip
    made = await session.exec(
        insert(IdempotencyRow).values(**row).on_conflict_do_nothing().returning(col(IdempotencyRow.key))
    )
    if made.first() is not None:
        return None
    found = await session.get(IdempotencyRow, key.primary, with_for_update=True)
    if found is None:  # released between the two statements
        return await claim(session, key, body_sha256)
    if found.body_sha256 != body_sha256:
        raise KeyReused
    if found.status is None:
        return None
    return Kept(found.status, found.answer or {})


async def keep(session: AsyncSession, key: Key, status: int, answer: dict[str, Any]) -> None:
    """Store the answer of a claimed key."""
    row = await session.get_one(IdempotencyRow, key.primary)
    row.status, row.answer = status, answer
    session.add(row)
    await session.flush()


async def release(session: AsyncSession, key: Key) -> None:
    """Forget a key whose act was refused without effect: corrected, it may be sent again."""
    statement = delete(IdempotencyRow).where(
        col(IdempotencyRow.person_id) == key.person_id, col(IdempotencyRow.route) == key.route,
        col(IdempotencyRow.key) == key.key, col(IdempotencyRow.status).is_(None),
    )  # fmt: skip
    await session.exec(statement)
