"""Eligibility of one person for the notices they look at, judged outside and kept on record."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.judge import Assessed, Judge
    from domain.messages import AssessStart
    from workflows._options import JUDGE


@workflow.defn
class AssessWorkflow:
    """One per wish to know."""

    @workflow.run
    async def run(self, start: AssessStart) -> Assessed:
        return await workflow.execute_activity_method(Judge.assess, start, **JUDGE)
