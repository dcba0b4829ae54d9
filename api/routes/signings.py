"""Many contracts at once, for who signs hundreds in a day: one request to the signing service for each document.

There each document is shown, one PIN approves what was ticked, and each gets a signature of its own.
"""

from __future__ import annotations

import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field, field_validator

from api.access import Me, contract_party
from api.contract_acts import carry
from api.idempotency import OnceKey, once
from api.inputs import Strict
from api.routes.contracts import SIGNERS, SignIn
from api.services import Door, Services
from domain.errors import AskPerson, FixInput, GiveUp
from domain.messages import SignAct
from domain.people import Person
from store import contracts
from store.idempotency import Key
from store.tasks import todo

router = APIRouter(prefix="/api/v1", tags=["signing"])
MOST = 200  # contracts in one request; the page sends the next ones after these
AT_ONCE = 10


class SignAll(Strict):
    contract_ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST)]

    @field_validator("contract_ids")
    @classmethod
    def _different(cls, ids: list[UUID]) -> list[UUID]:
        if len(set(ids)) != len(ids):
            raise ValueError("named twice")
        return ids


class WaitingOut(BaseModel):
    """A contract in which it is my turn. Won."""

    contract_id: str
    kind: str
    home: str
    sum_won: int
    document_sha256: str | None


class NotSent(BaseModel):
    contract_id: str
    code: str
    ko: str
    en: str


class SentOut(BaseModel):
    """``sent``: the signing service is being asked for these; ``signing_url``: where I approve them."""

    sent: list[str]
    not_sent: list[NotSent]
    signing_url: str


@router.get("/signings", name="waiting")
async def waiting(person: Me, services: Door) -> list[WaitingOut]:
    """The contracts in which it is my turn to sign, the oldest first."""
    async with services.db.transaction() as session:
        ids = [UUID(task.subject_id) for task in await todo(session, person.id) if task.code == "sign"]
        rows = [await contracts.contract(session, one) for one in ids]
    found = []
    for row in sorted(rows, key=lambda one: one.created_at):
        terms = contracts.terms_of(row)
        home = f"{terms.property.building} {terms.property.dong} {terms.property.ho}"
        found.append(
            WaitingOut(
                contract_id=str(row.id), kind=row.kind, home=" ".join(home.split()),
                sum_won=terms.price + terms.option_price, document_sha256=row.document_sha256,
            )
        )  # fmt: skip
    return found


@router.post("/signings", response_model=SentOut, name="send")
async def send(body: SignAll, person: Me, key: OnceKey, services: Door) -> Any:
    """I am ready to sign these with my signing service. What cannot be signed is named; the others go on."""

    async def work() -> SentOut:
        gate = asyncio.Semaphore(AT_ONCE)
        answers = await asyncio.gather(*(_sent(services, person, key, one, gate) for one in body.contract_ids))
        sent = [str(one) for one, refused in zip(body.contract_ids, answers, strict=True) if refused is None]
        not_sent = [one for one in answers if one is not None]
        return SentOut(sent=sent, not_sent=not_sent, signing_url=services.signing_people_url)

    return (await once(services, key, body, work)).response()


async def _sent(
    services: Services, person: Person, key: Key, contract_id: UUID, gate: asyncio.Semaphore
) -> NotSent | None:
    """Under a key of its own: asked again, what was sent before is not sent twice."""
    own = Key(key.person_id, key.route, f"{key.key}.{contract_id.hex}")
    async with gate:
        try:
            party = await contract_party(contract_id, person, services)
            party.needs(*SIGNERS)
            message = SignAct(person_id=person.id)
            await carry(services, own, party, body=SignIn(), update="sign", message=message)
        except (FixInput, AskPerson, GiveUp) as error:
            return NotSent(contract_id=str(contract_id), code=error.code, ko=error.ko, en=error.en)
    return None
