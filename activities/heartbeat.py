"""Heartbeats of activities: a lost worker is noticed, a cancellation arrives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from temporalio import activity

EVERY_S = 2.0


@asynccontextmanager
async def beating(every_s: float = EVERY_S) -> AsyncIterator[None]:
    """Heartbeat in the background while the block runs; outside an activity there is nobody to tell."""
    if not activity.in_activity():
        yield
        return
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
