"""Exactly once in effect, also at agencies that know no idempotency key.

An attempt is committed before it is sent, with the instant at which the message expires. An agency refuses an
expired message even when it arrives late. So after an unknown outcome we wait until the last message has expired,
look our own reference up, and only when nothing is there send again: the earlier message can no longer act.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from domain.errors import AgencyRefused, NotYet, OutcomeUnknown
from domain.filings import Answer, Delivery, DeliveryState, Outgoing
from domain.ports import Office
from domain.time import now
from domain.words import Agency
from store import exchange
from store.db import Database

MARGIN = timedelta(seconds=1)  # both clocks are the machine's; agencies allow no grace


@dataclass(frozen=True)
class Carriage:
    """Carries one act to one agency. ``lifetime``: how long a message may act."""

    db: Database
    offices: Mapping[Agency, Office]
    lifetime: timedelta

    async def carry(self, outgoing: Outgoing) -> Answer:
        """The agency's answer, the same for every call with this reference. AgencyRefused is final."""
        office = self.offices[outgoing.agency]
        last = await self._last(outgoing.reference)
        if last is not None and last.answer is not None:
            return last.answer
        if last is not None and last.state is DeliveryState.SENDING:
            found = await self._settle(office, outgoing, last)
            if found is not None:
                return found
        return await self._attempt(office, outgoing, attempt=last.attempt + 1 if last else 1)

    async def _settle(self, office: Office, outgoing: Outgoing, last: Delivery) -> Answer | None:
        """What became of an attempt whose outcome we never learned."""
        found = await office.find(outgoing.service, outgoing.reference)
        if found is not None:
            await self._end(last, DeliveryState.ANSWERED, found)
            return found
        remaining = (last.expires_at + MARGIN - now()).total_seconds()
        if remaining > 0:
            raise NotYet("waiting_for_expiry", retry_after=remaining)
        # Nothing there and the message is dead; but it may have acted between the look-up and its expiry.
        found = await office.find(outgoing.service, outgoing.reference)
        if found is not None:
            await self._end(last, DeliveryState.ANSWERED, found)
        return found

    async def _attempt(self, office: Office, outgoing: Outgoing, *, attempt: int) -> Answer:
        msg_id, expires_at = str(uuid4()), now() + self.lifetime
        async with self.db.transaction() as session:
            delivery = await exchange.begin_delivery(
                session, outgoing, attempt=attempt, msg_id=msg_id, expires_at=expires_at
            )
        try:
            answer = await office.send(outgoing, msg_id=msg_id, expires_at=expires_at)
        except AgencyRefused:
            await self._end(delivery, DeliveryState.REFUSED)
            raise
        except OutcomeUnknown as error:
            remaining = (expires_at + MARGIN - now()).total_seconds()
            raise OutcomeUnknown(retry_after=max(remaining, 0.2)) from error
        await self._end(delivery, DeliveryState.ANSWERED, answer)
        return answer

    async def _last(self, reference: str) -> Delivery | None:
        async with self.db.transaction() as session:
            return await exchange.last_delivery(session, reference)

    async def _end(self, delivery: Delivery, state: DeliveryState, answer: Answer | None = None) -> None:
        async with self.db.transaction() as session:
            await exchange.end_delivery(session, delivery, state, answer)
