"""A draft printed to be read, in the documents worker: the web process lays out no page."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.previews import Previews
    from domain.messages import PreviewStart
    from domain.work import Printed
    from workflows._options import DOCUMENT


@workflow.defn
class PreviewWorkflow:
    """One per version of a draft and paper; its answer names the file."""

    @workflow.run
    async def run(self, start: PreviewStart) -> Printed:
        return await workflow.execute_activity_method(Previews.preview, start, **DOCUMENT)
