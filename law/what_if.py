"""The same question with some facts changed: both answers side by side, and the reasons that are not the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from domain.decisions import Decision, Reason
from domain.model import Model
from law.answer import Question, answer
from law.rules import Case

SEEN = frozenset({"outcome", "article", "version", "facts", "given", "comparison", "missing"})


class Difference(Model):
    """One test as it came out before and after. None: the rule did not get that far."""

    rule: str
    code: str
    before: Reason | None
    after: Reason | None


class WhatIf(Model):
    """``turned``: the outcome or the value is another one."""

    before: Decision
    after: Decision
    changed: tuple[str, ...]
    turned: bool
    differences: tuple[Difference, ...]


def what_if(asked: Question, changes: Mapping[str, Any], as_of: date | None = None) -> WhatIf:
    """``changes``: facts as values of their terms' own types, on top of those of the question; a day, if it changes."""
    case = asked.case
    facts = {**case.facts, **changes}
    kept = {name: source for name, source in case.sources.items() if name not in changes}
    other = Case(as_of or case.as_of, case.book, facts, kept, case.unseen)
    before, after = answer(asked), answer(Question(asked.rule, other))
    changed = sorted(name for name in changes if name not in case.facts or case.facts[name] != changes[name])
    if other.as_of != case.as_of:
        changed.append("as_of")
    turned = (before.outcome, before.value) != (after.outcome, after.value)
    differences = _differences(before.reasons, after.reasons)
    return WhatIf(before=before, after=after, changed=tuple(changed), turned=turned, differences=differences)


def _differences(before: tuple[Reason, ...], after: tuple[Reason, ...]) -> tuple[Difference, ...]:
    was, becomes = _by_place(before), _by_place(after)
    return tuple(
        Difference(rule=rule, code=code, before=was.get((rule, code, place)), after=becomes.get((rule, code, place)))
        for rule, code, place in {**was, **becomes}
        if _seen(was.get((rule, code, place))) != _seen(becomes.get((rule, code, place)))
    )


def _by_place(reasons: tuple[Reason, ...]) -> dict[tuple[str, str, int], Reason]:
    """A rule may make the same test several times, once a member: the first with the first."""
    counted: Counter[tuple[str, str]] = Counter()
    placed = {}
    for reason in reasons:
        key = (reason.rule, reason.code)
        placed[(*key, counted[key])] = reason
        counted[key] += 1
    return placed


def _seen(reason: Reason | None) -> Any:
    return None if reason is None else reason.model_dump(include=set(SEEN))
