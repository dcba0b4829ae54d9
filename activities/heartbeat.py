"""Heartbeats of activities: a lost worker is noticed, a cancellation arrives, and they say how far the work is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from temporalio import activity

BEATS = 5  # in the time after which a silent worker counts as lost


@dataclass
class Beat:
    """``beat(…)`` says how far the work has come; every heartbeat after that says it again."""

    said: tuple[object, ...] = ()

    def __call__(self, *how_far: object) -> None:
        self.said = how_far
        self.again()

    def again(self) -> None:
        if activity.in_activity():
            activity.heartbeat(*self.said)


@asynccontextmanager
async def beating() -> AsyncIterator[Beat]:
    """Heartbeat in the background while the block runs; outside an activity there is nobody to tell."""
    beat = Beat()
    timeout = activity.info().heartbeat_timeout if activity.in_activity() else None
    if timeout is None:
        yield beat
        return
    beats = asyncio.create_task(_beats(beat, timeout.total_seconds() / BEATS))
    try:
        yield beat
    finally:
        beats.cancel()
        with suppress(asyncio.CancelledError):
            await beats


async def _beats(beat: Beat, every_s: float) -> None:
    while True:
        beat.again()
        await asyncio.sleep(every_s)
