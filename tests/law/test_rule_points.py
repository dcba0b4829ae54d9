"""What must hold of the points system whatever the facts: bounds, monotony, symmetry of spouses, order of members."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.decisions import Decision
from domain.words import HousingKind, Outcome, SupplyKind
from law.calendar import add_months
from law.catalogue import find_rule
from law.rulebook import load
from law.rules import Case, decide
from law.vocabulary import Home, Member

few = settings(max_examples=30, deadline=None, derandomize=True)
DAYS = st.dates(date(2016, 1, 1), date(2030, 12, 31))
LONG_AGO = date(1940, 1, 1)
MOST = {"homeless_points": 32, "dependant_points": 35, "account_points": 17, "points": 84}
Facts = dict[str, Any]


@st.composite
def members(draw: st.DrawFn) -> Member:
    return Member(
        relation=draw(st.sampled_from(["child", "parent", "spouse_parent", "grandchild", "sibling"])),
        birth_date=draw(st.dates(LONG_AGO, date(2030, 12, 31))),
        married=draw(st.sampled_from([True, False, None])), divorced=draw(st.booleans()),
        on_register_since=draw(st.none() | st.dates(date(2010, 1, 1), date(2030, 12, 31))),
        with_spouse_only=draw(st.booleans()), parents_dead=draw(st.booleans()),
        abroad_days=draw(st.sampled_from([0, 90, 91])),
    )  # fmt: skip


@st.composite
def homes(draw: st.DrawFn) -> Home:
    acquired_on = draw(st.dates(date(1990, 1, 1), date(2030, 12, 31)))
    return Home(
        owner=draw(st.sampled_from(["self", "spouse", "parent"])), region="41290",
        exclusive_area=draw(st.sampled_from(["15", "59.9", "84.9"])),
        official_price=draw(st.sampled_from([100_000_000, 700_000_000])), kind="apartment", acquired_on=acquired_on,
        disposed_on=draw(st.none() | st.dates(acquired_on, date(2030, 12, 31))),
    )  # fmt: skip


@st.composite
def households(draw: st.DrawFn) -> Facts:
    born, spouse_born = (draw(st.dates(LONG_AGO, date(2010, 1, 1))) for _ in range(2))
    married = draw(st.booleans())
    return {
        "birth_date": born, "head": draw(st.booleans()), "married": married,
        "marriage_registered_on": draw(st.dates(LONG_AGO, date(2030, 12, 31))) if married else None,
        "spouse_birth_date": spouse_born if married else None,
        "members": tuple(draw(st.lists(members(), max_size=7))),
        "homes": tuple(draw(st.lists(homes(), max_size=3))),
        "account_opened_on": draw(st.none() | st.dates(born, date(2030, 12, 31))),
        "spouse_account_opened_on": draw(st.none() | st.dates(spouse_born, date(2030, 12, 31))),
        "housing_kind": HousingKind.PRIVATE, "supply_kind": SupplyKind.GENERAL,
    }  # fmt: skip


def judged(rule: str, facts: Facts, as_of: date) -> Decision:
    known = find_rule(rule)
    return decide(known, Case(as_of, load("normal"), {name: facts[name] for name in facts if name in known.closure}))


@few
@given(facts=households(), as_of=DAYS)
def test_bounds_and_sum(facts: Facts, as_of: date) -> None:
    found = {rule: judged(rule, facts, as_of) for rule in MOST}
    for rule, most in MOST.items():
        assert found[rule].value is None or 0 <= found[rule].value <= most
    parts = [found[rule].value for rule in MOST if rule != "points"]
    assert found["points"].value == (None if None in parts else sum(parts))
    assert (found["points"].outcome is Outcome.CANNOT_TELL) is (None in parts)


@few
@given(facts=households(), as_of=DAYS, whose=st.sampled_from(["", "spouse_"]), older=st.integers(0, 4_000))
def test_an_older_account_never_lowers_points(facts: Facts, as_of: date, whose: str, older: int) -> None:
    opened = facts[f"{whose}account_opened_on"] or as_of
    earlier = {**facts, f"{whose}account_opened_on": max(LONG_AGO, opened - timedelta(days=older))}
    before, after = (judged("account_points", one, as_of).value for one in (facts, earlier))
    assert before is not None
    assert after >= before


@few
@given(facts=households(), as_of=DAYS, later=st.integers(0, 2_000))
def test_waiting_never_lowers_own_account_points(facts: Facts, as_of: date, later: int) -> None:
    now, then = (judged("own_account_points", facts, day).value for day in (as_of, as_of + timedelta(days=later)))
    assert then >= now


@few
@given(facts=households(), as_of=DAYS)
def test_one_more_child_never_lowers_points(facts: Facts, as_of: date) -> None:
    baby = Member(relation="child", birth_date=as_of)
    before = judged("dependants_at_least", facts, as_of).value
    assert judged("dependants_at_least", {**facts, "members": (*facts["members"], baby)}, as_of).value == before + 1


@few
@given(facts=households(), as_of=DAYS, seed=st.integers(0, 99))
def test_order_of_members_and_homes_is_irrelevant(facts: Facts, as_of: date, seed: int) -> None:
    mixed = {name: tuple(Random(seed).sample(facts[name], len(facts[name]))) for name in ("members", "homes")}
    one, other = (judged("points", stated, as_of) for stated in (facts, {**facts, **mixed}))
    assert (one.outcome, one.value, set(one.missing)) == (other.outcome, other.value, set(other.missing))


@few
@given(facts=households(), as_of=DAYS)
def test_it_does_not_matter_which_spouse_holds_or_held_a_home(facts: Facts, as_of: date) -> None:
    other = {"self": "spouse", "spouse": "self"}
    swapped = tuple(home.model_copy(update={"owner": other.get(home.owner, home.owner)}) for home in facts["homes"])
    for rule in ("homeless_start", "homeless_points", "counted_homes"):
        one, two = (judged(rule, stated, as_of) for stated in (facts, {**facts, "homes": swapped}))
        assert (one.outcome, one.value) == (two.outcome, two.value)


@few
@given(facts=households(), as_of=DAYS)
def test_recognised_months_are_counted_alike_for_both_spouses(facts: Facts, as_of: date) -> None:
    spouse = {
        "spouse_birth_date": facts["birth_date"], "spouse_account_opened_on": facts["account_opened_on"],
    }  # fmt: skip
    own = judged("account_months", facts, as_of).value
    assert judged("spouse_account_months", {**facts, **spouse}, as_of).value == own


@few
@given(facts=households(), as_of=DAYS)
def test_a_home_now_gives_no_points_for_the_time_without_one(facts: Facts, as_of: date) -> None:
    home = Home(region="11680", exclusive_area="84.9", official_price=900_000_000, acquired_on=as_of)
    assert judged("homeless_points", {**facts, "homes": (home,)}, as_of).value == 0


@few
@given(
    facts=households(), as_of=DAYS,
    item=st.sampled_from(["birth_date", "married", "marriage_registered_on", "members", "homes", "account_opened_on"]),
)  # fmt: skip
def test_a_missing_fact_is_named_and_never_guessed(facts: Facts, as_of: date, item: str) -> None:
    whole, without = judged("points", facts, as_of), {name: facts[name] for name in facts if name != item}
    told = judged("points", without, as_of)
    if told.outcome is Outcome.CANNOT_TELL:
        assert told.value is None
        assert item in told.missing or whole.outcome is Outcome.CANNOT_TELL
    else:
        assert told.value == whole.value


def test_every_month_of_the_account() -> None:
    as_of = date(2026, 10, 1)
    for months in range(200):
        facts = {"birth_date": date(1970, 1, 1), "account_opened_on": add_months(as_of, -months)}
        expected = 1 if months < 6 else 2 if months < 12 else min(17, months // 12 + 2)
        assert judged("own_account_points", facts, as_of).value == expected, months
