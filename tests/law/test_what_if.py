"""The same question with some facts changed: both answers, and only the reasons that came out otherwise."""

from __future__ import annotations

from datetime import date

from domain.words import Outcome
from law import vocabulary as v
from law.answer import Question, question
from law.rulebook import Rulebook
from law.rules import Case, rule
from law.what_if import what_if

ARTICLE = "법 제1조"
DAY = date(2026, 10, 1)


@rule("fits", v.account_deposit, v.head, v.members, ko="충족", en="fits", article=ARTICLE)
def fits(case: Case) -> bool:
    case.compare("deposit", ARTICLE, v.account_deposit, ">=", 100, ko="{value}", en="{value}")
    for member in case[v.members]:
        case.test("grown", ARTICLE, lambda one=member: one.birth_date.year < 2000, ko="성년", en="grown")  # type: ignore[misc]
    case.test("head", ARTICLE, lambda: case[v.head], ko="세대주", en="head")
    return case.verdict()


def asked(book: Rulebook, **facts: object) -> Question:
    known = {"account_deposit": 50, "head": True, "members": ()}
    return Question(fits, Case(DAY, book, {**known, **facts}, {"account_deposit": "bank"}))


def test_a_changed_fact_turns_the_answer(book: Rulebook) -> None:
    found = what_if(asked(book), {"account_deposit": 100, "head": True})
    assert (found.before.outcome, found.after.outcome) == (Outcome.NO, Outcome.YES)
    assert found.turned
    assert found.changed == ("account_deposit",)
    (difference,) = found.differences
    assert difference.code == "deposit"
    assert difference.before is not None
    assert difference.before.sources == {"account_deposit": "bank"}
    assert difference.after is not None
    assert difference.after.sources == {}


def test_a_change_that_changes_nothing(book: Rulebook) -> None:
    found = what_if(asked(book), {"head": True})
    assert (found.turned, found.changed, found.differences) == (False, (), ())


def test_the_same_test_made_several_times(book: Rulebook) -> None:
    old, young = (v.Member(relation="other", birth_date=date(year, 1, 1)) for year in (1990, 2010))
    found = what_if(asked(book, account_deposit=100, members=(old,)), {"members": (old, young)})
    (difference,) = found.differences
    assert (difference.code, difference.before) == ("grown", None)
    assert found.after.outcome is Outcome.NO


def test_another_day_is_that_days_law(book: Rulebook) -> None:
    found = what_if(
        question(book, "brokerage_ceiling", "2026-10-01", {"sale_price": 600_000_000}), {}, date(2021, 10, 18)
    )
    assert found.changed == ("as_of",)
    assert found.before.value == 2_400_000
    assert found.after.value != found.before.value
