"""An agency's own site: log-in, who gets in, what a browser is told, and how the sandbox starts and stops."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from mydata_connectors.sandbox import _pages
from mydata_connectors.sandbox._addresses import NAMES, address
from mydata_connectors.sandbox._people import check_pin, identity_ref, people

if TYPE_CHECKING:
    from tests.mydata_connectors.conftest import Box

ROOT = Path(__file__).parents[2]


@pytest.fixture
def site(counting: Box) -> str:
    return counting.url("wetax")


def credentials(who: str) -> dict[str, str]:
    return {"login": who, "pin": people()[who].pin}


async def test_login_page_is_readable_by_everybody(http: httpx.AsyncClient, site: str) -> None:
    page = await http.get(f"{site}/people/login")
    for text in (
        '<html lang="ko">',
        '<label for="login">',
        '<label for="pin">',
        'href="#main"',
        "모의 기관",
        "viewport",
    ):
        assert text in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"


async def test_a_browser_logs_in_and_comes_back_to_where_it_was(http: httpx.AsyncClient, site: str) -> None:
    asked = await http.get(f"{site}/people/court")
    assert asked.headers["location"] == "/people/login?next=/people/court"
    form = {**credentials("haeun"), "next": "/people/court"}
    reply = await http.post(f"{site}/people/login", data=form, headers={"Origin": site})
    assert (reply.status_code, reply.headers["location"]) == (303, "/people/court")
    cookie = reply.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert (await http.get(f"{site}/people/court")).status_code == 200
    await http.get(f"{site}/people/logout")
    assert (await http.get(f"{site}/people/court")).status_code == 303


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example", ""])
async def test_nobody_is_sent_elsewhere_after_log_in(http: httpx.AsyncClient, site: str, target: str) -> None:
    reply = await http.post(f"{site}/people/login", data={**credentials("haneul"), "next": target})
    assert reply.headers["location"] == "/people"


async def test_only_whom_a_page_admits(counting: Box) -> None:
    async with counting.person("wetax", "haneul") as haneul, counting.person("wetax", "haeun") as haeun:
        assert (await haneul.get("/people/court")).json() == {"code": "not_allowed"}
        assert (await haeun.get("/people/court")).json() == {"who": "haeun"}


async def test_wrong_pins_lock_the_login(http: httpx.AsyncClient, site: str) -> None:
    wrong = {**credentials("siwoo"), "pin": "111111"}
    said = [(await http.post(f"{site}/people/login", data=wrong)).status_code for _ in range(3)]
    said.append((await http.post(f"{site}/people/login", data=credentials("siwoo"))).status_code)
    assert said == [401] * 4


async def test_a_form_of_another_site_is_refused(http: httpx.AsyncClient, site: str) -> None:
    for origin in ("https://evil.example", "null", site.replace(":", ";")):
        reply = await http.post(f"{site}/people/login", data=credentials("haneul"), headers={"Origin": origin})
        assert reply.status_code == 403


def test_people_are_who_they_are() -> None:
    assert check_pin("bom", "") is None
    assert check_pin("haneul", "") is None
    assert identity_ref("haneul") == people()["haneul"].identity_ref != identity_ref("seojun")
    assert people()["daon"].has_role("broker")
    assert people()["daon"].works_for("다온공인중개사사무소")
    assert not people()["haneul"].has_role("broker")


def test_tables_escape_what_they_show() -> None:
    assert "<script>" not in _pages.table("<script>", ["<script>"], [["<script>"]]) + _pages.facts("x", {"<b>": "<i>"})


def test_a_taken_port_is_said_at_once(tmp_path: Path, counting: Box) -> None:
    with socket.socket() as taken:
        taken.bind((address("lh"), 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "mydata_connectors.sandbox", "--home", str(tmp_path), "--port", str(port)]
        command += ["--client-jwk", str(counting.home / "onjip.jwk"), "--only", "lh"]
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=15)
    assert ran.returncode == 1
    assert f"lh could not start on {address('lh')}:{port}" in ran.stderr
    assert not (tmp_path / "agencies.json").exists()


def test_addresses_are_loopback_and_different() -> None:
    assert len({address(name) for name in NAMES}) == len(NAMES)
    assert all(address(name).startswith("127.0.1.") for name in NAMES)


def test_keys_are_the_owners_alone(counting: Box) -> None:
    files = list(counting.home.glob("*.pem"))
    assert files
    assert all(file.stat().st_mode & 0o077 == 0 for file in files)
