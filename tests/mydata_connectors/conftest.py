"""Real sandbox agencies for tests: a launcher process on a free port, its ledgers, its faults, its people."""

from __future__ import annotations

import json
import os
import secrets
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from joserfc.jwk import ECKey

from domain.words import Agency
from mydata_connectors.envelope import SIGNING, Draft, new_msg_id, open_token, public_key, seal
from mydata_connectors.exchange import Exchange, agency_http
from mydata_connectors.sandbox._people import people

ROOT = Path(__file__).parents[2]
START_SECONDS = 20


@dataclass(frozen=True)
class Got:
    """What came back, receipt opened (empty when there was none or it was not genuine)."""

    status: int
    data: Any
    headers: httpx.Headers
    receipt: dict[str, Any]


@dataclass
class Box:
    """A running sandbox. ``key`` is Onjip's private key, ``token`` opens the control side."""

    home: Path
    port: int
    key: ECKey
    token: str
    process: subprocess.Popen[bytes]
    agencies: dict[str, dict[str, Any]]

    def url(self, agency: str) -> str:
        return str(self.agencies[agency]["base_url"])

    def exchange(self, agency: str, http: httpx.AsyncClient, *, seconds: float = 10) -> Exchange:
        """Onjip's own client towards one agency; messages live ``seconds``."""
        key = public_key(self.agencies[agency]["public_jwk"])
        return Exchange(Agency(agency), self.url(agency), key, self.key, http, timedelta(seconds=seconds))

    async def send(
        self, agency: str, method: str, path: str, body: object = None, *, purpose: str = "read", query: str = "",
        subject_ref: str = "", consent: str = "", msg_id: str = "", message: str = "", timeout: float = 10,
    ) -> Got:  # fmt: skip
        """One signed message as it stands (``message``: a ready X-Message instead of a freshly signed one)."""
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        draft = Draft(msg_id or new_msg_id(), method, path, purpose, query, raw, consent, subject_ref)
        now = int(time.time())
        message = message or seal(draft, client="onjip", service=agency, iat=now, exp=now + 60, key=self.key)
        headers = {"X-Message": message} | ({"Content-Type": "application/json"} if raw else {})
        async with httpx.AsyncClient(trust_env=False, timeout=timeout, verify=NO_AUTHORITIES) as http:
            url = self.url(agency) + path + (f"?{query}" if query else "")
            reply = await http.request(method, url, content=raw, headers=headers)
        return self._got(agency, reply)

    def _got(self, agency: str, reply: httpx.Response) -> Got:
        compact = reply.headers.get("x-receipt", "")
        receipt = {}
        if compact:
            receipt = open_token(compact, public_key(self.agencies[agency]["public_jwk"]), kid=agency)
        is_json = reply.headers.get("content-type", "").startswith("application/json")
        return Got(reply.status_code, reply.json() if is_json else None, reply.headers, receipt)

    async def control(self, agency: str, method: str, path: str, body: object = None) -> Any:
        """A call to the control side of an agency (``path`` without ``/_control``)."""
        async with httpx.AsyncClient(trust_env=False, verify=NO_AUTHORITIES, headers={"X-Control": self.token}) as http:
            reply = await http.request(method, f"{self.url(agency)}/_control{path}", json=body)
        assert reply.is_success, (reply.status_code, reply.text)
        return reply.json() if reply.content else None

    async def ledger(self, agency: str) -> dict[str, Any]:
        ledger: dict[str, Any] = await self.control(agency, "GET", "/ledger")
        return ledger

    async def fault(
        self, agency: str, path: str, fault: str, *, method: str = "", times: int = 1, seconds: float = 0
    ) -> None:
        body = {"method": method, "path": path, "fault": fault, "times": times, "seconds": seconds}
        await self.control(agency, "POST", "/faults", body)

    async def clear_faults(self, agency: str) -> None:
        await self.control(agency, "DELETE", "/faults")

    @asynccontextmanager
    async def person(self, agency: str, login: str) -> AsyncIterator[httpx.AsyncClient]:
        """An HTTP client in which ``login`` has logged in at the agency's own site; it asks for JSON."""
        accept = {"Accept": "application/json"}
        async with httpx.AsyncClient(
            base_url=self.url(agency), headers=accept, trust_env=False, verify=NO_AUTHORITIES
        ) as http:
            reply = await http.post("/people/login", data={"login": login, "pin": people()[login].pin})
            assert reply.status_code == 200, reply.text
            yield http

    def pid(self, agency: str) -> int:
        return int(json.loads((self.home / "pids.json").read_text())["agencies"][agency])

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(10)


StartSandbox = Callable[..., Box]


def free_port() -> int:
    """A port that is free on every agency's loopback address."""
    for _ in range(50):
        with socket.socket() as first:
            first.bind(("127.0.1.1", 0))
            port: int = first.getsockname()[1]
            if all(_is_free(f"127.0.1.{n}", port) for n in range(2, 15)):
                return port
    raise AssertionError("no free port")


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((host, port)) != 0


NO_AUTHORITIES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # plain HTTP: loading the CA list takes 20 ms a client
REAL = ("-m", "mydata_connectors.sandbox")
COUNTING = (str(Path(__file__).with_name("counting_agencies.py")),)


def start_box(home: Path, names: tuple[str, ...], launcher: tuple[str, ...] = REAL) -> Box:
    home.mkdir(parents=True, exist_ok=True)
    key = ECKey.generate_key("P-256", SIGNING)
    (home / "onjip.jwk").write_text(json.dumps(key.as_dict(private=False)))
    token, port = secrets.token_hex(16), free_port()
    command = [sys.executable, *launcher, "--home", str(home), "--port", str(port)]
    command += ["--client-jwk", str(home / "onjip.jwk"), "--only", ",".join(names)]
    published, deadline = home / "agencies.json", time.monotonic() + START_SECONDS
    published.unlink(missing_ok=True)
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "SANDBOX_CONTROL_TOKEN": token})
    while not published.exists():
        assert process.poll() is None, "the launcher ended"
        assert time.monotonic() < deadline, "the sandbox did not come up"
        time.sleep(0.02)
    return Box(home, port, key, token, process, json.loads(published.read_text()))


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartSandbox]:
    """``sandbox("rtms", "identity")``: these agencies, running; the same ones again within a test module."""
    boxes: dict[tuple[str, ...], Box] = {}
    others: list[Box] = []

    def start(*names: str, fresh: bool = False) -> Box:
        if fresh:
            others.append(start_box(tmp_path_factory.mktemp("sandbox"), names))
            return others[-1]
        if names not in boxes:
            boxes[names] = start_box(tmp_path_factory.mktemp("sandbox"), names)
        return boxes[names]

    yield start
    for box in (*boxes.values(), *others):
        box.stop()


@pytest.fixture(scope="module")
def counting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    """The small counting agencies (``counting_agencies.py``) and a real identity provider."""
    box = start_box(tmp_path_factory.mktemp("counting"), ("rtms", "wetax", "residents", "identity"), COUNTING)
    yield box
    box.stop()


@pytest_asyncio.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with agency_http(read=5) as client:
        yield client
