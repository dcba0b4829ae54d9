"""The selection: what the law says about its order, and what must hold for every list and seed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.applications import ReceivedEntry
from domain.errors import Invalid
from domain.notices import Notice
from law.ceremony import agreed_digits, check_digits, nonce_commitment
from law.draw import ceil_share
from law.entries import Result, Selected, make_entries
from law.rulebook import Rulebook, load
from law.selection import select
from law.selection_proof import seed_of
from law.selection_terms import Head, basis_of, make_head, points_pct

NONCE = bytes(range(32))
SEED = bytes(32)
Build = Callable[..., Notice]
Entry = Callable[..., ReceivedEntry]
few = settings(max_examples=40, deadline=None)


def head_of(notice: Notice) -> Head:
    return make_head(notice, nonce_commitment(NONCE), load("normal"))


def drawn(notice: Notice, received: Sequence[ReceivedEntry], seed: bytes = SEED) -> dict[str, Selected]:
    return {one.ticket: one for one in select(head_of(notice), make_entries(received), seed)}


def winners(results: dict[str, Selected]) -> set[str]:
    return {ticket for ticket, one in results.items() if one.result is Result.WON}


@pytest.mark.parametrize(
    ("area", "terms", "share"),
    [
        ("59", {"regulated": True, "overheated": True}, 14), ("84", {"regulated": True, "overheated": True}, 24),
        ("101", {"regulated": True, "overheated": True}, 27), ("101", {"regulated": True, "overheated": False}, 17),
        ("60", {"regulated": True}, 14), ("60.01", {"regulated": True}, 24), ("59", {}, 0),
        ("59", {"points_share_pct": 40}, 14), ("101", {"points_share_pct": 40}, 0),
        ("59", {"regulated": True, "housing_kind": "public"}, 0),
    ],
)  # fmt: skip
def test_units_by_points_of_thirty_three(
    build_notice: Build, book: Rulebook, area: str, terms: dict[str, Any], share: int
) -> None:
    basis = basis_of(build_notice(date(2026, 10, 1), exclusive_area=area, **terms))
    assert ceil_share(33, points_pct(area, basis, book)) == share


def test_old_shares_by_points(build_notice: Build, book: Rulebook) -> None:
    basis = basis_of(build_notice(date(2023, 3, 31), regulated=True, overheated=True))
    assert [ceil_share(33, points_pct(area, basis, book)) for area in ("84", "101")] == [33, 17]


def test_a_large_home_needs_to_know_the_designation(build_notice: Build, book: Rulebook) -> None:
    with pytest.raises(Invalid, match="overheated"):
        points_pct("101", basis_of(build_notice(regulated=True)), book)


def test_points_first_then_lots_with_three_quarters_for_the_homeless(build_notice: Build, build_entry: Entry) -> None:
    notice = build_notice(regulated=True, exclusive_area="59", units={"general": 33})
    homeless = [build_entry(f"a{n:03}", points=n % 60) for n in range(60)]
    owners = [build_entry(f"b{n:03}", homeless=False, homes=1, points_eligible=False) for n in range(60)]
    results = drawn(notice, homeless + owners)
    via = Counter(one.via for one in results.values() if one.result is Result.WON)
    assert via == {"points:01": 14, "lot:01": 19}
    by_points = {ticket for ticket, one in results.items() if one.via == "points:01" and one.result is Result.WON}
    assert by_points == {f"a{n:03}" for n in range(46, 60)}
    assert sum(ticket.startswith("a") for ticket in winners(results)) >= 14 + 15


def test_equal_points_go_to_the_older_account(build_notice: Build, build_entry: Entry) -> None:
    notice = build_notice(regulated=True, units={"general": 1})
    received = [build_entry(f"t{year}", account_opened=f"{year}-01-01") for year in range(2001, 2011)]
    assert winners(drawn(notice, received)) == {"t2001"}


def test_residents_come_first(build_notice: Build, build_entry: Entry) -> None:
    notice = build_notice(regulated=True, units={"general": 3})
    received = [build_entry(f"far{n}", local=False, points=80) for n in range(5)]
    received += [build_entry(f"near{n}", points=10) for n in range(2)]
    assert {"near0", "near1"} < winners(drawn(notice, received))


def test_first_rank_before_second(build_notice: Build, build_entry: Entry) -> None:
    notice = build_notice(units={"general": 2})
    received = [build_entry(f"s{n}", rank=2) for n in range(5)] + [build_entry("first", local=False)]
    assert "first" in winners(drawn(notice, received))


@pytest.mark.parametrize(("area", "winner"), [("59", "rich"), ("39", "steady")])
def test_public_homes_by_sequence(build_notice: Build, build_entry: Entry, area: str, winner: str) -> None:
    notice = build_notice(housing_kind="public", exclusive_area=area, units={"general": 1})
    received = [
        build_entry("rich", homeless_three_years=True, amount_recognised=24_000_000, payments_recognised=100),
        build_entry("steady", homeless_three_years=True, amount_recognised=20_000_000, payments_recognised=200),
        build_entry("recent", homeless_three_years=False, amount_recognised=30_000_000, payments_recognised=300),
    ]
    assert winners(drawn(notice, received)) == {winner}


def test_a_special_winner_leaves_general_supply(build_notice: Build, build_entry: Entry) -> None:
    notice = build_notice(units={"general": 2, "newlywed": 1})
    received = [
        build_entry("sp", "newlywed", holder="one"), build_entry("ge", holder="one", points=84),
        build_entry("other"),
    ]  # fmt: skip
    results = drawn(notice, received)
    assert winners(results) == {"sp", "other"}
    assert (results["ge"].result, results["ge"].via) == (Result.LOST, "removed")


def test_leftover_special_units_go_to_losers_of_other_kinds_then_to_general(
    build_notice: Build, build_entry: Entry
) -> None:
    notice = build_notice(units={"general": 1, "newlywed": 2, "first_home": 4})
    received = [build_entry(f"n{n}", "newlywed") for n in range(4)] + [build_entry(f"g{n}") for n in range(9)]
    results = drawn(notice, received)
    via = Counter(one.via.split(":")[0] for one in results.values() if one.result is Result.WON)
    assert via == {"special": 2, "left": 2, "lot": 3}


def test_newlyweds_with_children_first(build_notice: Build, build_entry: Entry) -> None:
    notice = build_notice(units={"newlywed": 1})
    received = [build_entry(f"n{n}", "newlywed", local=True) for n in range(5)]
    received += [build_entry("one", "newlywed", first_order=True, children=1)]
    received += [build_entry("two", "newlywed", first_order=True, children=2)]
    assert winners(drawn(notice, received)) == {"two"}


def test_lower_income_tier_first_and_its_losers_roll_on(build_notice: Build, build_entry: Entry) -> None:
    notice = build_notice(units={"first_home": 4})
    received = [build_entry(f"low{n}", "first_home", priority=0) for n in range(3)]
    received += [build_entry(f"high{n}", "first_home", priority=2) for n in range(3)]
    via = Counter(one.via for one in drawn(notice, received).values() if one.result is Result.WON)
    assert via == {"special:01:first_home:0": 2, "special:01:first_home:1": 1, "special:01:first_home:2": 1}


@pytest.mark.parametrize(("applied", "waiting"), [(119, 99), (120, 100)])
def test_size_of_the_wait_list(build_notice: Build, build_entry: Entry, applied: int, waiting: int) -> None:
    results = drawn(build_notice(units={"general": 20}), [build_entry(f"t{n:03}") for n in range(applied)])
    numbers = sorted(one.wait_list_no for one in results.values() if one.wait_list_no is not None)
    assert numbers == list(range(1, waiting + 1))


def test_wait_list_by_points_then_by_lot(build_notice: Build, build_entry: Entry) -> None:
    notice = build_notice(regulated=True, units={"general": 1})
    received = [build_entry(f"p{n}", points=50 + n) for n in range(4)]
    received += [build_entry("owner", homeless=False, homes=1, points_eligible=False)]
    results = drawn(notice, received)
    order = sorted((one.wait_list_no, ticket) for ticket, one in results.items() if one.wait_list_no)
    assert [ticket for _, ticket in order] == ["p2", "p1", "p0", "owner"]


def test_units_are_drawn_once_each(build_notice: Build, build_entry: Entry) -> None:
    numbers = tuple(f"101-{floor}01" for floor in range(1, 6))
    notice = build_notice(units={"general": 5}, unit_numbers=numbers)
    results = drawn(notice, [build_entry(f"t{n}") for n in range(9)])
    assert sorted(one.unit for one in results.values() if one.unit) == sorted(numbers)
    assert all((one.unit is not None) == (one.result is Result.WON) for one in results.values())


def test_excluded_entries_take_no_part(build_notice: Build, build_entry: Entry) -> None:
    entries = make_entries([build_entry("t1"), build_entry("t2")], {"t1": "rewin"})
    results = {one.ticket: one for one in select(head_of(build_notice()), entries, SEED)}
    assert (results["t1"].result, results["t1"].via) == (Result.EXCLUDED, "rewin")
    assert results["t2"].result is Result.WON


def test_a_ticket_received_twice(build_entry: Entry) -> None:
    with pytest.raises(Invalid, match="ticket_twice"):
        make_entries([build_entry("t1"), build_entry("t1")])


def test_unit_numbers_must_fit_the_units(build_notice: Build) -> None:
    for numbers in (("101-101",), ("101-101", "101-101")):
        with pytest.raises(Invalid, match="bad_selection_terms"):
            head_of(build_notice(units={"general": 2}, unit_numbers=numbers))


@pytest.mark.parametrize(
    "digits",
    ["", "2-0417-958", "4-0417-9583", "2-0417-9588", "2-0017-9583", "2-0417-95833", "x-0417-9583", "２-0417-9583"],
)
def test_digits_that_do_not_fit(build_notice: Build, digits: str) -> None:
    with pytest.raises(Invalid, match="bad_digits"):
        check_digits(digits, head_of(build_notice()).law.ceremony)


def test_two_people_must_type_the_same(build_notice: Build) -> None:
    groups = head_of(build_notice()).law.ceremony
    assert agreed_digits("2-0417-9583", "204179583", groups) == "204179583"
    with pytest.raises(Invalid, match="digits_differ"):
        agreed_digits("2-0417-9583", "2-0417-9538", groups)


def test_one_digit_changes_the_seed(build_notice: Build) -> None:
    head = head_of(build_notice())
    seeds = {seed_of(head, SEED, SEED, NONCE, f"{first}0417958{last}") for first in "123" for last in "0346"}
    assert len(seeds) == 12


def test_another_nonce_is_refused(build_notice: Build) -> None:
    with pytest.raises(Invalid, match="wrong_nonce"):
        seed_of(head_of(build_notice()), SEED, SEED, bytes(32), "204179583")


ENTRIES = st.lists(
    st.fixed_dictionaries({
        "kind": st.sampled_from(["general", "newlywed", "first_home"]), "holder": st.integers(0, 12),
        "local": st.booleans(), "homes": st.integers(0, 2), "points": st.integers(0, 84), "rank": st.integers(1, 2),
        "priority": st.integers(0, 2), "points_eligible": st.booleans(), "children": st.integers(0, 3),
        "homeless_three_years": st.booleans(), "amount_recognised": st.integers(0, 3),
    }),
    max_size=30,
)  # fmt: skip
TERMS = st.fixed_dictionaries({
    "housing_kind": st.sampled_from(["private", "public"]), "regulated": st.booleans(),
    "units": st.fixed_dictionaries({kind: st.integers(0, 6) for kind in ("general", "newlywed", "first_home")}),
})  # fmt: skip


def received_of(build_entry: Entry, rows: list[dict[str, Any]]) -> list[ReceivedEntry]:
    entries = []
    for number, row in enumerate(rows):
        facts = {key: value for key, value in row.items() if key not in ("kind", "holder")}
        facts["homeless"] = facts["homes"] == 0
        entries.append(build_entry(f"t{number:02}", row["kind"], holder=f"h{row['holder']}", **facts))
    return entries


@few
@given(rows=ENTRIES, terms=TERMS, random=st.randoms(use_true_random=False))
def test_what_always_holds(
    build_notice: Build, build_entry: Entry, rows: list[dict[str, Any]], terms: dict[str, Any], random: Any
) -> None:
    notice, received, seed = build_notice(**terms), received_of(build_entry, rows), random.randbytes(32)
    results = drawn(notice, received, seed)
    by_ticket = {entry.ticket: entry for entry in received}
    assert drawn(notice, random.sample(received, len(received)), seed) == results  # order of input is irrelevant
    won = [by_ticket[ticket] for ticket in winners(results)]
    assert len(won) <= sum(terms["units"].values())
    assert len({entry.holder for entry in won}) == len(won)  # nobody wins twice
    specials = {entry.holder for entry in won if entry.supply_kind != "general"}
    assert not any(entry.holder in specials for entry in won if entry.supply_kind == "general")
    for ticket, one in results.items():
        if one.result is Result.WAIT_LISTED:
            assert by_ticket[ticket].holder not in {entry.holder for entry in won}
    unserved = {entry.holder for entry in received} - {entry.holder for entry in won}
    if len(won) < sum(terms["units"].values()) and terms["units"]["general"]:
        assert not any(entry.holder in unserved and entry.supply_kind == "general" for entry in received)
