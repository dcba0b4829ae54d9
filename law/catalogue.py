"""All rules by name, and how facts that somebody typed or sent become the facts of a case.

A rule belongs to the catalogue by standing in a module of ``law.subscription`` or ``law.sale``.
"""

from __future__ import annotations

import difflib
import importlib
import json
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType, ModuleType
from typing import Any

from pydantic import ValidationError

import law.sale
import law.subscription
from domain.errors import Invalid, UnknownThing
from law.rules import Rule
from law.strict_yaml import LawDataError


@cache
def rules() -> Mapping[str, Rule[Any]]:
    """Every rule by its name, in alphabetical order. LawDataError where two rules or terms share a name."""
    found: dict[str, Rule[Any]] = {}
    for module in _modules():
        for value in vars(module).values():
            if isinstance(value, Rule) and found.setdefault(value.name, value) is not value:
                raise LawDataError(f"two rules are called {value.name}")
    _one_term_a_name(found)
    return MappingProxyType(dict(sorted(found.items())))


def find_rule(name: str) -> Rule[Any]:
    """UnknownThing (``unknown_rule``), with the nearest names, for a name that is no rule."""
    known = rules()
    if name not in known:
        near = ", ".join(difflib.get_close_matches(name, known, 3)) or "law list"
        raise UnknownThing(
            "unknown_rule", ko=f"없는 규칙입니다. 비슷한 이름: {near}", en=f"There is no such rule. Nearest: {near}"
        )
    return known[name]


def read_facts(rule: Rule[Any], stated: Mapping[str, Any]) -> dict[str, Any]:
    """JSON values as the facts of a case for ``rule``. Invalid names the first fact that it cannot take.

    ``unexpected_fact``: the rule cannot use it; ``mistyped_fact``: wrong type or impossible value.
    """
    return {name: _read(rule, name, value) for name, value in stated.items()}


def _read(rule: Rule[Any], name: str, value: Any) -> Any:
    term = rule.closure.get(name)
    if term is None:
        near = ", ".join(difflib.get_close_matches(name, rule.closure, 3)) or f"law list --rule {rule.name}"
        raise Invalid(
            "unexpected_fact",
            ko=f"{rule.name} 규칙이 쓰지 않는 항목입니다: {name[:60]}. 쓸 수 있는 비슷한 항목: {near}",
            en=f"{rule.name} does not use the fact {name[:60]}. Nearest: {near}",
            field=name[:60],
        )
    try:
        return term.adapter.validate_json(json.dumps(value), strict=True)
    except ValidationError as error:
        # Values may be personal data: only the place and the kind of the fault are told.
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in (name, *first["loc"]))
        raise Invalid(
            "mistyped_fact",
            ko=f"{term.ko} 값의 형식이 다릅니다 ({where}: {first['type']}).",
            en=f"{term.en}: the value has the wrong form ({where}: {first['type']}).",
            field=where,
        ) from None


def _modules() -> Iterator[ModuleType]:
    for package in (law.subscription, law.sale):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            yield importlib.import_module(found.name)


def _one_term_a_name(found: Mapping[str, Rule[Any]]) -> None:
    terms: dict[str, Any] = dict(found)
    for rule in found.values():
        for name, term in rule.closure.items():
            if terms.setdefault(name, term) is not term:
                raise LawDataError(f"two terms are called {name}")
