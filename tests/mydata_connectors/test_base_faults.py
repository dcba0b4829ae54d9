"""Every way in which an agency's answer fails to come, what Onjip makes of it, and what really happened there."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from domain.errors import AgencyDown, OnjipError, OutcomeUnknown
from mydata_connectors.exchange import agency_http

if TYPE_CHECKING:
    from tests.mydata_connectors.conftest import Box, StartSandbox

pytestmark = pytest.mark.long  # every refusal of the sandbox; the two cases run it before each commit


async def outcome(box: Box, reference: str, *, seconds: float = 10, read: float = 5) -> str:
    """What Onjip says after sending one act: ``done``, or the error's class and code."""
    async with agency_http(read=read) as http:
        try:
            await box.exchange("rtms", http, seconds=seconds).post(
                "/things", {"reference": reference, "price": 1}, purpose="thing"
            )
        except OnjipError as error:
            return f"{type(error).__name__}:{error.code}"
    return "done"


async def acted(box: Box, reference: str) -> int:
    return sum(act["reference"] == reference for act in (await box.ledger("rtms"))["acts"])


@pytest.mark.parametrize(
    ("fault", "said", "acts"),
    [
        ("slow", "done", 1),
        ("error", "OutcomeUnknown:bad_receipt", 0),
        ("reset", "OutcomeUnknown:connection_lost", 0),
        ("act_then_timeout", "OutcomeUnknown:connection_lost", 1),
        ("malformed", "OutcomeUnknown:bad_receipt", 1),
        ("maintenance", "AgencyDown:maintenance", 0),
    ],
)
async def test_each_fault(counting: Box, fault: str, said: str, acts: int) -> None:
    await counting.fault("rtms", "/things", fault, method="POST", seconds=0.2)
    assert await outcome(counting, f"F-{fault}") == said
    assert await acted(counting, f"F-{fault}") == acts
    assert await outcome(counting, f"F-{fault}-after") == "done"  # a fault is used up


async def test_no_answer_in_time_leaves_the_outcome_unknown(counting: Box) -> None:
    await counting.fault("rtms", "/things", "act_then_timeout", seconds=1.0)
    assert await outcome(counting, "F-TIMEOUT", read=0.2) == "OutcomeUnknown:timed_out"
    assert await acted(counting, "F-TIMEOUT") == 1


async def test_late_arrival_acts_while_the_message_lives(counting: Box) -> None:
    await counting.fault("rtms", "/things", "late", seconds=0.5)
    assert await outcome(counting, "F-LATE") == "OutcomeUnknown:connection_lost"
    assert await acted(counting, "F-LATE") == 0
    await asyncio.sleep(0.8)
    assert await acted(counting, "F-LATE") == 1


async def test_late_arrival_after_expiry_is_refused(counting: Box) -> None:
    await counting.fault("rtms", "/things", "late", seconds=2.5)
    assert await outcome(counting, "F-TOO-LATE", seconds=2) == "OutcomeUnknown:connection_lost"
    await asyncio.sleep(3)
    assert await acted(counting, "F-TOO-LATE") == 0
    assert (await counting.ledger("rtms"))["denied"][-1]["code"] == "expired_message"


async def test_expiry_is_asked_again_at_the_moment_of_acting(counting: Box, http: httpx.AsyncClient) -> None:
    """Alive at the door, dead when it would act: the agency asked somebody else in between, for two seconds."""
    with pytest.raises(AgencyDown, match="expired_message"):
        await counting.exchange("rtms", http, seconds=2).post(
            "/things/pondered", {"reference": "F-SLOW-DEATH", "price": 1}, purpose="thing"
        )
    ledger = await counting.ledger("rtms")
    assert await acted(counting, "F-SLOW-DEATH") == 0
    assert ledger["received"][-1]["outcome"] == "expired_message"


async def test_questions_fail_harmlessly(counting: Box, http: httpx.AsyncClient) -> None:
    exchange = counting.exchange("rtms", http)
    for fault in ("error", "reset", "act_then_timeout", "malformed", "maintenance"):
        await counting.fault("rtms", "/things", fault, method="GET")
        with pytest.raises(AgencyDown):
            await exchange.get("/things", query={"reference": "R"}, purpose="lookup")


async def test_maintenance_says_when_to_come_back(counting: Box, http: httpx.AsyncClient) -> None:
    await counting.fault("rtms", "/things", "maintenance", seconds=7)
    with pytest.raises(AgencyDown) as caught:
        await counting.exchange("rtms", http).post("/things", {"reference": "M", "price": 1}, purpose="thing")
    assert caught.value.retry_after == 7


async def test_faults_can_be_repeated_and_cleared(counting: Box) -> None:
    await counting.fault("rtms", "/things", "reset", times=2)
    said = [await outcome(counting, "F-TWICE") for _ in range(3)]
    assert said == ["OutcomeUnknown:connection_lost"] * 2 + ["done"]
    await counting.fault("rtms", "/things", "reset", times=100)
    await counting.clear_faults("rtms")
    assert await outcome(counting, "F-CLEARED") == "done"


async def test_faults_of_the_form_are_refused(counting: Box, http: httpx.AsyncClient) -> None:
    for body in ({"path": "/x", "fault": "sleepy"}, {"path": "x", "fault": "slow"}, {"fault": "slow"}):
        reply = await http.post(
            counting.url("rtms") + "/_control/faults", json=body, headers={"X-Control": counting.token}
        )
        assert reply.status_code == 400


async def test_a_killed_agency_comes_back_with_its_ledger(counting: Box) -> None:
    assert await outcome(counting, "BEFORE-KILL") == "done"
    await counting.fault("rtms", "/things", "maintenance")
    dead = counting.pid("rtms")
    os.kill(dead, signal.SIGKILL)
    await _until_another(counting, dead)
    assert await acted(counting, "BEFORE-KILL") == 1
    assert await outcome(counting, "AFTER-KILL") == "AgencyDown:maintenance"  # faults outlive the kill, too


async def _until_another(box: Box, dead: int) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                if box.pid("rtms") != dead and (await http.get(box.url("rtms") + "/healthz")).is_success:
                    return
            except httpx.HTTPError:
                pass
            await asyncio.sleep(0.05)
    raise AssertionError("the agency did not come back")


async def test_nobody_there_is_down_not_unknown(counting: Box, http: httpx.AsyncClient) -> None:
    exchange = counting.exchange("wetax", http)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{probe.getsockname()[1]}"
    gone = type(exchange)(exchange.agency, nobody, exchange.agency_key, exchange.own_key, http)
    with pytest.raises(AgencyDown):
        await gone.post("/things", {}, purpose="thing")


async def test_a_connection_that_breaks_while_reading_is_unknown(counting: Box, http: httpx.AsyncClient) -> None:
    """A server that takes the request and dies (not one of ours: it answers nothing, ever)."""

    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(swallow, "127.0.0.1", 0)
    exchange = counting.exchange("wetax", http)
    port = server.sockets[0].getsockname()[1]
    broken = type(exchange)(exchange.agency, f"http://127.0.0.1:{port}", exchange.agency_key, exchange.own_key, http)
    with pytest.raises(OutcomeUnknown):
        await broken.post("/things", {"reference": "X", "price": 1}, purpose="thing")
    server.close()
    await server.wait_closed()


def test_children_die_with_the_launcher(sandbox: StartSandbox) -> None:
    box = sandbox("trust", "signing", fresh=True)
    pids = json.loads((box.home / "pids.json").read_text())["agencies"].values()
    box.process.send_signal(signal.SIGKILL)
    box.process.wait(5)
    deadline = time.monotonic() + 5
    while any(_lives(pid) for pid in pids):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_sigterm_stops_all_and_exits_zero(sandbox: StartSandbox) -> None:
    box = sandbox("identity", "signing", fresh=True)
    pids = json.loads((box.home / "pids.json").read_text())["agencies"].values()
    assert box.stop() == 0
    assert not any(_lives(pid) for pid in pids)


def _lives(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().split(") ")[1][0] != "Z"


def test_an_unknown_agency_is_refused(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "mydata_connectors.sandbox",
        "--home",
        str(tmp_path),
        "--port",
        "1",
        "--client-jwk",
        "x",
    ]
    ran = subprocess.run([*command, "--only", "nasa"], capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert "no such agency: nasa" in ran.stderr
