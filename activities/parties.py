"""The people of a draft, as the means of identification and the registers tell them; nobody's name is typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from activities.powers import sealed_power
from domain.contracts import Agent, Party
from domain.draft_refusals import refuse
from domain.draft_rules import shares_of
from domain.facts import Title
from domain.messages import DraftAgent, DraftStart
from domain.people import RegisteredRole
from domain.words import PartyRole, Role
from law.forms.ready import check_power
from store import contracts, people
from store.tables.people import PersonRow


@dataclass(frozen=True)
class Parties:
    """``refs``: identity references of those who give, as the register knows them. ``day``: on which the agents' powers
    must hold."""

    session: AsyncSession
    start: DraftStart
    title: Title
    refs: Mapping[UUID, str]
    day: date

    async def brokered(self, giver: PartyRole, taker: PartyRole) -> list[Party]:
        """Both sides, who drafts and the other broker, the witness, in the order in which they sign; those of one side
        in any order. Who gives has the register's share."""
        start = self.start
        givers, takers = (
            (start.seller_id, *start.co_seller_ids),
            (start.buyer_id, *(b.person_id for b in start.co_buyers)),
        )
        shares = shares_of([start.buyer_share, *(one.share for one in start.co_buyers)])
        named = [self._with_registered_share(await self.natural(giver, one, 1, n)) for n, one in enumerate(givers, 1)]
        for n, (one, share) in enumerate(zip(takers, shares, strict=True), 1):
            named.append((await self.natural(taker, one, 2, n)).model_copy(update={"share": share}))
        brokers = ((PartyRole.SELLER_BROKER, start.broker_id), (PartyRole.BUYER_BROKER, start.other_broker_id))
        present = [(role, person_id) for role, person_id in brokers if person_id is not None]
        named += [await self._broker(role, person_id, n) for n, (role, person_id) in enumerate(present, 3)]
        if start.witness_id is not None:
            named.append(await self.natural(PartyRole.WITNESS, start.witness_id, named[-1].order + 1))
        return named

    def _with_registered_share(self, party: Party) -> Party:
        """A stranger to the register keeps the whole, and is refused for it (``check_owner``)."""
        share = self.title.share_of(party.name, self.refs.get(party.person_id))
        return party if share is None else party.model_copy(update={"share": share})

    async def natural(self, role: PartyRole, person_id: UUID, order: int, number: int = 1) -> Party:
        row = await self.session.get_one(PersonRow, person_id)
        party = Party(
            person_id=row.id, role=role, order=order, number=number, name=row.name, birth_date=row.birth_date,
            address=row.address,
        )  # fmt: skip
        for one in self.start.agents:
            if one.role is role and (person_id == one.principal_id if one.principal_id else number == 1):
                return await self._represented(party, one)
        return party

    async def certificate(self) -> str:
        """Of the drafting broker's liability cover (공제증서): the register's number."""
        return (await self._registration(self.start.broker_id)).number

    async def _represented(self, party: Party, named: DraftAgent) -> Party:
        row = await self.session.get_one(PersonRow, named.person_id)
        agent = Agent(
            person_id=row.id, name=row.name, authority=named.authority, birth_date=row.birth_date, address=row.address
        )
        if named.power_id is not None:
            power = await sealed_power(self.session, named.power_id)
            agent = agent.model_copy(update={"power_id": power.id, "power_sha256": power.terms_sha256})
            check_power(contracts.terms_of(power), party, agent, self.title.unique_no, self.day)
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
