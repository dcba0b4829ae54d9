"""The words of law: a fact that somebody must state, or a rule that follows from other terms."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar, get_type_hints

from pydantic import TypeAdapter

if TYPE_CHECKING:
    from law.rules import Case

T = TypeVar("T")
Body = Callable[["Case"], T]


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
class Term(ABC, Generic[T]):
    """A word of law with its type, its names and what may be said of changing it."""

    name: str
    ko: str
    en: str
    advice: Advice = Advice.NEVER
    unit: str = ""

    @property
    @abstractmethod
    def type(self) -> Any:
        """What its values are: a Python type as pydantic reads it."""

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


def has_default(fact: Fact[Any]) -> bool:
    """Does the fact hold some way unless somebody claims otherwise?"""
    return not isinstance(fact.default, _NoDefault)
