"""The embedded Temporal server: encrypted, 30 days of retention, and nothing accepted is lost by ``kill -9``."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from uuid import uuid4

import pytest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client

from onjip.settings import Settings
from onjip.stack import embedded, ports
from onjip.stack.processes import Supervisor
from onjip.stack.temporal_server import RETENTION, TemporalServer
from onjip.temporal import client as temporal_client
from onjip.temporal.worker import build_worker, ready_file

pytestmark = pytest.mark.stack
HERE = Path(__file__).parent
QUEUE = "hello"


def workflow_module() -> ModuleType:
    """Imported under its own name: the sandbox imports it again by that name."""
    if "hello_workflow" not in sys.modules:
        spec = importlib.util.spec_from_file_location("hello_workflow", HERE / "hello_workflow.py")
        assert spec is not None
        assert spec.loader is not None
        module = sys.modules["hello_workflow"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules["hello_workflow"]


@asynccontextmanager
async def serving(home: Path) -> AsyncIterator[tuple[TemporalServer, Supervisor, Client]]:
    chosen = ports.choose({})
    server = TemporalServer(
        home / "temporal.db", chosen["temporal"], chosen["temporal_ui"], "onjip", "http://127.0.0.1:9"
    )
    supervisor = Supervisor(home / "logs")
    supervisor.start(server.child())
    try:
        await supervisor.ready("temporal", within_s=20)
        await server.ensure_retention()
        settings = embedded.complete(Settings(home=home, temporal_address=server.address))
        yield server, supervisor, await temporal_client.connect(settings)
    finally:
        await supervisor.stop("temporal")


def stored(home: Path) -> bytes:
    return b"".join(file.read_bytes() for file in home.glob("temporal.db*"))


async def retention(client: Client) -> int:
    answer = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace="onjip"))
    return answer.config.workflow_execution_retention_ttl.seconds


async def test_accepted_workflow_survives_kill_9_and_a_new_start(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(HERE))
    hello = workflow_module()
    started = f"hello-{uuid4()}"
    async with serving(home) as (_, supervisor, client):
        await client.start_workflow("HelloWorkflow", id=started, task_queue=QUEUE)
        running = supervisor.running["temporal"]
        assert running.pid is not None
        os.kill(running.pid, signal.SIGKILL)
        while running.deaths == 0:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.01)
        await supervisor.ready("temporal", within_s=20)
        await client.get_workflow_handle(started).signal("name", "김하늘")
    async with serving(home) as (_, _, client):
        assert await retention(client) == RETENTION.total_seconds()
        async with build_worker(client, QUEUE, workflows=[hello.HelloWorkflow], activities=[hello.greet]):
            handle = client.get_workflow_handle(started, result_type=hello.Greeting)
            greeting = await asyncio.wait_for(handle.result(), 10)
    assert greeting.text == "안녕하세요, 김하늘"
    assert started.encode() in stored(home)
    assert "김하늘".encode() not in stored(home)


async def test_connect_waits_then_names_the_server(home: Path) -> None:
    nobody = f"127.0.0.1:{ports.choose({})['temporal']}"
    settings = embedded.complete(Settings(home=home, temporal_address=nobody))
    with pytest.raises(temporal_client.TemporalDown, match=nobody):
        await temporal_client.connect(settings, within_s=0.5)


WORKER = """
import sys
from pathlib import Path
from onjip.settings import Settings
from onjip.stack.embedded import complete
from onjip.temporal.client import connect
from onjip.temporal.worker import build_worker, ready_file, run_and_leave, run_until_signal
from hello_workflow import HelloWorkflow, greet

async def main() -> None:
    settings = complete(Settings())
    worker = build_worker(await connect(settings), "hello", workflows=[HelloWorkflow], activities=[greet])
    await run_until_signal(worker, ready_file(settings.home, "hello"))

run_and_leave(main())
"""


async def test_a_worker_process_says_when_it_polls_and_leaves_on_sigterm(home: Path) -> None:
    ready = ready_file(home, "hello")
    async with serving(home) as (server, _, client):
        environment = {**os.environ, "PYTHONPATH": str(HERE), "ONJIP_HOME": str(home)}
        environment["ONJIP_TEMPORAL_ADDRESS"] = server.address
        worker = await asyncio.create_subprocess_exec(
            sys.executable, "-c", WORKER, env=environment, stdout=subprocess.DEVNULL
        )
        try:
            async with asyncio.timeout(10):
                while not ready.exists():  # noqa: ASYNC110 - another process
                    await asyncio.sleep(0.02)
            assert ready.read_text().strip() == str(worker.pid)
            handle = await client.start_workflow(
                "HelloWorkflow", id="hello", task_queue=QUEUE, start_signal="name", start_signal_args=["이봄"],
                execution_timeout=timedelta(seconds=10),
            )  # fmt: skip
            assert await handle.result() == {"text": "안녕하세요, 이봄"}
        finally:
            worker.terminate()
            assert await asyncio.wait_for(worker.wait(), 10) == 0
    assert not ready.exists()
