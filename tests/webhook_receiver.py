"""An office's own computer: a real HTTP server on loopback, and a check of signatures written from the specification
alone (standardwebhooks.com); it shares nothing with what signs."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Got:
    """One request as it arrived."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


@dataclass
class Receiver:
    """``answers``: what is said to each next request, the last of them ever after; ``b""``: nothing at all."""

    answers: list[bytes]
    port: int = 0
    got: list[Got] = field(default_factory=list)
    hook: Callable[[], None] = lambda: None  # called when a request has arrived, before it is answered

    def url(self, path: str = "/hook", host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    async def arrived(self, count: int, within_s: float = 60.0) -> list[Got]:
        async with asyncio.timeout(within_s):
            while len(self.got) < count:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        return self.got

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = dict(one.split(": ", 1) for one in head[1:] if one)
            headers = {name.lower(): value for name, value in headers.items()}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            self.got.append(Got(head[0], headers, body))
            self.hook()
            said = self.answers[min(len(self.got), len(self.answers)) - 1]
            if not said:
                await reader.read()  # until the other side has had enough
            writer.write(said)
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the sender went away, or was killed
        finally:
            writer.close()


def answer(status: int, *headers: str, body: bytes = b"") -> bytes:
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


@asynccontextmanager
async def receiving(
    *answers: bytes, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Receiver]:
    receiver = Receiver(list(answers))
    server = await asyncio.start_server(receiver.serve, host, port, ssl=tls)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()


def holds(key: str, got: Got) -> bool:
    """Whether one of the signatures is that of ``key``."""
    secret = base64.b64decode(key.split("_", 1)[1])
    text = b".".join([got.headers["webhook-id"].encode(), got.headers["webhook-timestamp"].encode(), got.body])
    mac = base64.b64encode(hmac.new(secret, text, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(one, f"v1,{mac}") for one in got.headers["webhook-signature"].split(" "))
