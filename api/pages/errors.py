"""A problem that answers a browser is a page: code, what happened, what to do. Clients of the API get it as it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.pages.view import asset_of, language, render
from api.problems import MEDIA_TYPE
from api.sessions import COOKIE

TITLES = {
    401: ("로그인이 필요합니다", "Please log in"),
    403: ("이 화면을 볼 수 없습니다", "You cannot open this page"),
    404: ("화면을 찾을 수 없습니다", "There is no such page"),
    405: ("이 주소로는 할 수 없는 일입니다", "This cannot be done here"),
    409: ("지금은 할 수 없습니다", "This cannot be done now"),
    413: ("파일이 너무 큽니다", "The file is too large"),
    503: ("잠시 뒤 다시 시도해 주십시오", "Please try again shortly"),
}
OTHERWISE = ("처리하지 못했습니다", "This did not work")


@dataclass(frozen=True)
class ProblemPages:
    """ASGI middleware around everything that may answer with a problem."""

    app: ASGIApp
    static_dir: Path | None
    time_shortened: bool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        held = _Held(send)
        await self.app(scope, receive, held.send if _reads_pages(scope) else send)
        if held.start is not None:
            await self._page(scope, held)(scope, receive, send)

    def _page(self, scope: Scope, held: _Held) -> HTMLResponse:
        cookies = Request(scope).cookies
        lang = language(cookies)
        said = json.loads(held.body)
        kept = {
            name: value
            for name, value in Headers(raw=held.start["headers"] if held.start else []).items()
            if name not in ("content-type", "content-length")
        }
        page = render(lang, "error.html", {**self._values(scope, said), "member": COOKIE in cookies})
        return HTMLResponse(page, said["status"], {**kept, "Content-Language": lang})

    def _values(self, scope: Scope, said: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "me": None, "csrf": "", "path": scope["path"], "here": "/", "asset": asset_of(self.static_dir),
            "time_shortened": self.time_shortened, "refused": None, "posted": {}, "notice_of": None, "live": True,
            "said": said,
            "title": TITLES.get(said["status"], OTHERWISE), "read": scope["method"] in ("GET", "HEAD"),
        }  # fmt: skip


def _reads_pages(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["path"].startswith("/api/"):
        return False
    return "text/html" in Headers(scope=scope).get("accept", "")


@dataclass
class _Held:
    """Passes an answer on; a problem is kept back to become a page."""

    send_on: Send
    start: Message | None = None
    body: bytes = field(default=b"")

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if Headers(raw=message["headers"]).get("content-type", "").startswith(MEDIA_TYPE):
                self.start = message
                return
        elif self.start is not None:
            self.body += message.get("body", b"")
            return
        await self.send_on(message)
