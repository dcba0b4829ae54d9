"""Heartbeats of activities that wait on others: a lost worker is noticed, a cancellation arrives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from temporalio import activity

EVERY_S = 2.0


@asynccontextmanager
async def beating(every_s: float = EVERY_S) -> AsyncIterator[None]:
    """Heartbeat in the background while the block runs."""
    beat = asyncio.create_task(_beat(every_s))
    try:
        yield
    finally:
        beat.cancel()
        with suppress(asyncio.CancelledError):
            await beat


async def _beat(every_s: float) -> None:
    while True:
        activity.heartbeat()
        await asyncio.sleep(every_s)
