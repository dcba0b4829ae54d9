"""One agency as a running server: uvicorn on its loopback address, with a way to cut a connection."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER on, zero seconds: close sends RST


def _cutter(transport: asyncio.Transport) -> Callable[[], None]:
    def cut() -> None:
        sock: socket.socket | None = transport.get_extra_info("socket")
        if sock is not None and not transport.is_closing():
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
            transport.abort()

    return cut


class CuttableProtocol(H11Protocol):
    """Puts ``sandbox.cut`` into every scope: a call resets the TCP connection of that request."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn says the same
        super().connection_made(transport)
        inner: Any = self.app
        cut = _cutter(transport)

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await inner({**scope, "sandbox.cut": cut}, receive, send)

        self.app = app


def run(app: ASGIApp, host: str, port: int) -> None:
    """Serves until SIGTERM. Exits the process with status 1 when the address is taken."""
    config = uvicorn.Config(
        app, host=host, port=port, http=CuttableProtocol, ws="none", lifespan="on", loop="asyncio",
        log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=1, backlog=512,
    )  # fmt: skip
    uvicorn.Server(config).run()
