"""The people-facing side of an agency: log-in, pages for who is logged in, JSON for clients that ask for it.

A post from another site is refused by its Origin header; the cookie is HttpOnly and SameSite=Lax.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import replace
from urllib.parse import quote, urlsplit

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from mydata_connectors.sandbox import _ledger, _pages, _sessions
from mydata_connectors.sandbox._agency import Agency, Page, Refused, View, Visit
from mydata_connectors.sandbox._context import AgencyContext
from mydata_connectors.sandbox._people import Person

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "same-origin",  # not no-referrer: browsers would then say "Origin: null" of our own forms
    "X-Content-Type-Options": "nosniff",
}
LOGIN_FAILED = "아이디 또는 인증번호가 맞지 않거나 잠겨 있습니다. (Wrong login or PIN, or locked.)"


class Site:
    def __init__(self, ctx: AgencyContext, agency: Agency, db: sqlite3.Connection) -> None:
        self.ctx, self.agency, self.db = ctx, agency, db
        self.cookie = f"sandbox_{ctx.name}"

    def routes(self) -> list[Route]:
        return [
            Route("/people/login", self._login_form, methods=["GET"]),
            Route("/people/login", self._login, methods=["POST"]),
            Route("/people/logout", self._logout, methods=["GET", "POST"]),
            *(Route(page.path, self._endpoint(page), methods=[page.method]) for page in self.agency.pages),
        ]

    def visitor(self, request: Request) -> Person | None:
        """Who is logged in here."""
        return _sessions.who(self.db, request.cookies.get(self.cookie, ""))

    async def _login_form(self, request: Request) -> Response:
        target = _local(request.query_params.get("next", ""), self.agency.home)
        return self._login_page(target, "")

    def _login_page(self, target: str, problem: str, status: int = 200) -> Response:
        inner = _pages.login_fields() + _pages.hidden({"next": target})
        html = _pages.error(problem) + _pages.form("/people/login", inner, "로그인 (Log in)")
        return self.html("로그인", html, status)

    async def _login(self, request: Request) -> Response:
        if not same_origin(request):
            return _problem(request, "cross_site", 403)
        posted = await request.form()
        login, pin = str(posted.get("login", ""))[:64], str(posted.get("pin", ""))[:64]
        target = _local(str(posted.get("next", "")), self.agency.home)
        with _ledger.transaction(self.db):
            person = _sessions.check_pin(self.db, login, pin, key=f"login:{login}")
            token = _sessions.start(self.db, login) if person else ""
        if person is None:
            if wants_json(request):
                return JSONResponse({"code": "login_failed"}, 401)
            return self._login_page(target, LOGIN_FAILED, 401)
        answer: Response = RedirectResponse(target, 303)
        if wants_json(request):
            answer = JSONResponse({"login": person.login, "name": person.name})
        answer.set_cookie(self.cookie, token, httponly=True, samesite="lax", path="/")
        return answer

    async def _logout(self, request: Request) -> Response:
        with _ledger.transaction(self.db):
            _sessions.end(self.db, request.cookies.get(self.cookie, ""))
        return RedirectResponse("/people/login", 303)

    def _endpoint(self, page: Page) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            person = self.visitor(request)
            if person is None:
                return self._to_login(request)
            if not page.admits(person) or not same_origin(request):
                return _problem(request, "not_allowed", 403)
            visit = await _visit(request, person)
            try:
                if page.prepare is not None:
                    visit = replace(visit, prepared=await page.prepare(visit))
                with _ledger.transaction(self.db):
                    result = page.handler(visit, self.db)
            except Refused as refused:
                return self._refusal(visit, refused)
            return result if isinstance(result, Response) else self._show(visit, result)

        return endpoint

    def _to_login(self, request: Request) -> Response:
        if wants_json(request):
            return JSONResponse({"code": "not_logged_in"}, 401)
        back = request.url.path if request.method == "GET" else self.agency.home
        return RedirectResponse(f"/people/login?next={quote(back)}", 303)

    def _show(self, visit: Visit, view: View) -> Response:
        if visit.wants_json:
            return JSONResponse(view.data, view.status, HEADERS)
        if view.go:
            return RedirectResponse(view.go, 303)
        return self.html(view.title, view.html, view.status, visit.person.name)

    def _refusal(self, visit: Visit, refused: Refused) -> Response:
        if visit.wants_json:
            return JSONResponse(refused.body(), refused.status)
        text = refused.message or refused.code
        back = f'<p><a class="button" href="{self.agency.home}">돌아가기 (Back)</a></p>'
        return self.html("처리하지 못했습니다", _pages.error(text) + back, refused.status, visit.person.name)

    def html(self, title: str, html: str, status: int = 200, who: str = "") -> Response:
        """A whole page of this agency around ``html``."""
        agency = self.agency
        text = _pages.document(agency_ko=agency.title_ko, agency_en=agency.title_en, title=title, body=html, who=who)
        return HTMLResponse(text, status, HEADERS)


def wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")


def same_origin(request: Request) -> bool:
    """A browser names the origin of a post; another site's is refused. GETs change nothing."""
    origin = request.headers.get("origin")
    return request.method == "GET" or origin is None or urlsplit(origin).netloc == request.headers.get("host")


def _problem(request: Request, code: str, status: int) -> Response:
    if wants_json(request):
        return JSONResponse({"code": code}, status)
    return HTMLResponse(f"<!doctype html><html lang=ko><title>{status}</title><p>접근할 수 없습니다. ({code})", status)


def _local(target: str, otherwise: str) -> str:
    """Only a path of this site is gone to after log-in."""
    return target if target.startswith("/") and not target.startswith("//") and "\\" not in target else otherwise


async def _visit(request: Request, person: Person) -> Visit:
    form: dict[str, str] = {}
    lists: dict[str, tuple[str, ...]] = {}
    files: dict[str, bytes] = {}
    if request.method == "POST":
        posted = await request.form()
        for name, value in posted.multi_items():
            if isinstance(value, UploadFile):
                files[name] = await value.read()
            else:
                form.setdefault(name, value)
                lists[name] = (*lists.get(name, ()), value)
    params = {key: str(value) for key, value in request.path_params.items()}
    return Visit(person, form, lists, dict(request.query_params), params, wants_json(request), files)
