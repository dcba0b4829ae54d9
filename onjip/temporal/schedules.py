"""What repeats by itself: declared here, made at the start of the flow worker, visible and pausable in Temporal."""

from __future__ import annotations

from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
)

from domain.messages import ArchiveStart, NoticeSyncStart
from workflows._options import FLOW
from workflows.archive import ArchiveWorkflow
from workflows.notice_sync import NoticeSyncWorkflow

NOTICE_SYNC = "notice-sync"
ARCHIVE = "archive"


async def ensure(client: Client, *, look_every: timedelta, renew_every: timedelta) -> None:
    """Idempotent; the first look at the boards is at once."""
    looking = ScheduleActionStartWorkflow(NoticeSyncWorkflow.run, NoticeSyncStart(), id=NOTICE_SYNC, task_queue=FLOW)
    await _repeat(client, NOTICE_SYNC, looking, look_every, at_once=True)
    renewing = ScheduleActionStartWorkflow(ArchiveWorkflow.run, ArchiveStart(), id=ARCHIVE, task_queue=FLOW)
    await _repeat(client, ARCHIVE, renewing, renew_every, at_once=False)


async def _repeat(
    client: Client, name: str, action: ScheduleActionStartWorkflow, every: timedelta, *, at_once: bool
) -> None:
    schedule = Schedule(
        action=action,
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=every)]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP),
    )
    try:
        await client.create_schedule(name, schedule, trigger_immediately=at_once)
    except ScheduleAlreadyRunningError:
        return
