"""Onjip beside a PostgreSQL and a Temporal server that somebody else runs: the broker's case, to the title."""

from __future__ import annotations

import asyncio
import io
import json
import os
import sys
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from rich.console import Console
from sqlmodel import select
from temporalio.client import Client

from onjip.demo.case_b import Resale
from onjip.demo.journey import Progress
from onjip.demo.people import Person
from onjip.demo.play import the_world
from onjip.stack import record
from onjip.stack.secrets import Secrets
from store.db import Database
from store.keyring import KeyRing
from store.tables.people import PersonRow

pytestmark = [pytest.mark.stack, pytest.mark.long, pytest.mark.timeout(300)]

PARTS = {
    "broker": "daon", "other_broker": "garam", "seller": "minjun", "buyer": "seoa", "scrivener": "doyun",
    "registrar": "haeun",
}  # fmt: skip
READY_WITHIN_S = 90


@dataclass
class Given:
    """The two servers as an operator names them."""

    database_url: str
    temporal_address: str

    def environment(self, home: Path, **more: str) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("ONJIP_")}
        return {
            **clean, "ONJIP_HOME": str(home), "ONJIP_RULEBOOK": "demo", "ONJIP_DATABASE_URL": self.database_url,
            "ONJIP_TEMPORAL_ADDRESS": self.temporal_address, **more,
        }  # fmt: skip


@pytest.fixture
async def given(cluster: Any, temporal: Client) -> AsyncIterator[Given]:
    async with cluster.empty() as url:
        yield Given(url, temporal.service_client.config.target_host)


@asynccontextmanager
async def onjip_up(home: Path, environment: dict[str, str]) -> AsyncIterator[record.Record]:
    """``onjip up`` in a process of its own; stopped as Ctrl-C does."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "onjip", "up", env=environment,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(READY_WITHIN_S):
            while (running := record.read(home)) is None or running.state != "ready":
                assert process.returncode is None, (home / "logs" / "stack.log").read_text()[-3000:]
                await asyncio.sleep(0.1)
        yield running
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def test_the_brokers_case_on_given_servers(given: Given, temporal: Client, home: Path) -> None:
    async with onjip_up(home, given.environment(home)) as running:
        assert not {"postgres", "temporal"} & set(running.processes), "no server of our own"
        assert set(running.processes) == {"sandbox", "web", "worker-flow", "worker-agencies", "worker-documents"}
        assert "temporal_ui" not in running.urls
        assert not (home / "temporal.db").exists()
        resale = await _played(home, running.urls["site"])
        connection = await asyncpg.connect(given.database_url)
        try:
            steps = {row["step"] for row in await connection.fetch("SELECT step FROM case_event")}
            states = await connection.fetch("SELECT state FROM transfer")
        finally:
            await connection.close()
    assert {"sealed", "reported", "paid", "taxed", "registered"} <= steps
    assert [row["state"] for row in states] == ["registered"]
    procedure = temporal.get_workflow_handle(f"transfer-{resale.transfer_id}")
    assert (await procedure.describe()).workflow_type == "TransferWorkflow"
    await _change_the_sealed_key(given, home)


async def _change_the_sealed_key(given: Given, home: Path) -> None:
    """As ``docs/running.md`` says it: nothing of the case is lost, and the second run has nothing to do."""
    old, new = Secrets(home / "keys").sealed_key, b64encode(os.urandom(32)).decode()
    keys = {
        "ONJIP_SEALED_KEY": new, "ONJIP_SEALED_KEY_ID": "k2", "ONJIP_SEALED_OLDER_KEYS": json.dumps({"k1": old}),
        "ONJIP_DIGEST_KEY": old,
    }  # fmt: skip
    said = [await _onjip("reseal", given.environment(home, **keys)) for _ in range(2)]
    assert {"person.name", "transfer.record", "approval.body", "sealed.ciphertext"} <= {
        line.partition(":")[0] for line in said[0].splitlines()
    }
    assert said[1] == ""
    database = Database.connect(given.database_url, KeyRing("k2", b64decode(new)))
    try:
        async with database.transaction() as session:
            names = {row.name for row in await session.exec(select(PersonRow))}
    finally:
        await database.close()
    assert {"최민준", "윤서아"} <= names


async def _onjip(command: str, environment: dict[str, str]) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "onjip", command, env=environment, stdout=asyncio.subprocess.PIPE
    )
    said = (await process.communicate())[0].decode()
    assert process.returncode == 0, said
    return said


async def _played(home: Path, site: str) -> Resale:
    world = the_world(home, site)
    people = {part: Person(world, login) for part, login in PARTS.items()}
    resale = Resale(Progress(Console(file=io.StringIO())), **people)
    try:
        await resale.run()
    finally:
        await asyncio.gather(*(one.close() for one in people.values()))
    return resale


@pytest.mark.parametrize(
    ("name", "weak", "complaint"),
    [
        ("ONJIP_DATABASE_URL", "postgresql://onjip:onjip@127.0.0.1:1/onjip", "16 characters"),
        ("ONJIP_SEALED_KEY", b64encode(b"\0" * 32).decode(), "sealed_key is not 32 random bytes"),
        ("ONJIP_SEALED_KEY", b64encode(b"secret").decode(), "sealed_key is not 32 random bytes"),
        ("ONJIP_PAYLOAD_KEYS", '{"k1": "' + b64encode(b"password" * 4).decode() + '"}', "is not 32 random bytes"),
    ],
)
async def test_weak_secrets_stop_the_start(home: Path, name: str, weak: str, complaint: str) -> None:
    given = Given("postgresql://onjip:9f2b6c1e8a7d4053b1c2@127.0.0.1:1/onjip", "127.0.0.1:1")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "onjip", "up", env=given.environment(home, **{name: weak}),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said = (await process.communicate())[0].decode()
    assert process.returncode == 2, said
    assert complaint in said
    assert weak not in said
    assert not (home / "stack.json").exists(), "nothing was started"
