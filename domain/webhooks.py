"""Events for the computers of an office (webhooks), signed as in Standard Webhooks 1.0.0 (standardwebhooks.com).

A message holds no personal data: who receives it and wants to know more asks the API, which knows who may.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from domain.model import Model
from domain.people import Person
from domain.words import Role, Sha256

KEY_PREFIX = "whsec_"
BOTH_KEYS = timedelta(hours=24)  # how long the key before still signs beside the new one
WITH_A_NUMBER = (Role.BROKER, Role.SCRIVENER)  # offices of one name are told apart by their entry's number
OFFICES = (*WITH_A_NUMBER, Role.OFFICER)  # officers have a number each, and share the name of their supplier


class Event(StrEnum):
    """What an office can be told of."""

    INVITED = "contract.invited"
    SIGNED = "contract.signed"  # by one of its parties
    SEALED = "contract.sealed"
    DECLINED = "contract.declined"
    EXPIRED = "contract.expired"
    WITHDRAWN = "contract.withdrawn"
    AMENDED = "contract.amended"
    DISSOLVED = "contract.dissolved"
    REPORTED = "contract.reported"  # its report has been accepted (신고필증)
    REGISTERED = "transfer.registered"


TEST = "webhook.test"  # sent when somebody of the office asks for it


class DeliveryState(StrEnum):
    """``DEAD``: tried to the end; only a person sends it again."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"


class Switch(StrEnum):
    """``OFF``: by a person. ``STOPPED``: by us, because nothing arrived there any more."""

    ON = "on"
    OFF = "off"
    STOPPED = "stopped"


class Office(Model):
    """A broker's or scrivener's office, or a supplier, as its register names it. ``number``: empty for a supplier."""

    role: Role
    organisation: str
    number: str = ""


class Message(Model):
    """The body. ``document_sha256``: of the contract's newest revision. A test is about no contract."""

    id: UUID
    type: str  # Event, or TEST
    at: datetime
    contract_id: UUID | None = None
    version: int | None = None
    state: str | None = None
    document_sha256: Sha256 | None = None


class WebhookStart(Model):
    """Deliver one message. ``round``: how often somebody has had it sent again."""

    delivery_id: UUID
    round: int = 0


def offices(person: Person) -> tuple[Office, ...]:
    """For which offices a person acts now, by the word of the registers."""
    return tuple(
        Office(
            role=Role(held.role), organisation=held.organisation,
            number=held.number if held.role in WITH_A_NUMBER else "",
        )
        for held in person.roles
        if held.role in OFFICES
    )  # fmt: skip


def headers(keys: Sequence[str], message_id: UUID, at: datetime, body: bytes) -> Mapping[str, str]:
    """What is sent beside the body: one signature for each key, in one header."""
    seconds = int(at.timestamp())
    return {
        "content-type": "application/json", "webhook-id": str(message_id), "webhook-timestamp": str(seconds),
        "webhook-signature": " ".join(signature(key, str(message_id), seconds, body) for key in keys),
    }  # fmt: skip


def signature(key: str, message_id: str, seconds: int, body: bytes) -> str:
    """HMAC-SHA-256 over id, Unix time and body, joined by dots; base64."""
    secret = base64.b64decode(key.removeprefix(KEY_PREFIX))
    mac = hmac.digest(secret, f"{message_id}.{seconds}.".encode() + body, "sha256")
    return f"v1,{base64.b64encode(mac).decode()}"
