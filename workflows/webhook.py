"""A message to an office's computer, until it has arrived or nothing is tried any more."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.webhooks import Webhooks
    from domain.webhooks import WebhookStart
    from domain.work import Nothing
    from workflows._options import WEBHOOK


@workflow.defn
class WebhookWorkflow:
    """One per message and round; every attempt and every wait is Temporal's."""

    @workflow.run
    async def run(self, start: WebhookStart) -> Nothing:
        return await workflow.execute_activity_method(Webhooks.deliver, start, **WEBHOOK)
