"""Every rule is described so that a program can ask it; what it cannot take is refused without being repeated."""

from __future__ import annotations

import json
from datetime import date
from typing import Any, Literal

import pytest

from domain.errors import Invalid, UnknownThing
from law import vocabulary
from law.catalogue import describe, find_rule, read_facts, rules, terms
from law.rules import Advice, Case, Fact, Rule, rule
from law.strict_yaml import LawDataError

SECRET = "홍길동 900101-1234567"
colour = Fact[Literal["red", "blue"]]("colour", "색", "colour", kind=Literal["red", "blue"], default="red")


@rule("painted", colour, vocabulary.homes, vocabulary.notice_region, ko="칠", en="painted", article="법 제1조")
def painted(case: Case) -> bool:
    return case[colour] == "red"


@pytest.fixture(scope="module")
def described() -> list[dict[str, Any]]:
    return [describe(one) for one in rules().values()]


def test_every_rule_is_described(described: list[dict[str, Any]]) -> None:
    for told in described:
        assert told["ko"]
        assert told["en"]
        assert told["article"]
        assert json.loads(json.dumps(told)) == told, told["name"]
        assert told["facts"]["additionalProperties"] is False
        assert set(told["asks"]) <= set(told["facts"]["properties"])
        for name, property_ in told["facts"]["properties"].items():
            assert " · " in property_["description"], name
            assert property_["x-advice"] in set(Advice)
            assert property_["x-term"] in {"fact", "rule"}


def test_every_reference_leads_somewhere(described: list[dict[str, Any]]) -> None:
    for told in described:
        for schema in (told["facts"], told["value"]):
            for reference in references(schema):
                assert reference.removeprefix("#/$defs/") in schema["$defs"], told["name"]


def references(schema: Any) -> list[str]:
    if isinstance(schema, list):
        return [found for item in schema for found in references(item)]
    if not isinstance(schema, dict):
        return []
    own = [schema["$ref"]] if isinstance(schema.get("$ref"), str) else []
    return own + [found for item in schema.values() for found in references(item)]


def test_a_schema_says_defaults_words_and_dates() -> None:
    facts = describe(painted)["facts"]
    assert facts["properties"]["colour"]["default"] == "red"
    assert facts["properties"]["colour"]["enum"] == ["red", "blue"]
    assert facts["properties"]["notice_region"]["pattern"] == r"^\d{5}$"
    assert facts["$defs"]["Home"]["properties"]["acquired_on"]["format"] == "date"
    assert facts["$defs"]["Home"]["additionalProperties"] is False


def test_the_schema_of_a_sum() -> None:
    told = describe(find_rule("brokerage_ceiling"))
    assert told["facts"]["properties"]["sale_price"]["minimum"] == 0
    assert told["value"]["type"] == "integer"
    assert told["value"]["x-unit"] == "won"


def test_two_terms_of_one_name_are_refused() -> None:
    other = Fact[int]("colour", "색", "colour", kind=int)
    twin = Rule[bool]("repainted", "칠", "painted", body=painted.body, asks=(other,), article="법 제1조")
    with pytest.raises(LawDataError, match="two terms are called colour"):
        terms((painted, twin))


def test_an_unknown_rule_names_the_nearest() -> None:
    with pytest.raises(UnknownThing, match="brokerage_ceiling"):
        find_rule("brokerage_cieling")
    with pytest.raises(UnknownThing, match="law list"):
        find_rule("?" * 10_000)


@pytest.mark.parametrize(
    ("facts", "code", "words"),
    [
        ({"color": "red"}, "unexpected_fact", "Nearest: colour"),
        ({SECRET: 1}, "unexpected_fact", r"\(…\)"),
        ({"colour": "green"}, "mistyped_fact", "'red' or 'blue'"),
        ({"notice_region": SECRET}, "mistyped_fact", "another form"),
        ({"notice_region": 41290}, "mistyped_fact", "not text"),
        ({"homes": {}}, "mistyped_fact", "not a list"),
        ({"homes": [{"region": "41290", SECRET: 1}]}, "mistyped_fact", "homes.0"),
        ({"homes": None}, "mistyped_fact", "not a list"),
    ],
)
def test_facts_that_cannot_be_taken(facts: dict[str, Any], code: str, words: str) -> None:
    with pytest.raises(Invalid, match=words) as refused:
        read_facts(painted, facts)
    assert refused.value.code == code
    told = f"{refused.value.ko} {refused.value.en} {refused.value.field}"
    assert SECRET not in told
    assert refused.value.__cause__ is None


def test_facts_become_values_of_their_types() -> None:
    home = {"region": "41290", "exclusive_area": "59.9", "official_price": 1, "acquired_on": "2020-02-29"}
    read = read_facts(painted, {"homes": [home], "colour": "blue"})
    assert read["homes"][0].acquired_on == date(2020, 2, 29)
    assert read["colour"] == "blue"
