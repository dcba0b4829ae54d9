"""Register answers become the facts of a case, each with its source; what no register has answered is named."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from domain.errors import Malformed
from domain.facts import Fact, Item, PersonFacts
from domain.words import Agency
from law.registers import assemble

BORN = date(1989, 4, 12)


def fact(item: Item, value: object, source: Agency = Agency.RESIDENTS) -> Fact:
    issued = datetime(2026, 10, 1, tzinfo=UTC)
    return Fact.model_validate(
        {
            "item": item, "value": value, "source": source, "as_of": date(2026, 10, 1), "issued_at": issued,
            "document_no": "R-1", "sha256": "0" * 64,
        }
    )  # fmt: skip


def person(*facts: Fact) -> PersonFacts:
    return PersonFacts(person_id=uuid4(), birth_date=BORN, facts=facts)


def test_facts_become_a_household_with_their_sources() -> None:
    marriage = fact(Item.MARRIAGE, {"married": True, "registered_on": "2020-01-01"})
    known = assemble(person(marriage), person(fact(Item.INCOME, {"year": 2025, "monthly_average": 3_000_000})))
    assert known.facts["married"] is True
    assert known.facts["marriage_registered_on"] == date(2020, 1, 1)
    assert known.facts["spouse_income_monthly"] == 3_000_000
    assert set(known.sources) == {"married", "marriage_registered_on", "spouse_income_monthly"}
    assert known.facts["homes_unseen"] == ("self", "spouse")
    assert known.unseen["homes_unseen"] == ("home_ownership", "spouse.home_ownership")
    assert known.unseen["income_monthly"] == ("income",)


def test_grown_members_whose_registers_were_not_asked_are_unseen() -> None:
    members = [
        {"relation": "self", "name": "본인", "birth_date": "1989-04-12"},
        {"relation": "child", "name": "자녀", "birth_date": "2005-05-05"},
        {"relation": "parent", "name": "모", "birth_date": "1960-01-01"},
    ]
    known = assemble(person(fact(Item.HOUSEHOLD, {"head": True, "members": members})))
    assert "child" not in known.on(date(2024, 5, 4), 19).facts["homes_unseen"]
    grown = known.on(date(2024, 5, 5), 19)
    assert grown.facts["homes_unseen"][-2:] == ("child", "parent")
    assert grown.unseen["homes_unseen"][-1] == "parent.home_ownership"


def test_assets_are_those_of_both_spouses_or_unknown() -> None:
    marriage = fact(Item.MARRIAGE, {"married": True, "registered_on": "2020-01-01"})
    income = {"year": 2025, "monthly_average": 1, "property_value": 5, "car_value": 2}
    told = person(marriage, fact(Item.INCOME, income))
    assert "property_value" not in assemble(told).facts
    both = assemble(told, person(fact(Item.INCOME, {**income, "car_value": None})))
    assert both.facts["property_value"] == 10
    assert "car_value" not in both.facts


def test_an_unreadable_answer_is_refused_without_repeating_it() -> None:
    secret = "개포로"
    with pytest.raises(Malformed) as caught:
        assemble(person(fact(Item.ADDRESS_HISTORY, {"addresses": [{"road_address": secret}]})))
    assert secret not in str(caught.value) + caught.value.ko
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
