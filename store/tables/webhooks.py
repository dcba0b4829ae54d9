"""Addresses that offices have named for events, and what was sent there."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from domain.ids import new_id
from store.tables.base import Instant, Json, Table
from store.tables.sealing import Sealed, SealedText


class WebhookRow(Table, table=True):
    """An address of one office (domain.webhooks.Office). Its path may be a secret of the office, as its keys are.

    ``dead_in_a_row``: messages that could not be delivered since one was.
    """

    __tablename__ = "webhook"
    __table_args__ = (
        CheckConstraint("state in ('on','off','stopped')", name="state"),
        Index("ix_webhook_office", "role", "organisation"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    role: str
    organisation: str
    number: str = ""
    url: str = Sealed(SealedText, "webhook.url")
    events: list[Any] = Json()  # domain.webhooks.Event
    secret: str = Sealed(SealedText, "webhook.secret")
    old_secret: str | None = Sealed(SealedText, "webhook.old_secret", nullable=True)
    old_until: datetime | None = Instant(nullable=True)
    state: str = "on"  # domain.webhooks.Switch
    dead_in_a_row: int = 0
    created_by: UUID = Field(foreign_key="person.id")
    created_at: datetime = Instant(default_now=True)


class WebhookDeliveryRow(Table, table=True):
    """One message for one address. ``key`` makes it exactly-once; ``status``: of the last answer; ``problem``: a code,
    where there was none. ``attempts``: in this ``round``."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        CheckConstraint("state in ('waiting','delivered','dead')", name="state"),
        UniqueConstraint("webhook_id", "key", name="uq_webhook_delivery_key"),
        Index("ix_webhook_delivery_webhook", "webhook_id", "created_at"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    webhook_id: UUID = Field(foreign_key="webhook.id")
    key: str
    type: str
    contract_id: UUID | None = Field(default=None, foreign_key="contract.id")
    body: str  # the exact text that is signed; nobody's personal data
    state: str = "waiting"  # domain.webhooks.DeliveryState
    round: int = 0
    attempts: int = 0
    status: int | None = None
    problem: str | None = None
    next_at: datetime | None = Instant(nullable=True)
    created_at: datetime = Instant(default_now=True)
    ended_at: datetime | None = Instant(nullable=True)
