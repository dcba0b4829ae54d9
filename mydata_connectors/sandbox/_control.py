"""The control side of an agency (faults, ledger): for whoever started the sandbox, who holds the token."""

from __future__ import annotations

import hmac
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Literal

from pydantic import BaseModel, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mydata_connectors.sandbox import _faults, _ledger
from mydata_connectors.sandbox._context import AgencyContext

Endpoint = Callable[[Request], Awaitable[Response]]


class NewFault(BaseModel):
    """``method`` empty: any. ``path`` is a prefix. ``seconds`` as the fault understands it."""

    method: Literal["", "GET", "POST"] = ""
    path: str = Field(pattern="^/")
    fault: Literal["slow", "error", "reset", "act_then_timeout", "late", "maintenance", "malformed"]
    times: int = Field(1, ge=1, le=10_000)
    seconds: float = Field(0.0, ge=0, le=3600)


def guarded(ctx: AgencyContext, endpoint: Endpoint) -> Endpoint:
    """``endpoint`` for holders of the control token only."""

    async def check(request: Request) -> Response:
        given = request.headers.get("x-control", "")
        if not ctx.control_token or not hmac.compare_digest(given.encode(), ctx.control_token.encode()):
            return JSONResponse({"code": "not_allowed"}, 403)
        return await endpoint(request)

    return check


def routes(ctx: AgencyContext, db: sqlite3.Connection) -> list[Route]:
    async def add_fault(request: Request) -> Response:
        try:
            wanted = NewFault.model_validate_json(await request.body())
        except ValidationError as error:
            return JSONResponse({"code": "invalid", "fields": [e["loc"] for e in error.errors()]}, 400)
        _faults.add(db, **wanted.model_dump())
        return JSONResponse(wanted.model_dump(), 201)

    async def clear_faults(request: Request) -> Response:
        _faults.clear(db)
        return Response(status_code=204)

    async def ledger(request: Request) -> Response:
        return JSONResponse(_ledger.dump(db, ctx.name))

    async def health(request: Request) -> Response:
        return JSONResponse({"agency": ctx.name})

    return [
        Route("/healthz", health),
        Route("/_control/faults", guarded(ctx, add_fault), methods=["POST"]),
        Route("/_control/faults", guarded(ctx, clear_faults), methods=["DELETE"]),
        Route("/_control/ledger", guarded(ctx, ledger)),
    ]
