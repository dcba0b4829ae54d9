"""Combinations as properties: order, spouses, one more line; and what a win does to other lines."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.words import HousingKind, Outcome, SupplyKind
from law.rulebook import Rulebook, load
from law.rules import Case, decide
from law.subscription.combinations import Application, combination
from law.subscription.double_wins import win_effects

few = settings(max_examples=50, deadline=None)
DAY = date(2026, 11, 1)


def refusals(lines: list[Application], **facts: Any) -> list[str]:
    case = Case(DAY, load("normal"), {"wanted": tuple(lines), "spouses": (("a", "b"),), **facts})
    return sorted(one.code for one in decide(combination, case).reasons if one.outcome is Outcome.NO)


def line(person: str = "a", notice: str = "n1", kind: str = "general", **terms: Any) -> Application:
    filled = {"housing_kind": HousingKind.PRIVATE, "announcement_date": date(2026, 12, 1), **terms}
    return Application(person=person, notice_id=notice, supply_kind=SupplyKind(kind), **filled)


LINES = st.lists(
    st.builds(
        Application, person=st.sampled_from("abc"), notice_id=st.sampled_from(["n1", "n2"]), model_no=st.just("01"),
        supply_kind=st.sampled_from(SupplyKind), housing_kind=st.sampled_from(HousingKind),
        announcement_date=st.sampled_from([date(2026, 12, 1), date(2026, 12, 2)]), rental=st.booleans(),
        land_lease=st.booleans(),
    ),
    min_size=1, max_size=5,
)  # fmt: skip


@few
@given(LINES, st.randoms(use_true_random=False))
def test_order_of_lines_does_not_matter(lines: list[Application], random: Any) -> None:
    assert refusals(lines) == refusals(random.sample(lines, len(lines)))


@few
@given(LINES)
def test_spouses_are_symmetric(lines: list[Application]) -> None:
    swap = {"a": "b", "b": "a", "c": "c"}
    assert refusals(lines) == refusals([one.model_copy(update={"person": swap[one.person]}) for one in lines])


@few
@given(LINES, LINES)
def test_one_more_line_never_heals(lines: list[Application], more: list[Application]) -> None:
    if refusals(lines):
        assert refusals(lines + more)


LATER = date(2026, 12, 8)


@pytest.mark.parametrize(
    ("one", "other", "codes"),
    [
        (line(), line("b", "n2", bars=False), {"both_stand"}),
        (line(kind="newlywed"), line("b", "n2", kind="first_home"), {"couple_first"}),
        (line(), line("b", "n2", kind="first_home"), {"couple_first_possible"}),
        (line(kind="newlywed"), line("c", "n2", kind="first_home"), {"household_double"}),
        (line("a", "n1", bars=True), line("a", "n2", regulated=True, announcement_date=LATER),
         {"waiting_lost", "account_used", "rewin_bars"}),
        (line("a", "n1"), line("c", "n2", regulated=True, announcement_date=LATER), {"rewin_may_bar"}),
        (line("a", "n1", bars=True), line("c", "n2", regulated=False, announcement_date=LATER), set()),
        (line("a", "n1", bars=False), line("c", "n2", regulated=True, announcement_date=LATER), set()),
        (line(kind="newlywed", bars=False), line("c", "n2", kind="first_home", announcement_date=LATER),
         {"special_once"}),
        (line(), line("c", "n2", pre=True, bars=False, regulated=False), {"pre_lost"}),
        (line(pre=True), line("c", "n2", pre=True, regulated=False), {"pre_barred"}),
    ],
)  # fmt: skip
def test_effects_of_a_win(one: Application, other: Application, codes: set[str]) -> None:
    case = Case(DAY, load("normal"), {"wanted": (one, other), "spouses": (("a", "b"),)})
    effects = decide(win_effects, case).value
    assert {effect["code"] for effect in effects if (effect["won"], effect["other"]) == (0, 1)} == codes


def test_a_couple_before_the_article_is_told_as_open(book: Rulebook) -> None:
    lines = (line(kind="newlywed"), line("b", "n2", kind="first_home"))
    decision = decide(win_effects, Case(date(2024, 3, 24), book, {"wanted": lines, "spouses": (("b", "a"),)}))
    assert {effect["code"] for effect in decision.value} == {"couple_open"}
