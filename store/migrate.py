"""Brings the tables of a database to the newest form; safe to call from several processes at once.

Inside one process one call at a time: alembic keeps its context in a global.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


async def migrate(url: str) -> None:
    """Upgrade to the newest revision in one transaction. ``url``: ``postgresql://…``."""
    await _run(url, lambda config: command.upgrade(config, "head"))


async def check(url: str) -> None:
    """Raises alembic's CommandError where the tables in code say something that no migration does."""
    await _run(url, command.check)


async def undo(url: str) -> None:
    """Downgrade to nothing: every table goes, with what is in it."""
    await _run(url, lambda config: command.downgrade(config, "base"))


async def _run(url: str, order: Callable[[Config], None]) -> None:
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://", 1), poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_ordered, order)
            await connection.commit()
    finally:
        await engine.dispose()


def _ordered(connection: Connection, order: Callable[[Config], None]) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    order(config)
