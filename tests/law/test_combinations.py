"""Which applications may stand side by side."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.words import HousingKind, Outcome, SupplyKind
from law.combinations import Couples, Wanted, check_combination
from law.rulebook import Rulebook, load

few = settings(max_examples=50, deadline=None)
MARRIED = Couples(pairs=(("a", "b"),))


def wanted(person: str = "a", notice: str = "n1", kind: str = "general", **terms: Any) -> Wanted:
    return Wanted(
        person=person, notice_id=notice, model_no="01", supply_kind=SupplyKind(kind),
        housing_kind=terms.get("housing", HousingKind.PRIVATE), announcement_date=terms.get("on", date(2026, 12, 1)),
    )  # fmt: skip


def refusals(book: Rulebook, lines: list[Wanted], earlier: list[Wanted] | None = None) -> list[tuple[str, str]]:
    decision = check_combination(lines, earlier or [], MARRIED, book)
    return [(reason.code, reason.article) for reason in decision.reasons if reason.outcome is Outcome.NO]


def test_special_and_general_by_one_person(book: Rulebook) -> None:
    assert refusals(book, [wanted(), wanted(kind="newlywed")]) == []


def test_the_same_method_twice(book: Rulebook) -> None:
    code = ("combination.twice", "주택공급에 관한 규칙 제4조제1항, 제25조제1항")
    assert refusals(book, [wanted(), wanted()]) == [code]
    assert refusals(book, [wanted(kind="newlywed"), wanted(kind="first_home")]) == [code]
    assert refusals(book, [wanted()], [wanted()]) == [code]


def test_two_adults_for_private_homes(book: Rulebook) -> None:
    assert refusals(book, [wanted()], [wanted("c")]) == []


def test_a_second_member_for_a_public_home(book: Rulebook) -> None:
    lines, earlier = [wanted(housing=HousingKind.PUBLIC)], [wanted("c", housing=HousingKind.PUBLIC)]
    assert refusals(book, lines, earlier) == [("combination.household", "주택공급에 관한 규칙 제4조제1항제1호")]


def test_the_spouse_for_a_public_home(book: Rulebook) -> None:
    assert refusals(book, [wanted(housing=HousingKind.PUBLIC)], [wanted("b", housing=HousingKind.PUBLIC)]) == []


def test_one_announcement_date(book: Rulebook) -> None:
    found = refusals(book, [wanted(), wanted(notice="n2")])
    assert [code for code, _ in found] == ["combination.same_day"]
    assert refusals(book, [wanted(), wanted(notice="n2", on=date(2026, 12, 2))]) == []
    assert refusals(book, [wanted(), wanted("b", notice="n2")]) == []


def test_special_supply_of_two_members(book: Rulebook) -> None:
    found = refusals(book, [wanted(kind="first_home")], [wanted("c", kind="newlywed")])
    assert [code for code, _ in found] == ["combination.special"]
    assert refusals(book, [wanted(kind="first_home")], [wanted("b", kind="newlywed")]) == []


def test_earlier_lines_are_not_judged_again(book: Rulebook) -> None:
    assert refusals(book, [wanted("b")], [wanted(), wanted()]) == []


LINES = st.lists(
    st.builds(
        Wanted, person=st.sampled_from("abc"), notice_id=st.sampled_from(["n1", "n2"]), model_no=st.just("01"),
        supply_kind=st.sampled_from(SupplyKind), housing_kind=st.sampled_from(HousingKind),
        announcement_date=st.sampled_from([date(2026, 12, 1), date(2026, 12, 2)]),
    ),
    min_size=1, max_size=5,
)  # fmt: skip


@few
@given(LINES, st.randoms(use_true_random=False))
def test_order_of_lines_does_not_matter(lines: list[Wanted], random: Any) -> None:
    book = load("normal")
    shuffled = random.sample(lines, len(lines))
    assert sorted(refusals(book, lines)) == sorted(refusals(book, shuffled))


@few
@given(LINES)
def test_spouses_are_symmetric(lines: list[Wanted]) -> None:
    book = load("normal")
    swap = {"a": "b", "b": "a", "c": "c"}
    mirrored = [line.model_copy(update={"person": swap[line.person]}) for line in lines]
    assert sorted(refusals(book, lines)) == sorted(refusals(book, mirrored))


@few
@given(LINES, LINES)
def test_one_more_line_never_heals(lines: list[Wanted], more: list[Wanted]) -> None:
    book = load("normal")
    if refusals(book, lines):
        assert refusals(book, lines + more)
