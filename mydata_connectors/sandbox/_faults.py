"""Faults on request, as an outermost ASGI layer: every way in which an answer of an agency can fail to come.

slow: wait, then act · error: 500 before acting · reset: the connection dies before acting · act_then_timeout:
act, never answer · late: the connection dies at once, the act happens later (and is refused then, if the message
has expired) · maintenance: 503 with Retry-After · malformed: act, then answer what is not JSON and not signed.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mydata_connectors.sandbox import _ledger

KINDS = ("slow", "error", "reset", "act_then_timeout", "late", "maintenance", "malformed")
NOT_ACTING = ("error", "reset", "maintenance")
EXEMPT = ("/_control", "/healthz")
LARGEST_BODY = 32 * 2**20  # bytes


@dataclass(frozen=True)
class Fault:
    kind: str
    seconds: float


def add(db: sqlite3.Connection, *, method: str, path: str, fault: str, times: int, seconds: float) -> None:
    row = (method, path, fault, times, seconds)
    with _ledger.transaction(db):
        db.execute("INSERT INTO faults (method, path, fault, times, seconds) VALUES (?,?,?,?,?)", row)


def clear(db: sqlite3.Connection) -> None:
    with _ledger.transaction(db):
        db.execute("DELETE FROM faults")


def take(db: sqlite3.Connection, method: str, path: str) -> Fault | None:
    """The oldest fault that fits, used up once. Faults survive a kill of the agency, like its ledger."""
    if path.startswith(EXEMPT):
        return None
    with _ledger.transaction(db):
        for row in db.execute("SELECT * FROM faults ORDER BY id").fetchall():
            if row["method"] in ("", method) and path.startswith(row["path"]):
                db.execute("UPDATE faults SET times = times - 1 WHERE id = ?", (row["id"],))
                db.execute("DELETE FROM faults WHERE times <= 0")
                if row["fault"] in NOT_ACTING:
                    _ledger.turned_away(db, method, path, row["fault"])
                return Fault(row["fault"], row["seconds"])
    return None


class FaultLayer:
    """``maintenance_reply`` makes the signed 503 of this agency's gateway from the raw X-Message header."""

    def __init__(self, app: ASGIApp, db: sqlite3.Connection, sign: Callable[[str, int, bytes], str]) -> None:
        self.app, self.db, self.sign = app, db, sign
        self.running: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        body = await _whole_body(receive)
        if body is None:
            await _answer(send, 413, _error("too_large", "caller", retryable=False))
            return
        fault = take(self.db, scope["method"], scope["path"])
        replay = _Replay(body, receive)
        if fault is None:
            await self.app(scope, replay, send)
            return
        await getattr(self, f"_{fault.kind}")(fault, scope, replay, send)

    async def _slow(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(fault.seconds)
        await self.app(scope, receive, send)

    async def _error(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        await _answer(send, 500, b"Internal Server Error", content_type=b"text/plain")

    async def _reset(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        await _cut(scope)

    async def _act_then_timeout(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, _swallow)
        await asyncio.sleep(fault.seconds)
        await _cut(scope)

    async def _late(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        async def act() -> None:
            await asyncio.sleep(fault.seconds)
            await self.app(scope, receive, _swallow)

        task = asyncio.create_task(act())
        self.running.add(task)
        task.add_done_callback(self.running.discard)
        await _cut(scope)

    async def _maintenance(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        body = _error("maintenance", "provider_gateway", retryable=True)
        headers = [(b"retry-after", str(max(1, round(fault.seconds))).encode())]
        compact = next((value.decode() for name, value in scope["headers"] if name == b"x-message"), "")
        if compact:
            headers.append((b"x-receipt", self.sign(compact, 503, body).encode()))
        await _answer(send, 503, body, headers=headers)

    async def _malformed(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, _swallow)
        await _answer(send, 200, b"<html><body>\xff\xfe OK", headers=[(b"x-receipt", b"none")])


class _Replay:
    """The request body once more, for the application behind the layer."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self.body, self.receive, self.given = body, receive, False

    async def __call__(self) -> Message:
        if self.given:
            return await self.receive()
        self.given = True
        return {"type": "http.request", "body": self.body, "more_body": False}


async def _whole_body(receive: Receive) -> bytes | None:
    """The body, or None when it is longer than ``LARGEST_BODY`` (the rest is then left unread)."""
    parts, size = [], 0
    while True:
        message = await receive()
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > LARGEST_BODY:
            return None
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


async def _swallow(message: Message) -> None:
    """An answer that nobody gets."""


async def _cut(scope: Scope) -> None:
    """Resets the TCP connection (``_server`` puts the means into the scope) and lets the server notice."""
    scope["sandbox.cut"]()
    await asyncio.sleep(0.01)


def _error(code: str, origin: str, *, retryable: bool) -> bytes:
    return json.dumps({"code": code, "origin": origin, "retryable": retryable, "message": code}).encode()


async def _answer(
    send: Callable[[Message], Awaitable[None]], status: int, body: bytes, *, content_type: bytes = b"application/json",
    headers: list[tuple[bytes, bytes]] | None = None,
) -> None:  # fmt: skip
    length = str(len(body)).encode()
    fields: list[Any] = [(b"content-type", content_type), (b"content-length", length), *(headers or [])]
    await send({"type": "http.response.start", "status": status, "headers": fields})
    await send({"type": "http.response.body", "body": body})
