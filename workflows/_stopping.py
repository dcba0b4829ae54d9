"""Stopping what runs: for sure, and never in the middle of an act that may have taken effect."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from temporalio import workflow

T = TypeVar("T")
FIRST, MOST = timedelta(seconds=1), timedelta(minutes=1)


async def stop(*tasks: asyncio.Task[Any]) -> None:
    """Cancel until all have ended; who is stopped while stopping others goes on to the end of it, and then stops.

    Once is not enough: a cancellation in the very moment in which an activity ends is lost, its result comes instead.
    """
    pause, stopped = FIRST, False
    while unfinished := [task for task in tasks if not task.done()]:
        for task in unfinished:
            task.cancel()
        try:
            await workflow.wait(unfinished, timeout=pause.total_seconds())
        except asyncio.CancelledError:
            stopped = True
        pause = min(pause * 2, MOST)
    for task in tasks:
        if not task.cancelled():
            task.exception()  # seen: it was stopped
    if stopped:
        raise asyncio.CancelledError


async def stoppable(act: Coroutine[Any, Any, None]) -> None:
    """The whole of a procedure: a cancellation of the workflow comes once, so it is repeated until all has ended."""
    task = asyncio.create_task(act)
    try:
        await workflow.wait([task])
    except asyncio.CancelledError:
        await stop(task)
        if task.cancelled() or task.exception() is not None:
            raise
    task.result()


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
    await _together(acts, asyncio.FIRST_COMPLETED)


async def all_of(*acts: Coroutine[Any, Any, None]) -> None:
    """Until all are done. Where one fails, or all are stopped, none is left running: ``asyncio.gather`` would."""
    await _together(acts, asyncio.FIRST_EXCEPTION)


async def _together(acts: Sequence[Coroutine[Any, Any, None]], until: str) -> None:
    tasks = [asyncio.create_task(act) for act in acts]
    if not tasks:
        return
    try:
        done, others = await workflow.wait(tasks, return_when=until)
    except asyncio.CancelledError:
        await stop(*tasks)
        raise
    await stop(*others)
    for task in tasks:
        if task in done:
            task.result()
