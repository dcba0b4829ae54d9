"""The people of a draft, as the means of identification and the registers tell them; nobody's name is typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.contracts import Agent, Party
from domain.draft_refusals import refuse
from domain.messages import DraftAgent, DraftStart
from domain.people import RegisteredRole
from domain.words import ContractKind, PartyRole, Role
from law.forms.ready import check_power
from store import contracts, people
from store.tables.contracts import ContractRow
from store.tables.people import PersonRow


@dataclass(frozen=True)
class Parties:
    """``day``: on which the agents' powers must hold."""

    session: AsyncSession
    start: DraftStart
    unique_no: str
    day: date

    async def brokered(self, giver: PartyRole, taker: PartyRole) -> list[Party]:
        """Both sides, then who drafts and the other broker, in the order in which they sign."""
        start = self.start
        sides = [await self.natural(giver, start.seller_id, 1), await self.natural(taker, start.buyer_id, 2)]
        brokers = ((PartyRole.SELLER_BROKER, start.broker_id), (PartyRole.BUYER_BROKER, start.other_broker_id))
        present = [(role, person_id) for role, person_id in brokers if person_id is not None]
        return [*sides, *[await self._broker(role, person_id, n) for n, (role, person_id) in enumerate(present, 3)]]

    async def natural(self, role: PartyRole, person_id: UUID, order: int) -> Party:
        row = await self.session.get_one(PersonRow, person_id)
        party = Party(
            person_id=row.id, role=role, order=order, name=row.name, birth_date=row.birth_date, address=row.address
        )
        named = next((one for one in self.start.agents if one.role is role), None)
        return party if named is None else await self._represented(party, named)

    async def certificate(self) -> str:
        """Of the drafting broker's liability cover (공제증서): the register's number."""
        return (await self._registration(self.start.broker_id)).number

    async def _represented(self, party: Party, named: DraftAgent) -> Party:
        row = await self.session.get_one(PersonRow, named.person_id)
        agent = Agent(
            person_id=row.id, name=row.name, authority=named.authority, birth_date=row.birth_date, address=row.address
        )
        if named.power_id is not None:
            power = await self.session.get(ContractRow, named.power_id)
            if power is None or power.kind != ContractKind.POWER or power.state != "sealed":
                raise refuse("power_missing")
            agent = agent.model_copy(update={"power_id": power.id, "power_sha256": power.terms_sha256})
            check_power(contracts.terms_of(power), party, agent, self.unique_no, self.day)
        return party.model_copy(update={"agent": agent})

    async def _broker(self, role: PartyRole, person_id: UUID, order: int) -> Party:
        row = await self.session.get_one(PersonRow, person_id)
        held = await self._registration(person_id)
        return Party(
            person_id=row.id, role=role, order=order, name=row.name, address=row.address,
            organisation=held.organisation, registration_no=held.number,
        )  # fmt: skip

    async def _registration(self, person_id: UUID) -> RegisteredRole:
        """The broker's entry; one that is there but not active is a suspension or a closed office."""
        entries = await people.entries(self.session, person_id, Role.BROKER)
        for held in entries:
            if held.active:
                return held
        raise refuse("broker_suspended" if entries else "broker_unregistered")
