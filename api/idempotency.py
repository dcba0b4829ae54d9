"""Intake: one transaction with its answer. The same key and body are answered again, and nothing happens twice."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlmodel.ext.asyncio.session import AsyncSession

from api.access import Me
from api.services import Services
from domain.errors import AskPerson, FixInput, GiveUp, Malformed
from domain.model import canonical_json
from store import idempotency
from store.idempotency import Key

PATTERN = re.compile(r"^[A-Za-z0-9._~-]{8,100}$")


async def idempotency_key(
    request: Request,
    person: Me,
    key: Annotated[
        str | None,
        Header(alias="Idempotency-Key", description="8 to 100 letters, digits, . _ ~ -; the same for every attempt"),
    ] = None,
) -> Key:
    """Malformed without a key."""
    if key is None or not PATTERN.match(key):
        raise Malformed(
            "idempotency_key_missing",
            ko="Idempotency-Key 머리말이 필요합니다(영문·숫자·._~- 8~100자).",
            en="An Idempotency-Key header is needed (8 to 100 letters, digits, . _ ~ -).",
        )
    return Key(person.id, f"{request.method} {request.url.path}", key)


OnceKey = Annotated[Key, Depends(idempotency_key)]


@dataclass(frozen=True)
class Done:
    """An answer, fresh or given before."""

    status: int
    answer: dict[str, Any]
    replayed: bool

    def response(self) -> JSONResponse:
        headers = {"Idempotent-Replayed": "true"} if self.replayed else None
        return JSONResponse(self.answer, self.status, headers)


def body_digest(services: Services, body: BaseModel) -> str:
    """Keyed, because a body may hold a short secret that a plain digest would give away."""
    return services.sealed.keyed("request_body", canonical_json(body.model_dump(mode="json")).decode())


async def once(
    services: Services, key: Key, body: BaseModel, work: Callable[[], Awaitable[BaseModel]], *, status: int = 200
) -> Done:
    """Do ``work`` outside the database once; it knows itself again when it is asked for with the same key.

    After a wait (503) the same key asks again. A refusal (WrongState, NotAllowed, …) had no effect: its key is free.
    """
    async with services.db.transaction() as session:
        kept = await idempotency.claim(session, key, body_digest(services, body))
    if kept is not None:
        return Done(kept.status, kept.answer, replayed=True)
    try:
        answer = (await work()).model_dump(mode="json")
    except (FixInput, AskPerson, GiveUp):
        async with services.db.transaction() as session:
            await idempotency.release(session, key)
        raise
    async with services.db.transaction() as session:
        await idempotency.keep(session, key, status, answer)
    return Done(status, answer, replayed=False)


Work = Callable[[AsyncSession], Awaitable[BaseModel]]


async def intake(services: Services, key: Key, body: BaseModel, work: Work, *, status: int = 200) -> Done:
    """Do ``work`` once. It writes and promises in the session it is given; all of it, the key and the answer are
    committed together before anybody is told. What ``work`` raises undoes everything, the key too."""
    async with services.db.transaction() as session:
        kept = await idempotency.claim(session, key, body_digest(services, body))
        if kept is not None:
            return Done(kept.status, kept.answer, replayed=True)
        answer = (await work(session)).model_dump(mode="json")
        await idempotency.keep(session, key, status, answer)
    return Done(status, answer, replayed=False)
