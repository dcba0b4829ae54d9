"""Engine and transactions. One transaction per request or activity; ``store`` functions never commit."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from asyncpg import InterfaceError, PostgresError, exceptions
from sqlalchemy import Select, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.orm import ORMExecuteState
from sqlmodel import Session
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.errors import NotYet
from store.keyring import KeyRing
from store.tables.all import METADATA
from store.tables.sealing import RING

TABLES = METADATA.tables  # all of them are loaded with this module
INTERRUPTIONS = (
    exceptions.AdminShutdownError, exceptions.CrashShutdownError, exceptions.CannotConnectNowError,
    exceptions.PostgresConnectionError, exceptions.TransactionRollbackError,
)  # fmt: skip


@dataclass(frozen=True)
class Database:
    """A pool of connections to one PostgreSQL database."""

    engine: AsyncEngine

    @classmethod
    def connect(cls, url: str, ring: KeyRing, *, pool_size: int = 5) -> Database:
        """``url``: ``postgresql://…``. Connections are checked before use: the server may have been killed.

        ``ring`` seals and opens the columns that hold personal data. Errors never carry the values of a statement.
        """
        async_url = url.replace("postgresql://", "postgresql+asyncpg://", 1)
        engine = create_async_engine(
            async_url, pool_size=pool_size, max_overflow=pool_size, pool_pre_ping=True, hide_parameters=True
        )
        setattr(engine.dialect, RING, ring)
        return cls(engine)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Commits when the block ends, rolls back when it raises. NotYet (``store_down``): no server, nothing done.

        A server that dies during the commit is also ``store_down``: whether it committed shows the next look.
        """
        try:
            work = AsyncSession(self.engine, sync_session_class=_Work, expire_on_commit=False)
            async with work as session, session.begin():
                await _reach(session)
                yield session
        except DBAPIError as error:
            if _interrupted(error):
                raise _down() from error
            raise
        except ConnectionError as error:  # the socket broke before the driver knew it
            raise _down() from error

    async def close(self) -> None:
        await self.engine.dispose()


class _Work(Session):
    """The session of a transaction."""


@event.listens_for(_Work, "do_orm_execute")
def _locked_is_read_anew(state: ORMExecuteState) -> None:
    """A row that was seen before it is locked keeps its old values otherwise, and a change of them would undo what
    another transaction wrote in between."""
    if isinstance(state.statement, Select) and state.statement._for_update_arg is not None:
        state.update_execution_options(populate_existing=True)


def _interrupted(error: DBAPIError) -> bool:
    """The server went away, is going or just coming (its last words may arrive before the end of the connection), or
    chose this transaction to end a deadlock: nothing is wrong with the statement, and nothing was done."""
    cause = error.orig.__cause__ if error.orig is not None else None
    return error.connection_invalidated or isinstance(cause, INTERRUPTIONS)


async def _reach(session: AsyncSession) -> None:
    try:
        await session.connection()
    except (OSError, PostgresError, InterfaceError) as error:  # raised by the driver before SQLAlchemy knows it
        raise _down() from error


def _down() -> NotYet:
    error = NotYet(
        "store_down", ko="저장소에 잠시 연결할 수 없습니다.", en="The database cannot be reached for a moment."
    )
    error.retry_after = 1.0
    return error
