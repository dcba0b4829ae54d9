"""Logging in and consenting at the real sandbox identity provider."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import socket
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import pytest_asyncio
from joserfc.jwk import ECKey

from api.app import create_app
from domain.time import now
from mydata_connectors.exchange import agency_http
from mydata_connectors.identity import OpenIdProvider
from store.tables.consents import ConsentRow
from store.tables.exchange import OutboxRow
from store.tables.people import PersonRow, SealedRow, SessionRow

if TYPE_CHECKING:
    from tests.api.conftest import Site

ORIGIN = "http://127.0.0.1:8000"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.1.1", 0))
        return int(probe.getsockname()[1])


@pytest_asyncio.fixture(scope="module")
async def provider(tmp_path_factory: Any) -> AsyncIterator[OpenIdProvider]:
    """The identity agency as its own process, and Onjip's own client for it."""
    home: Path = tmp_path_factory.mktemp("identity")
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256", "kid": "onjip"})
    (home / "onjip.jwk").write_text(json.dumps(key.as_dict(private=False)))
    command = [sys.executable, "-m", "mydata_connectors.sandbox", "--home", str(home), "--port", str(free_port())]
    command += ["--client-jwk", str(home / "onjip.jwk"), "--only", "identity"]
    environment = {**os.environ, "SANDBOX_CONTROL_TOKEN": secrets.token_hex(16)}
    process = await asyncio.create_subprocess_exec(*command, cwd=Path(__file__).parents[2], env=environment)
    try:
        published, end = home / "agencies.json", time.monotonic() + 20
        while not published.exists():
            assert process.returncode is None
            assert time.monotonic() < end
            await asyncio.sleep(0.02)
        issuer = json.loads(published.read_text())["identity"]["base_url"]
        async with agency_http(read=5) as http:
            yield OpenIdProvider(issuer, f"{ORIGIN}/login/callback", key, http)
    finally:
        process.terminate()
        await process.wait()


@pytest_asyncio.fixture(scope="module")
async def real(site: Site, provider: OpenIdProvider) -> Site:
    """The site with the real identity provider."""

    services = replace(site.services, identity=provider)
    return replace(site, services=services, app=create_app(services))


async def at_the_provider(url: str, login: str, pin: str) -> str:
    """What a person does at the provider's own page; the answer is where the browser goes back."""
    async with httpx.AsyncClient(headers={"Accept": "application/json"}, trust_env=False) as person:
        asked = (await person.get(url)).json()
        base = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        form = {"request": asked["request"], "login": login, "pin": pin}
        reply = await person.post(f"{base}/authorize", data=form)
        return str(reply.json()["redirect_to"])


async def log_in(site: Site, http: httpx.AsyncClient, login: str, pin: str, next_url: str = "/") -> httpx.Response:
    begun = await http.get("/login", params={"next": next_url})
    assert begun.status_code == 303
    return await http.get(await at_the_provider(begun.headers["location"], login, pin))


async def test_a_person_logs_in_and_the_session_is_new_each_time(real: Site) -> None:
    async with real.client() as http:
        back = await log_in(real, http, "daon", "030879", "/cases")
        assert (back.status_code, back.headers["location"]) == (303, "/cases")
        cookie = next(value for name, value in back.headers.multi_items() if value.startswith("onjip_session="))
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert "Path=/" in cookie
        me = (await http.get("/api/v1/me")).json()
        assert me["name"] == "정다온"
        assert [(role["role"], role["register_name"]) for role in me["roles"]] == [("broker", "broker")]
        first = http.cookies["onjip_session"]
        await log_in(real, http, "daon", "030879")
        assert http.cookies["onjip_session"] != first
    async with real.client() as thief:
        thief.cookies.set("onjip_session", first)
        assert (await thief.get("/api/v1/me")).status_code == 401
    assert len(await real.rows(PersonRow, name="정다온")) == 1


async def test_the_handle_of_the_registers_is_sealed(real: Site) -> None:
    async with real.client() as http:
        await log_in(real, http, "seoa", "090286")
    person = (await real.rows(PersonRow, name="윤서아"))[0]
    sealed = (await real.rows(SealedRow, person_id=person.id, kind="identity_ref"))[0]
    assert b"idr_" not in sealed.ciphertext
    assert "idr_" not in json.dumps(person.model_dump(mode="json"))


async def test_logging_out_ends_the_session_here_and_now(real: Site) -> None:
    async with real.client() as http:
        await log_in(real, http, "minjun", "180675")
        csrf = (await http.get("/api/v1/me")).json()["csrf"]
        assert (await http.delete("/api/v1/session")).status_code == 403
        assert (await http.delete("/api/v1/session", headers={"X-CSRF-Token": csrf})).status_code == 204
        assert (await http.get("/api/v1/me")).status_code == 401
    person = (await real.rows(PersonRow, name="최민준"))[0]
    assert await real.rows(SessionRow, person_id=person.id) == []


async def test_a_log_in_counts_once_and_only_in_its_own_browser(real: Site) -> None:
    async with real.client() as http, real.client() as other:
        begun = await http.get("/login")
        back = await at_the_provider(begun.headers["location"], "haneul", "120489")
        elsewhere = await other.get(back)
        assert (elsewhere.status_code, elsewhere.json()["code"]) == (403, "login_elsewhere")
        assert "onjip_session" not in other.cookies
        again = await http.get(back)
        assert (again.status_code, again.json()["code"]) == (400, "login_unknown")


async def test_a_forged_state_or_code_opens_nothing(real: Site) -> None:
    async with real.client() as http:
        begun = await http.get("/login")
        state = parse_qs(urlsplit(begun.headers["location"]).query)["state"][0]
        assert (await http.get("/login/callback", params={"state": "x" * 40, "code": "y"})).status_code == 400
        refused = await http.get("/login/callback", params={"state": state, "code": "made-up"})
        assert (refused.status_code, refused.json()["code"]) == (400, "login_refused")
        assert (await http.get("/api/v1/me")).status_code == 401


async def test_next_leads_nowhere_else(real: Site) -> None:
    for next_url in ("https://evil.test/", "//evil.test", "/\\evil.test", "evil", ""):
        async with real.client() as http:
            back = await log_in(real, http, "garam", "271282", next_url)
            assert back.headers["location"] == "/"


async def test_consent_is_given_at_the_provider_by_the_person_alone(real: Site) -> None:
    async with real.client() as http:
        await log_in(real, http, "haneul", "120489")
        me = (await http.get("/api/v1/me")).json()
        headers = {"X-CSRF-Token": me["csrf"]}

        async def post(path: str, body: Any = None) -> Any:
            key = {"Idempotency-Key": secrets.token_hex(8)}
            reply = await http.post(f"/api/v1{path}", json=body, headers=headers | key)
            assert reply.is_success, reply.text
            return reply.json()

        case = await post("/cases", {"kind": "A", "title": "첫 집"})
        asked = await post(
            f"/cases/{case['id']}/consents",
            {
                "members": [{"relation": "self"}], "items": ["household", "home_ownership"], "purpose": "subscription",
                "ends_at": (now() + timedelta(days=90)).isoformat(),
            },
        )  # fmt: skip
        consent = asked["items"][0]["id"]
        redirect = (await post(f"/consents/{consent}/give"))["redirect"]
        wrong = await http.get(await at_the_provider(redirect, "seojun", "300988"))
        assert (wrong.status_code, wrong.json()["code"]) == (403, "consent_other_person")
        assert (await http.get(f"/api/v1/consents/{consent}")).json()["state"] == "requested"
        redirect = (await post(f"/consents/{consent}/give"))["redirect"]
        back = await http.get(await at_the_provider(redirect, "haneul", "120489"))
        assert (back.status_code, back.headers["location"]) == (303, f"/consents/{consent}")
        assert (await http.get(f"/api/v1/consents/{consent}")).json()["state"] == "given"
    row = (await real.rows(ConsentRow, id=UUID(consent)))[0]
    sealed = (await real.rows(SealedRow, kind="consent_token", subject=consent))[0]
    assert row.token_id
    assert row.token_id.encode() not in sealed.ciphertext
    kinds = {found.kind for found in await real.rows(OutboxRow, workflow_id=f"consent-{consent}")}
    assert kinds == {"start:ConsentWorkflow", "signal:given"}
