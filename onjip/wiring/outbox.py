"""Drains the outbox: what a committed transaction promised is started or signalled, at a metered rate.

At least once: a crash between the start and the mark repeats the start, which Temporal answers with the workflow that
is there already (same id).
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from store import exchange
from store.db import Database
from store.tables.exchange import OutboxRow

QUEUE = "onjip-flow"
BATCH = 20
IDLE_S = 0.3  # how long an empty outbox is left alone

log = structlog.get_logger()


@dataclass(frozen=True)
class Dispatcher:
    """``per_second`` bounds starts: the workflow engine is fed, not flooded."""

    db: Database
    client: Client
    per_second: float = 50.0

    async def run(self) -> None:
        """For ever. A database or server that is down is waited for; nothing is lost, it stays in the outbox."""
        while True:
            try:
                done = await self.drain()
            except Exception as error:  # the loop must outlive whatever is down just now
                log.warning("outbox_waits", error=type(error).__name__)
                done = 0
            await asyncio.sleep(done / self.per_second if done else IDLE_S)

    async def drain(self) -> int:
        """One batch. Rows stay locked until they are marked: a second dispatcher takes others."""
        async with self.db.transaction() as session:
            rows = await exchange.open_promises(session, BATCH)
            done = 0
            for row in rows:
                if await self._keep(row):
                    row.done_at = datetime.now(UTC)
                    session.add(row)
                    done += 1
            return done

    async def _keep(self, row: OutboxRow) -> bool:
        action, _, name = row.kind.partition(":")
        if action == "start":
            return await self._start(name, row)
        return await self._signal(name, row)

    async def _start(self, workflow: str, row: OutboxRow) -> bool:
        with suppress(WorkflowAlreadyStartedError):  # it ran and ended: the promise is kept
            await self.client.start_workflow(
                workflow,
                row.payload,
                id=row.workflow_id,
                task_queue=QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            )
        return True

    async def _signal(self, name: str, row: OutboxRow) -> bool:
        handle = self.client.get_workflow_handle(row.workflow_id)
        args: list[Any] = [row.payload] if row.payload else []
        try:
            await handle.signal(name, args=args)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            # Not started yet (its start is an older row) or ended already; an ended one needs no news.
            return await self._has_ended(row.workflow_id)
        return True

    async def _has_ended(self, workflow_id: str) -> bool:
        try:
            description = await self.client.get_workflow_handle(workflow_id).describe()
        except RPCError:
            return False
        return description.close_time is not None
