"""What a rule answers: never a bare bool, never without its article."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import JsonValue

from domain.model import Model
from domain.words import Outcome, Sha256


class Reason(Model):
    """One rule applied: ``code`` names the rule, ``article`` and ``version`` where it stands in law."""

    code: str
    outcome: Outcome
    article: str
    version: date | None = None
    ko: str
    en: str
    facts: dict[str, JsonValue] = {}
    missing: tuple[str, ...] = ()


class Flip(Model):
    """The nearest single change that turns a no into a yes, verified by running the rule again."""

    fact: str
    value: JsonValue
    ko: str
    en: str


class Decision(Model):
    """Outcome of a rule for given facts on the day that the rule says decides (``as_of``)."""

    rule: str
    outcome: Outcome
    value: Any = None
    reasons: tuple[Reason, ...]
    flip: Flip | None = None
    as_of: date
    rulebook: Sha256
