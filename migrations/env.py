"""Alembic's environment. One process migrates at a time; a statement that waits for a lock gives up soon.

The connection comes from ``store.migrate`` (``config.attributes["connection"]``), or from ``sqlalchemy.url`` /
``alembic -x url=postgresql://…`` on the command line.
"""

from __future__ import annotations

import asyncio
import importlib
import pkgutil

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

import store.tables
from store.tables.base import Table

LOCK = 0x0A11_70AD  # advisory lock of migrations: any number of ours
TIMEOUTS = {"statement_timeout": "120s", "lock_timeout": "5s"}  # the site must not stand still behind a migration


def load_tables() -> None:
    """Every module of tables enters its tables into the metadata."""
    for module in pkgutil.iter_modules(store.tables.__path__):
        importlib.import_module(f"store.tables.{module.name}")


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Table.metadata,
        compare_type=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        # Waiting for another migrating process is no fault, so the time-outs come after it.
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        for name, value in TIMEOUTS.items():
            connection.execute(text("SELECT set_config(:name, :value, true)"), {"name": name, "value": value})
        context.run_migrations()


async def connect_and_migrate(url: str) -> None:
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://", 1), poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(migrate)
            await connection.commit()
    finally:
        await engine.dispose()


def given_url() -> str:
    url = context.get_x_argument(as_dictionary=True).get("url") or context.config.get_main_option("sqlalchemy.url")
    if not url:
        raise SystemExit("alembic -x url=postgresql://… <command>")
    return url


load_tables()
given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    asyncio.run(connect_and_migrate(given_url()))
