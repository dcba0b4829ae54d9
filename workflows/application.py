"""A combined application: every line goes to its own agency, all at once, and each gets its own receipt."""

from __future__ import annotations

import asyncio
from uuid import UUID

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.deliver import Deliver
    from domain import ids
    from domain.deliveries import LineCarry, LineDone
    from domain.messages import ApplicationStart
    from domain.work import Nothing
    from workflows._options import AGENCY, RECORD


@workflow.defn
class ApplicationWorkflow:
    """One per combined application. An agency that is down is asked until it answers: its word ends the line."""

    @workflow.run
    async def run(self, start: ApplicationStart) -> Nothing:
        lines = await workflow.execute_activity_method(Deliver.open_lines, start, **RECORD)
        await asyncio.gather(*(self._file(line_id) for line_id in lines.line_ids))
        return await workflow.execute_activity_method(Deliver.finish, start, **RECORD)

    async def _file(self, line_id: UUID) -> LineDone:
        reference = ids.reference(workflow.info().workflow_id, str(line_id))
        return await workflow.execute_activity_method(
            Deliver.carry, LineCarry(line_id=line_id, reference=reference), **AGENCY
        )
