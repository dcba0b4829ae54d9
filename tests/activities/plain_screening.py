"""A second opinion on who has applied twice, written from the articles and without a database."""

from __future__ import annotations

from collections.abc import Iterable

from domain.applications import ReceivedEntry
from domain.words import SupplyKind


def applied_twice(received: Iterable[ReceivedEntry]) -> set[str]:
    """제4조제1항, 제25조제1항: one person once in each supply method; the first one received stands."""
    found: set[str] = set()
    seen: set[tuple[str, bool]] = set()
    for entry in sorted(received, key=lambda one: (one.received_at, one.ticket)):
        key = (entry.holder, entry.supply_kind is SupplyKind.GENERAL)
        if key in seen:
            found.add(entry.ticket)
        seen.add(key)
    return found
