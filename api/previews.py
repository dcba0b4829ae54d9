"""Judging without binding anybody: stated facts against open notices, before and after a change.

Nothing is written. A line is judged by the same rules as a binding decision (``law.assess``); a line that the law's
data or a rule cannot judge is told as such and never hides the others.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import structlog

from api.stated import Household, children
from domain.decisions import Decision, Flip
from domain.errors import OnjipError
from domain.notices import HouseType, Notice
from domain.words import Outcome, SupplyKind
from law.answer import FIRST_DAY, LAST_DAY
from law.assess import Wish, assess
from law.counterfactual import flips, still_flips
from law.registers import Known
from law.rulebook import Rulebook
from law.strict_yaml import LawDataError
from law.subscription.lines import line
from store.tables.notices import NoticeRow

STATED = "stated"  # the source of a fact that somebody typed: no register has said it
MOST_NOTICES, MOST_LINES = 6, 150  # of one answer
MOST_SEARCHES = 16  # for what would change a no: each runs the rule a few hundred times
LATE, MANY, BROKEN = "outside_rulebook", "too_many", "rule_failed"

Facts = Callable[[date], Known]  # a household as it stood on a day

log = structlog.get_logger()


@dataclass(frozen=True)
class Asked:
    """One line to be judged. ``after``: the household with the changes of a what-if."""

    notice: Notice
    house_type: HouseType
    kind: SupplyKind
    before: Facts
    after: Facts | None = None

    @property
    def id(self) -> str:
        return f"{self.notice.id}|{self.house_type.model_no}|{self.kind}"


@dataclass(frozen=True)
class Preview:
    """One line judged for show. ``unjudged``: why there is no decision."""

    id: str
    body: Decision | None
    after_body: Decision | None = None
    unjudged: str = ""

    @property
    def kind(self) -> str:
        return self.id.rpartition("|")[2]

    @property
    def outcome(self) -> str:
        return self.body.outcome if self.body else ""

    @property
    def points(self) -> int | None:
        return points(self.body)

    @property
    def after(self) -> str | None:
        return self.after_body.outcome if self.after_body else None

    @property
    def after_points(self) -> int | None:
        return points(self.after_body)

    @property
    def changed(self) -> bool:
        """In whether one may apply, or in the rank, priority or points of one who may."""
        if self.body is None or self.after_body is None:
            return False
        if self.body.outcome is not self.after_body.outcome:
            return True
        return self.body.outcome is Outcome.YES and self.body.value != self.after_body.value


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
        return [house for house in self.terms.house_types if any(key[0] == house.model_no for key in self.decisions)]

    def name_of(self, line: Preview) -> str:
        """What the notice calls the house type of a line."""
        return next((house.name for house in self.houses if line.id.split("|")[1] == house.model_no), "")


@dataclass
class Work:
    """What one answer may cost. A flip that was found for a line is tried on its neighbours before searching anew."""

    book: Rulebook
    lines: int = MOST_LINES
    searches: int = MOST_SEARCHES
    found: dict[Any, Flip | None] = field(default_factory=dict)

    def judge(self, asked: Asked) -> Preview:
        if not FIRST_DAY <= asked.notice.notice_date <= LAST_DAY:
            return Preview(asked.id, None, unjudged=LATE)
        if self.lines <= 0:
            return Preview(asked.id, None, unjudged=MANY)
        self.lines -= 1
        try:
            return Preview(asked.id, self._before(asked), self._after(asked))
        except (OnjipError, LawDataError):
            return Preview(asked.id, None, unjudged=LATE)
        except Exception as error:
            # Where, never what: the message could hold a fact.
            where = traceback.extract_tb(error.__traceback__)[-1]
            log.error("rule_failed", error=type(error).__name__, file=where.filename, line=where.lineno)
            return Preview(asked.id, None, unjudged=BROKEN)

    def _before(self, asked: Asked) -> Decision:
        wish = self._wish(asked, asked.before)
        decision = assess(wish, asked.kind, flip=False)
        if decision.outcome is not Outcome.NO:
            return decision
        return decision.model_copy(update={"flip": self._flip(asked, wish, decision)})

    def _after(self, asked: Asked) -> Decision | None:
        return assess(self._wish(asked, asked.after), asked.kind, flip=False) if asked.after else None

    def _wish(self, asked: Asked, facts: Facts) -> Wish:
        return Wish(facts(asked.notice.notice_date), asked.notice, asked.house_type, self.book)

    def _flip(self, asked: Asked, wish: Wish, decision: Decision) -> Flip | None:
        case, key = wish.case(asked.kind), (asked.notice.id, asked.kind, decision.causes)
        known = self.found.get(key)
        if key in self.found and (known is None or still_flips(line, case, known)):
            return known
        if self.searches <= 0:
            return None
        self.searches -= 1
        self.found[key] = next(iter(flips(line, case, decision)), None)
        return self.found[key]


def stated(household: Household) -> Facts:
    """Typed facts as those of a case, each marked as stated."""

    def on(day: date) -> Known:
        facts = household.facts(day)
        return Known(facts, dict.fromkeys(facts, STATED))

    return on


def supposed(known: Known, changes: Household) -> Facts:
    """Register facts with the changes of a what-if on top."""

    def on(day: date) -> Known:
        facts = changes.facts(day)
        if changes.children is not None and "members" in known.facts:
            others = [one for one in known.facts["members"] if one.relation != "child"]
            facts["members"] = (*others, *children(changes.children, day))
        kept, members = dict(known.facts), known.members
        if changes.homes is not None:
            # The whole household is spoken of: what its registers have shown or not does not count any more.
            members, kept["homes_unseen"] = (), ()
            held = kept.pop("homes", None)
            if changes.homes == "none" and held is not None:
                facts = {name: value for name, value in facts.items() if name not in ("counted_homes", "never_owned")}
                facts["homes"] = tuple(_given_up(home, day) for home in held)
        sources = {name: source for name, source in known.sources.items() if name not in facts}
        return replace(
            known, facts={**kept, **facts}, sources={**sources, **dict.fromkeys(facts, STATED)}, members=members
        )

    return on


def _given_up(home: Any, day: date) -> Any:
    """The day of disposal itself is without the home."""
    gone = home.disposed_on is not None and home.disposed_on <= day
    return home if gone or home.acquired_on > day else home.model_copy(update={"disposed_on": day})


def lines_of(notice: Notice, before: Facts, after: Facts | None = None) -> Iterator[Asked]:
    """Every house type and kind of supply that the notice offers."""
    for house_type in notice.house_types:
        for kind in SupplyKind:
            if house_type.units.get(kind):
                yield Asked(notice, house_type, kind, before, after)


def preview(
    rows: Iterable[tuple[NoticeRow, Iterable[Asked]]], book: Rulebook, searches: int = MOST_SEARCHES
) -> list[Previewed]:
    """Every line, notice by notice, within what one answer may cost. A what-if needs no searches."""
    work = Work(book, searches=searches)
    found = []
    for row, asked in rows:
        lines = list(asked)
        if lines:
            made = {(one.house_type.model_no, str(one.kind)): work.judge(one) for one in lines}
            found.append(Previewed(row, lines[0].notice, made))
    return found


def points(decision: Decision | None) -> int | None:
    """The points of the system that decides in this line, or None."""
    value = decision.value if decision and isinstance(decision.value, Mapping) else {}
    scored = value.get("points")
    return scored.get("total") if isinstance(scored, Mapping) else value.get("score")
