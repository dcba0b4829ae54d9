"""Columns that nobody searches by, sealed: without the key a copy of the database tells nothing about a person.

The engine's dialect holds the key ring (``store.db.Database.connect``), so a statement finds it wherever it runs.
"""

from __future__ import annotations

import base64
import json
from datetime import date
from typing import Any

from sqlalchemy import Column, ColumnElement, Dialect, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.operators import OperatorType, is_, is_not
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import Field

from store.keyring import KeyRing

RING = "onjip_key_ring"  # attribute of the dialect


def ring_of(dialect: Dialect) -> KeyRing:
    ring: KeyRing | None = getattr(dialect, RING, None)
    if ring is None:
        raise LookupError("this connection has no key for sealed columns")
    return ring


class NotSearched(TypeDecorator.Comparator[Any]):
    """The same value is sealed into another text each time: a condition on it would silently find nothing."""

    def operate(self, op: OperatorType, *other: Any, **more: Any) -> ColumnElement[Any]:
        if op not in (is_, is_not):
            raise TypeError("a sealed column is not searched by")
        return super().operate(op, *other, **more)


class SealedColumn(TypeDecorator[Any]):
    """``place``: ``table.column``, bound to each value."""

    impl = String
    cache_ok = True
    comparator_factory = NotSearched

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else ring_of(dialect).lock(self.place, self.written(value))

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else self.read(ring_of(dialect).unlock(self.place, value))

    def written(self, value: Any) -> str:
        return str(value)

    def read(self, text: str) -> Any:
        return text


class SealedText(SealedColumn):
    cache_ok = True


class SealedBytes(SealedColumn):
    cache_ok = True

    def written(self, value: bytes) -> str:
        return base64.b64encode(value).decode()

    def read(self, text: str) -> bytes:
        return base64.b64decode(text)


class SealedDate(SealedColumn):
    """A day, as ISO 8601."""

    cache_ok = True

    def written(self, value: date) -> str:
        return value.isoformat()

    def read(self, text: str) -> date:
        return date.fromisoformat(text)


class SealedJson(SealedColumn):
    """A dumped domain model, as one JSON text. What stood in the column before it was sealed is read as it is."""

    impl = JSONB  # type: ignore[assignment]
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return JSONB(none_as_null=True)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return super().process_result_value(value, dialect) if isinstance(value, str) else value

    def written(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False)

    def read(self, text: str) -> Any:
        return json.loads(text)


def Sealed(kind: type[SealedColumn], place: str, *, nullable: bool = False, default: Any = ...) -> Any:
    """A sealed column."""
    return Field(default=None if nullable else default, sa_column=Column(kind(place), nullable=nullable))
