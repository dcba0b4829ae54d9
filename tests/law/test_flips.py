"""A counterfactual is a promise: applying it must turn the answer around."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.decisions import Flip
from domain.words import Outcome
from law.eligibility import first_rank
from law.household import Applicant
from law.wish import Wish

few = settings(max_examples=80, deadline=None)
FACTS = st.fixed_dictionaries({
    "opened_on": st.dates(date(2023, 1, 1), date(2026, 10, 1)), "payments": st.integers(0, 30),
    "deposit": st.sampled_from([0, 1_999_999, 2_000_000]), "head": st.booleans(),
    "wins": st.lists(st.dates(date(2020, 1, 1), date(2026, 9, 30)), max_size=2),
})  # fmt: skip
TERMS = st.fixed_dictionaries(
    {"regulated": st.booleans(), "housing_kind": st.sampled_from(["private", "public"]), "capital_area": st.booleans()}
)


def facts_of(drawn: dict[str, Any]) -> dict[str, Any]:
    wins = [{"notice_no": "1", "won_on": day, "regulated": True} for day in drawn["wins"]]
    return {
        "birth_date": date(1985, 1, 1), "home_ownership": {"homes": []}, "past_wins": {"wins": wins},
        "marriage": {"married": False}, "household": {"head": drawn["head"], "members": []},
        "address_history": {"addresses": [{"region": "41290", "road_address": "가", "moved_in": date(2010, 1, 1)}]},
        "subscription_account": {
            "opened_on": drawn["opened_on"], "payments_recognised": drawn["payments"], "amount_recognised": 0,
            "deposit": drawn["deposit"],
        },
    }  # fmt: skip


def after(wish: Wish, flip: Flip) -> Wish:
    """The wish with the flip's one fact changed, done here independently of the rule's own search."""
    if flip.fact == "notice_date":
        day = date.fromisoformat(str(flip.value))
        return replace(wish, notice=wish.notice.model_copy(update={"notice_date": day}))
    facts = wish.applicant.model_dump()
    item, field = flip.fact.split(".")
    facts[item][field] = flip.value
    return replace(wish, applicant=Applicant.model_validate(facts))


@few
@given(drawn=FACTS, terms=TERMS)
def test_every_flip_flips(build_wish: Callable[..., Wish], drawn: dict[str, Any], terms: dict[str, Any]) -> None:
    wish = build_wish(facts_of(drawn), date(2026, 10, 1), **terms)
    decision = first_rank(wish)
    failing = [reason.code for reason in decision.reasons if reason.outcome is Outcome.NO]
    assert (decision.outcome is Outcome.NO) == bool(failing)
    if decision.flip is not None:
        assert first_rank(after(wish, decision.flip)).outcome is Outcome.YES
    elif decision.outcome is Outcome.NO:
        assert len(failing) > 1
