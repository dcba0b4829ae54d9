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

from domain.messages import NoticeSyncStart
from workflows._options import FLOW
from workflows.notice_sync import NoticeSyncWorkflow

NOTICE_SYNC = "notice-sync"


async def ensure(client: Client, *, look_every: timedelta) -> None:
    """Idempotent; the first look is at once."""
    action = ScheduleActionStartWorkflow(NoticeSyncWorkflow.run, NoticeSyncStart(), id=NOTICE_SYNC, task_queue=FLOW)
    schedule = Schedule(
        action=action,
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=look_every)]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP),
    )
    try:
        await client.create_schedule(NOTICE_SYNC, schedule, trigger_immediately=True)
    except ScheduleAlreadyRunningError:
        return
