"""Stopping what runs: for sure, and never in the middle of an act that may have taken effect."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar

from temporalio import workflow

T = TypeVar("T")
FIRST, MOST = timedelta(seconds=1), timedelta(minutes=1)


async def stop(*tasks: asyncio.Task[Any]) -> None:
    """Cancel until all have ended.

    Once is not enough: a cancellation in the very moment in which an activity ends is lost, its result comes instead.
    """
    pause = FIRST
    while unfinished := [task for task in tasks if not task.done()]:
        for task in unfinished:
            task.cancel()
        await workflow.wait(unfinished, timeout=pause.total_seconds())
        pause = min(pause * 2, MOST)
    for task in tasks:
        if not task.cancelled():
            task.exception()  # seen: it was stopped


async def uninterrupted(act: Coroutine[Any, Any, T]) -> T:
    """Finish ``act`` even when it is stopped from outside: what was sent to an agency may have taken effect there.

    Only what is known to have happened can be undone, by a filing of its own.
    """
    task = asyncio.create_task(act)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            try:
                await workflow.wait([task])
            except asyncio.CancelledError:
                continue
        if not task.cancelled():
            task.exception()  # a refusal needs no undoing
        raise


async def first_of(*acts: Coroutine[Any, Any, None]) -> None:
    """Until one of them is done; the others are stopped."""
    tasks = [asyncio.create_task(act) for act in acts]
    done, others = await workflow.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    await stop(*others)
    for task in done:
        task.result()
