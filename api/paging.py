"""Lists in pages: an opaque cursor says where the last page ended."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel

from domain.errors import Invalid

Limit = Annotated[int, Query(ge=1, le=100, description="rows of one page")]
Cursor = Annotated[str | None, Query(max_length=300, description="`next` of the page before")]
Item = TypeVar("Item")
Row = TypeVar("Row")


class Page(BaseModel, Generic[Item]):
    items: list[Item]
    next: str | None = None


def encode(place: Sequence[str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(list(place)).encode()).decode().rstrip("=")


Read = TypeVar("Read")


def decode(cursor: str | None, read: Callable[..., Read]) -> Read | None:
    """The place that a cursor names, read by ``read`` from its parts. Invalid for a cursor that is not ours."""
    if cursor is None:
        return None
    try:
        parts: Any = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
            raise ValueError("not a place")
        return read(*parts)
    except (ValueError, TypeError, OverflowError, binascii.Error):
        raise Invalid(
            "bad_cursor", field="cursor", ko="목록 위치가 올바르지 않습니다.", en="This cursor is not ours."
        ) from None


def page(
    rows: Sequence[Row], limit: int, show: Callable[[Row], Item], place: Callable[[Row], Sequence[str]]
) -> Page[Item]:
    """One page out of up to ``limit`` + 1 rows."""
    shown = rows[:limit]
    return Page(items=[show(row) for row in shown], next=encode(place(shown[-1])) if len(rows) > limit else None)
