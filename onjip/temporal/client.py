"""The one way into Temporal: every process uses the same converter and codec."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from onjip.settings import Settings
from onjip.temporal.codec import data_converter

AGAIN_S = 0.2


class TemporalDown(Exception):
    """The server could not be reached in time; the supervisor starts this process again."""


async def connect(settings: Settings, *, within_s: float = 30.0) -> Client:
    """A client of the namespace; waits up to ``within_s`` for a server that is just being started."""
    end = time.monotonic() + within_s
    while True:
        try:
            return await _connect(settings)
        except (RPCError, RuntimeError, TimeoutError) as refused:  # RuntimeError: the SDK's refused connection
            if time.monotonic() > end:
                raise TemporalDown(f"{settings.temporal}: no answer for {within_s:.0f} s") from refused
        await asyncio.sleep(AGAIN_S)


async def _connect(settings: Settings) -> Client:
    client = await Client.connect(
        settings.temporal,
        namespace=settings.temporal_namespace,
        data_converter=data_converter(settings.payload_keys),
    )
    # The server listens a moment before it serves, and the namespace is made at its first start.
    request = DescribeNamespaceRequest(namespace=settings.temporal_namespace)
    await client.workflow_service.describe_namespace(request, timeout=timedelta(seconds=5))
    return client
