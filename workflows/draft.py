"""A draft of a sale, a lease or a power of attorney: fetched, checked, stored; then its contract begins."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.drafting import Drafting
    from domain.messages import ContractStart, DraftStart
    from domain.words import ContractKind
    from domain.work import Nothing, Possible
    from workflows._options import AGENCY


@workflow.defn
class DraftWorkflow:
    """One per draft."""

    @workflow.run
    async def run(self, start: DraftStart) -> Nothing:
        if (await self._made(start)).yes:
            contract = ContractStart(contract_id=start.contract_id)
            await workflow.execute_activity_method(Drafting.begin_contract, contract, **AGENCY)
        return Nothing()

    async def _made(self, start: DraftStart) -> Possible:
        match start.kind:
            case ContractKind.LEASE:
                return await workflow.execute_activity_method(Drafting.draft_lease, start, **AGENCY)
            case ContractKind.POWER:
                return await workflow.execute_activity_method(Drafting.draft_power, start, **AGENCY)
            case _:
                return await workflow.execute_activity_method(Drafting.draft_sale, start, **AGENCY)
