"""What cases in YAML cannot say: the event log as a whole, and order, symmetry and monotony of homes and residence."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from law.catalogue import find_rule, read_facts
from law.rulebook import Rulebook, load
from law.rules import Case, decide

DAY = date(2026, 10, 1)
STATES = {"whole", "part", "public_land", "private_land", "none", "unsure"}
KINDS = {"overheated", "adjusted", "shrinking"}


def value(book: Rulebook, name: str, facts: dict[str, Any], as_of: date = DAY) -> Any:
    rule = find_rule(name)
    decision = decide(rule, Case(as_of, book, read_facts(rule, facts)))
    return decision.value if decision.value is not None else decision.outcome.value


def events(book: Rulebook) -> Any:
    return book.row("regulated_areas", DAY).value["events"]


def test_event_log_is_well_formed(book: Rulebook) -> None:
    days = [event["day"] for event in events(book)]
    assert days == sorted(days)
    for event in events(book):
        assert event["state"] in STATES
        assert event["kind"] in KINDS
        assert event.get("by") in (None, "approval")
        assert event["areas"]
        assert all(area.isdigit() and len(area) in (2, 4, 5) for area in event["areas"])


def test_only_what_was_designated_is_released(book: Rulebook) -> None:
    """Any area named in a release, or one inside it, was designated before."""
    state: dict[tuple[str, str], str] = {}
    for event in events(book):
        for area in event["areas"]:
            known = [key for key in state if key[0] == event["kind"]]
            around = [key for key in known if area.startswith(key[1])]
            inner = [key for key in known if key[1].startswith(area)]
            before = {state[key] for key in inner} | {
                state[max(around, key=lambda key: len(key[1]))] for _ in around[:1]
            }
            assert event["state"] != "none" or before - {"none"}, (event, area)
            for key in inner:
                state[key] = event["state"]
            state[event["kind"], area] = event["state"]


@pytest.mark.parametrize("kind", ["overheated", "adjusted"])
def test_every_area_of_every_event_takes_effect(book: Rulebook, kind: str) -> None:
    last = {(event["day"], area): event["state"] for event in events(book) for area in event["areas"]
            if event["kind"] == kind}  # fmt: skip
    for (day, area), state in last.items():
        if len(area) != 5:
            continue
        facts = {"notice_region": area, "public_land": state == "public_land", "in_designated_part": True,
                 "approval_applied_on": str(day)}  # fmt: skip
        assert value(book, kind, facts, day) == {"none": False, "unsure": "cannot_tell"}.get(state, True), (day, area)


HOMES = st.lists(
    st.fixed_dictionaries({
        "owner": st.sampled_from(["self", "spouse", "child", "parent", "sibling"]),
        "region": st.sampled_from(["41290", "11680", "44150"]),
        "exclusive_area": st.sampled_from(["19", "59", "60", "84.9"]),
        "official_price": st.sampled_from([90_000_000, 150_000_000, 400_000_000]),
        "kind": st.sampled_from(["apartment", "other"]),
        "acquired_on": st.dates(date(2012, 1, 1), date(2027, 1, 1)).map(str),
        "disposed_on": st.none() | st.dates(date(2012, 1, 1), date(2027, 1, 1)).map(str),
    }), max_size=4,
)  # fmt: skip
MEMBERS = [{"relation": "child", "birth_date": "2000-01-01"}, {"relation": "parent", "birth_date": "1950-01-01"}]


def household(homes: list[dict[str, Any]], members: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {"homes": homes, "members": members or MEMBERS, "supply_kind": "general", "housing_kind": "private"}


@given(HOMES)
def test_order_of_homes_and_members_does_not_matter(homes: list[dict[str, Any]]) -> None:
    book = load("normal")
    one = value(book, "counted_homes", household(homes))
    assert one == value(book, "counted_homes", household(homes[::-1], MEMBERS[::-1]))


@given(HOMES)
def test_spouses_are_alike(homes: list[dict[str, Any]]) -> None:
    other = {"self": "spouse", "spouse": "self"}
    swapped = [{**home, "owner": other.get(home["owner"], home["owner"])} for home in homes]
    book = load("normal")
    for name in ("counted_homes", "homeless", "never_owned"):
        assert value(book, name, household(homes)) == value(book, name, household(swapped))


@given(HOMES)
def test_who_never_owned_a_home_has_none(homes: list[dict[str, Any]]) -> None:
    book = load("normal")
    held = value(book, "counted_homes", household(homes))
    assert 0 <= held <= len(homes)
    assert value(book, "homeless", household(homes)) is (held == 0)
    if value(book, "never_owned", household(homes)):
        assert held == 0


@given(st.dates(date(2010, 1, 1), date(2026, 10, 1)), st.integers(0, 400))
def test_residence_only_grows(since: date, later: int) -> None:
    facts = {"notice_region": "41290", "addresses": [{"region": "41290", "since": str(since)}]}
    book = load("normal")
    months = value(book, "resident_months", facts)
    assert months >= 0
    assert value(book, "resident_months", facts, DAY + timedelta(days=later)) >= months


@given(st.integers(0, 300), st.integers(0, 5_000))
def test_wait_list_has_room_for_losers_only(homes: int, applied: int) -> None:
    facts = {"units": {"general": homes}, "applicants_general": applied}
    places = value(load("normal"), "wait_list_general", facts)
    assert 0 <= places <= max(0, applied - homes)
    assert places <= 5 * homes or applied < 6 * homes
