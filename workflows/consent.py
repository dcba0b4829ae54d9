"""A consent from its request to its end: answered, facts collected, withdrawn or expired.

Signals only wake this procedure; where the consent stands is read from the record each time.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.collect import Collect
    from activities.consents import Consents
    from domain.consents import Collected, ConsentState, ConsentView, Fetched
    from domain.messages import ConsentStart
    from workflows._options import AGENCIES, AGENCY, HEARTBEAT, RECORD

FIRST_ROUND = timedelta(seconds=5)  # a register that is down longer is listed as missing and asked again later
ONE_ROUND = timedelta(seconds=60)
# At most a year (신용정보법 제33조의2) at a round a day: some 5,000 events, far from where a history must be cut.
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=2), timedelta(days=1)
STANDING = (ConsentState.GIVEN, ConsentState.REAFFIRMED)


@workflow.defn
class ConsentWorkflow:
    """One per consent."""

    @workflow.init
    def __init__(self, start: ConsentStart) -> None:
        self._start = start
        self._news = 0

    @workflow.run
    async def run(self, start: ConsentStart) -> ConsentView:
        consent = await self._once_it_is_not(ConsentState.REQUESTED)
        if consent.state in (*STANDING, ConsentState.REFUSED):
            await workflow.execute_activity_method(Consents.note_answer, start, **RECORD)
        if consent.state in STANDING:
            consent = await self._collect_until_it_ends()
        if consent.state is ConsentState.WITHDRAWN:
            await workflow.execute_activity_method(Consents.revoke, start, **AGENCY)
        if consent.state is not ConsentState.REFUSED:
            await workflow.execute_activity_method(Consents.close, start, **RECORD)
        return consent

    # The steps

    async def _once_it_is_not(self, *states: ConsentState) -> ConsentView:
        """Until the record says something else. The record itself lets a consent expire at its end."""
        while True:
            heard = self._news
            consent = await workflow.execute_activity_method(Consents.look, self._start, **RECORD)
            if consent.state not in states:
                return consent
            with suppress(TimeoutError):
                await workflow.wait_condition(lambda heard=heard: self._news > heard, timeout=_until(consent))  # type: ignore[misc]

    async def _collect_until_it_ends(self) -> ConsentView:
        collecting = asyncio.create_task(self._collect())
        try:
            return await self._once_it_is_not(*STANDING)
        finally:
            await _stopped(collecting)

    async def _collect(self) -> None:
        """All facts now if the registers are there; what is missing later, with growing pauses."""
        complete = await self._round(FIRST_ROUND, attempts=0)
        await self._settle()
        pause = FIRST_PAUSE
        while not complete:
            await asyncio.sleep(pause.total_seconds())
            pause = min(pause * 2, LONGEST_PAUSE)
            complete = await self._round(ONE_ROUND, attempts=1)
            await self._settle()

    async def _round(self, within: timedelta, *, attempts: int) -> bool:
        """Whether every item is stored or refused for good."""
        try:
            await self._fetch(within, attempts)
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            return False
        return True

    async def _fetch(self, within: timedelta, attempts: int) -> Fetched:
        return await workflow.execute_activity_method(
            Collect.fetch,
            self._start,
            task_queue=AGENCIES,
            schedule_to_close_timeout=within,
            start_to_close_timeout=ONE_ROUND,
            heartbeat_timeout=HEARTBEAT,
            retry_policy=RetryPolicy(
                initial_interval=timedelta(seconds=0.5),
                maximum_interval=timedelta(seconds=3),
                maximum_attempts=attempts,
            ),
        )

    async def _settle(self) -> Collected:
        return await workflow.execute_activity_method(Consents.settle, self._start, **RECORD)

    # What wakes it

    @workflow.signal
    def given(self) -> None:
        self._news += 1

    @workflow.signal
    def refused(self) -> None:
        self._news += 1

    @workflow.signal
    def withdrawn(self) -> None:
        self._news += 1


async def _stopped(task: asyncio.Task[None]) -> None:
    """Cancel and wait; what the task failed of before is raised."""
    task.cancel()
    try:
        await task
    except (asyncio.CancelledError, ActivityError) as error:
        if not is_cancelled_exception(error):
            raise


def _until(consent: ConsentView) -> timedelta:
    return max(consent.ends_at - workflow.now(), timedelta(0)) + timedelta(seconds=1)
