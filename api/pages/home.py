"""The way in: what this is, my own start page, language, log-out, and what the service cannot do."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.access import Me
from api.login import local_path
from api.pages.view import LANGUAGE_COOKIE, LIVE_COOKIE, Reader, View, Visitor, version_of
from api.services import Door
from api.sessions import COOKIE, drop
from domain.people import Person
from domain.webhooks import offices
from domain.words import Role
from store import case_lists, desks, notices, sessions, tasks

router = APIRouter(include_in_schema=False)
YEAR_S = 365 * 24 * 3600
CASES = 50


@router.get("/")
async def home(view: Visitor) -> Response:
    """Visitors read what this is; who has logged in goes on to the own page."""
    if view.me is not None:
        return view.back("/my")
    async with view.services.db.transaction() as session:
        soonest = await notices.page(session, after=None, limit=4, open_only=True)
        count = await notices.count_open(session)
    return view.page("home.html", soonest=soonest, count=count)


@router.get("/my")
async def my(view: Reader, person: Me) -> Response:
    """What waits for me first, then everything that I take part in."""
    found = await _mine(view, person)
    return view.page("my.html", **found)


@router.get("/my/live")
async def live(view: Reader, person: Me, v: Annotated[str, Query(max_length=80)] = "") -> Response:
    """The to-do list again, if it has changed."""
    found = await _mine(view, person)
    return Response(status_code=204) if v == found["version"] else view.page("my_live.html", **found)


async def _mine(view: View, person: Person) -> dict[str, Any]:
    async with view.services.db.transaction() as session:
        todo = await tasks.todo(session, person.id)
        cases = await case_lists.of_person(session, person.id, after=None, limit=CASES)
        progress = await desks.progress(session, [case.id for case in cases])
        held = await desks.notices_of(session, person)
        awards = await desks.awards_of(session, person.id)
    return {
        "tasks": todo, "cases": cases, "progress": progress, "awards": awards, "held": held,
        "roles": {held.role for held in person.roles}, "broker": bool(person.organisations(Role.BROKER)),
        "officer": bool(person.organisations(Role.OFFICER)), "office": bool(offices(person)),
        "version": version_of(todo, progress),
    }  # fmt: skip


@router.get("/about")
async def about(view: Visitor) -> Response:
    return view.page("about.html", rulebook=view.services.rulebook)


@router.get("/language/{lang}")
async def choose_language(
    lang: Annotated[Literal["ko", "en"], Path()],
    services: Door,
    next: Annotated[str | None, Query(max_length=600)] = None,
) -> Response:
    answer = RedirectResponse(local_path(next), 303)
    answer.set_cookie(LANGUAGE_COOKIE, lang, max_age=YEAR_S, path="/", samesite="lax", secure=services.secure)
    return answer


@router.get("/live/{wish}")
async def choose_live(
    wish: Annotated[Literal["on", "off"], Path()],
    services: Door,
    next: Annotated[str | None, Query(max_length=600)] = None,
) -> Response:
    """Whether parts of pages may change by themselves (WCAG 2.2.2)."""
    answer = RedirectResponse(local_path(next), 303)
    answer.set_cookie(LIVE_COOKIE, wish, max_age=YEAR_S, path="/", samesite="lax", secure=services.secure)
    return answer


@router.post("/logout")
async def log_out(request: Request, services: Door, person: Me) -> Response:
    async with services.db.transaction() as session:
        await sessions.close(session, request.cookies[COOKIE])
    answer = RedirectResponse("/?said=logged_out", 303)
    drop(answer, COOKIE, services)
    return answer
