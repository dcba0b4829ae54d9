"""The outermost layer: limits on bodies before anything reads them, security headers, and no error unanswered."""

from __future__ import annotations

import re
import traceback
from dataclasses import dataclass, field

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.json_bodies import readable
from api.problems import http_problem, problem
from domain.errors import Malformed, OnjipError, TooLarge

JSON_BYTES = 64 * 1024
UPLOAD_BYTES = 10 * 1024 * 1024
ENVELOPE_BYTES = 16 * 1024  # of a multipart body around the uploaded file
UPLOADS = re.compile(r"(/api/v1)?(/verify|/notices/[^/]{1,80}/draw/order)")
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
JSON = "application/json"
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")

log = structlog.get_logger()


@dataclass(frozen=True)
class Shell:
    """ASGI middleware. ``headers`` go on every answer."""

    app: ASGIApp
    headers: dict[str, str] = field(default_factory=dict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        answer = _Answer(send, self.headers)
        try:
            refusal, receive = await _admit(scope, receive)
            await (refusal or self.app)(scope, receive, answer.send)
        except Exception as error:
            # Only where it happened: a message may quote a person's data.
            where = traceback.extract_tb(error.__traceback__)[-1]
            log.error("unhandled", error=type(error).__name__, file=where.filename, line=where.lineno)
            if answer.started:
                raise
            await problem(OnjipError())(scope, receive, answer.send)


class _Answer:
    def __init__(self, send: Send, headers: dict[str, str]) -> None:
        self._send = send
        self._headers = headers
        self.started = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(scope=message)
            for name, value in self._headers.items():
                headers.setdefault(name, value)
        await self._send(message)


async def _admit(scope: Scope, receive: Receive) -> tuple[Response | None, Receive]:
    """A refusal (400, 413, 415), or the body read in full and ready to be read again."""
    if scope["method"] not in UNSAFE:
        return None, receive
    headers = Headers(scope=scope)
    kind = headers.get("content-type", "").split(";", maxsplit=1)[0].strip().lower()
    limit = _limit(scope["path"], kind)
    said = headers.get("content-length", "0")
    if not said.isdecimal() or int(said) > limit:
        return problem(TooLarge()), receive
    body = await _read(receive, limit)
    if body is None:
        return problem(TooLarge()), receive
    if body and not _accepted(scope["path"], kind):
        return http_problem(415), receive
    if body and kind == JSON and not readable(body):
        return problem(Malformed()), receive
    return None, _again(body, receive)


def _limit(path: str, kind: str) -> int:
    return UPLOAD_BYTES + ENVELOPE_BYTES if UPLOADS.fullmatch(path) and kind != JSON else JSON_BYTES


def _accepted(path: str, kind: str) -> bool:
    if path.startswith("/api/") and not UPLOADS.fullmatch(path):
        return kind == JSON
    return kind == JSON or kind in FORMS


async def _read(receive: Receive, limit: int) -> bytes | None:
    """The whole body, or None as soon as it is longer than ``limit``; a length that was not said changes nothing."""
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        part = message.get("body", b"")
        parts.append(part)
        size += len(part)
        if size > limit:
            return None
        more = message.get("more_body", False)
    return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def security_headers(form_targets: tuple[str, ...] = ()) -> dict[str, str]:
    """No page loads or runs anything from elsewhere. ``form_targets``: where a form may lead (identity provider)."""
    policy = {
        "default-src": "'self'", "img-src": "'self' data:", "object-src": "'none'", "base-uri": "'none'",
        "frame-ancestors": "'none'", "form-action": " ".join(("'self'", *form_targets)),
    }  # fmt: skip
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Cache-Control": "no-store",
    }
