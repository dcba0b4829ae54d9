"""A broker's draft of a sale: fetched from the registers, checked, stored; then its contract begins."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.drafting import Drafting
    from domain.messages import ContractStart, DraftStart
    from domain.work import Nothing
    from workflows._options import AGENCY


@workflow.defn
class DraftWorkflow:
    """One per drafted sale."""

    @workflow.run
    async def run(self, start: DraftStart) -> Nothing:
        made = await workflow.execute_activity_method(Drafting.draft_sale, start, **AGENCY)
        if made.yes:
            contract = ContractStart(contract_id=start.contract_id)
            await workflow.execute_activity_method(Drafting.begin_contract, contract, **AGENCY)
        return Nothing()
