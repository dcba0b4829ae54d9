"""Facts from the registers under consent. The consent is looked up in the database right before every call."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from temporalio import activity

from activities.errors import told
from domain.consents import ConsentState, Fetched, Renewal
from domain.errors import AgencyDown, AskPerson, ConsentNeeded, GiveUp, Malformed, OnjipError, Wait
from domain.facts import PROVIDER, Fact, Item
from domain.messages import ConsentStart
from domain.model import Model
from domain.ports import Register
from domain.time import now
from domain.words import Agency
from store import facts
from store.db import Database
from store.facts import Look
from store.sealed import SealedBox
from store.tables.consents import ConsentRow

BASIS = "정보주체의 동의 (개인정보 보호법 제15조제1항제1호)"


class _Pass(Model):
    """What one call to one register needs. Lives in memory only, for one call."""

    person_id: UUID
    identity_ref: str
    token: str
    purpose: str


@dataclass(frozen=True)
class Collect:
    """Fetches agreed items. ``registers``: one per providing agency."""

    db: Database
    sealed: SealedBox
    registers: Mapping[Agency, Register]

    @activity.defn(name="collect.fetch")
    async def fetch(self, start: ConsentStart) -> Fetched:
        """Fetch all open items at once. Raises AgencyDown while a register does not answer: what came is stored.

        An ended consent has no open items.
        """
        async with told():
            items = await self._open_items(start.consent_id)
            return await self._all([(start.consent_id, item) for item in items])

    @activity.defn(name="collect.renew")
    async def renew(self, wanted: Renewal) -> Fetched:
        """Ask again, under every living consent of the case that names the item. Raises AgencyDown like ``fetch``."""
        async with told():
            calls = []
            async with self.db.transaction() as session:
                for consent in await facts.given_consents(session, wanted.case_id):
                    fresh = await facts.stored_items(session, consent.id, since=wanted.since)
                    open_items = set(facts.agreed_items(consent)) & set(wanted.items) - fresh
                    calls += [(consent.id, item) for item in sorted(open_items)]
            return await self._all(calls, renew=True)

    async def _all(self, calls: Sequence[tuple[UUID, Item]], *, renew: bool = False) -> Fetched:
        """All calls side by side. Raises when one register may still answer; the others' facts are stored."""
        results = await asyncio.gather(*(self._item(consent_id, item, renew=renew) for consent_id, item in calls))
        waits = [error for error in results if isinstance(error, Wait)]
        if waits:
            raise _register_down(waits)
        return Fetched(refused=tuple(item for (_, item), error in zip(calls, results, strict=True) if error))

    async def _open_items(self, consent_id: UUID) -> list[Item]:
        """Agreed items that are not stored yet, while the consent stands."""
        async with self.db.transaction() as session:
            consent = await session.get_one(ConsentRow, consent_id)
            if not _stands(consent):
                return []
            stored = await facts.stored_items(session, consent_id)
            return [item for item in facts.agreed_items(consent) if item not in stored]

    async def _item(self, consent_id: UUID, item: Item, *, renew: bool) -> OnjipError | None:
        """Fetch and keep one item; the error tells whether the register may still answer."""
        try:
            admission = await self._admit(consent_id, item)
            fact = await self._ask(consent_id, item, admission)
            await self._keep(consent_id, item, fact, renew=renew)
        except (Wait, GiveUp, AskPerson, Malformed) as error:
            return error
        return None

    async def _admit(self, consent_id: UUID, item: Item) -> _Pass:
        """The door of every fetch. ConsentNeeded unless this consent stands now and names this item."""
        async with self.db.transaction() as session:
            consent = await session.get_one(ConsentRow, consent_id)
            if not _stands(consent) or item not in facts.agreed_items(consent) or consent.person_id is None:
                raise ConsentNeeded
            purpose = str(consent.agreement["purpose"])
            token = await self.sealed.open(
                session, consent.person_id, "consent_token", basis=BASIS, purpose=purpose, subject=str(consent_id)
            )
            ref = await self.sealed.open(session, consent.person_id, "identity_ref", basis=BASIS, purpose=purpose)
            # Committed before the call: no look is ever missing from the log, whatever is killed.
            await facts.log_look(session, _look(consent, item, "looked"))
            return _Pass(person_id=consent.person_id, identity_ref=ref, token=token, purpose=purpose)

    async def _ask(self, consent_id: UUID, item: Item, admission: _Pass) -> Fact:
        register = self.registers[PROVIDER[item]]
        try:
            return await register.fetch(
                item, identity_ref=admission.identity_ref, consent_token=admission.token, purpose=admission.purpose
            )
        except OnjipError as error:
            await self._log(consent_id, item, error.code)
            raise

    async def _keep(self, consent_id: UUID, item: Item, fact: Fact, *, renew: bool) -> None:
        """Store the fact, unless the consent ended while the register was answering."""
        async with self.db.transaction() as session:
            consent = await session.get_one(ConsentRow, consent_id, with_for_update={"read": True})
            if _stands(consent):
                await facts.keep_fact(session, consent, fact, renew=renew)
            else:
                await facts.log_look(session, _look(consent, item, "dropped"))

    async def _log(self, consent_id: UUID, item: Item, outcome: str) -> None:
        async with self.db.transaction() as session:
            consent = await session.get_one(ConsentRow, consent_id)
            await facts.log_look(session, _look(consent, item, outcome))


def _stands(consent: ConsentRow) -> bool:
    return consent.state == ConsentState.GIVEN and consent.ends_at > now()


def _look(consent: ConsentRow, item: Item, outcome: str) -> Look:
    if consent.person_id is None:
        raise ConsentNeeded
    return Look(
        person_id=consent.person_id, actor="onjip", agency=PROVIDER[item], item=item,
        purpose=str(consent.agreement["purpose"]), consent_id=consent.id, outcome=outcome,
    )  # fmt: skip


def _register_down(waits: list[Wait]) -> AgencyDown:
    error = AgencyDown(waits[0].code)
    error.retry_after = min((wait.retry_after for wait in waits if wait.retry_after), default=None)
    return error
