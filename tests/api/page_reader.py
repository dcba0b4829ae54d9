"""Reads a page as an accessibility checker would: what is missing, and what a form would send."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from tests.api.conftest import Browser

PAGE = {"Accept": "text/html"}
HEADINGS = {f"h{level}": level for level in range(1, 7)}
OPEN = ("/check", "/verify")  # takes what anybody types and keeps nothing: a visitor has no token
NAMED = ("input", "select", "textarea")
VOID = ("input", "img", "br", "meta", "link", "hr")


@dataclass
class Form:
    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


class PageReader(HTMLParser):
    """``faults`` are sentences; ``forms`` in the order of the page; ``text`` is what is read."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.forms: list[Form] = []
        self.links: set[str] = set()
        self.ids: list[str] = []
        self.text = ""
        self.lang = ""
        self._level = 0
        self._headings: list[int] = []
        self._labels: set[str] = set()
        self._inputs: list[dict[str, str]] = []
        self._referred: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(html)
        self._conclude()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        had = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self._open.append(tag)
        if "id" in had:
            self.ids.append(had["id"])
        if "style" in had or tag == "style" or (tag == "script" and "src" not in had):
            self.faults.append(f"inline style or script: {tag}")
        for name in ("src", "href", "action"):
            if name in had:
                self._leads(tag, name, had[name])
        for name in ("aria-describedby", "aria-labelledby", "aria-controls"):
            self._referred += [(name, one) for one in had.get(name, "").split()]
        self._note(tag, had)

    def _note(self, tag: str, had: dict[str, str]) -> None:
        if tag == "html":
            self.lang = had.get("lang", "")
        if tag in HEADINGS:
            self._headings.append(HEADINGS[tag])
        if tag == "img" and "alt" not in had:
            self.faults.append("image without alt")
        if tag == "label":
            self._labels.add(had.get("for", ""))
        if tag == "form":
            self.forms.append(Form(had.get("action", ""), had.get("method", "get")))
        if tag in NAMED and self.forms and "name" in had:
            chosen = had.get("type") not in ("checkbox", "radio") or "checked" in had
            if chosen:
                self.forms[-1].fields.setdefault(had["name"], had.get("value", ""))
            if had.get("type") != "hidden":
                self._inputs.append(had)

    def _leads(self, tag: str, name: str, value: str) -> None:
        if tag == "a":
            self.links.add(value)
        elif not value.startswith("/"):
            self.faults.append(f"{tag} {name} leads elsewhere: {value}")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not {"script", "title"} & set(self._open):
            self.text += f" {data.strip()}" if data.strip() else ""

    def _conclude(self) -> None:
        if self._headings.count(1) != 1:
            self.faults.append(f"{self._headings.count(1)} h1")
        for before, after in zip(self._headings, self._headings[1:], strict=False):
            if after > before + 1:
                self.faults.append(f"heading jumps from h{before} to h{after}")
        for had in self._inputs:
            if had.get("id") not in self._labels and "aria-label" not in had:
                self.faults.append(f"no label: {had.get('name')}")
        for name, one in self._referred:
            if one not in self.ids:
                self.faults.append(f"{name} leads nowhere: {one}")
        self.faults += [f"id twice: {one}" for one in sorted({one for one in self.ids if self.ids.count(one) > 1})]
        self.faults += [
            f"form without csrf: {form.action}"
            for form in self.forms
            if form.method == "post" and not form.fields.get("csrf") and form.action.partition("#")[0] not in OPEN
        ]


def read(reply: httpx.Response, lang: str = "ko") -> PageReader:
    page = PageReader(reply.text)
    assert page.faults == []
    assert page.lang == lang
    return page


async def get(browser: Browser, path: str, lang: str = "ko") -> httpx.Response:
    cookies = {"Cookie": f"onjip_session={browser.http.cookies['onjip_session']}; onjip_language={lang}"}
    return await browser.http.get(path, headers={**PAGE, **cookies})


async def send(browser: Browser, path: str, form: dict[str, object]) -> httpx.Response:
    return await browser.http.post(path, data=form, headers=PAGE)


async def opened(browser: Browser, title: str = "우리 집") -> str:
    return str((await browser.post("/cases", {"kind": "A", "title": title})).json()["id"])
