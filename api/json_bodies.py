"""JSON that everybody reads alike: UTF-8, and no name twice in one object (RFC 8259, 4 and 8.1)."""

from __future__ import annotations

import json
from typing import Any, NoReturn


def readable(body: bytes) -> bool:
    """Whether ``body`` is such JSON. Of two values under one name another reader would take the other one."""
    try:
        json.loads(body.decode(), object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return False
    return True


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name twice")
    return found


def _no_number(_: str) -> NoReturn:
    raise ValueError("not JSON")  # NaN and the infinities, which Python would take
