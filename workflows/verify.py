"""Verification of an uploaded document, in the documents worker: the web process never parses a PDF."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.archiving import Archiving
    from domain.messages import VerifyStart
    from domain.work import Nothing
    from workflows._options import DOCUMENT


@workflow.defn
class VerifyWorkflow:
    """One per upload; its report is kept with the upload."""

    @workflow.run
    async def run(self, start: VerifyStart) -> Nothing:
        return await workflow.execute_activity_method(Archiving.verify, start, **DOCUMENT)
