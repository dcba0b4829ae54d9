"""The session cookie and its guard against requests that other sites make (CSRF)."""

from __future__ import annotations

import hmac
from datetime import timedelta

from fastapi import Request
from fastapi.responses import Response

from api.services import Services, origin_of
from domain.errors import NotAllowed

COOKIE = "onjip_session"
LOGIN_COOKIE = "onjip_login"
LIFETIME = timedelta(hours=8)
SAFE = ("GET", "HEAD", "OPTIONS")
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"


def set_session(response: Response, token: str, services: Services) -> None:
    """Like ``__Host-``: whole site, no domain, not readable by scripts; TLS only unless on loopback."""
    _set(response, COOKIE, token, LIFETIME, services)


def set_login(response: Response, state: str, services: Services) -> None:
    """Binds a log-in under way to the browser that began it."""
    _set(response, LOGIN_COOKIE, state, timedelta(minutes=10), services)


def _set(response: Response, name: str, value: str, lifetime: timedelta, services: Services) -> None:
    response.set_cookie(
        name, value, max_age=int(lifetime.total_seconds()), path="/", httponly=True, samesite="lax",
        secure=services.secure,
    )  # fmt: skip


def drop(response: Response, name: str, services: Services) -> None:
    response.delete_cookie(name, path="/", httponly=True, samesite="lax", secure=services.secure)


async def check_csrf(request: Request, services: Services, expected: str) -> None:
    """An unsafe request needs the session's own token, and comes from our own pages if it says where it comes from."""
    if request.method in SAFE:
        return
    origin = request.headers.get("origin")
    given = await _given(request)
    if (origin is not None and origin != origin_of(services.public_url)) or not _same(given, expected):
        raise NotAllowed(
            "csrf", ko="이 요청은 우리 화면에서 온 것이 아닙니다. 화면을 새로 고친 뒤 다시 시도해 주십시오.",
            en="This request does not come from our own page. Reload the page and try again.",
        )  # fmt: skip


async def _given(request: Request) -> str:
    header = request.headers.get("x-csrf-token")
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if header is not None or kind not in (FORM, MULTIPART):
        return header or ""
    form = await request.form()
    return str(form.get("csrf", ""))


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())
