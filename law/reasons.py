"""Building a decision out of its reasons: no if any rule says no, cannot tell if any lacks a fact, else yes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import JsonValue

from domain.decisions import Decision, Flip, Reason
from domain.words import Outcome
from law.parameters import Row
from law.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Cite:
    """Where a rule stands and which of its versions was applied."""

    article: str
    version: date | None = None

    @classmethod
    def of(cls, row: Row) -> Cite:
        return cls(row.cite, row.since)


@dataclass
class Judgement:
    """One rule being applied: collects reasons, then makes the frozen ``Decision``."""

    rule: str
    as_of: date
    rulebook: Rulebook
    reasons: list[Reason] = field(default_factory=list)

    def test(
        self,
        code: str,
        cite: Cite | Row,
        passed: bool | None,
        *,
        ko: str,
        en: str,
        facts: Mapping[str, JsonValue] | None = None,
        missing: Iterable[str] = (),
    ) -> bool | None:
        """Record one comparison. ``passed`` None: a fact is missing, named in ``missing``."""
        where = Cite.of(cite) if isinstance(cite, Row) else cite
        outcome = Outcome.CANNOT_TELL if passed is None else Outcome.YES if passed else Outcome.NO
        self.reasons.append(
            Reason(
                code=code, outcome=outcome, article=where.article, version=where.version, ko=ko, en=en,
                facts=dict(facts or {}), missing=tuple(missing) if passed is None else (),
            )
        )  # fmt: skip
        return passed

    def include(self, decision: Decision) -> Decision:
        """Take over the reasons of a rule that this one rests on."""
        self.reasons.extend(decision.reasons)
        return decision

    @property
    def outcome(self) -> Outcome:
        return weakest(reason.outcome for reason in self.reasons)

    def decision(self, value: Any = None, *, outcome: Outcome | None = None, flip: Flip | None = None) -> Decision:
        """``outcome`` overrides only where the rule is an alternative, not a conjunction."""
        return Decision(
            rule=self.rule, outcome=outcome or self.outcome, value=value, reasons=tuple(self.reasons), flip=flip,
            as_of=self.as_of, rulebook=self.rulebook.sha256,
        )  # fmt: skip


def weakest(outcomes: Iterable[Outcome]) -> Outcome:
    """A conjunction: one no is a no, else one unknown is unknown."""
    found = set(outcomes)
    if Outcome.NO in found:
        return Outcome.NO
    return Outcome.CANNOT_TELL if Outcome.CANNOT_TELL in found else Outcome.YES


def known(outcome: Outcome) -> bool | None:
    """Outcome as a three-valued truth."""
    return None if outcome is Outcome.CANNOT_TELL else outcome is Outcome.YES


def flipped(decision: Decision, flip: Flip | None) -> Decision:
    """The same decision with the nearest change that would flip it."""
    return decision.model_copy(update={"flip": flip})
