"""What a rule answers: never a bare bool, never without its article."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import JsonValue

from domain.model import Model
from domain.words import Outcome, Sha256


class Comparison(Model):
    """What was compared with what: ``fact`` has ``value``, asked is ``op`` ``limit``."""

    fact: str
    value: JsonValue
    op: str
    limit: JsonValue


class Reason(Model):
    """One test or finding. ``code`` names it, ``rule`` the rule it belongs to, ``article`` and ``version`` the law.

    ``sources``: fact → where its value comes from. ``given``: the value was stated instead of worked out.
    ``confidence``: how well the law's own value is known (H, M, L).
    """

    code: str
    rule: str = ""
    outcome: Outcome
    article: str
    version: date | None = None
    confidence: str = "H"
    ko: str
    en: str
    facts: dict[str, JsonValue] = {}
    sources: dict[str, JsonValue] = {}
    given: bool = False
    comparison: Comparison | None = None
    missing: tuple[str, ...] = ()


class Flip(Model):
    """The nearest single change that turns a no into a yes, verified by running the rule again.

    ``advised``: the person's own lawful act. Else it is only shown, with ``warning`` in both languages where needed.
    """

    fact: str
    value: JsonValue
    ko: str
    en: str
    advised: bool = True
    warning_ko: str = ""
    warning_en: str = ""


class Decision(Model):
    """Outcome of a rule for given facts on the day that the rule says decides (``as_of``).

    ``missing``: what must be known before it can be told; empty unless the outcome is *cannot tell*.
    ``causes``: codes of the reasons that made it a no; another reason that says no only concerns the standing.
    """

    rule: str
    outcome: Outcome
    value: Any = None
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    flip: Flip | None = None
    as_of: date
    rulebook: Sha256
