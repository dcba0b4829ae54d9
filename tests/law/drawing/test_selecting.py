"""The selection: what the law says about its order, and what must hold for every list and seed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.applications import ReceivedEntry
from domain.notices import Notice
from law.drawing.rows import EXCLUDED, REMOVED, WAITS, WON
from law.drawing.selecting import select
from tests.law.drawing.draw_world import SECRET, Drawn, Entry, draw, head_of, make_rows, ticket
from tests.law.drawing.plain_draw import PlainDraw

Build = Callable[..., Notice]
few = settings(max_examples=150, deadline=None)


def test_points_first_then_lots_with_three_quarters_for_the_homeless(build_notice: Build, entry: Entry) -> None:
    notice = build_notice(regulated=True, exclusive_area="59", units={"general": 33})
    homeless = [entry(f"a{n:03}", points=n % 60) for n in range(60)]
    owners = [entry(f"b{n:03}", homeless=False, homes=1, points_eligible=False) for n in range(60)]
    drawn = draw(notice, homeless + owners)
    assert drawn.via() == {"points:01": 14, "lot:01": 19}
    assert {one for one in drawn.winners() if drawn[one]["via"] == "points:01:0"} == {f"a{n:03}" for n in range(46, 60)}
    assert sum(one.startswith("a") for one in drawn.winners()) >= 14 + 15


def test_equal_points_go_to_the_older_account(build_notice: Build, entry: Entry) -> None:
    notice = build_notice(regulated=True, units={"general": 1})
    received = [entry(f"t{year}", account_opened=f"{year}-01-01") for year in range(2001, 2011)]
    assert draw(notice, received).winners() == {"t2001"}


def test_residents_come_first(build_notice: Build, entry: Entry) -> None:
    notice = build_notice(regulated=True, units={"general": 3})
    received = [entry(f"far{n}", local=False, points=80) for n in range(5)]
    received += [entry(f"near{n}", points=10) for n in range(2)]
    assert {"near0", "near1"} < draw(notice, received).winners()


def test_homes_by_points_that_residents_leave_stay_homes_by_points(build_notice: Build, entry: Entry) -> None:
    notice = build_notice(regulated=True, exclusive_area="59", units={"general": 33})
    received = [entry(f"near{n}", homeless=False, homes=1, points_eligible=False) for n in range(10)]
    received += [entry(f"far{n:02}", local=False, points=n) for n in range(40)]
    assert draw(notice, received).via() == {"lot:01": 19, "points:01": 14}


def test_large_site_shares_by_residence(build_notice: Build, entry: Entry) -> None:
    notice = build_notice(large_site=True, units={"general": 100})
    received = [entry(f"n{n:03}") for n in range(200)]
    received += [entry(f"p{n:03}", local=False, band=1) for n in range(200)]
    received += [entry(f"z{n:03}", local=False, band=2) for n in range(200)]
    found = Counter(one[0] for one in draw(notice, received).winners())
    assert found["n"] >= 30
    assert found["n"] + found["p"] >= 50
    few_near = [entry(f"n{n:03}") for n in range(10)] + received[200:]
    found = Counter(one[0] for one in draw(notice, few_near).winners())
    assert (found["n"], found["p"] >= 40) == (10, True)  # what residents leave is the province's (제34조①2 단서)


def test_first_rank_before_second(build_notice: Build, entry: Entry) -> None:
    notice = build_notice(units={"general": 2})
    received = [entry(f"s{n}", rank=2) for n in range(5)] + [entry("first", local=False)]
    assert "first" in draw(notice, received).winners()


@pytest.mark.parametrize(("area", "winner"), [("59", "rich"), ("39", "steady")])
def test_public_homes_by_sequence(build_notice: Build, entry: Entry, area: str, winner: str) -> None:
    notice = build_notice(housing_kind="public", exclusive_area=area, units={"general": 1})
    received = [
        entry("rich", homeless_three_years=True, amount_recognised=24_000_000, payments_recognised=100),
        entry("steady", homeless_three_years=True, amount_recognised=20_000_000, payments_recognised=200),
        entry("recent", homeless_three_years=False, amount_recognised=30_000_000, payments_recognised=300),
    ]
    assert draw(notice, received).winners() == {winner}


def test_a_special_winner_leaves_general_supply(build_notice: Build, entry: Entry) -> None:
    notice = build_notice(units={"general": 2, "newlywed": 1})
    received = [entry("sp", "newlywed", holder="one"), entry("ge", holder="one", points=84), entry("other")]
    drawn = draw(notice, received)
    assert drawn.winners() == {"sp", "other"}
    assert drawn["ge"]["result"] == REMOVED


def test_leftover_special_homes_go_to_losers_of_other_kinds_then_to_general(build_notice: Build, entry: Entry) -> None:
    notice = build_notice(units={"general": 1, "newlywed": 2, "first_home": 4})
    received = [entry(f"n{n}", "newlywed") for n in range(4)] + [entry(f"g{n}") for n in range(9)]
    via = Counter(pool.split(":")[0] for pool, n in draw(notice, received).via().items() for _ in range(n))
    assert via == {"special": 2, "left": 2, "lot": 3}


def test_before_2018_05_04_leftovers_went_to_general_supply_at_once(build_notice: Build, entry: Entry) -> None:
    head = head_of(build_notice(units={"general": 1, "newlywed": 1, "first_home": 2}))
    head = head.model_copy(update={"law": head.law.model_copy(update={"left_by_lot": False})})
    received = [entry(f"n{n}", "newlywed") for n in range(4)] + [entry(f"g{n}") for n in range(9)]
    made = make_rows(head, received, {}, SECRET)
    assert Drawn(head, made, select(head, made.rows, bytes(32))).via() == {"special:01:newlywed:0": 1, "lot:01": 3}


def test_newlyweds_with_children_first(build_notice: Build, entry: Entry) -> None:
    notice = build_notice(units={"newlywed": 1})
    received = [entry(f"n{n}", "newlywed", children=0) for n in range(5)]
    received += [entry("one", "newlywed", first_order=True, children=1)]
    received += [entry("two", "newlywed", first_order=True, children=2)]
    assert draw(notice, received).winners() == {"two"}


def test_several_children_by_score_children_and_age(build_notice: Build, entry: Entry) -> None:
    def winners(**best: Any) -> set[str]:
        same = {"points": 70, "children": 3, "born_on": "1985-05-05"}
        received = [entry(f"m{n}", "multi_child", **same) for n in range(9)]
        return draw(
            build_notice(units={"multi_child": 1}), [*received, entry("best", "multi_child", **{**same, **best})]
        ).winners()

    assert winners(points=75) == winners(children=4) == winners(born_on="1985-05-04") == {"best"}
    assert winners(local=False, points=100) != {"best"}


def test_elderly_parents_by_points_then_account(build_notice: Build, entry: Entry) -> None:
    notice = build_notice(units={"elderly_parents": 1})
    received = [entry(f"t{year}", "elderly_parents", account_opened=f"{year}-01-01") for year in range(2001, 2011)]
    assert draw(notice, received).winners() == {"t2001"}


def test_recommended_in_reserve_take_what_is_left_only(build_notice: Build, entry: Entry) -> None:
    notice = build_notice(units={"recommended": 3, "newlywed": 1})
    received = [entry(f"r{n}", "recommended") for n in range(2)]
    received += [entry(f"reserve{n}", "recommended", priority=1) for n in range(5)]
    drawn = draw(notice, received)
    assert {"r0", "r1"} < drawn.winners()
    assert drawn.via() == {"special:01:recommended:0": 2, "left:01": 2}


def test_lower_income_part_first_and_its_losers_roll_on(build_notice: Build, entry: Entry) -> None:
    notice = build_notice(units={"first_home": 4})
    received = [entry(f"low{n}", "first_home", priority=0) for n in range(3)]
    received += [entry(f"high{n}", "first_home", priority=2) for n in range(3)]
    assert draw(notice, received).via() == {f"special:01:first_home:{n}": 2 if n == 0 else 1 for n in range(3)}


@pytest.mark.parametrize(("applied", "waiting"), [(119, 99), (120, 100)])
def test_size_of_the_wait_list(build_notice: Build, entry: Entry, applied: int, waiting: int) -> None:
    drawn = draw(build_notice(units={"general": 20}), [entry(f"t{n:03}") for n in range(applied)])
    numbers = sorted(drawn[one]["wait"] for one in drawn.names if drawn[one]["result"] == WAITS)
    assert numbers == list(range(1, waiting + 1))


def test_wait_list_by_points_then_by_lot(build_notice: Build, entry: Entry) -> None:
    notice = build_notice(regulated=True, units={"general": 1})
    received = [entry(f"p{n}", points=50 + n) for n in range(4)]
    received += [entry("owner", homeless=False, homes=1, points_eligible=False)]
    drawn = draw(notice, received)
    order = sorted((drawn[one]["wait"], one) for one in drawn.names if drawn[one]["wait"])
    assert [one for _, one in order] == ["p2", "p1", "p0", "owner"]


def test_units_once_each_and_the_lowest_floor_to_those_who_asked(build_notice: Build, entry: Entry) -> None:
    numbers = tuple(f"101-{floor}01" for floor in range(1, 6))
    notice = build_notice(units={"general": 5}, unit_numbers=numbers, lowest_floor=numbers[:1])
    received = [entry(f"t{n}") for n in range(3)] + [entry("old", floor=1), entry("family", floor=2)]
    drawn = draw(notice, received)
    assert sorted(drawn[one]["unit"] for one in drawn.names) == [1, 2, 3, 4, 5]
    assert drawn["old"]["unit"] == 1
    assert drawn["family"]["unit"] > 1
    assert draw(notice, [*received[:3], entry("family", floor=2)])["family"]["unit"] == 1


def test_who_is_left_out_takes_no_part(build_notice: Build, entry: Entry) -> None:
    drawn = draw(build_notice(), [entry("t1"), entry("t2")], excluded={ticket("t1"): "rewin"})
    assert drawn["t1"]["result"] == EXCLUDED
    assert drawn["t2"]["result"] == WON


def test_nobody_applied(build_notice: Build) -> None:
    assert len(draw(build_notice(), []).selection.results) == 0


KINDS = ("general", "newlywed", "first_home", "multi_child", "elderly_parents", "recommended")
ROWS = st.lists(
    st.fixed_dictionaries({
        "kind": st.sampled_from(KINDS), "holder": st.integers(0, 14), "local": st.booleans(),
        "band": st.integers(1, 2), "homes": st.integers(0, 2), "points": st.none() | st.integers(0, 3),
        "rank": st.integers(1, 2), "priority": st.integers(0, 2), "points_eligible": st.booleans(),
        "children": st.integers(0, 3), "first_order": st.booleans(), "homeless_three_years": st.booleans(),
        "amount_recognised": st.integers(0, 3), "payments_recognised": st.integers(0, 3),
        "account_opened": st.sampled_from([None, "2001-01-01", "2002-02-02"]), "floor": st.integers(0, 2),
        "born_on": st.sampled_from([None, "1981-01-01", "1982-02-02"]), "excluded": st.sampled_from([0, 0, 0, 1]),
    }),
    max_size=30,
)  # fmt: skip
TERMS = st.fixed_dictionaries({
    "housing_kind": st.sampled_from(["private", "public"]), "regulated": st.booleans(), "large_site": st.booleans(),
    "region": st.sampled_from(["41290", "11680"]), "exclusive_area": st.sampled_from(["39", "59", "84"]),
    "units": st.fixed_dictionaries({kind: st.integers(0, 5) for kind in KINDS}), "named": st.booleans(),
})  # fmt: skip


def received_of(entry: Entry, rows: list[dict[str, Any]]) -> tuple[list[ReceivedEntry], dict[str, str]]:
    entries, excluded = [], {}
    for number, row in enumerate(rows):
        facts = {key: value for key, value in row.items() if key not in ("kind", "holder", "excluded")}
        facts["homeless"] = facts["homes"] == 0
        called = f"t{number:02}"
        entries.append(entry(called, row["kind"], holder=f"h{row['holder']}", **facts))
        if row["excluded"]:
            excluded[ticket(called)] = "applied_twice"
    return entries, excluded


def notice_of(build_notice: Build, terms: dict[str, Any]) -> Notice:
    said = {key: value for key, value in terms.items() if key != "named"}
    names = tuple(f"101-{n}" for n in range(sum(terms["units"].values()))) if terms["named"] else ()
    return build_notice(**said, unit_numbers=names, lowest_floor=names[1:3])


@few
@given(rows=ROWS, terms=TERMS, random=st.randoms(use_true_random=False))
def test_what_always_holds(
    build_notice: Build, entry: Entry, rows: list[dict[str, Any]], terms: dict[str, Any], random: Any
) -> None:
    offered = {kind for kind, number in terms["units"].items() if number} | {"general"}
    rows = [row for row in rows if row["kind"] in offered]
    notice, (received, excluded) = notice_of(build_notice, terms), received_of(entry, rows)
    seed = random.randbytes(32)
    drawn = draw(notice, received, seed, excluded)
    again = draw(notice, random.sample(received, len(received)), seed, excluded)
    assert again.selection.results["result"].tolist() == drawn.selection.results["result"].tolist()
    holders = {one.ticket: one.holder for one in received}
    won = [holders[ticket(one)] for one in drawn.winners()]
    assert len(won) == len(set(won)) <= sum(terms["units"].values())
    losers = {holders[one] for one in holders if one not in excluded} - set(won)
    if len(won) < sum(terms["units"].values()):  # a home stays empty only where nobody of general supply is left
        assert not any(one.holder in losers and one.supply_kind == "general" for one in received
                       if one.ticket not in excluded)  # fmt: skip


@few
@given(rows=ROWS, terms=TERMS, seed=st.binary(min_size=32, max_size=32))
def test_a_second_program_written_from_the_document_agrees(
    build_notice: Build, entry: Entry, rows: list[dict[str, Any]], terms: dict[str, Any], seed: bytes
) -> None:
    offered = {kind for kind, number in terms["units"].items() if number} | {"general"}
    received, excluded = received_of(entry, [row for row in rows if row["kind"] in offered])
    drawn = draw(notice_of(build_notice, terms), received, seed, excluded)
    plain = PlainDraw(drawn.head.model_dump(mode="json"), drawn.made.rows.tobytes(), seed)
    ours = [
        (int(one["result"]), drawn.selection.pools[int(one["pool"])], int(one["position"]), int(one["wait"]),
         int(one["unit"]))
        for one in drawn.selection.results
    ]  # fmt: skip
    assert plain.run() == ours
