"""Judging without binding anybody: stated facts against open notices, before and after a change.

Nothing is written. A line is judged by the same rules as a binding decision (``law.assess``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from api.stated import Household
from domain.decisions import Decision
from domain.errors import Invalid
from domain.notices import HouseType, Notice
from domain.words import SupplyKind
from law.assess import Wish, assess
from law.registers import Known
from law.rulebook import Rulebook
from store.tables.notices import NoticeRow

STATED = "stated"  # the source of a fact that somebody typed: no register has said it


@dataclass(frozen=True)
class Preview:
    """One line judged for show. ``after``: the outcome with the changes of a what-if."""

    id: str
    outcome: str
    points: int | None
    body: Mapping[str, Any]
    as_of: date
    rulebook: str
    after: str | None = None
    after_points: int | None = None

    @property
    def changed(self) -> bool:
        return self.after is not None and (self.after, self.after_points) != (self.outcome, self.points)


@dataclass(frozen=True)
class Previewed:
    """One notice with its lines: (house type, supply kind) → preview."""

    row: NoticeRow
    terms: Notice
    decisions: Mapping[tuple[str, str], Preview]

    @property
    def kinds(self) -> list[SupplyKind]:
        return [kind for kind in SupplyKind if any((house.model_no, kind) in self.decisions for house in self.houses)]

    @property
    def houses(self) -> Sequence[HouseType]:
        return self.terms.house_types


def stated(household: Household) -> Known:
    """Typed facts as those of a case, each marked as stated."""
    facts = household.facts()
    return Known(facts, dict.fromkeys(facts, STATED))


def changed(known: Known, changes: Household) -> Known:
    """The same household after the changes of a what-if."""
    facts = changes.facts()
    kept = {name: source for name, source in known.sources.items() if name not in facts}
    return replace(known, facts={**known.facts, **facts}, sources={**kept, **dict.fromkeys(facts, STATED)})


def preview(
    known: Known, rows: Sequence[tuple[NoticeRow, Notice]], rulebook: Rulebook, after: Known | None = None
) -> list[Previewed]:
    """Every line of these notices. A notice to which the rulebook has no answer is left out."""
    return [
        Previewed(row, terms, lines)
        for row, terms in rows
        if (lines := dict(_lines(known, terms, rulebook, after)))
    ]  # fmt: skip


def _lines(
    known: Known, notice: Notice, rulebook: Rulebook, after: Known | None
) -> Iterator[tuple[tuple[str, str], Preview]]:
    for house_type in notice.house_types:
        for kind in SupplyKind:
            if not house_type.units.get(kind):
                continue
            try:
                decision = assess(Wish(known, notice, house_type, rulebook), kind)
                then = assess(Wish(after, notice, house_type, rulebook), kind) if after else None
            except Invalid:
                continue
            yield (house_type.model_no, str(kind)), _preview(notice, house_type, kind, decision, then)


def _preview(
    notice: Notice, house_type: HouseType, kind: SupplyKind, decision: Decision, then: Decision | None
) -> Preview:
    return Preview(
        id=f"{notice.id}-{house_type.model_no}-{kind}", outcome=decision.outcome, points=_points(decision),
        body=decision.model_dump(mode="json"), as_of=decision.as_of, rulebook=decision.rulebook,
        after=then.outcome if then else None, after_points=_points(then) if then else None,
    )  # fmt: skip


def _points(decision: Decision) -> int | None:
    value = decision.value if isinstance(decision.value, Mapping) else {}
    scored = value.get("points") or {}
    return scored.get("total") if isinstance(scored, Mapping) else None
