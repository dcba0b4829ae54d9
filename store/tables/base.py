"""Base of all tables: named constraints, UTC instants, JSON columns. Tables are storage, never API schemas."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, DateTime, MetaData
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(SQLModel):
    """Parent of every table; its metadata is Onjip's own."""

    metadata = MetaData(naming_convention=NAMES)


def utc_now() -> datetime:
    return datetime.now(UTC)


def Instant(*, nullable: bool = False, default_now: bool = False) -> Any:
    """A timestamptz column."""
    if default_now:
        return Field(default_factory=utc_now, sa_type=DateTime(timezone=True), nullable=False)
    if nullable:
        return Field(default=None, sa_type=DateTime(timezone=True), nullable=True)
    return Field(sa_type=DateTime(timezone=True), nullable=False)


def Json(*, nullable: bool = False) -> Any:
    """A jsonb column holding a dumped domain model."""
    return Field(default=None if nullable else ..., sa_column=Column(JSONB, nullable=nullable))
