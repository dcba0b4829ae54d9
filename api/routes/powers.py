"""Powers of attorney (위임장): drafted by the principal from the register, and revoked."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field
from sqlmodel.ext.asyncio.session import AsyncSession

from api.access import ContractParty, Me, Party
from api.drafting import Drafted, draft
from api.idempotency import OnceKey, intake
from api.inputs import Day, Flag, PartyCode, ShortText, Strict, UniqueNo
from api.routes.contract_acts import Reason
from api.services import Door
from domain.errors import WrongState
from domain.messages import ActAnswer
from domain.words import ContractKind, PartyRole, Power
from store import cases, contracts

router = APIRouter(prefix="/api/v1", tags=["forms"])


class PowerIn(Strict):
    powers: Annotated[list[Power], Field(min_length=1, max_length=len(Power))]
    purpose: ShortText
    valid_until: Day
    may_delegate: Flag = False


class DraftPower(Strict):
    """A power of attorney by the one who asks, for the person with this code, about one property."""

    unique_no: UniqueNo
    agent_code: PartyCode
    power: PowerIn
    special_clauses: Annotated[list[ShortText], Field(max_length=30)] = []

    def wish(self) -> dict[str, Any]:
        said = self.model_dump(exclude={"agent_code"})
        return {**said, "price": 0, "payments": (), "buyer_code": self.agent_code}


@router.post("/powers", status_code=202, response_model=Drafted, name="draft-power")
async def draft_power(body: DraftPower, person: Me, key: OnceKey, services: Door) -> Any:
    """A power of attorney (위임장), drafted from the register; the principal signs first, then the agent."""
    done = await intake(
        services, key, body, lambda session: draft(session, person, ContractKind.POWER, body.wish()), status=202
    )
    return done.response()


@router.post("/contracts/{contract_id}/revocation", response_model=ActAnswer, name="revoke-power")
async def revoke_power(body: Reason, party: ContractParty, key: OnceKey, services: Door) -> Any:
    """The principal takes the power back, or the agent gives it up (민법 제128조, 제689조). What was signed under it
    before stands."""
    party.needs(PartyRole.PRINCIPAL, PartyRole.ATTORNEY)
    done = await intake(services, key, body, lambda session: _revoke(session, party, body.reason))
    return done.response()


async def _revoke(session: AsyncSession, party: Party, reason: str) -> ActAnswer:
    row = await contracts.contract(session, party.contract_id, lock=True)
    if row.kind != ContractKind.POWER or row.state != "sealed":
        raise WrongState(
            "no_power_to_revoke", article="민법 제128조", ko="효력이 있는 위임장만 철회할 수 있습니다.",
            en="Only a power of attorney that is in force can be revoked.",
        )  # fmt: skip
    row.state = "dissolved"
    session.add(row)
    ko, en = "위임장을 철회했습니다. 이제 이 위임장으로 대리할 수 없습니다.", "The power of attorney is revoked."
    await cases.record(session, row.case_id, f"revoked:{row.id}", ko=ko, en=en, detail={"reason": reason})
    return ActAnswer(state="dissolved", ko=ko, en=en)
