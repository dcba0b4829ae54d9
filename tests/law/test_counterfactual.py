"""Every flip that is offered flips: a day is the first one, a value is the nearest one, and nobody is told to marry."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.decisions import Flip
from domain.words import HousingKind, Outcome
from law import vocabulary as v
from law.calendar import full_months, full_years
from law.catalogue import find_rule, read_facts
from law.counterfactual import AS_OF, advice_of, flips, with_flip
from law.rulebook import Rulebook, load
from law.rules import Advice, Case, Fact, Lacking, Rule, Trigger, decide, rule
from law.strict_yaml import read

DAY = date(2026, 10, 1)
ARTICLE = "법 제1조"
runs = [0]
seat = Fact[Literal["front", "back"]]("seat", "자리", "seat", Advice.ACT, kind=Literal["front", "back"])
unlucky = Fact[bool]("unlucky", "불운", "unlucky", kind=bool, default=False)


@rule("months", v.account_opened_on, ko="가입 기간", en="months of the account", article=ARTICLE, unit="months")
def months(case: Case) -> int:
    opened = case[v.account_opened_on]
    return 0 if opened is None else full_months(opened, case.as_of)


@rule("people", v.members, ko="세대원 수", en="people", article=ARTICLE)
def people(case: Case) -> int:
    return 1 + len(case[v.members])


@rule("calm", v.head, ko="안정", en="calm", article=ARTICLE)
def calm(case: Case) -> bool:
    case.test("calm.head", ARTICLE, lambda: case[v.head], ko="세대주", en="head")
    return case.verdict()


@rule(
    "allowed", months, people, calm, v.account_deposit, v.housing_kind, v.married, v.birth_date, seat, unlucky,
    ko="허용", en="allowed", article=ARTICLE,
)  # fmt: skip
def allowed(case: Case) -> bool:
    runs[0] += 1
    case.compare("months", ARTICLE, months, ">=", 24, ko="{value}/{limit}", en="{value}/{limit}")
    case.compare("deposit", ARTICLE, v.account_deposit, ">", 2_999_999, ko="{value}", en="{value}")
    case.compare("people", ARTICLE, people, "<=", 4, ko="{value}", en="{value}")
    case.require(calm)
    case.test("kind", ARTICLE, lambda: case[v.housing_kind] is HousingKind.PRIVATE, ko="민영", en="private")
    case.test("seat", ARTICLE, lambda: case[seat] == "front", ko="앞", en="front")
    case.test("luck", ARTICLE, lambda: not case[unlucky], ko="운", en="luck")
    case.test("single", ARTICLE, lambda: not case[v.married], ko="혼인", en="married")
    case.test("young", ARTICLE, lambda: full_years(case[v.birth_date], case.as_of) < 60, ko="나이", en="age")
    return case.verdict()


@rule("window", ko="기간", en="window", article=ARTICLE, trigger=Trigger.FILING)
def window(case: Case) -> bool:
    if case.as_of.year == 2027:
        raise Lacking("law:window")
    return case.as_of.year >= 2028


GOOD: dict[str, Any] = {
    "account_opened_on": date(2020, 1, 1), "account_deposit": 3_000_000, "members": (), "head": True, "seat": "front",
    "housing_kind": HousingKind.PRIVATE, "married": False, "birth_date": date(1990, 1, 1),
}  # fmt: skip


def offered(book: Rulebook, /, as_of: date = DAY, *, of: Rule[Any] = allowed, **changed: Any) -> dict[str, Flip]:
    found = flips(of, Case(as_of, book, {**GOOD, **changed} if of is allowed else changed))
    assert len({flip.fact for flip in found}) == len(found)
    return {flip.fact: flip for flip in found}


def test_a_yes_and_a_cannot_tell_have_no_flip(book: Rulebook) -> None:
    assert offered(book) == {}
    assert flips(allowed, Case(DAY, book, {})) == ()


def test_waiting(book: Rulebook) -> None:
    found = offered(book, account_opened_on=date(2025, 2, 28))
    assert list(found) == [AS_OF, "months"]
    day = found[AS_OF]
    assert day.value == "2027-02-28"
    assert day.advised
    assert "2027-02-28 이후의 모집공고부터" in day.ko
    assert "for notices from 2027-02-28" in day.en
    assert (found["months"].value, found["months"].advised) == (24, True)
    assert "24개월 이상" in found["months"].ko


def test_waiting_beyond_the_rulebook_says_so(book: Rulebook) -> None:
    found = offered(book, as_of=date(2029, 12, 31), account_opened_on=date(2029, 12, 31))
    assert found[AS_OF].value == "2031-12-31"
    assert "그대로" in found[AS_OF].ko


def test_waiting_does_not_help_who_grows_too_old(book: Rulebook) -> None:
    found = offered(book, account_opened_on=date(2026, 1, 1), birth_date=date(1967, 1, 1))
    assert AS_OF not in found
    assert "months" in found


def test_an_amount_is_the_nearest_that_passes(book: Rulebook) -> None:
    found = offered(book, account_deposit=2_000_000)
    assert list(found) == ["account_deposit"]
    assert found["account_deposit"].value == 3_000_000
    assert "3,000,000원 이상이 된 뒤의 모집공고부터" in found["account_deposit"].ko


def test_household_and_marriage_are_shown_with_the_warning(book: Rulebook) -> None:
    for changed in ({"married": True}, {"head": False}, {"members": tuple(member() for _ in range(5))}):
        found = offered(book, **changed)
        (flip,) = found.values()
        assert not flip.advised
        assert "제65조" in flip.warning_ko
        assert "제65조" in flip.warning_en
        assert "지금은" in flip.ko
    assert flip.fact == "people"
    assert flip.value == 4


def test_the_innermost_change_is_offered_not_the_rule_around_it(book: Rulebook) -> None:
    assert set(offered(book, head=False)) == {"head"}


def test_another_home_and_another_word(book: Rulebook) -> None:
    found = offered(book, housing_kind=HousingKind.PUBLIC)
    assert found["housing_kind"].value == "private"
    assert "another home" in found["housing_kind"].en
    assert offered(book, seat="back")["seat"].value == "front"


def test_what_nobody_can_change_is_not_offered(book: Rulebook) -> None:
    assert offered(book, unlucky=True) == {}
    assert offered(book, birth_date=date(1950, 1, 1)) == {}


def test_two_things_wrong_have_no_single_change(book: Rulebook) -> None:
    assert offered(book, head=False, account_deposit=0) == {}


def test_from_cannot_tell_to_yes_nothing_is_turned(book: Rulebook) -> None:
    assert offered(book, of=window) == {}
    later = offered(book, as_of=date(2027, 12, 1), of=window)
    assert later == {}


def test_a_flip_stands_in_the_decision(book: Rulebook) -> None:
    case = Case(DAY, book, {**GOOD, "account_deposit": 0})
    flip = with_flip(allowed, case, decide(allowed, case)).flip
    assert flip is not None
    assert flip.fact == "account_deposit"


def test_the_search_is_bounded(book: Rulebook) -> None:
    runs[0] = 0
    offered(book, head=False, account_deposit=0, married=True)
    assert runs[0] < 300


def test_advice_of_a_rule_is_that_of_the_facts_behind_it() -> None:
    assert advice_of(months) is Advice.ACT
    assert advice_of(people) is Advice.SHOWN
    assert advice_of(unlucky) is Advice.NEVER


def member() -> v.Member:
    return v.Member(relation="sibling", birth_date=date(2000, 1, 1))


FACTS = st.fixed_dictionaries({
    "account_opened_on": st.none() | st.dates(date(2010, 1, 1), date(2026, 12, 31)),
    "account_deposit": st.sampled_from([0, 2_999_999, 3_000_000]) | st.integers(0, 5_000_000),
    "members": st.lists(st.just(member()), max_size=6).map(tuple),
    "head": st.booleans(), "married": st.booleans(), "seat": st.sampled_from(["front", "back"]),
    "housing_kind": st.sampled_from(HousingKind), "birth_date": st.dates(date(1960, 1, 1), date(2000, 1, 1)),
})  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(facts=FACTS, as_of=st.dates(date(2015, 12, 29), date(2030, 12, 31)))
def test_every_flip_flips(facts: dict[str, Any], as_of: date) -> None:
    proved(allowed, Case(as_of, load("normal"), facts))


def proved(of: Rule[Any], case: Case) -> None:
    """Each flip re-run: yes; for a day also: no on the day before."""
    for flip in flips(of, case):
        if flip.fact == AS_OF:
            day = date.fromisoformat(str(flip.value))
            assert outcome(of, case, as_of=day) is Outcome.YES
            assert outcome(of, case, as_of=day - timedelta(days=1)) is Outcome.NO
        else:
            changed = read_facts(of, {flip.fact: flip.value})
            assert outcome(of, case, facts={**case.facts, **changed}) is Outcome.YES
            assert flip.advised or flip.warning_ko


def outcome(of: Rule[Any], case: Case, *, as_of: date | None = None, facts: Any = None) -> Outcome:
    return decide(of, Case(as_of or case.as_of, case.book, facts or case.facts)).outcome


def refused() -> list[Any]:
    """The first case of each real rule that the lawyers' files expect to be a no."""
    found: dict[str, Any] = {}
    for path in sorted((Path(__file__).parent / "cases" / "rules").rglob("*.yaml")):
        document = read(path)
        for case in document["cases"]:
            if case.get("outcome") == "no":
                stated = {**document.get("defaults", {}), **case.get("facts", {})}
                found.setdefault(case["rule"], (case["as_of"], stated))
    return [pytest.param(name, *case, id=name) for name, case in sorted(found.items())]


@pytest.mark.parametrize(("name", "as_of", "stated"), refused())
def test_flips_of_the_real_rules(name: str, as_of: date, stated: dict[str, Any], book: Rulebook) -> None:
    real = find_rule(name)
    usable = {key: value for key, value in stated.items() if key in real.closure}
    proved(real, Case(as_of, book, read_facts(real, jsonable(usable))))


def jsonable(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: jsonable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [jsonable(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
