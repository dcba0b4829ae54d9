"""The first round of a notice's wait-list: the homes on offer, who joined, and what was fixed."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from store.tables.base import Instant, Json, Table


class ReserveRow(Table, table=True):
    """The round of a notice: one, ever. ``homes``: domain.reserve.FreeHome, in the order of the list.

    ``closing``: the time to join is over and the list is being fixed; ``fixed``: it is stamped, the balls come next;
    ``done``: the homes are allotted, or nobody had joined.
    """

    __tablename__ = "reserve_round"
    __table_args__ = (CheckConstraint("state in ('open','closing','fixed','done','annulled')", name="state"),)
    notice_id: str = Field(foreign_key="notice.id", primary_key=True)
    state: str = "open"
    opened_by: UUID = Field(foreign_key="person.id")
    until: datetime = Instant()  # end of the time to join
    homes: list[Any] = Json()
    listed: dict[str, Any] | None = Json(nullable=True)  # law.drawing.reserve.Listed
    list_stamp: str | None = None  # RFC 3161 token, base64
    digits: str | None = None
    observers: list[Any] = Json()
    opened_at: datetime = Instant(default_now=True)
    fixed_at: datetime | None = Instant(nullable=True)
    done_at: datetime | None = Instant(nullable=True)


class ReserveJoinRow(Table, table=True):
    """Whether a place on the wait-list takes part. ``entered_by``: the officer who entered it for a person who does
    not use Onjip. ``unit``: what it was allotted."""

    __tablename__ = "reserve_join"
    award_id: UUID = Field(foreign_key="award.id", primary_key=True)
    notice_id: str = Field(foreign_key="notice.id", index=True)
    joins: bool
    changes: int = 1  # how often it was said: join, take back, join again
    entered_by: UUID | None = Field(default=None, foreign_key="person.id")
    unit: str | None = None
    at: datetime = Instant(default_now=True)
