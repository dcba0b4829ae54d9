"""What must hold of every rule of law, whatever the facts: an answer with its reasons and articles, never an exception.

Facts are drawn from the types of the terms that a rule may use, any part of them absent, also results given instead of
worked out. Days are those that ``law.plausible`` lets through; what cannot be true together may come too.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from domain.decisions import Decision
from domain.errors import Invalid
from domain.words import Outcome
from law.catalogue import rules
from law.plausible import FIRST_DAY, LAST_DAY, MOST
from law.rulebook import load
from law.rules import Case, Fact, Rule, Term, decide

DAYS = st.dates(date(2015, 12, 29), date(2030, 12, 31))
PLACES = ("11680", "41290", "41461", "26350", "28177", "36110", "51130", "29110", "46110", "43745", "50110", "00000")
WORDS = ("", "first", "allowed", "not_allowed", "open", "가", "11", "41290", "apartment")
MOST_ITEMS, MOST_GIVEN, MOST_FACTS = 3, 2, 40
quick = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
thorough = settings(max_examples=20_000, deadline=None, suppress_health_check=list(HealthCheck))


SIMPLE: dict[Any, st.SearchStrategy[Any]] = {
    None: st.none(), types.NoneType: st.none(), bool: st.booleans(),
    Any: st.none() | st.integers(0, 100) | st.sampled_from(WORDS),
    date: st.dates(FIRST_DAY, LAST_DAY) | st.dates(date(1980, 1, 1), date(2031, 1, 1)),
}  # fmt: skip


@cache
def values(kind: Any, bounds: tuple[Any, ...] = ()) -> st.SearchStrategy[Any]:
    """Values of a type as a term declares it."""
    origin, args = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return values(args[0], (*bounds, *(found for note in args[1:] for found in _bounds(note))))
    if origin in (Union, types.UnionType):
        return st.one_of([values(arg) for arg in args])
    if origin is Literal:
        return st.sampled_from(args)
    return _plain(kind, dict(bounds)) if origin is None else _many(origin, args)


def _many(origin: Any, args: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    if issubclass(origin, Mapping):
        return st.dictionaries(values(args[0]), values(args[1]), max_size=MOST_ITEMS)
    assert origin is tuple, origin
    if args[-1] is Ellipsis:
        return st.lists(values(args[0]), max_size=MOST_ITEMS).map(tuple)
    return st.tuples(*(values(arg) for arg in args))


def _plain(kind: Any, limits: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    if kind in SIMPLE:
        return SIMPLE[kind]
    if kind is int:
        low, high = limits.get("ge", 0), limits.get("le", MOST)
        near = st.sampled_from([low, min(low + 1, high), high])
        return near | st.integers(low, min(high, low + 300)) | st.integers(low, high)
    if kind is str:
        return _text(limits)
    return _model(kind) if issubclass(kind, BaseModel) else st.sampled_from(list(kind))


def _model(kind: type[BaseModel]) -> st.SearchStrategy[Any]:
    hints = get_type_hints(kind, include_extras=True)
    fields = {name: _field(hints[name], field) for name, field in kind.model_fields.items()}
    return st.fixed_dictionaries(fields).map(lambda drawn: _built(kind, drawn)).filter(lambda one: one is not None)


def _built(model: type[BaseModel], drawn: Mapping[str, Any]) -> BaseModel | None:
    """None where the model refuses the fields together."""
    try:
        return model(**drawn)
    except ValidationError:
        return None


def _field(kind: Any, field: FieldInfo) -> st.SearchStrategy[Any]:
    return values(kind, tuple(bound for note in field.metadata for bound in _bounds(note)))


def _bounds(note: Any) -> list[tuple[str, Any]]:
    """What an annotation says of numbers and text."""
    notes = [note, *getattr(note, "metadata", ())]
    names = ("ge", "le", "pattern", "min_length", "max_length")
    return [(name, getattr(one, name)) for one in notes for name in names if getattr(one, name, None) is not None]


def _text(limits: Mapping[str, Any]) -> st.SearchStrategy[str]:
    pattern, shortest, longest = limits.get("pattern"), limits.get("min_length", 0), limits.get("max_length", 60)
    if pattern == r"^\d{5}$":
        return st.sampled_from(PLACES) | st.from_regex(pattern.replace(r"\d", "[0-9]").replace("$", r"\Z"))
    if pattern is not None:
        text = st.from_regex(pattern.replace(r"\d", "[0-9]").replace("$", r"\Z"))
        return text.filter(lambda found: shortest <= len(found) <= longest)
    return st.sampled_from([word for word in WORDS if len(word) >= shortest])


@cache
def terms_of(name: str) -> tuple[tuple[Term[Any], ...], tuple[Term[Any], ...]]:
    """Facts, and rules whose results may be given."""
    closure = rules()[name].closure.values()
    facts = tuple(term for term in closure if isinstance(term, Fact))
    return facts, tuple(term for term in closure if isinstance(term, Rule))


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, date, dict[str, Any]]:
    name = draw(st.sampled_from(sorted(rules())))
    facts, results = terms_of(name)
    stated = draw(st.lists(st.sampled_from(facts), max_size=MOST_FACTS, unique=True)) if facts else []
    given_ones = draw(st.lists(st.sampled_from(results), max_size=MOST_GIVEN, unique=True)) if results else []
    return name, draw(DAYS), {term.name: draw(values(term.type)) for term in (*stated, *given_ones)}


def answer(name: str, as_of: date, facts: dict[str, Any]) -> Decision | None:
    """None where the rulebook's or the calendar's days end."""
    rule = rules()[name]
    # Through JSON and back: only what the schema lets in counts.
    read = {name: _again(rule.closure[name], value) for name, value in facts.items()}
    try:
        return decide(rule, Case(as_of, load("normal"), read))
    except Invalid as refused:
        if not refused.code.startswith("date_outside_"):
            raise
        return None


def _again(term: Term[Any], value: Any) -> Any:
    return term.adapter.validate_json(term.adapter.dump_json(value), strict=True)


def holds(rule: Rule[Any], decision: Decision) -> None:
    assert decision.outcome in set(Outcome)
    assert decision.reasons
    for reason in decision.reasons:
        assert reason.article, reason
        assert reason.ko, reason
        assert reason.en, reason
    assert bool(decision.missing) is (decision.outcome is Outcome.CANNOT_TELL), decision
    if rule.type is bool:
        assert (decision.value is True) is (decision.outcome is Outcome.YES), decision
    assert Decision.model_validate_json(decision.model_dump_json()) == decision


@quick
@given(cases())
def test_every_rule_answers(case: tuple[str, date, dict[str, Any]]) -> None:
    decision = answer(*case)
    if decision is not None:
        holds(rules()[case[0]], decision)


@pytest.mark.parametrize("name", sorted(rules()))
def test_every_rule_answers_without_any_fact(name: str) -> None:
    decision = answer(name, date(2026, 10, 1), {})
    assert decision is not None
    holds(rules()[name], decision)


@pytest.mark.long
@thorough
@given(cases())
def test_every_rule_answers_at_length(case: tuple[str, date, dict[str, Any]]) -> None:
    decision = answer(*case)
    if decision is not None:
        holds(rules()[case[0]], decision)
