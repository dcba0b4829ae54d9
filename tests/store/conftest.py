"""People without a site."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from domain.people import Identity, Person
from store import people
from store.db import Database
from store.sealed import SealedBox

NewPerson = Callable[..., Awaitable[Person]]


@pytest.fixture(scope="session")
def sealed() -> SealedBox:
    return SealedBox("test", secrets.token_bytes(32))


def identity(**changed: Any) -> Identity:
    told = {
        "subject": uuid4().hex, "name": "김하늘", "birth_date": date(1989, 4, 12), "identity_ref": f"idr_{uuid4().hex}",
    }  # fmt: skip
    return Identity.model_validate({**told, **changed})


@pytest_asyncio.fixture
async def enter(database: Database, sealed: SealedBox) -> NewPerson:
    """``await enter(name=…)``: somebody logs in."""

    async def log_in(**changed: Any) -> Person:
        async with database.transaction() as session:
            return await people.enter(session, sealed, identity(**changed))

    return log_in
