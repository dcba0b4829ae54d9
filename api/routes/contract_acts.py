"""What else people do with a contract before everybody has signed: edit its draft, remind, take back, withdraw."""

from __future__ import annotations

from typing import Annotated, Self

from fastapi import APIRouter
from pydantic import Field, model_validator

from api.access import ContractParty
from api.contract_acts import BROKERED, BROKERS, carry
from api.idempotency import OnceKey
from api.inputs import Day, Empty, Price, ShortText, Slug, Strict
from api.routes.contracts import SIGNERS, DraftPaymentIn
from api.services import Door
from domain.messages import Act, ActAnswer, EditAct, ReasonAct

router = APIRouter(prefix="/api/v1", tags=["contracts"])


class EditDraft(Strict):
    """``version``: the one that was read; what is left out stays as it is. Price and payments change together."""

    version: Annotated[int, Field(strict=True, ge=1, le=10_000)]
    price: Price | None = None
    payments: Annotated[list[DraftPaymentIn], Field(min_length=2, max_length=32)] | None = None
    handover_on: Day | None = None
    special_clauses: Annotated[list[ShortText], Field(max_length=30)] | None = None
    statements: Annotated[dict[Slug, ShortText], Field(max_length=40)] | None = None

    @model_validator(mode="after")
    def _sums(self) -> Self:
        paid = sum(payment.amount for payment in self.payments or ())
        if self.payments is not None and self.price is not None and paid != self.price:
            raise ValueError("the payments must make the price")
        return self


class Reason(Strict):
    reason: ShortText


@router.post("/contracts/{contract_id}/edit", name="edit")
async def edit(body: EditDraft, party: ContractParty, key: OnceKey, services: Door) -> ActAnswer:
    """The next version of a draft, by either broker. 409 ``edited_meanwhile`` where another one has been made."""
    party.needs(*BROKERS)
    message = EditAct.model_validate({**body.model_dump(), "person_id": party.person.id})
    return await carry(services, key, party, body=body, update="edit", message=message)


@router.post("/contracts/{contract_id}/remind", name="remind")
async def remind(party: ContractParty, key: OnceKey, services: Door, body: Empty | None = None) -> ActAnswer:
    """Remind those whose turn it is. Not oftener than once a day."""
    return await carry(
        services, key, party, body=body or Empty(), update="remind", message=Act(person_id=party.person.id)
    )


@router.post("/contracts/{contract_id}/reopen", name="reopen")
async def reopen(body: Reason, party: ContractParty, key: OnceKey, services: Door) -> ActAnswer:
    """Back to a draft, with a new version: what has been signed of it no longer stands."""
    party.needs("drafter")
    message = ReasonAct(person_id=party.person.id, reason=body.reason)
    return await carry(services, key, party, body=body, update="reopen", message=message)


@router.post("/contracts/{contract_id}/withdraw", name="withdraw")
async def withdraw(body: Reason, party: ContractParty, key: OnceKey, services: Door) -> ActAnswer:
    """Who drafted or proposed the contract takes it back for good."""
    brokered = party.contract is not None and party.contract.kind in BROKERED
    party.needs(*(("drafter",) if brokered else SIGNERS))
    message = ReasonAct(person_id=party.person.id, reason=body.reason)
    return await carry(services, key, party, body=body, update="withdraw", message=message)
