"""The other applicants of a notice, who came to the agency's own counter: nobody real, the same on every run.

Special kinds get fewer entrants than homes. General supply gets three times its homes, and more than all homes
of the type, so that homes which the special kinds leave over are still contested.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

INSERT = (
    "INSERT INTO entries (notice, number, reference, ticket, applicant, members, relation, holder, household, model,"
    " kind, facts, received_at, crowd) VALUES (?,?,'',?,'','[]','self',?,?,?,?,?,?,1)"
)
LOWEST_STRONG, HIGHEST = 60, 240  # recognised amounts in 100,000 won: 6 to 24 million
STRONG_MARGIN = 2


@dataclass(frozen=True)
class Crowd:
    """``units`` homes of this kind; ``left_over`` homes that other kinds may leave to it."""

    notice: str
    model: str
    kind: str
    units: int
    left_over: int
    public: bool

    @property
    def size(self) -> int:
        if self.kind == "general":
            return 3 * self.units + self.left_over if self.units else 0
        return self.units * 3 // 5

    def rows(self, opens: datetime, closes: datetime) -> Iterator[tuple[object, ...]]:
        seconds = max(1, int((closes - opens).total_seconds()) - 1)
        for n in range(self.size):
            at = (opens + timedelta(seconds=self._dice(n, "at", seconds))).astimezone(UTC)
            ticket, holder, household = (self._hash(n, what)[:32] for what in ("ticket", "holder", "household"))
            number = f"C-{self.notice}-{self.model}-{self.kind[0].upper()}{n:05d}"
            facts = json.dumps(self._facts(n))
            yield (
                self.notice, number, ticket, holder, household, self.model, self.kind, facts, at.isoformat(),
            )  # fmt: skip

    def _facts(self, n: int) -> dict[str, object]:
        """Enough strong ones that every home of the type has a better-placed applicant; the rest varies."""
        strong = n < self.units + self.left_over + STRONG_MARGIN
        recognised = LOWEST_STRONG + self._dice(n, "amount", HIGHEST - LOWEST_STRONG)
        opened = date(2004, 1, 1) + timedelta(days=self._dice(n, "opened", 7000))
        homeless = strong or self.public or self._dice(n, "homeless", 10) < 8
        return {
            "local": strong or self._dice(n, "local", 10) < 6,
            "homeless": homeless,
            "homes": 0 if homeless else 1,
            "rank": 1,
            "children": self._dice(n, "children", 3) if self.kind == "newlywed" else 0,
            "first_order": self.kind == "newlywed" and self._dice(n, "order", 2) == 0,
            "points": 20 + self._dice(n, "points", 55) if self.kind == "general" else None,
            "account_opened": opened.isoformat(),
            "homeless_three_years": strong or self._dice(n, "three", 10) < 7,
            "amount_recognised": recognised * 100_000,
            "payments_recognised": recognised,
            "priority": 0 if self.kind == "general" else self._dice(n, "priority", 3),
        }

    def _dice(self, n: int, what: str, sides: int) -> int:
        return int(self._hash(n, what)[:12], 16) % sides

    def _hash(self, n: int, what: str) -> str:
        return hashlib.sha256(f"{self.notice}|{self.model}|{self.kind}|{n}|{what}".encode()).hexdigest()
