"""Every rule of law by name, each with the schema of its facts and of its value; and JSON as the facts of a case.

A rule belongs to the catalogue by standing in a module of ``law.subscription`` or ``law.sale``.
"""

from __future__ import annotations

import difflib
import importlib
import json
import pkgutil
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from types import MappingProxyType, ModuleType
from typing import Any

from pydantic import JsonValue, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

import law.sale
import law.subscription
from domain.errors import Invalid, UnknownThing
from law.rules import Fact, Rule, Term
from law.strict_yaml import LawDataError
from law.terms import has_default

SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema"
# Names and words that people send may be personal data: only what looks like a name of law is repeated to them.
PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,59}")
HIDDEN = "(…)"
FAULTS: dict[str, tuple[str, str]] = {
    "int_type": ("정수가 아닙니다", "not an integer"),
    "int_parsing": ("정수가 아닙니다", "not an integer"),
    "int_from_float": ("정수가 아닙니다", "not an integer"),
    "bool_type": ("true 또는 false가 아닙니다", "neither true nor false"),
    "string_type": ("글자가 아닙니다", "not text"),
    "string_pattern_mismatch": ("정해진 형식이 아닙니다", "text of another form than {pattern}"),
    "string_too_long": ("너무 깁니다", "too long"),
    "string_too_short": ("너무 짧습니다", "too short"),
    "date_type": ("날짜(YYYY-MM-DD)가 아닙니다", "not a date (YYYY-MM-DD)"),
    "date_parsing": ("날짜(YYYY-MM-DD)가 아닙니다", "not a date (YYYY-MM-DD)"),
    "date_from_datetime_parsing": ("날짜(YYYY-MM-DD)가 아닙니다", "not a date (YYYY-MM-DD)"),
    "date_from_datetime_inexact": ("날짜(YYYY-MM-DD)가 아닙니다", "not a date (YYYY-MM-DD)"),
    "enum": ("쓸 수 있는 말: {expected}", "not one of {expected}"),
    "literal_error": ("쓸 수 있는 말: {expected}", "not one of {expected}"),
    "missing": ("빠졌습니다", "missing"),
    "extra_forbidden": ("쓰지 않는 항목입니다", "not an item that is used"),
    "greater_than_equal": ("{ge} 이상이어야 합니다", "must be at least {ge}"),
    "less_than_equal": ("{le} 이하여야 합니다", "must be at most {le}"),
    "tuple_type": ("목록이 아닙니다", "not a list"),
    "list_type": ("목록이 아닙니다", "not a list"),
    "dict_type": ("이름과 값의 묶음이 아닙니다", "not an object"),
    "model_type": ("이름과 값의 묶음이 아닙니다", "not an object"),
    "model_attributes_type": ("이름과 값의 묶음이 아닙니다", "not an object"),
}


@cache
def rules() -> Mapping[str, Rule[Any]]:
    """Every rule by its name, in alphabetical order. LawDataError where two rules or terms share a name."""
    found: dict[str, Rule[Any]] = {}
    for module in modules():
        for value in vars(module).values():
            if isinstance(value, Rule) and found.setdefault(value.name, value) is not value:
                raise LawDataError(f"two rules are called {value.name}")
    terms(found.values())
    return MappingProxyType(dict(sorted(found.items())))


def terms(of: Iterable[Rule[Any]]) -> Mapping[str, Term[Any]]:
    """Every term by its name, the rules themselves included. LawDataError where two share a name."""
    found: dict[str, Term[Any]] = {}
    first: dict[str, str] = {}
    for rule in of:
        for name, term in {rule.name: rule, **rule.closure}.items():
            by = first.setdefault(name, rule.name)
            if found.setdefault(name, term) is not term:
                raise LawDataError(f"two terms are called {name}: one of the rule {by}, one of {rule.name}")
    return MappingProxyType(dict(sorted(found.items())))


def modules() -> Iterator[ModuleType]:
    """The modules in which rules are written."""
    for package in (law.subscription, law.sale):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            yield importlib.import_module(found.name)


def find_rule(name: str) -> Rule[Any]:
    """UnknownThing (``unknown_rule``), with the nearest names, for a name that is no rule."""
    known = rules()
    if name not in known:
        near = ", ".join(difflib.get_close_matches(name[:60], known, 3, 0.5)) or "onjip law list"
        raise UnknownThing(
            "unknown_rule", ko=f"없는 규칙입니다. 비슷한 이름: {near}", en=f"There is no such rule. Nearest: {near}",
            field="rule",
        )  # fmt: skip
    return known[name]


# -- what a rule asks for and what it answers --------------------------------------------------------------------


def describe(rule: Rule[Any]) -> dict[str, Any]:
    """The rule for a reader that is a program: names, article, JSON Schema of its facts and of its value."""
    return {
        "name": rule.name, "ko": rule.ko, "en": rule.en, "article": rule.article, "trigger": rule.trigger,
        "unit": rule.unit, "asks": sorted(term.name for term in rule.asks),
        "facts": facts_schema(rule), "value": value_schema(rule),
    }  # fmt: skip


def facts_schema(rule: Rule[Any]) -> dict[str, Any]:
    """JSON Schema of the object ``facts``. Nothing is required: what is missing *and* decides is named in the answer.

    ``x-term``: ``fact``, or ``rule`` for what would be worked out where it is not given. ``x-advice``: ``Advice``.
    """
    asked = dict(sorted(rule.closure.items()))
    made, definitions = TypeAdapter.json_schemas([(name, "validation", term.adapter) for name, term in asked.items()])
    properties = {name: {**made[name, "validation"], **_about(term)} for name, term in asked.items()}
    schema = {"$schema": SCHEMA_DIALECT, "type": "object", "properties": properties, "additionalProperties": False}
    return {**schema, **definitions}


def value_schema(rule: Rule[Any]) -> dict[str, Any]:
    """JSON Schema of ``value`` where the outcome is not *cannot tell*."""
    return {
        "$schema": SCHEMA_DIALECT, **rule.adapter.json_schema(mode="serialization"),
        "title": rule.ko, "description": rule.en, **_unit(rule),
    }  # fmt: skip


def _about(term: Term[Any]) -> dict[str, JsonValue]:
    told: dict[str, JsonValue] = {"title": term.ko, "description": f"{term.ko} · {term.en}", **_unit(term)}
    told["x-term"] = "rule" if isinstance(term, Rule) else "fact"
    told["x-advice"] = term.advice.value
    if isinstance(term, Fact) and has_default(term):
        told["default"] = term.adapter.dump_python(term.default, mode="json")
    return told


def _unit(term: Term[Any]) -> dict[str, JsonValue]:
    return {"x-unit": term.unit} if term.unit else {}


# -- facts from outside ------------------------------------------------------------------------------------------


def read_facts(rule: Rule[Any], stated: Mapping[str, Any]) -> dict[str, Any]:
    """JSON values as the facts of a case for ``rule``. Invalid names the first fact that it cannot take.

    ``unexpected_fact``: the rule cannot use it; ``mistyped_fact``: wrong type or impossible value.
    """
    return {name: _read(rule, name, value) for name, value in stated.items()}


def named(text: str) -> str:
    """A name as it may be repeated in a message."""
    return text if PLAIN_NAME.fullmatch(text) else HIDDEN


def _read(rule: Rule[Any], name: str, value: Any) -> Any:
    term = rule.closure.get(name)
    if term is None:
        near = ", ".join(difflib.get_close_matches(name[:60], rule.closure, 3, 0.5))
        near = near or f"onjip law list --rule {rule.name}"
        raise Invalid(
            "unexpected_fact",
            ko=f"{rule.name} 규칙이 쓰지 않는 항목입니다: {named(name)}. 쓸 수 있는 비슷한 항목: {near}",
            en=f"{rule.name} does not use the fact {named(name)}. Nearest: {near}",
            field=named(name),
        )
    try:
        return term.adapter.validate_json(json.dumps(value), strict=True)
    except ValidationError as error:
        # Values may be personal data: only the place and the kind of the fault are told.
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(part if isinstance(part, str) else str(part) for part in _place(name, first))
        ko, en = _fault(first)
        raise Invalid(
            "mistyped_fact",
            ko=f"{term.ko} 값의 형식이 다릅니다 ({where}: {ko}).",
            en=f"{term.en}: the value has the wrong form ({where}: {en}).",
            field=where,
        ) from None


def _place(name: str, error: ErrorDetails) -> Iterator[str]:
    yield name
    for part in error["loc"]:
        yield str(part) if isinstance(part, int) else named(part)


def _fault(error: ErrorDetails) -> tuple[str, str]:
    """What is wrong in plain words; the context of an error holds limits of the type, never what was sent."""
    ko, en = FAULTS.get(error["type"], (error["type"], error["type"]))
    context = error.get("ctx", {})
    return ko.format(**context), en.format(**context)
