"""What would turn a no into a yes: every single change that does, the nearest first, each proved by running the rule.

Three kinds of change: a later day with the same facts; a number that was compared, at the limit; a yes/no or a closed
word, another one. For an open notice the answer is fixed on its notice date, so a day speaks of later notices.

Only own lawful acts are worded as advice. Marriage, household, address and the like are shown as facts, with the
warning of 주택법 제65조 (checked 2026-11-23: who gets a home by false or unfair means loses the position or the
contract); what is in nobody's hand, and what lies in the past, is not offered.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Literal, get_args, get_origin

from pydantic import JsonValue, ValidationError

from domain.decisions import Decision, Flip
from domain.errors import OnjipError
from domain.words import Outcome
from law import flip_words, plausible, vocabulary
from law.calendar import add_months
from law.rules import Advice, Case, Rule, Term, decide
from law.strict_yaml import LawDataError

HORIZON = 15 * 12  # months
# Every month for five years, then every quarter: a window shorter than the step may be missed, a turn is not.
PROBES = (*range(1, 5 * 12 + 1), *range(5 * 12 + 3, HORIZON + 1, 3))
MOST_WORDS = 12
AS_OF = "as_of"
# No such area has ever been designated: to look for a home there is no advice.
NOWHERE = frozenset({"shrinking"})
# Who chooses another home changes these, all of them lawful acts.
HOME = frozenset(
    term.name
    for term in (
        vocabulary.housing_kind, vocabulary.supply_kind, vocabulary.notice_region, vocabulary.exclusive_area,
        vocabulary.price, vocabulary.price_capped, vocabulary.public_land, vocabulary.large_site,
        vocabulary.greenbelt_site, vocabulary.land_lease,
    )
)  # fmt: skip


# What a notice says of itself besides: nobody's choice, but another home brings another.
NOTICE = frozenset({
    vocabulary.supplier_public.name, vocabulary.units.name, vocabulary.announcement_date.name,
    vocabulary.approval_applied_on.name,
})  # fmt: skip


@dataclass(frozen=True)
class Change:
    """A term and its other value; ``op`` says how the value is meant (at least, at most, exactly)."""

    term: Term[Any]
    value: Any
    op: str
    distance: float
    now: JsonValue = None


@dataclass
class _Search:
    """Runs of one rule, each once."""

    rule: Rule[Any]
    case: Case
    runs: int = 0
    known: dict[date, Outcome | None] = field(default_factory=dict)

    def on(self, day: date) -> Outcome | None:
        """The outcome of the same facts on another day. None: not even *cannot tell*."""
        if day not in self.known:
            self.known[day] = self._run(day, self.case.facts)
        return self.known[day]

    def flips(self, change: Change) -> bool:
        facts = {**self.case.facts, change.term.name: change.value}
        if next(plausible.faults(self.rule, facts, self.case.as_of, self.case.book), None) is not None:
            return False
        return self._run(self.case.as_of, facts) is Outcome.YES

    def _run(self, day: date, facts: Mapping[str, Any]) -> Outcome | None:
        self.runs += 1
        try:
            return Case(day, self.case.book, facts, {}, self.case.unseen, quiet=True).judge(self.rule).outcome
        except (OnjipError, LawDataError, ArithmeticError):
            # The data of the law or of the calendar end there, or a day lies beyond all calendars: no answer, no flip.
            return None


def flips(rule: Rule[Any], case: Case, decision: Decision | None = None) -> tuple[Flip, ...]:
    """Every single change found that makes ``rule`` say yes: own acts first, then by nearness. Empty unless no."""
    decided = decision or decide(rule, case)
    if decided.outcome is not Outcome.NO:
        return ()
    search = _Search(rule, case)
    found: list[tuple[tuple[bool, float], Flip]] = []
    if (day := _first_day(search)) is not None:
        flip = Flip(fact=AS_OF, value=day.isoformat(), **flip_words.later(rule, day))
        years = (day - case.as_of).days / 365
        found.append(((False, years / (years + 1)), flip))  # between now (0) and never (1)
    for change in _changes(search, decided):
        flip = _worded(rule, change)
        found.append(((not flip.advised, change.distance), flip))
    return tuple(flip for _, flip in sorted(found, key=lambda one: one[0]))


def with_flip(rule: Rule[Any], case: Case, decision: Decision) -> Decision:
    """The decision with its nearest flip."""
    return decision.model_copy(update={"flip": next(iter(flips(rule, case, decision)), None)})


def still_flips(rule: Rule[Any], case: Case, flip: Flip) -> bool:
    """Does a flip that was found for another case flip this one too? For cases that differ in little."""
    search = _Search(rule, case)
    if flip.fact == AS_OF:
        day = date.fromisoformat(str(flip.value))
        return day > case.as_of and search.on(day) is Outcome.YES and search.on(day - timedelta(days=1)) is Outcome.NO
    term = rule.closure[flip.fact]
    return search.flips(Change(term, term.adapter.validate_json(json.dumps(flip.value)), "==", 0.0))


# -- a later day -------------------------------------------------------------------------------------------------


def _first_day(search: _Search) -> date | None:
    """The first day of yes: it says yes, the day before says no. None where no probe in the horizon says yes."""
    before = search.case.as_of
    for day in _probes(search.case):
        if search.on(day) is Outcome.YES:
            return _turn(search, before, day)
        before = day
    return None


def _probes(case: Case) -> list[date]:
    last = add_months(case.as_of, HORIZON)
    changes = {row.since for family in case.book.families.values() for row in family.rows}
    steps = {add_months(case.as_of, months) for months in PROBES}
    return sorted(steps | {day for day in changes if case.as_of < day <= last})


def _turn(search: _Search, low: date, high: date) -> date | None:
    while (high - low).days > 1:
        middle = low + timedelta(days=(high - low).days // 2)
        if search.on(middle) is Outcome.YES:
            high = middle
        else:
            low = middle
    # From *cannot tell* to yes nothing was turned.
    return high if search.on(low) is Outcome.NO else None


# -- another value -----------------------------------------------------------------------------------------------


def _changes(search: _Search, decision: Decision) -> Iterator[Change]:
    """Verified changes. A whole rule that said no is offered only where nothing inside it flips."""
    tried: set[tuple[str, str]] = set()
    offered: set[str] = set()
    for change in sorted(_candidates(decision, search.rule.closure), key=_size):
        mark = (change.term.name, repr(change.value))
        if mark in tried or not _offered(change, search.case) or (_size(change) and offered & _inside(change.term)):
            continue
        tried.add(mark)
        if search.flips(change):
            offered.add(change.term.name)
            yield change


def _candidates(decision: Decision, known: Mapping[str, Term[Any]]) -> Iterator[Change]:
    for reason in decision.reasons:
        if reason.outcome is not Outcome.NO:
            continue
        made = reason.comparison
        if made is not None and made.fact in known:
            yield from _at_limit(known[made.fact], made.op, made.value, made.limit)
        for name, now in reason.facts.items():
            if name in known:
                yield from _others(known[name], now)
        for name in (reason.code, reason.rule):
            if name in known:
                yield from _others(known[name], False)


def _size(change: Change) -> int:
    """0 for a fact or an amount, else how much a whole yes/no rule stands for: the innermost is tried first."""
    return 1 + len(_inside(change.term)) if isinstance(change.term, Rule) and change.term.type is bool else 0


def _inside(term: Term[Any]) -> Set[str]:
    return term.closure.keys() if isinstance(term, Rule) else frozenset()


def _at_limit(term: Term[Any], op: str, now: JsonValue, limit: JsonValue) -> Iterator[Change]:
    """The value nearest to ``now`` that passes the comparison."""
    try:
        bound = term.adapter.validate_python(limit if not isinstance(limit, str) else _read(term, limit))
    except (ValidationError, ValueError):
        return
    step: Any = timedelta(days=1) if isinstance(bound, date) else 1
    if op in (">", "<"):
        if not isinstance(bound, date | int) or isinstance(bound, bool):
            return
        bound = bound + step if op == ">" else bound - step
    if op != "!=":
        yield Change(term, bound, {">": ">=", "<": "<="}.get(op, op), _distance(term, now, bound), now)


def _read(term: Term[Any], text: str) -> Any:
    return term.adapter.validate_strings(text)


def _others(term: Term[Any], now: JsonValue) -> Iterator[Change]:
    words = _words(term.type)
    for word in words if len(words) <= MOST_WORDS else ():
        if word != now:
            yield Change(term, word, "==", 2.0 if isinstance(term, Rule) else 1.0, now)


def _words(kind: Any) -> tuple[Any, ...]:
    """The closed words of a type; empty where it is open."""
    if kind is bool:
        return (True, False)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return tuple(kind)
    if get_origin(kind) is Literal:
        return get_args(kind)
    return tuple(word for part in get_args(kind) for word in _words(part)) if type(None) in get_args(kind) else ()


def _distance(term: Term[Any], now: JsonValue, bound: Any) -> float:
    """How far, as a part of the limit. A result comes after every fact: it moves only as its facts do."""
    known = isinstance(now, int) and isinstance(bound, int) and not isinstance(bound, bool)
    part = abs(bound - now) / max(abs(bound), abs(now), 1) if known and isinstance(now, int) else 1.0
    return part + 1 if isinstance(term, Rule) else part


# -- what may be said of it --------------------------------------------------------------------------------------


def _offered(change: Change, case: Case) -> bool:
    if change.term.name in NOWHERE:
        return False
    if isinstance(change.value, date) and change.value < case.as_of:
        return False  # nobody acts in the past
    return advice_of(change.term) is not Advice.NEVER and not _is_bundle(change.term)


def _is_bundle(term: Term[Any]) -> bool:
    """A yes/no that rests on other ones: to say that it should be yes tells nobody what would have to change."""
    return isinstance(term, Rule) and term.type is bool and any(_judges(inner) for inner in term.closure.values())


def _judges(term: Term[Any]) -> bool:
    return isinstance(term, Rule) and term.type is bool


def advice_of(term: Term[Any]) -> Advice:
    """A rule that says nothing of itself: as the facts behind it, and only shown where one of them is.

    A number grows by an act (months of an account). A yes/no or a word is in one's hand only where all behind it is
    the choice of a home: no act makes a soldier.
    """
    if term.advice is not Advice.NEVER or not isinstance(term, Rule):
        return term.advice
    behind = [inner for inner in term.closure.values() if not isinstance(inner, Rule)]
    advices = {inner.advice for inner in behind}
    if Advice.SHOWN in advices:
        return Advice.SHOWN
    if Advice.ACT not in advices or (_words(term.type) and not all(_of_notice(inner) for inner in behind)):
        return Advice.NEVER
    return Advice.ACT


def _of_notice(fact: Term[Any]) -> bool:
    return fact.advice is Advice.ACT or fact.name in NOTICE


def _worded(rule: Rule[Any], change: Change) -> Flip:
    term, value = change.term, change.term.adapter.dump_python(change.value, mode="json")
    if advice_of(term) is Advice.SHOWN:
        words = flip_words.shown(term, change.op, value, change.now)
        return Flip(fact=term.name, value=value, advised=False, **words, **flip_words.WARNING)
    words = flip_words.act(rule, term, change.op, value, another_home=_is_of_home(term))
    return Flip(fact=term.name, value=value, **words)


def _is_of_home(term: Term[Any]) -> bool:
    if isinstance(term, Rule):
        return bool(_words(term.type)) or all(_of_notice(inner) for inner in term.closure.values())
    return term.name in HOME
