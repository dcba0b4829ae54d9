"""Exactly once in effect, also at agencies that know no idempotency key.

An attempt is committed before it is sent, with the instant at which the message expires. An agency refuses an
expired message even when it arrives late. So after an unknown outcome we look our own reference up; while nothing is
there and the last message may still act we wait; only when it has expired and a later look still finds nothing do we
send again. An agency that surely did not act is sent the next message at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from domain.errors import AgencyDown, AgencyRefused, ConsentNeeded, NotYet, OutcomeUnknown
from domain.filings import Answer, Delivery, DeliveryState, Outgoing
from domain.ports import Office
from domain.time import now
from domain.words import Agency
from store import exchange
from store.db import Database

MARGIN = timedelta(seconds=1)  # both clocks are the machine's; agencies allow no grace
LOOK_AFTER_S = 1.0  # an agency that acted and whose answer was lost has it in its books by then


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
        """What became of an attempt whose outcome we never learned. None: nothing, and it can act no more."""
        remaining = _until_dead(last.expires_at)  # before we look: what acts later than our look was alive then
        found = await office.find(outgoing.service, outgoing.reference)
        if found is None and remaining > 0:
            raise NotYet("waiting_for_expiry", retry_after=remaining)
        await self._end(last, DeliveryState.NOT_ACTED if found is None else DeliveryState.ANSWERED, found)
        return found

    async def _attempt(self, office: Office, outgoing: Outgoing, *, attempt: int) -> Answer:
        delivery = await self._begin(outgoing, attempt)
        try:
            answer = await office.send(outgoing, msg_id=delivery.msg_id, expires_at=delivery.expires_at)
        except (AgencyRefused, ConsentNeeded):
            await self._end(delivery, DeliveryState.REFUSED)
            raise
        except AgencyDown:
            await self._end(delivery, DeliveryState.NOT_ACTED)
            raise
        except OutcomeUnknown as error:
            raise OutcomeUnknown(retry_after=LOOK_AFTER_S) from error
        await self._end(delivery, DeliveryState.ANSWERED, answer)
        return answer

    async def _begin(self, outgoing: Outgoing, attempt: int) -> Delivery:
        """Committed when this returns. NotYet: the same act is being carried by somebody else just now."""
        async with self.db.transaction() as session:
            delivery = await exchange.begin_delivery(
                session, outgoing, attempt=attempt, msg_id=str(uuid4()), expires_at=now() + self.lifetime
            )
        if delivery is None:
            raise NotYet("carried_by_another", retry_after=LOOK_AFTER_S)
        return delivery

    async def _last(self, reference: str) -> Delivery | None:
        async with self.db.transaction() as session:
            return await exchange.last_delivery(session, reference)

    async def _end(self, delivery: Delivery, state: DeliveryState, answer: Answer | None = None) -> None:
        async with self.db.transaction() as session:
            await exchange.end_delivery(session, delivery, state, answer)


def _until_dead(expires_at: datetime) -> float:
    """Seconds until no agency acts on the message any more; not above zero once it is so."""
    return (expires_at + MARGIN - now()).total_seconds()
