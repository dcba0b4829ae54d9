"""Named activity options: timeouts, retries and queues in one place.

Retries are Temporal's alone and unlimited; what bounds them is a legal period given as ``schedule_to_close``.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TypedDict

from temporalio.common import RetryPolicy

FLOW = "onjip-flow"  # procedures, judging, the record
AGENCIES = "onjip-agencies"  # everything that calls an agency
WEBHOOKS = "onjip-webhooks"  # addresses that strangers have named: however slow they are, nobody else waits
DOCUMENTS = "onjip-documents"  # rendering, signing; holds the platform's key


# Every activity beats while it runs (activities.errors.told): a worker that was killed is noticed after this long,
# however long the work itself may take. Long enough for a machine that has no time for us just now.
HEARTBEAT = timedelta(seconds=10)


class Options(TypedDict):
    task_queue: str
    start_to_close_timeout: timedelta
    heartbeat_timeout: timedelta
    retry_policy: RetryPolicy


def _retry(first: float, most: float) -> RetryPolicy:
    return RetryPolicy(
        initial_interval=timedelta(seconds=first), backoff_coefficient=2.0, maximum_interval=timedelta(seconds=most)
    )


RECORD: Options = {
    "task_queue": FLOW,
    "start_to_close_timeout": timedelta(seconds=30),
    "heartbeat_timeout": HEARTBEAT,
    "retry_policy": _retry(0.2, 10),
}
JUDGE: Options = {
    "task_queue": FLOW,
    "start_to_close_timeout": timedelta(seconds=60),
    "heartbeat_timeout": HEARTBEAT,
    "retry_policy": _retry(0.5, 30),
}
AGENCY: Options = {
    "task_queue": AGENCIES,
    "start_to_close_timeout": timedelta(seconds=45),
    "heartbeat_timeout": HEARTBEAT,
    "retry_policy": _retry(0.5, 60),
}
# What must have happened before a moment that is near: asked again every other second.
SOON: Options = {**AGENCY, "retry_policy": _retry(0.5, 2)}
# Waiting for an outside fact: each look is one attempt; NotYet carries the delay to the next.
OUTSIDE: Options = {
    "task_queue": AGENCIES,
    "start_to_close_timeout": timedelta(seconds=30),
    "heartbeat_timeout": HEARTBEAT,
    "retry_policy": _retry(0.5, 60),
}
# One attempt; when the next one is due is the activity's word, this policy is for our own failures.
WEBHOOK: Options = {**AGENCY, "task_queue": WEBHOOKS, "start_to_close_timeout": timedelta(seconds=30)}
# Three million tickets are read, made and written page by page; the heartbeat notices a lost worker long before.
LONG = timedelta(hours=2)
LONG_JUDGE: Options = {**JUDGE, "start_to_close_timeout": LONG}
LONG_AGENCY: Options = {**AGENCY, "start_to_close_timeout": LONG}
DOCUMENT: Options = {
    "task_queue": DOCUMENTS,
    "start_to_close_timeout": timedelta(seconds=60),
    "heartbeat_timeout": HEARTBEAT,
    "retry_policy": _retry(0.5, 30),
}
