"""Every form × every kind of bad input: a page in Korean that says what to do, and not one row changed."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import pytest
from fastapi.routing import APIRoute

from api.pages import site as pages

# Helper modules stand beside the tests; ``importlib`` mode puts no folder on the path by itself.
sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1]))
from form_cases import FormCase, form_cases
from page_reader import PAGE, read

from tests.api.bad_input.form_values import LONG, Value

if TYPE_CHECKING:
    from tests.api.bad_input.conftest import World
    from tests.api.conftest import Browser

pytestmark = pytest.mark.long

NOWHERE = str(uuid4())
ROUTES = sorted(
    route.path
    for router in pages.ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute) and "POST" in route.methods
)
every = pytest.mark.parametrize("route", ROUTES)
SAID = re.compile(
    r'id="refusal".*?<ul>(?P<form>.*?)</ul>|<p class="lead">(?P<page>[^<]*)</p>.*?class="code"', re.DOTALL
)


@dataclass
class Forms:
    world: World
    cases: dict[str, FormCase]

    async def send(self, route: str, who: Browser | httpx.AsyncClient | None = None, **changed: Any) -> httpx.Response:
        """As a browser sends it; ``changed``: values, path, csrf, key, files, headers."""
        form = self.cases[route]
        person = form.who if who is None or isinstance(who, httpx.AsyncClient) else who
        values: dict[str, Value] = {
            "csrf": changed.get("csrf", person.csrf), "key": changed.get("key", uuid4().hex),
            **changed.get("values", form.right),
        }  # fmt: skip
        sent = {name: value for name, value in values.items() if value is not None}
        files = changed.get("files", form.files) or None
        http = who if isinstance(who, httpx.AsyncClient) else person.http
        path = changed.get("path", form.path)
        return await http.post(path, data=sent, files=files, headers={**PAGE, **changed.get("headers", {})})


@pytest.fixture(scope="module")
def forms(world: World) -> Forms:
    return Forms(world, form_cases(world))


def said(reply: httpx.Response, *statuses: int) -> str:
    """What the page tells the reader to do. It is a page without faults, in Korean."""
    assert reply.status_code in (statuses or range(400, 500)), reply.headers
    assert reply.headers["content-type"].startswith("text/html")
    read(reply)
    found = SAID.search(reply.text)
    assert found, reply.text
    words = re.sub(r"<[^>]+>|\s+", " ", found["form"] or found["page"]).strip()
    assert re.search("니다|십시오", words), words  # a sentence
    return words


def test_the_list_is_complete(forms: Forms) -> None:
    assert set(forms.cases) == set(ROUTES)
    for form in forms.cases.values():
        assert {name for name in set(form.wrong) - set(form.right) if not name.startswith("if_")} <= {"approval_no"}


@every
async def test_without_session(forms: Forms, route: str) -> None:
    if forms.cases[route].public:
        return
    before = await forms.world.site.fingerprint()
    async with forms.world.site.client() as http:
        assert "로그인" in said(await forms.send(route, http), 401)
        http.cookies.set("onjip_session", "guessed")
        reply = await forms.send(route, http)
        assert "로그인" in said(reply, 401)
        assert 'href="/login' in reply.text
    assert await forms.world.site.fingerprint() == before


@every
async def test_with_a_wrong_csrf_token_or_from_another_page(forms: Forms, route: str) -> None:
    before = await forms.world.site.fingerprint()
    for csrf in (None, "", "가", "wrong", forms.cases["/cases"].who.csrf[::-1]):
        assert "화면을 새로 고친 뒤" in said(await forms.send(route, csrf=csrf), 403)
    said(await forms.send(route, headers={"Origin": "https://evil.test"}), 403)
    assert await forms.world.site.fingerprint() == before


@every
async def test_without_a_usable_key(forms: Forms, route: str) -> None:
    if forms.cases[route].keyless:
        return
    before = await forms.world.site.fingerprint()
    for key in (None, "", "short", "x" * 101, "with space", "a\x00" * 8):
        assert "새로 고친 뒤" in said(await forms.send(route, key=key), 400)
    assert await forms.world.site.fingerprint() == before


@every
async def test_an_unknown_thing_or_somebody_elses(forms: Forms, route: str) -> None:
    if "{" not in route:
        return
    site, form = forms.world.site, forms.cases[route]
    known = {"notices": "lh-nowhere", "invitations": "n" * 43}.get(route.split("/")[1], NOWHERE)
    unknown = re.sub(r"{\w+}", known, route)
    malformed = re.sub(r"{\w+}", "1%20or%201=1", route)
    twin = await site.browser("남남", *((one.role, "다른 곳") for one in form.who.person.roles))
    before = await site.fingerprint()
    said(await forms.send(route, path=unknown), 404)
    said(await forms.send(route, path=malformed), 404)
    if form.case.of_a_thing:
        said(await forms.send(route, twin), 404)
    assert await site.fingerprint() == before


@every
async def test_a_person_who_may_not_do_it(forms: Forms, route: str) -> None:
    form = forms.cases[route]
    if form.case.wrong_role is None:
        return
    before = await forms.world.site.fingerprint()
    said(await forms.send(route, form.case.wrong_role), 403)
    assert await forms.world.site.fingerprint() == before


@every
async def test_a_body_that_is_too_large_or_of_another_kind(forms: Forms, route: str) -> None:
    before = await forms.world.site.fingerprint()
    large = 11 * 1024 * 1024 if forms.cases[route].files else 70 * 1024
    said(await forms.send(route, values={"title": "a" * large}, files=None), 413)
    path, who = forms.cases[route].path, forms.cases[route].who
    for kind, content in (("text/plain", b"a"), ("application/json", b"{}"), ("application/xml", b"<a/>")):
        reply = await who.http.post(path, content=content, headers={**PAGE, "Content-Type": kind})
        said(reply, 403, 415)
    assert await forms.world.site.fingerprint() == before


@every
async def test_every_field_spoiled_in_every_way(forms: Forms, route: str) -> None:
    form = forms.cases[route]
    before = await forms.world.site.fingerprint()
    taken = []
    for what, values in form.spoiled():
        reply = await forms.send(route, values=values)
        if not 400 <= reply.status_code < 500:
            taken.append((what, reply.status_code))
        elif LONG in said(reply):
            taken.append((what, "repeated"))
    assert taken == []
    assert await forms.world.site.fingerprint() == before


@every
async def test_a_file_where_a_word_is_asked_for(forms: Forms, route: str) -> None:
    form = forms.cases[route]
    before = await forms.world.site.fingerprint()
    for name, values in form.wrong.items():
        if None in values:  # where the field is needed
            rest = {one: value for one, value in form.right.items() if one != name}
            said(await forms.send(route, values=rest, files={name: ("a.txt", b"a", "text/plain")}))
    assert await forms.world.site.fingerprint() == before


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04", b"\x00" * 2000 + b"%PDF-1.7\n", None])
async def test_an_upload_that_is_no_pdf(forms: Forms, content: bytes | None) -> None:
    before = await forms.world.site.fingerprint()
    name, data = ("file", content) if content is not None else ("other", b"%PDF-1.7\n")
    assert "PDF" in said(await forms.send("/verify", files={name: ("a.pdf", data, "application/pdf")}), 422)
    assert "PDF" in said(await forms.send("/verify", files=None, values={"file": "%PDF-1.7"}), 422)
    assert await forms.world.site.fingerprint() == before


LAST = ["/cases/{case_id}/apply", *(route for route in ROUTES if route != "/cases/{case_id}/apply")]


@pytest.mark.parametrize("route", LAST)
async def test_zz_the_right_form_is_accepted(forms: Forms, route: str) -> None:
    """So that what was refused above was refused for the reason given."""
    reply = await forms.send(route)
    assert reply.status_code == forms.cases[route].status, said(reply)
