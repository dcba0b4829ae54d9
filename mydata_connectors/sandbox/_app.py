"""From declarations to a server: one agency as an ASGI application."""

from __future__ import annotations

import asyncio
import importlib
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.util import find_spec

from starlette.applications import Starlette
from starlette.types import ASGIApp

from mydata_connectors.sandbox import _control, _envelope, _ledger
from mydata_connectors.sandbox._agency import Agency
from mydata_connectors.sandbox._context import AgencyContext
from mydata_connectors.sandbox._door import Door
from mydata_connectors.sandbox._faults import FaultLayer
from mydata_connectors.sandbox._site import Site

Maker = Callable[[AgencyContext], Agency]


def maker(name: str) -> Maker | None:
    """``agency(ctx)`` of the module of that name, or None while there is no such module."""
    module = f"mydata_connectors.sandbox.{name}"
    if find_spec(module) is None:
        return None
    make: Maker = importlib.import_module(module).agency
    return make


def create_app(ctx: AgencyContext, agency: Agency, db: sqlite3.Connection) -> ASGIApp:
    """Order matters: the door's last route denies whatever was not declared before it."""
    site, door = Site(ctx, agency, db), Door(ctx, agency, db)
    routes = [*_control.routes(ctx, db), *agency.raw, *site.routes(), *door.routes()]
    app = Starlette(routes=routes, lifespan=_living(agency, db))
    app.state.ctx, app.state.db, app.state.site = ctx, db, site
    return FaultLayer(app, db, lambda compact, status, body: sign_unread(ctx, compact, status, body))


def _living(agency: Agency, db: sqlite3.Connection) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    """Keeps the agency's background work running between start and stop of the server."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        task = asyncio.ensure_future(agency.background(db)) if agency.background else None
        yield
        if task is not None:
            task.cancel()

    return lifespan


def sign_unread(ctx: AgencyContext, compact: str, status: int, body: bytes) -> str:
    """A receipt by the gateway, which has not looked into the message: no ``msg_id``."""
    return _envelope.receipt(compact, "", status=status, body=body, key=ctx.key, provider=ctx.name)


def open_app(ctx: AgencyContext, make: Maker) -> ASGIApp:
    """The application with its ledger opened below ``ctx.home``."""
    agency = make(ctx)
    return create_app(ctx, agency, _ledger.open_ledger(ctx.home / f"{ctx.name}.db", agency))
