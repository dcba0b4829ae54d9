"""How a rule of law is written, and how it answers: a function of facts, rulebook and day, with every reason.

A ``Term`` is a word of law: a ``Fact`` that somebody must state, or a ``Rule`` that follows from other terms and may
also be *given*, like a fact, by one who already knows it (it is then marked so). A rule reads terms from its ``Case``
by ``case[term]``; only what it really reads is asked for. A term that nobody knows raises ``Lacking``, which ends in
*cannot tell* with the name of what is missing, unless another test already says no.

Where the law itself is uncertain (a row of low confidence, a gap in the data, an open reading), the answer is
*cannot tell* too, and the missing thing is named ``law:…``.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any, Generic, Literal, TypeVar, cast, get_type_hints

from pydantic import JsonValue, TypeAdapter

from domain.decisions import Comparison, Decision, Reason
from domain.words import Outcome
from law.parameters import Confidence, Row
from law.rulebook import Rulebook
from law.strict_yaml import LawDataError

T = TypeVar("T")
Body = Callable[["Case"], T]
Operator = Literal[">=", ">", "<=", "<", "==", "!="]
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip


class Advice(StrEnum):
    """What may be said of changing a term. Nobody is ever advised to marry, divorce, move or move parents."""

    NEVER = "never"  # not in anybody's hand: a birth date, the notice
    ACT = "act"  # the person's own lawful act: waiting, paying in, choosing another home
    SHOWN = "shown"  # shown as a fact, never advised, with the warning of 주택법 제65조


class Trigger(StrEnum):
    """Which day ``as_of`` is."""

    NOTICE = "notice date"
    ANNOUNCEMENT = "announcement of winners"
    CONTRACT = "contract date"
    ACQUISITION = "acquisition date"
    FILING = "filing date"
    SIGNING = "signing date"
    EVENT = "day of the event"


class Lacking(Exception):
    """A rule cannot answer: ``names`` of the facts, or ``law:…`` where the law is uncertain."""

    def __init__(self, *names: str, ko: str = "", en: str = "") -> None:
        super().__init__(*names)
        self.names, self.ko, self.en = names, ko, en


class _NoDefault:
    """Marks a fact that somebody must state."""


NO_DEFAULT = _NoDefault()


@dataclass(frozen=True, eq=False)
class Term(Generic[T]):
    """A word of law with its type, its names and what may be said of changing it."""

    name: str
    ko: str
    en: str
    advice: Advice = Advice.NEVER
    unit: str = ""

    @property
    def type(self) -> Any:
        raise NotImplementedError

    @cached_property
    def adapter(self) -> TypeAdapter[T]:
        """Reads and writes values of the term; strict about types, JSON's dates as ISO text."""
        return TypeAdapter(self.type)


@dataclass(frozen=True, eq=False)
class Fact(Term[T]):
    """Stated by a register or a person. ``default``: what holds unless somebody claims otherwise."""

    kind: Any = None
    default: T | _NoDefault = NO_DEFAULT

    @property
    def type(self) -> Any:
        return self.kind


@dataclass(frozen=True, eq=False)
class Rule(Term[T]):
    """Follows from ``asks``. A rule of type ``bool`` says yes or no; any other says what its value is."""

    body: Body[T] | None = None
    asks: tuple[Term[Any], ...] = ()
    article: str = ""
    trigger: Trigger = Trigger.NOTICE

    @cached_property
    def type(self) -> Any:
        return get_type_hints(self.body)["return"] if self.body else None

    @cached_property
    def readable(self) -> frozenset[str]:
        return frozenset(term.name for term in self.asks)

    @cached_property
    def closure(self) -> Mapping[str, Term[Any]]:
        """Every term by name that may be stated for this rule: its facts, and the rules it rests on."""
        found: dict[str, Term[Any]] = {}
        for term in self.asks:
            found[term.name] = term
            if isinstance(term, Rule):
                found.update(term.closure)
        return found


def rule(
    name: str,
    *asks: Term[Any],
    ko: str,
    en: str,
    article: str,
    trigger: Trigger = Trigger.NOTICE,
    advice: Advice = Advice.NEVER,
    unit: str = "",
) -> Callable[[Body[T]], Rule[T]]:
    """Makes a rule of a function ``(case) -> value``; ``asks`` are all terms that it may read."""

    def make(body: Body[T]) -> Rule[T]:
        return Rule(name, ko, en, advice, unit, body, asks, article, trigger)

    return make


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found. ``reasons``: those of the rules it rests on first, its own last."""

    outcome: Outcome
    value: Any
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...]


@dataclass
class _Frame:
    """One rule being applied."""

    rule: Rule[Any]
    own: list[Reason] = field(default_factory=list)
    shown: list[Reason] = field(default_factory=list)  # in the order in which they were found, others' included
    asked: dict[str, JsonValue] = field(default_factory=dict)
    included: set[str] = field(default_factory=set)


@dataclass
class Case:
    """Facts of one case on one day under one rulebook. Values are Python values of the terms' own types.

    ``sources`` tell where a fact came from; ``unseen`` which registers would have to answer for an absent fact.
    """

    as_of: date
    book: Rulebook
    facts: Mapping[str, Any]
    sources: Mapping[str, JsonValue] = field(default_factory=dict)
    unseen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    _found: dict[str, Finding] = field(default_factory=dict)
    _frames: list[_Frame] = field(default_factory=list)

    # -- reading terms ------------------------------------------------------------------------------------------

    def __getitem__(self, term: Term[T]) -> T:
        """The value of a term. Lacking where nobody knows it."""
        frame = self._frame
        if term.name not in frame.rule.readable:
            raise LawDataError(f"rule {frame.rule.name} reads {term.name} without asking for it")
        value = self._value(term)
        frame.asked[term.name] = _brief(value)
        return value

    def knows(self, term: Term[Any]) -> bool:
        """Can the term be told? For rules that can do without it."""
        try:
            self[term]
        except Lacking:
            return False
        return True

    def find(self, rule: Rule[Any]) -> Finding:
        """A rule that this one rests on, with its outcome; its reasons are shown, but do not decide."""
        finding = self.judge(rule)
        frame = self._frame
        if rule.name not in frame.included:
            frame.included.add(rule.name)
            frame.shown.extend(finding.reasons)
        return finding

    def require(self, rule: Rule[Any]) -> Outcome:
        """A rule that this one rests on and whose no is a no of this one."""
        finding = self.find(rule)
        self._frame.own.append(
            Reason(
                code=rule.name, rule=self._frame.rule.name, outcome=finding.outcome, article=rule.article,
                ko=rule.ko, en=rule.en, missing=finding.missing,
            )
        )  # fmt: skip
        return finding.outcome

    # -- reading the law ----------------------------------------------------------------------------------------

    def row(self, family: str, on: date | None = None) -> Row:
        """The parameter in force on ``on`` (without it: on ``as_of``). Lacking where the data has a stated gap."""
        day = on or self.as_of
        row = self.book.row(family, day)
        if row.value is None:
            raise Lacking(
                f"law:{family}",
                ko=f"{day} 기준의 {self.book.family(family).description} 값을 확인하지 못했습니다. {row.note}",
                en=f"The value of {family} on {day} could not be confirmed. {row.note}",
            )
        return row

    def reading(self, name: str, switch: Fact[str | None]) -> str:
        """A disputed reading: as the case states it, else as the rulebook does. Lacking where it is left open."""
        chosen = self[switch]
        row = self.row(name)
        word: str = chosen or row.value
        if word == "open":
            raise Lacking(f"law:{name}", ko=f"해석이 갈리는 조문입니다: {row.note}", en=f"Disputed reading: {row.note}")
        return word

    # -- recording reasons --------------------------------------------------------------------------------------

    def compare(
        self, code: str, cite: Row | str, term: Term[Any], op: Operator, limit: Any, *, ko: str, en: str
    ) -> bool | None:
        """Record the comparison of a term with a limit; ``{value}`` and ``{limit}`` are filled into the texts."""
        try:
            value = self[term]
        except Lacking as lack:
            return self._record(code, cite, None, ko, en, lack=lack, limit=limit)
        passed = COMPARE[op](value, limit)
        made = Comparison(fact=term.name, value=_brief(value), op=op, limit=_brief(limit))
        return self._record(code, cite, passed, ko, en, comparison=made, limit=limit, asked=(term.name,))

    def test(self, code: str, cite: Row | str, condition: Callable[[], bool], *, ko: str, en: str) -> bool | None:
        """Record a test of any form; the terms that ``condition`` reads are its facts."""
        frame = self._frame
        before = dict(frame.asked)
        frame.asked.clear()
        try:
            passed, lack = condition(), None
        except Lacking as raised:
            passed, lack = None, raised
        asked = tuple(frame.asked)
        frame.asked = {**before, **frame.asked}
        return self._record(code, cite, passed, ko, en, lack=lack, asked=asked)

    def state(self, cite: Row | str, value: T, *, ko: str, en: str, code: str = "") -> T:
        """Record what this rule found out, and return it; ``{value}`` is filled into the texts."""
        frame = self._frame
        passed = self._record(code or frame.rule.name, cite, True, ko, en, found=value, asked=tuple(frame.asked))
        if passed is None:
            raise Lacking(*frame.own[-1].missing)
        return value

    def verdict(self) -> bool:
        """No if a test said no; Lacking if one could not tell; else yes."""
        outcomes = {reason.outcome for reason in self._frame.own}
        if Outcome.NO in outcomes:
            return False
        if Outcome.CANNOT_TELL in outcomes:
            raise Lacking(*dict.fromkeys(name for reason in self._frame.own for name in reason.missing))
        return True

    # -- the machinery ------------------------------------------------------------------------------------------

    @property
    def _frame(self) -> _Frame:
        return self._frames[-1]

    def judge(self, rule: Rule[Any]) -> Finding:
        """Apply one rule, once a case."""
        if rule.name not in self._found:
            self._found[rule.name] = self._given(rule) if rule.name in self.facts else self._applied(rule)
        return self._found[rule.name]

    def _value(self, term: Term[T]) -> T:
        if isinstance(term, Rule):
            finding = self.find(term)
            if finding.outcome is Outcome.CANNOT_TELL:
                raise Lacking(*finding.missing)
            return cast(T, finding.value)
        if term.name in self.facts:
            return cast(T, self.facts[term.name])
        if isinstance(term, Fact) and not isinstance(term.default, _NoDefault):
            return cast(T, term.default)
        raise Lacking(*self.unseen.get(term.name, (term.name,)))

    def _given(self, rule: Rule[Any]) -> Finding:
        value = self.facts[rule.name]
        reason = Reason(
            code=rule.name, rule=rule.name, outcome=Outcome.YES, article=rule.article, given=True,
            ko=f"{rule.ko}: 계산하지 않고 주어진 값을 썼습니다.", en=f"{rule.en}: given, not worked out.",
            facts={rule.name: _brief(value)}, sources=self._sources((rule.name,)),
        )  # fmt: skip
        outcome = Outcome.NO if value is False else Outcome.YES
        return Finding(outcome, value, (reason,), ())

    def _applied(self, rule: Rule[Any]) -> Finding:
        frame = _Frame(rule)
        self._frames.append(frame)
        try:
            value = rule.body(self) if rule.body else None
        except Lacking as lack:
            value = None
            if not any(reason.outcome is Outcome.CANNOT_TELL for reason in frame.own):
                self._record(rule.name, rule.article, None, rule.ko, rule.en, lack=lack)
        finally:
            self._frames.pop()
        outcome = _outcome(rule, value, frame.own)
        missing = tuple(dict.fromkeys(name for reason in frame.own for name in reason.missing))
        shown = tuple({id(reason): reason for reason in frame.shown}.values())
        return Finding(outcome, value, shown, missing if outcome is Outcome.CANNOT_TELL else ())

    def _record(
        self,
        code: str,
        cite: Row | str,
        passed: bool | None,
        ko: str,
        en: str,
        *,
        lack: Lacking | None = None,
        comparison: Comparison | None = None,
        limit: Any = None,
        found: Any = None,
        asked: tuple[str, ...] = (),
    ) -> bool | None:
        frame = self._frame
        missing = lack.names if lack else ()
        doubted = isinstance(cite, Row) and cite.confidence is Confidence.LOW
        if doubted and isinstance(cite, Row):
            passed, missing = None, (f"law:{cite.family}",)
        value = comparison.value if comparison else _brief(found)
        facts = {name: frame.asked.get(name) for name in asked}
        if found is not None:
            facts[frame.rule.name] = _brief(found)
        words = {"value": _shown(value), "limit": _shown(_brief(limit))}
        reason = Reason(
            code=code, rule=frame.rule.name,
            outcome=Outcome.CANNOT_TELL if passed is None else Outcome.YES if passed else Outcome.NO,
            article=cite.cite if isinstance(cite, Row) else cite,
            version=cite.since if isinstance(cite, Row) else None,
            confidence=cite.confidence if isinstance(cite, Row) else "H",
            ko=(lack and lack.ko) or ko.format(**words), en=(lack and lack.en) or en.format(**words),
            facts=facts, sources=self._sources(facts), comparison=comparison, missing=missing if passed is None else (),
        )  # fmt: skip
        frame.own.append(reason)
        frame.shown.append(reason)
        return passed

    def _sources(self, names: Mapping[str, Any] | tuple[str, ...]) -> dict[str, JsonValue]:
        return {name: self.sources[name] for name in names if name in self.sources}


def decide(rule: Rule[Any], case: Case) -> Decision:
    """Apply the rule to the case: the whole answer, ready to be stored and shown."""
    finding = case.judge(rule)
    return Decision(
        rule=rule.name, outcome=finding.outcome, value=rule.adapter.dump_python(finding.value, mode="json")
        if finding.value is not None else None,
        reasons=finding.reasons, missing=finding.missing, as_of=case.as_of, rulebook=case.book.sha256,
    )  # fmt: skip


def _outcome(rule: Rule[Any], value: Any, own: list[Reason]) -> Outcome:
    outcomes = {reason.outcome for reason in own}
    if value is False or Outcome.NO in outcomes:
        return Outcome.NO
    return Outcome.CANNOT_TELL if Outcome.CANNOT_TELL in outcomes else Outcome.YES


def _brief(value: Any) -> JsonValue:
    """A scalar as JSON; lists and objects only by their length: reasons must not copy a household."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list | Mapping):
        return f"({len(value)})"
    return str(value)


def _shown(value: JsonValue) -> str:
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
