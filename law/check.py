"""Is the law's data whole? Every day of every family, every citation, every name, and nothing that nobody reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import law
from law.answer import FIRST_DAY, LAST_DAY
from law.catalogue import rules, terms
from law.parameters import Family, Row, Unit
from law.rulebook import NORMAL, Rulebook, load
from law.rules import Rule
from law.strict_yaml import LawDataError, read
from law.usage import Usage

ROOT = Path(law.__file__).resolve().parents[1]
LEFT_OUT = ROOT / "law" / "left_out.yaml"
LEFT_OUT_KEYS = {"law", "article", "matter", "why"}
CITED = ("law", "article", "source", "confidence", "verified")
UNREADABLE = "law"
# Everything that may read a parameter.
READING_FOLDERS = ("law", "activities", "workflows", "api", "contracts", "store", "domain", "onjip")
# A rule that says this reads every period, by the name that it is asked for.
DURATIONS = "Unit.DURATION"
RULE_MODULES = ("law.subscription", "law.sale")


class Problem(NamedTuple):
    """``where``: a family, rule, fact or file."""

    where: str
    what: str


def problems(root: Path = ROOT) -> list[Problem]:
    """Everything wrong with the law of this program. Empty: it may be relied on as far as it says."""
    try:
        book, known = load(NORMAL), rules()
    except LawDataError as error:
        # Half a law is not looked at further.
        return [Problem(UNREADABLE, str(error))]
    usage = Usage(root, READING_FOLDERS)
    return [*of_families(book), *of_rules(known.values()), *of_usage(book, usage), *of_left_out(root)]


def of_families(book: Rulebook) -> Iterator[Problem]:
    for family in book.families.values():
        if not family.description:
            yield Problem(family.name, "no description")
        yield from of_days(family)
        for row in family.rows:
            yield from of_citation(row)


def of_days(family: Family) -> Iterator[Problem]:
    """One value, or one stated gap, on each day from the rulebook's first to its last."""
    day = FIRST_DAY
    for row in sorted(family.rows, key=lambda one: one.since):
        until = row.until or date.max
        if until < row.since:
            yield Problem(family.name, f"the row from {row.since} ends before it begins")
            continue
        if row.since > day:
            yield Problem(family.name, f"no value from {day} to {row.since - timedelta(days=1)}")
        elif row.since < day and day != FIRST_DAY:
            yield Problem(family.name, f"two values from {row.since}")
        if row.value is None and not row.note:
            yield Problem(family.name, f"the gap from {row.since} does not say why")
        if until >= day:
            day = until if until == date.max else until + timedelta(days=1)
    if day <= LAST_DAY:
        yield Problem(family.name, f"no value from {day} to {LAST_DAY}")


def of_citation(row: Row) -> Iterator[Problem]:
    for name in CITED:
        if not getattr(row, name):
            yield Problem(row.family, f"the row from {row.since} has no {name}")


def of_rules(known: Iterable[Rule[Any]]) -> Iterator[Problem]:
    known = list(known)
    for rule in known:
        if not rule.article:
            yield Problem(rule.name, "the rule has no article")
        if rule.body is None or rule.type is None:
            yield Problem(rule.name, "the rule has no body or its value no type")
    try:
        for term in terms(known).values():
            if not term.ko or not term.en:
                yield Problem(term.name, "the term has no Korean or no English name")
    except LawDataError as error:
        yield Problem("terms", str(error))


def of_usage(book: Rulebook, usage: Usage) -> Iterator[Problem]:
    read_by_name = usage.anywhere(book.families)
    if any(usage.names(DURATIONS, prefix) for prefix in RULE_MODULES):
        read_by_name |= {name for name, family in book.families.items() if family.unit is Unit.DURATION}
    for name in sorted(set(book.families) - read_by_name):
        yield Problem(name, "no rule reads this family")
    for prefix in RULE_MODULES:
        for module, name in usage.read_but_unknown(book.families, prefix):
            yield Problem(module, f"reads the family {name}, which does not exist")


def of_left_out(root: Path) -> Iterator[Problem]:
    for number, entry in enumerate(left_out(root), start=1):
        if not isinstance(entry, dict) or set(entry) != LEFT_OUT_KEYS or not all(entry.values()):
            yield Problem("left_out.yaml", f"entry {number} must have {', '.join(sorted(LEFT_OUT_KEYS))}")


def left_out(root: Path = ROOT) -> list[Any]:
    """What is not in the rulebook, as ``law/left_out.yaml`` states it."""
    found = read(root / "law" / LEFT_OUT.name)
    return found if isinstance(found, list) else [found]
