"""One page for one reader: language, who is logged in, and the templates."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Annotated, Any, Protocol
from urllib.parse import quote, urlencode
from uuid import uuid4

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.access import LoggedIn, current_session
from api.pages import formats, reasons, said, words
from api.pages.formats import Lang
from api.services import Door, Services
from domain.errors import NotLoggedIn

TEMPLATES = Path(__file__).parents[1] / "templates"
LANGUAGE_COOKIE = "onjip_language"
LIVE_COOKIE = "onjip_live"  # "off": nothing on a page changes until it is loaded again


class Bilingual(Protocol):
    """Whatever says its sentence twice: timeline lines, reasons, errors, tasks."""

    ko: str
    en: str


@cache
def templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["clock"] = formats.clock
    environment.filters["iso"] = formats.iso
    environment.filters["brief"] = formats.brief
    return environment


def language(cookies: Mapping[str, str]) -> Lang:
    """Korean unless the reader has chosen English."""
    return "en" if cookies.get(LANGUAGE_COOKIE) == "en" else "ko"


def render(lang: Lang, template: str, values: Mapping[str, Any]) -> str:
    """``t(ko, en)`` in a template is the reader's language; filters say money and time in it."""
    return templates().get_template(template).render({**_words(lang), **values})


def _words(lang: Lang) -> dict[str, Any]:
    index = 0 if lang == "ko" else 1

    def say(thing: Bilingual | Mapping[str, str]) -> str:
        found = (thing["ko"], thing["en"]) if isinstance(thing, Mapping) else (thing.ko, thing.en)
        return found[index]

    def state(table: str, code: str) -> dict[str, str]:
        found = words.state(table, code)
        return {"text": found[index], "tone": found[2]}

    return {
        "lang": lang, "t": lambda ko, en: (ko, en)[index], "say": say, "state": state,
        "step_law": words.STEP_LAW, "word": lambda table, code: words.pair(table, str(code))[index],
        "won": partial(formats.won, lang=lang), "money": partial(formats.won_in_words, lang=lang),
        "moment": partial(formats.moment, lang=lang), "day": partial(formats.day, lang=lang),
        "month": partial(formats.month, lang=lang), "new_key": lambda: uuid4().hex,
    }  # fmt: skip


@dataclass(frozen=True)
class View:
    """A reader of the site; ``me`` is None for a visitor who has not logged in."""

    request: Request
    services: Services
    me: LoggedIn | None

    @cached_property
    def lang(self) -> Lang:
        return language(self.request.cookies)

    def page(self, template: str, *, status: int = 200, headers: Mapping[str, str] | None = None,
             **values: Any) -> Response:  # fmt: skip
        """A whole page, or the fragment that the template is."""
        context = {
            "me": self.me.person if self.me else None, "csrf": self.me.csrf if self.me else "",
            "path": self.request.url.path, "here": _here(self.request), "asset": asset_of(self.services.static_dir),
            "time_shortened": self.services.rulebook.time_shortened, "refused": None, "posted": {},
            "live": self.request.cookies.get(LIVE_COOKIE) != "off",
            "turns": reasons.turns, "told": partial(reasons.told, lang=self.lang, book=self.services.rulebook),
            "notice_of": said.sentence(self.request.query_params.get("said", "")), **values,
        }  # fmt: skip
        found = {"Content-Language": self.lang, "Vary": "Cookie", **(headers or {})}
        return HTMLResponse(render(self.lang, template, context), status, found)

    def back(self, path: str, code: str = "") -> Response:
        """Post/redirect/get; ``code`` names the sentence that the next page says."""
        return RedirectResponse(f"{path}?{urlencode({'said': code})}" if code else path, 303)


def version_of(*things: object) -> str:
    """A mark of what a live part of a page shows: it is sent again only when this has changed."""
    return hashlib.sha256(repr(things).encode()).hexdigest()[:16]


def sent_to_sign(view: View) -> bool:
    """The reader has just said to be ready to sign; the signing service hears of it in a moment."""
    return view.request.query_params.get("said") == "sign_next"


def _here(request: Request) -> str:
    """Path and query, for links that come back to this page."""
    query = request.url.query
    return quote(f"{request.url.path}?{query}" if query else request.url.path, safe="")


def asset_of(folder: Path | None) -> Callable[[str], str]:
    """Addresses of static files that change with their content, so that browsers may keep them."""

    def asset(name: str) -> str:
        return f"/static/{name}?v={_version(folder / name)}" if folder is not None else f"/static/{name}"

    return asset


@cache
def _version(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:10] if file.exists() else "none"


async def visitor(request: Request, services: Door) -> View:
    """For pages that everybody may read."""
    try:
        me = await current_session(request, services)
    except NotLoggedIn:
        me = None
    return View(request, services, me)


async def member(request: Request, services: Door, me: Annotated[LoggedIn, Depends(current_session)]) -> View:
    """For pages of people who have logged in."""
    return View(request, services, me)


Visitor = Annotated[View, Depends(visitor)]
Reader = Annotated[View, Depends(member)]
