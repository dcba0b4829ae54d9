"""Whatever facts a schema lets through, every rule answers: no exception, and a no has flips that can be searched."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.errors import FixInput
from domain.words import Outcome
from law.answer import FIRST_DAY, LAST_DAY, answer, question
from law.catalogue import facts_schema, find_rule, rules
from law.counterfactual import flips
from law.rulebook import load

REGIONS = ("11680", "41290", "26110", "51110", "12110", "36110", "50110", "43745", "28290", "47210")
# What a type lets through may still be impossible together; it is never mistyped.
IMPOSSIBLE = frozenset({"impossible_facts", "unknown_region"})
REGION = r"^\d{5}$"
DAYS = st.dates(date(1935, 1, 1), date(2035, 12, 31)) | st.dates(FIRST_DAY, LAST_DAY)
NUMBERS = st.integers(0, 40) | st.integers(0, 10**10)


@st.composite
def questions(draw: st.DrawFn) -> tuple[str, str, dict[str, Any]]:
    """A rule, a day, and facts of its own schema: nearly all, some, or few of them; now and then a result given."""
    name = draw(st.sampled_from(sorted(rules())))
    schema = schema_of(name)
    asked = schema["properties"]
    facts = [key for key in asked if asked[key]["x-term"] == "fact"]
    given_too = [key for key in asked if asked[key]["x-term"] == "rule"]
    left_out = draw(st.sets(st.sampled_from(facts), max_size=3) if facts else st.just(set()))
    stated = [key for key in facts if key not in left_out]
    if given_too and draw(st.integers(0, 3)) == 0:
        stated.append(draw(st.sampled_from(given_too)))
    values = {key: draw(valued(asked[key], schema.get("$defs", {}))) for key in stated}
    return name, draw(st.dates(FIRST_DAY, LAST_DAY)).isoformat(), values


@cache
def schema_of(name: str) -> dict[str, Any]:
    return facts_schema(find_rule(name))


def valued(schema: dict[str, Any], defined: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values of a JSON Schema as the catalogue writes them."""
    if "$ref" in schema:
        return valued(defined[schema["$ref"].rpartition("/")[2]], defined)
    if "anyOf" in schema:
        return st.one_of([valued(one, defined) for one in schema["anyOf"]])
    if "const" in schema or "enum" in schema:
        return st.sampled_from(schema.get("enum") or [schema["const"]])
    return MAKERS[schema["type"]](schema, defined)


def text(schema: dict[str, Any], _: dict[str, Any]) -> st.SearchStrategy[str]:
    if schema.get("format") == "date":
        return DAYS.map(date.isoformat)
    if schema.get("pattern") == REGION:
        return st.sampled_from(REGIONS)
    if "pattern" in schema:
        return st.from_regex(schema["pattern"].removesuffix("$") + r"\Z")
    return st.text(min_size=schema.get("minLength", 0), max_size=schema.get("maxLength", 9))


def number(schema: dict[str, Any], _: dict[str, Any]) -> st.SearchStrategy[int]:
    low, high = schema.get("minimum", 0), schema.get("maximum", 10**15)
    return st.sampled_from((low, high)) | NUMBERS.map(lambda found: min(max(found, low), high))


def several(schema: dict[str, Any], defined: dict[str, Any]) -> st.SearchStrategy[Any]:
    if "prefixItems" in schema:
        return st.tuples(*(valued(one, defined) for one in schema["prefixItems"])).map(list)
    return st.lists(valued(schema["items"], defined), max_size=3)


def mapping(schema: dict[str, Any], defined: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    if "properties" not in schema:
        keys = valued(schema.get("propertyNames", {"type": "string"}), defined)
        return st.dictionaries(keys, valued(schema["additionalProperties"], defined), max_size=3)
    made = {key: valued(one, defined) for key, one in schema["properties"].items()}
    needed = {key: made.pop(key) for key in schema.get("required", ())}
    return st.fixed_dictionaries(needed, optional=made)


MAKERS: dict[str, Any] = {
    "boolean": lambda *_: st.booleans(), "null": lambda *_: st.none(), "integer": number, "string": text,
    "array": several, "object": mapping,
}  # fmt: skip


def asked(case: tuple[str, str, dict[str, Any]]) -> None:
    name, day, facts = case
    try:
        found = question(load("normal"), name, day, facts)
        decision = answer(found)
    except FixInput as refused:
        if refused.code in IMPOSSIBLE:
            return
        raise
    assert decision.reasons
    assert (decision.outcome is Outcome.CANNOT_TELL) == bool(decision.missing)
    if decision.outcome is Outcome.NO:
        assert all(flip.ko and flip.en for flip in flips(found.rule, found.case, decision))


relaxed = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large]}


@settings(max_examples=300, **relaxed)  # type: ignore[arg-type]
@given(case=questions())
def test_every_rule_answers(case: tuple[str, str, dict[str, Any]]) -> None:
    asked(case)


@pytest.mark.long
@settings(max_examples=5_000, **relaxed)  # type: ignore[arg-type]
@given(case=questions())
def test_every_rule_answers_at_length(case: tuple[str, str, dict[str, Any]]) -> None:
    asked(case)


def test_the_first_and_the_last_day_without_any_fact() -> None:
    for name in rules():
        for day in (FIRST_DAY, LAST_DAY, FIRST_DAY + timedelta(days=1)):
            assert answer(question(load("normal"), name, day.isoformat(), {})).reasons, name
