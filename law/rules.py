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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, TypeVar, cast

from pydantic import JsonValue

from domain.decisions import Comparison, Decision, Reason
from domain.words import Outcome
from law.parameters import Confidence, Row
from law.rulebook import Rulebook
from law.strict_yaml import LawDataError
from law.terms import Advice, Fact, Lacking, Rule, Term, Trigger, has_default, rule
from law.value_words import korean, spoken, topic

__all__ = ["Advice", "Case", "Fact", "Finding", "Lacking", "Rule", "Term", "Trigger", "decide", "rule"]
T = TypeVar("T")
Operator = Literal[">=", ">", "<=", "<", "==", "!="]
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found. ``reasons``: those of the rules it rests on first, its own last. ``causes``: codes of the
    tests that made it a no, down to the last one."""

    outcome: Outcome
    value: Any
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...]
    causes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Mark:
    """What of a reason decides, where nobody reads its words."""

    code: str
    outcome: Outcome
    missing: tuple[str, ...]


@dataclass
class _Frame:
    """One rule being applied."""

    rule: Rule[Any]
    own: list[Reason | _Mark] = field(default_factory=list)
    shown: list[Reason] = field(default_factory=list)  # in the order in which they were found, others' included
    asked: dict[str, JsonValue] = field(default_factory=dict)
    included: set[str] = field(default_factory=set)
    required: dict[str, tuple[str, ...]] = field(default_factory=dict)  # rule → its causes

    @property
    def causes(self) -> tuple[str, ...]:
        no = (reason.code for reason in self.own if reason.outcome is Outcome.NO)
        return tuple(dict.fromkeys(cause for code in no for cause in self.required.get(code) or (code,)))


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
    quiet: bool = False  # only outcomes and values, no reasons: for searches that run a rule many times
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

    def given(self, rule: Rule[Any]) -> bool:
        """Was the rule's result stated instead of its facts?"""
        return rule.name in self.facts

    def find(self, rule: Rule[Any]) -> Finding:
        """A rule that this one rests on, with its outcome; its reasons are shown, but do not decide."""
        finding = self.judge(rule)
        frame = self._frame
        if not self.quiet and rule.name not in frame.included:
            frame.included.add(rule.name)
            frame.shown.extend(finding.reasons)
        return finding

    def require(self, rule: Rule[Any]) -> Outcome:
        """A rule that this one rests on and whose no is a no of this one."""
        finding, frame = self.find(rule), self._frame
        frame.required[rule.name] = finding.causes
        if self.quiet:
            frame.own.append(_Mark(rule.name, finding.outcome, finding.missing))
            return finding.outcome
        reason = Reason(
            code=rule.name, rule=frame.rule.name, outcome=finding.outcome, article=rule.article, ko=rule.ko, en=rule.en,
            missing=finding.missing,
        )  # fmt: skip
        frame.own.append(reason)
        if finding.outcome is Outcome.NO and not finding.causes:
            frame.shown.append(reason)  # a given no has no test of its own
        return finding.outcome

    # -- reading the law ----------------------------------------------------------------------------------------

    def row(self, family: str, on: date | None = None) -> Row:
        """The parameter in force on ``on`` (without it: on ``as_of``). Lacking where the data has a stated gap."""
        day = on or self.as_of
        row = self.book.row(family, day)
        if row.value is None:
            about = topic(self.book.family(family).description, row.cite)
            raise Lacking(
                f"law:{family}",
                ko=f"{day} 기준의 값을 확인하지 못했습니다: {about}. {korean(row.note)}".rstrip(),
                en=f"The value of {family} on {day} could not be confirmed. {row.note}",
            )
        return row

    def reading(self, name: str, switch: Fact[str | None]) -> str:
        """A disputed reading: as the case states it, else as the rulebook does. Lacking where it is left open."""
        chosen = self[switch]
        row = self.row(name)
        word: str = chosen or row.value
        if word == "open":
            about = topic(self.book.family(name).description, row.cite)
            ko = f"해석이 갈리는 조문입니다: {about}. {korean(row.note)}".rstrip()
            raise Lacking(f"law:{name}", ko=ko, en=f"Disputed reading: {row.note}")
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
        if isinstance(term, Fact) and has_default(term):
            return cast(T, term.default)
        raise Lacking(term.name)

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
        if outcome is Outcome.NO and rule.type is bool:
            value = False  # a test said no before something else was found lacking
        missing = tuple(dict.fromkeys(name for reason in frame.own for name in reason.missing))
        shown = () if self.quiet else tuple({id(reason): reason for reason in frame.shown}.values())
        missing = missing if outcome is Outcome.CANNOT_TELL else ()
        return Finding(outcome, value, shown, missing, frame.causes if outcome is Outcome.NO else ())

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
        missing = tuple(item for name in lack.names for item in self.unseen.get(name, (name,))) if lack else ()
        doubted = isinstance(cite, Row) and cite.confidence is Confidence.LOW
        if doubted and isinstance(cite, Row):
            passed, missing = None, (f"law:{cite.family}",)
        outcome = Outcome.CANNOT_TELL if passed is None else Outcome.YES if passed else Outcome.NO
        if self.quiet:
            frame.own.append(_Mark(code, outcome, missing if passed is None else ()))
            return passed
        value = comparison.value if comparison else _brief(found)
        facts = {name: frame.asked.get(name) for name in asked}
        if found is not None:
            facts[frame.rule.name] = _brief(found)
        subject = comparison.fact if comparison else frame.rule.name
        said, against = spoken(subject, found if found is not None else value), spoken(subject, limit)
        reason = Reason(
            code=code, rule=frame.rule.name,
            outcome=outcome, article=cite.cite if isinstance(cite, Row) else cite,
            version=cite.since if isinstance(cite, Row) else None,
            confidence=cite.confidence if isinstance(cite, Row) else "H",
            ko=(lack and lack.ko) or _filled(ko, said[0], against[0]),
            en=(lack and lack.en) or _filled(en, said[1], against[1]),
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
        reasons=finding.reasons, missing=finding.missing, causes=finding.causes, as_of=case.as_of,
        rulebook=case.book.sha256,
    )  # fmt: skip


def _outcome(rule: Rule[Any], value: Any, own: Sequence[Reason | _Mark]) -> Outcome:
    outcomes = {reason.outcome for reason in own}
    if value is False or Outcome.NO in outcomes:
        return Outcome.NO
    return Outcome.CANNOT_TELL if Outcome.CANNOT_TELL in outcomes else Outcome.YES


def _filled(text: str, value: str, limit: str) -> str:
    """Only these two words are filled in: a text may hold any other brace."""
    return text.replace("{value}", value).replace("{limit}", limit)


def _brief(value: Any) -> JsonValue:
    """A scalar as JSON; lists and objects only by their length: reasons must not copy a household."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list | Mapping):
        return f"({len(value)})"
    return str(value)
