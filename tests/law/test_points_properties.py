"""What must hold of points whatever the facts: bounds, monotony, irrelevance of order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.notices import Notice
from domain.words import Outcome
from law.account import deposit_for
from law.calendar import add_months
from law.household import Applicant
from law.points import points
from law.rulebook import Rulebook, load

DAY = date(2026, 10, 1)
few = settings(max_examples=60, deadline=None)


def account(opened_on: date) -> dict[str, Any]:
    return {"opened_on": opened_on, "payments_recognised": 0, "amount_recognised": 0, "deposit": 0}


@st.composite
def households(draw: st.DrawFn) -> dict[str, Any]:
    birth = draw(st.dates(date(1940, 1, 1), date(2007, 10, 1)))
    married = draw(st.booleans())
    members = draw(st.lists(st.dates(date(2000, 1, 1), DAY), max_size=8))
    registered_on = draw(st.dates(birth + timedelta(days=7000), date(2026, 12, 1)))
    facts: dict[str, Any] = {
        "birth_date": birth,
        "marriage": {"married": married, "registered_on": registered_on},
        "household": {
            "head": True, "members": [{"relation": "child", "name": "자녀", "birth_date": day} for day in members],
        },
        "home_ownership": {"homes": []},
        "subscription_account": account(draw(st.dates(birth, DAY))),
    }  # fmt: skip
    if married:
        facts["spouse"] = {
            "birth_date": birth, "home_ownership": {"homes": []},
            "subscription_account": account(draw(st.dates(birth, DAY))),
        }  # fmt: skip
    return facts


def scored(facts: dict[str, Any], notice: Notice) -> dict[str, int | None]:
    value: dict[str, int | None] = points(Applicant.model_validate(facts), notice, load("normal")).value
    return value


@pytest.fixture(scope="module")
def notice(build_notice: Callable[..., Notice]) -> Notice:
    return build_notice(DAY)


@few
@given(facts=households())
def test_bounds(notice: Notice, facts: dict[str, Any]) -> None:
    value = scored(facts, notice)
    for part, most in (("homeless", 32), ("dependants", 35), ("account", 17), ("total", 84)):
        assert value[part] is None or 0 <= (value[part] or 0) <= most
    parts = [value[part] for part in ("homeless", "dependants", "account")]
    assert value["total"] == (None if None in parts else sum(part or 0 for part in parts))


@few
@given(facts=households(), months=st.integers(1, 60))
def test_an_older_account_never_lowers_points(notice: Notice, facts: dict[str, Any], months: int) -> None:
    younger = scored(facts, notice)["account"] or 0
    opened_on = max(facts["birth_date"], add_months(facts["subscription_account"]["opened_on"], -months))
    older = scored({**facts, "subscription_account": account(opened_on)}, notice)["account"] or 0
    assert older >= younger


@few
@given(facts=households())
def test_one_more_child_never_lowers_points(notice: Notice, facts: dict[str, Any]) -> None:
    before = scored(facts, notice)["dependants"]
    baby = {"relation": "child", "name": "아기", "birth_date": DAY - timedelta(days=1)}
    more = {**facts, "household": {"head": True, "members": [*facts["household"]["members"], baby]}}
    after = scored(more, notice)["dependants"]
    assert (before is None) == (after is None)
    assert (after or 0) >= (before or 0)


@few
@given(facts=households(), random=st.randoms(use_true_random=False))
def test_order_of_members_does_not_matter(notice: Notice, facts: dict[str, Any], random: Any) -> None:
    members = facts["household"]["members"]
    shuffled = {**facts, "household": {"head": True, "members": random.sample(members, len(members))}}
    assert scored(shuffled, notice) == scored(facts, notice)


@few
@given(facts=households(), item=st.sampled_from(["marriage", "home_ownership", "subscription_account", "household"]))
def test_a_missing_fact_is_named_and_never_guessed(notice: Notice, facts: dict[str, Any], item: str) -> None:
    decision = points(Applicant.model_validate({**facts, item: None}), notice, load("normal"))
    named = {name for reason in decision.reasons for name in reason.missing}
    if decision.outcome is Outcome.CANNOT_TELL:
        assert decision.value["total"] is None
        assert named
    else:
        assert item not in named


@pytest.mark.parametrize(
    ("region", "area", "won"),
    [
        ("28177", "84.9", 2_500_000), ("28177", "102.0", 4_000_000), ("28177", "134.9", 7_000_000),
        ("28177", "140", 10_000_000), ("41290", "84.9", 2_000_000), ("41290", "102", 3_000_000),
        ("41290", "135", 4_000_000), ("41290", "135.01", 5_000_000), ("11680", "85", 3_000_000),
        ("11680", "85.01", 6_000_000), ("26350", "102.01", 10_000_000), ("36110", "200", 5_000_000),
    ],
)  # fmt: skip
def test_deposit_by_residence_and_area(book: Rulebook, region: str, area: str, won: int) -> None:
    assert deposit_for(region, area, DAY, book) == won
