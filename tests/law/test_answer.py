"""Whatever is asked ends in a decision or in an error of ours, and the error repeats nothing of what was asked."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import FixInput, Invalid, OnjipError
from domain.words import Outcome
from law import vocabulary as v
from law.answer import Question, answer, question
from law.rulebook import Rulebook, load
from law.rules import Case, rule
from law.strict_yaml import LawDataError

SECRET = "홍길동 900101-1234567"
few = settings(max_examples=80, deadline=None)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)


@rule("ends", v.working, ko="끝", en="ends", article="법 제1조")
def ends(case: Case) -> bool:
    if case[v.working]:
        case.book.calendar.on_or_after(date(2100, 1, 1))
    raise LawDataError("no fixed period")


@rule("broken", v.working, ko="고장", en="broken", article="법 제1조")
def broken(case: Case) -> int:
    return 1 // int(case[v.working])


@pytest.mark.parametrize(
    ("as_of", "code"),
    [
        ("2015-12-28", "date_outside_rulebook"), ("2031-01-01", "date_outside_rulebook"), ("2026-02-29", "bad_date"),
        ("20261001", "bad_date"), ("2026-10-01T00:00:00", "bad_date"), ("٢٠٢٦-10-01", "bad_date"),
        (20261001, "bad_date"), (None, "bad_date"), ("", "bad_date"), (SECRET, "bad_date"),
    ],
)  # fmt: skip
def test_days(as_of: Any, code: str, book: Rulebook) -> None:
    with pytest.raises(Invalid) as refused:
        question(book, "brokerage_ceiling", as_of, {"sale_price": 1})
    assert refused.value.code == code
    assert SECRET not in f"{refused.value.ko} {refused.value.en}"


def test_the_first_and_the_last_day(book: Rulebook) -> None:
    for day in ("2015-12-29", "2030-12-31"):
        assert answer(question(book, "brokerage_ceiling", day, {"sale_price": 1})).as_of == date.fromisoformat(day)


def test_where_the_data_end_it_cannot_be_told(book: Rulebook) -> None:
    for working in (True, False):
        told = answer(Question(ends, Case(date(2026, 10, 1), book, {"working": working})))
        assert told.outcome is Outcome.CANNOT_TELL
        assert told.missing == ("law:ends",)
        assert told.reasons[0].article == "법 제1조"


def test_a_broken_rule_is_named(book: Rulebook) -> None:
    with pytest.raises(OnjipError, match="broken") as failed:
        answer(Question(broken, Case(date(2026, 10, 1), book, {"working": False})))
    assert failed.value.code == "rule_failed"


def test_sources_reach_the_reasons(book: Rulebook) -> None:
    sources = {"sale_price": {"contract": "c-1"}}
    told = answer(question(book, "brokerage_ceiling", "2026-10-01", {"sale_price": 1}, sources))
    assert sources in [reason.sources for reason in told.reasons]
    with pytest.raises(Invalid) as refused:
        question(book, "brokerage_ceiling", "2026-10-01", {"sale_price": 1}, {SECRET: "x"})
    assert refused.value.code == "unexpected_source"
    assert SECRET not in f"{refused.value.ko} {refused.value.en}"


@few
@given(name=ANYTHING, as_of=ANYTHING, facts=ANYTHING, sources=ANYTHING)
def test_no_question_breaks_it(name: Any, as_of: Any, facts: Any, sources: Any) -> None:
    book = load("normal")
    for rule_name, day in ((name, as_of), ("brokerage_ceiling", "2026-10-01")):
        try:
            answer(question(book, rule_name, day, facts, sources))
        except FixInput:
            continue


@few
@given(facts=st.dictionaries(st.sampled_from(["sale_prize", "lease_deposit", SECRET]), ANYTHING, min_size=1))
def test_nothing_of_the_facts_is_repeated(facts: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        question(load("normal"), "brokerage_ceiling", "2026-10-01", facts)
    assert SECRET not in f"{refused.value.ko} {refused.value.en} {refused.value.field}"
