"""Powers of attorney at the moment when somebody acts under one."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.contracts import ContractTerms, Party
from domain.draft_refusals import refuse
from domain.words import ContractKind
from law.forms.ready import check_power
from store import contracts
from store.tables.contracts import ContractRow


async def check_still_given(session: AsyncSession, party: Party, terms: ContractTerms, day: date) -> None:
    """The party's agent may sign today: the power is sealed, not revoked, not over, and the one that the contract
    names (민법 제127조, 제128조). Raises Invalid. Who acts by law has none to show."""
    if party.agent is None or party.agent.power_id is None:
        return
    power = await sealed_power(session, party.agent.power_id)
    check_power(contracts.terms_of(power), party, party.agent, terms.property.unique_no or "", day)


async def sealed_power(session: AsyncSession, power_id: UUID) -> ContractRow:
    """Raises Invalid ``power_missing`` for none, one that is not signed by both, or one that was revoked."""
    power = await session.get(ContractRow, power_id)
    if power is None or power.kind != ContractKind.POWER or power.state != "sealed":
        raise refuse("power_missing")
    return power
