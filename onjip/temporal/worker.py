"""How every worker of Onjip is built and run; tests and the replayer use the same sandbox."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Executor
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn

import structlog
from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions
from temporalio.workflow import SandboxImportNotificationPolicy

# Loaded once and shared by all runs, instead of anew for each: our packages without state, and what they rest on.
# Not ``workflows``: the sandbox watches exactly those. ``activities`` and below are named only for typed calls.
PASSTHROUGH = ("domain", "activities", "store", "law", "pydantic", "pydantic_core", "annotated_types")

# Longer than the longest heartbeat interval, so that an activity hears of the end and can say where it stands.
GRACE = timedelta(seconds=8)

log = structlog.get_logger()


def workflow_runner() -> SandboxedWorkflowRunner:
    """The sandbox; a module that is shared without being named above makes the worker refuse to start."""
    policy = (
        SandboxImportNotificationPolicy.WARN_ON_DYNAMIC_IMPORT
        | SandboxImportNotificationPolicy.RAISE_ON_UNINTENTIONAL_PASSTHROUGH
    )
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*PASSTHROUGH)
    return SandboxedWorkflowRunner(restrictions=restrictions.with_import_notification_policy(policy))


def build_worker(
    client: Client,
    queue: str,
    *,
    workflows: Sequence[type] = (),
    activities: Sequence[Callable[..., Any]] = (),
    activity_executor: Executor | None = None,
    max_concurrent_activities: int = 20,
    max_activities_per_second: float | None = None,
    max_cached_workflows: int = 500,
) -> Worker:
    """A worker of one task queue. ``activity_executor`` is needed by activities that are plain functions (threads),
    with at least ``max_concurrent_activities`` workers. ``max_activities_per_second`` is for the whole queue."""
    return Worker(
        client,
        task_queue=queue,
        workflows=workflows,
        activities=activities,
        activity_executor=activity_executor,
        workflow_runner=workflow_runner(),
        max_concurrent_activities=max_concurrent_activities,
        max_task_queue_activities_per_second=max_activities_per_second,
        max_cached_workflows=max_cached_workflows,
        graceful_shutdown_timeout=GRACE,
        identity=f"{queue}-{os.getpid()}",
    )


def ready_file(home: Path, name: str) -> Path:
    """Holds the pid of the worker ``name`` while it polls."""
    return home / "run" / f"{name}.ready"


async def run_until_signal(worker: Worker, ready: Path) -> None:
    """Poll until SIGTERM or SIGINT, then finish what runs within ``GRACE``. Raises what makes the worker fail."""
    leave = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, leave.set)
    polling = asyncio.create_task(worker.run())
    leaving = asyncio.create_task(leave.wait())
    announce(ready)
    log.info("worker_ready", queue=worker.task_queue)
    try:
        await asyncio.wait({polling, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not polling.done():
            await worker.shutdown()
        await polling
    finally:
        leaving.cancel()
        withdraw(ready)
    log.info("worker_stopped", queue=worker.task_queue)


def run_and_leave(main: Coroutine[Any, Any, None]) -> NoReturn:
    """Run a process's main and end the process at once.

    Threads of the engine's client may still hold Python objects while an interpreter is taken apart, which can abort
    a process that has done everything right. Nothing is left to do here, so the interpreter is not taken apart.
    """
    asyncio.run(main)
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def announce(ready: Path) -> None:
    """Write our pid, whole or not at all."""
    ready.parent.mkdir(parents=True, exist_ok=True)
    draft = ready.with_name(f"{ready.name}.{os.getpid()}")
    draft.write_text(f"{os.getpid()}\n")
    draft.replace(ready)


def withdraw(ready: Path) -> None:
    ready.unlink(missing_ok=True)
