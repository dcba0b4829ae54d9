"""Delivering one message: an attempt, what became of it, and when the next one is due.

An attempt is noted after it was made, so a worker that is killed in between makes it again: the message keeps its
``webhook-id``, by which a receiver knows it. What has been noted is never tried earlier than was noted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio import activity

from activities.errors import told
from domain.errors import AgencyDown, Invalid, NotYet
from domain.ports import Receivers
from domain.time import now
from domain.webhooks import DeliveryState, Switch, WebhookStart, headers
from domain.work import Nothing
from store.db import Database
from store.tables.webhooks import WebhookDeliveryRow, WebhookRow

# Eight attempts within three days. Minutes.
WAITS = tuple(timedelta(minutes=wait) for wait in (1, 5, 30, 2 * 60, 8 * 60, 24 * 60, 36 * 60))
STOP_AFTER = 5  # messages in a row that could not be delivered: the address is not there any more
GONE = 410


@dataclass(frozen=True)
class Letter:
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Webhooks:
    """``waits``: after each attempt in vain; after the one that follows the last wait, nothing is tried any more."""

    db: Database
    receivers: Receivers
    waits: tuple[timedelta, ...] = WAITS

    @activity.defn(name="webhooks.deliver")
    async def deliver(self, start: WebhookStart) -> Nothing:
        """One attempt. While others are left it ends as NotYet, which Temporal tries again after the wait."""
        async with told():
            letter = await self._letter(start)
            if letter is None:
                return Nothing()
            status, problem = await self._send(letter)
            wait = await self._note(start, status, problem)
            if wait is not None:
                raise NotYet("webhook_not_delivered", retry_after=wait.total_seconds())
            return Nothing()

    async def _letter(self, start: WebhookStart) -> Letter | None:
        """What is to be sent now; None where nothing is. NotYet: noted as due later."""
        async with self.db.transaction() as session:
            row = await _waiting(session, start)
            if row is None:
                return None
            webhook = await session.get_one(WebhookRow, row.webhook_id)
            if webhook.state != Switch.ON:
                row.problem = "webhook_off"
                _end(row, DeliveryState.DEAD)
                return None
            if row.next_at is not None and (left := (row.next_at - now()).total_seconds()) > 0:
                raise NotYet("webhook_not_due", retry_after=left)
            body, at = row.body.encode(), now()
            return Letter(webhook.url, headers(_keys(webhook, at), row.id, at, body), body)

    async def _send(self, letter: Letter) -> tuple[int | None, str | None]:
        """Status of the answer, or the code of why there was none."""
        try:
            return await self.receivers.send(letter.url, letter.headers, letter.body), None
        except (Invalid, AgencyDown) as error:
            return None, error.code

    async def _note(self, start: WebhookStart, status: int | None, problem: str | None) -> timedelta | None:
        """How long until the next attempt; None: there is none."""
        async with self.db.transaction() as session:
            row = await _waiting(session, start)
            if row is None:
                return None
            webhook = await session.get_one(WebhookRow, row.webhook_id, with_for_update=True)
            row.attempts, row.status, row.problem, row.next_at = row.attempts + 1, status, problem, None
            if status is not None and 200 <= status < 300:
                webhook.dead_in_a_row = 0
                _end(row, DeliveryState.DELIVERED)
            elif status == GONE:
                _stop(webhook)
                _end(row, DeliveryState.DEAD)
            elif row.attempts > len(self.waits):
                webhook.dead_in_a_row += 1
                if webhook.dead_in_a_row >= STOP_AFTER:
                    _stop(webhook)
                _end(row, DeliveryState.DEAD)
            else:
                wait = self.waits[row.attempts - 1]
                row.next_at = now() + wait
                return wait
            return None


async def _waiting(session: AsyncSession, start: WebhookStart) -> WebhookDeliveryRow | None:
    """None where it was delivered or given up, or is sent anew by another procedure."""
    row = await session.get_one(WebhookDeliveryRow, start.delivery_id, with_for_update=True)
    return row if row.state == DeliveryState.WAITING and row.round == start.round else None


def _end(row: WebhookDeliveryRow, state: DeliveryState) -> None:
    row.state, row.ended_at, row.next_at = state, now(), None


def _stop(webhook: WebhookRow) -> None:
    if webhook.state == Switch.ON:  # what a person has switched off stays as it was
        webhook.state = Switch.STOPPED


def _keys(webhook: WebhookRow, at: datetime) -> tuple[str, ...]:
    """The key, and for a while the one before it."""
    if webhook.old_secret is not None and webhook.old_until is not None and at < webhook.old_until:
        return webhook.secret, webhook.old_secret
    return (webhook.secret,)
