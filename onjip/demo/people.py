"""A demo person: acts at Onjip through its public API, and at the agencies through their people-facing sites only.

What a person does elsewhere (approving a signature, paying) Onjip never does for them: the stand-in goes there.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import uuid4

import httpx

T = TypeVar("T")
JSON = {"Accept": "application/json"}
PATIENCE_S = 60.0  # how long a person waits for something before the demo calls it broken
LOOK_S = 0.25
DOWN = (502, 503, 504)
REFUSED = (409, 422)


class DemoBroken(Exception):
    """A step did not happen: the demo ends with exit code 1."""


@dataclass(frozen=True)
class World:
    """Where things are. ``patience``: seconds a person waits (chaos makes everybody more patient)."""

    site: str
    agencies: Mapping[str, str]
    pins: Mapping[str, str]
    names: Mapping[str, str]
    patience: float = PATIENCE_S
    control: str = ""  # token for the sandbox's control side: ledgers and faults


@dataclass
class Person:
    """Logged in at the site, and at the agencies when first needed."""

    world: World
    login: str
    http: httpx.AsyncClient = field(default_factory=lambda: httpx.AsyncClient(timeout=20, trust_env=False))
    csrf: str = ""
    me: dict[str, Any] = field(default_factory=dict)
    _rooms: dict[str, httpx.AsyncClient] = field(default_factory=dict)
    _door: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def name(self) -> str:
        return self.world.names[self.login]

    async def close(self) -> None:
        for client in (self.http, *self._rooms.values()):
            await client.aclose()

    # At Onjip

    async def enter(self) -> None:
        """Log in through the identity provider, as a browser would; who takes part in both cases does it once."""
        async with self._door:
            if not self.csrf:
                await self._patient(self._enter)

    async def _enter(self) -> None:
        reply = await self.http.get(f"{self.world.site}/login")
        _expect(reply, 303, 302, 307)
        await self._at_identity(reply.headers["location"])
        self.me = await self.get("/api/v1/me")
        self.csrf = self.me["csrf"]

    async def agree(self, consent_id: str) -> None:
        """Consent at the identity provider, reading it there, with the own PIN.

        The way back is good for one use: who gets lost on it looks whether it has arrived, and else begins anew.
        """
        path = f"/api/v1/consents/{consent_id}"

        async def give() -> None:
            if (await self._get(path))["state"] == "requested":
                going = await self._post(f"{path}/give", {}, str(uuid4()))
                await self._at_identity(going["redirect"])

        await self._patient(give)

    async def _at_identity(self, url: str) -> None:
        asked = await self.http.get(url, headers=JSON)
        _expect(asked, 200)
        form = {"request": asked.json()["request"], "login": self.login, "pin": self.world.pins[self.login]}
        base = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        decided = await self.http.post(f"{base}/authorize", data=form, headers=JSON)
        _expect(decided, 200)
        back = await self.http.get(decided.json()["redirect_to"])
        _expect(back, 200, 302, 303)

    async def get(self, path: str) -> dict[str, Any]:
        return await self._patient(lambda: self._get(path))

    async def _get(self, path: str) -> dict[str, Any]:
        reply = await self.http.get(f"{self.world.site}{path}", headers=JSON)
        _expect(reply, 200)
        found: dict[str, Any] = reply.json()
        return found

    async def bytes(self, path: str) -> bytes:
        async def fetch() -> bytes:
            reply = await self.http.get(f"{self.world.site}{path}")
            _expect(reply, 200)
            return reply.content

        return await self._patient(fetch)

    async def post(self, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """One act. The key stays the same while we ask again: it is done once, however often we ask."""
        key = str(uuid4())
        return await self._patient(lambda: self._post(path, body or {}, key))

    async def refused(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """An act that the law or a rule forbids; the problem that answers it."""
        key = str(uuid4())
        reply = await self._patient(lambda: self._send(path, body, key))
        if reply.status_code < 400:
            raise DemoBroken(f"{path}: was accepted but must not be")
        problem: dict[str, Any] = reply.json()
        return problem

    async def _post(self, path: str, body: Mapping[str, Any], key: str) -> dict[str, Any]:
        reply = await self._send(path, body, key)
        _expect(reply, 200, 201, 202)
        found: dict[str, Any] = reply.json()
        return found

    async def _send(self, path: str, body: Mapping[str, Any], key: str) -> httpx.Response:
        headers = {**JSON, "X-CSRF-Token": self.csrf, "Idempotency-Key": key}
        reply = await self.http.post(f"{self.world.site}{path}", json=dict(body), headers=headers)
        if reply.status_code in DOWN:
            raise _Again(f"{path}: {reply.status_code}")
        return reply

    async def until(self, path: str, ready: Callable[[dict[str, Any]], T | None], what: str) -> T:
        """Look at a page until it shows what is waited for."""
        end = time.monotonic() + self.world.patience
        while True:
            found = ready(await self.get(path))
            if found is not None:
                return found
            if time.monotonic() > end:
                raise DemoBroken(f"{self.login}: {what} did not happen within {self.world.patience:.0f} s")
            await asyncio.sleep(LOOK_S)

    async def task(self, code: str, **wanted: str) -> dict[str, Any]:
        """Wait until the own to-do list shows ``code`` with these values (case_id, kind, subject_id …)."""

        def find(page: dict[str, Any]) -> dict[str, Any] | None:
            for item in page["items"]:
                if item["code"] == code and all(item[name] == value for name, value in wanted.items()):
                    found: dict[str, Any] = item
                    return found
            return None

        return await self.until("/api/v1/tasks", find, f"task {code} {wanted}")

    # Elsewhere

    async def room(self, agency: str) -> httpx.AsyncClient:
        """The agency's own site, logged in there with the own PIN."""
        if agency not in self._rooms:
            client = httpx.AsyncClient(base_url=self.world.agencies[agency], headers=JSON, timeout=20, trust_env=False)
            form = {"login": self.login, "pin": self.world.pins[self.login]}

            async def enter() -> None:
                _expect(await client.post("/people/login", data=form), 200)

            await self._patient(enter)
            self._rooms[agency] = client
        return self._rooms[agency]

    async def at(self, agency: str, path: str, form: Mapping[str, Any], *, done: str = "") -> None:
        """One post at an agency's own site. ``done``: the refusal that says that it has been done already.

        It is believed only of an act whose answer was lost on the way to us.
        """
        room = await self.room(agency)
        lost = False

        async def send() -> None:
            nonlocal lost
            try:
                reply = await room.post(path, data=dict(form))
            except httpx.TransportError:
                lost = True
                raise
            if not (lost and done and reply.status_code in REFUSED and reply.json().get("code") == done):
                _expect(reply, 200)

        await self._patient(send)

    async def look(self, agency: str, path: str) -> Any:
        room = await self.room(agency)

        async def fetch() -> Any:
            reply = await room.get(path)
            _expect(reply, 200)
            return reply.json()

        return await self._patient(fetch)

    async def sign_at_signing_service(self, digest: str | None = None) -> None:
        """Wait until the signing service shows the document, read it there, and sign it with the own PIN.

        ``digest``: which document; none: the only one that waits.
        """
        end = time.monotonic() + self.world.patience
        while True:
            shown = [one for one in await self.look("signing", "/people") if one["state"] == "waiting"]
            for one in shown:
                if digest in (None, one["document_sha256"]):
                    form = {"ids": one["number"], "pin": self.world.pins[self.login]}
                    await self.at("signing", "/people/approve", form, done="not_waiting")
                    return
            if time.monotonic() > end:
                raise DemoBroken(f"{self.login}: nothing came to the signing service")
            await asyncio.sleep(LOOK_S)

    async def _patient(self, act: Callable[[], Awaitable[T]]) -> T:
        """People try again when a page does not answer; what was asked carries its key, so it happens once."""
        end = time.monotonic() + self.world.patience
        while True:
            try:
                return await act()
            except (httpx.TransportError, _Again) as error:
                if time.monotonic() > end:
                    raise DemoBroken(f"{self.login}: no answer ({type(error).__name__})") from error
                await asyncio.sleep(LOOK_S)


class _Again(Exception):
    """Ask again, with the same key."""


def _expect(reply: httpx.Response, *statuses: int) -> None:
    if reply.status_code in DOWN:
        raise _Again(str(reply.status_code))
    if reply.status_code not in statuses:
        path = urlsplit(str(reply.request.url)).path
        raise DemoBroken(f"{reply.request.method} {path}: {reply.status_code} {reply.text[:600]}")
