"""Verification of an uploaded document, in the documents worker: the web process never parses a PDF."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.documents import Documents
    from domain.contracts import VerifyReport
    from domain.messages import VerifyStart
    from workflows._options import DOCUMENT


@workflow.defn
class VerifyWorkflow:
    """One per document digest; its result is also stored as a blob's report."""

    @workflow.run
    async def run(self, start: VerifyStart) -> VerifyReport:
        return await workflow.execute_activity_method(Documents.verify, start, **DOCUMENT)
