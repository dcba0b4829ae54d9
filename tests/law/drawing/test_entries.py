"""Rows hold what their pool decides by and nothing else; what it rests on opens only with the applicant's salt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

import pytest

from domain.errors import Invalid
from domain.notices import Notice
from law.drawing.entries import RowMaker, Screened
from law.drawing.hashing import tagged
from law.drawing.rows import LONG_HOMELESS, NO_POINTS, POINTS_ELIGIBLE, ROW
from tests.law.drawing.draw_world import SECRET, Entry, head_of, make_rows, ticket

Build = Callable[..., Notice]
FACTS = {
    "points": 60, "account_opened": "2010-01-01", "children": 2, "first_order": True, "homeless_three_years": True,
    "amount_recognised": 5, "payments_recognised": 7, "born_on": "1980-01-01", "homes": 1, "homeless": False,
    "floor": 1,
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "terms", "shown"),
    [
        ("general", {"regulated": True}, {"points", "account", "homes", "flags", "rank"}),
        ("general", {}, {"homes", "rank"}),
        ("general", {"region": "47110", "capital_area": False}, {"rank"}),
        ("general", {"housing_kind": "public"}, {"savings", "flags", "rank"}),
        ("newlywed", {}, {"flags", "children"}),
        ("multi_child", {}, {"points", "children", "older"}),
        ("first_home", {}, set()),
    ],
)  # fmt: skip
def test_only_what_decides_is_published(
    build_notice: Build, entry: Entry, kind: str, terms: dict[str, Any], shown: set[str]
) -> None:
    head = head_of(build_notice(date(2026, 10, 1), units={"general": 1, kind: 3}, **terms))
    other = {**FACTS, "account_opened": "2001-01-01", "born_on": "1970-01-01", "amount_recognised": 6}
    rows = make_rows(head, [entry("a", kind, **FACTS), entry("b", kind, **other)], {}, SECRET).rows
    names = {"flags", "homes", "rank", "points", "tier", "children", "floor", "account", "savings", "older"}
    empty = {name: NO_POINTS if name == "points" else 0 for name in names}
    assert {name for name in names if (rows[name] != empty[name]).any()} == shown


def test_the_layout_of_a_row(build_notice: Build, entry: Entry) -> None:
    head = head_of(build_notice(regulated=True, units={"general": 1}))
    made = make_rows(head, [entry("b", points=61), entry("a", points=84, account_opened="2001-01-01")], {}, SECRET)
    assert ROW.itemsize == 76
    row = made.rows[1].tobytes()
    assert row[:16].hex() == ticket("b")
    assert row[16:44] == bytes([0, 0, 0, 0, 0, 0, 0, 1, POINTS_ELIGIBLE, 0, 0, 1, 61, 0, 0, 0, 0, 0, 0, 1, *bytes(8)])
    salt = bytes.fromhex(made.openings[1].salt)
    private = b'{"facts":' + made.openings[1].canonical().split(b'"facts":')[1].split(b',"received_at"')[0]
    private += b',"received_at":"2026-10-12T00:00:00+00:00"}'
    assert row[44:] == tagged("private", salt, private)


def test_the_order_of_input_does_not_matter(build_notice: Build, entry: Entry) -> None:
    head, received = head_of(build_notice()), [entry(f"t{n}", points=n) for n in range(9)]
    one, other = (make_rows(head, order, {}, SECRET) for order in (received, received[::-1]))
    assert one.rows.tobytes() == other.rows.tobytes()
    assert one.openings == other.openings
    assert make_rows(head, received, {}, bytes(31) + b"1").rows.tobytes() != one.rows.tobytes()


def test_positions_are_dense_inside_a_pool(build_notice: Build, entry: Entry) -> None:
    head = head_of(build_notice(housing_kind="public", exclusive_area="59", units={"general": 3}))
    received = [entry(f"t{n}", amount_recognised=amount) for n, amount in enumerate([5, 900, 900, 0])]
    received[0] = entry("t0", amount_recognised=5, homeless_three_years=True)
    rows = make_rows(head, received, {}, SECRET).rows
    assert rows["savings"].tolist() == [1, 0, 0, 2]
    assert rows["flags"].tolist() == [LONG_HOMELESS, 0, 0, 0]


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        ("youth", {}), ("general", {"points": 255}), ("general", {"points": -1}), ("general", {"rank": 3}),
        ("general", {"local": False, "band": 0}), ("newlywed", {"priority": -1}),
    ],
)  # fmt: skip
def test_an_application_that_does_not_fit_the_notice(
    build_notice: Build, entry: Entry, kind: str, facts: dict[str, Any]
) -> None:
    with pytest.raises(Invalid, match="bad_entry"):
        make_rows(head_of(build_notice(regulated=True)), [entry("a", kind, **facts)], {}, SECRET)


def test_unknown_reasons_and_tickets_of_another_length(build_notice: Build, entry: Entry) -> None:
    head = head_of(build_notice())
    for called, excluded in (("a", {ticket("a"): "unheard_of"}), ("seventeen letters", {})):
        with pytest.raises(Invalid, match="bad_entry"):
            make_rows(head, [entry(called)], excluded, SECRET)


def test_a_ticket_received_twice(build_notice: Build, entry: Entry) -> None:
    with pytest.raises(Invalid, match="bad_list"):
        make_rows(head_of(build_notice()), [entry("a"), entry("a")], {}, SECRET)


def test_a_list_of_another_length_or_order(build_notice: Build, entry: Entry) -> None:
    listed = [Screened(entry(called), "") for called in "abc"]
    for count, pages in ((4, [listed]), (2, [listed]), (3, [listed[1:], listed[:1]])):
        maker = RowMaker(head_of(build_notice()), count, SECRET)
        with pytest.raises(Invalid, match="bad_list"):
            _rows_of(maker, pages)


def _rows_of(maker: RowMaker, pages: Iterable[Sequence[Screened]]) -> None:
    for page in pages:
        maker.add(page)
    maker.rows()


def test_pages_of_any_length_give_the_same_bytes(build_notice: Build, entry: Entry) -> None:
    """Persons with two entries, equal dates and amounts across pages; two kinds."""
    notice = build_notice(regulated=True, units={"general": 3, "multi_child": 2})
    received = [
        entry(
            f"t{n:02}", "multi_child" if n % 3 == 0 else "general", holder=f"h{n * 7 % 13}", points=n % 5,
            children=n % 2, account_opened=f"20{n % 4:02}-01-01" if n % 6 else None, born_on=f"19{70 + n % 3}-01-01",
        )
        for n in range(40)
    ]  # fmt: skip
    head = head_of(notice)
    whole = make_rows(head, received, {ticket("t08"): "rewin"}, SECRET, page=40).rows
    assert len(set(whole["holder"].tolist())) == 13
    assert len(set(whole["account"].tolist())) > 3
    for page in (1, 3, 39):
        assert make_rows(head, received, {ticket("t08"): "rewin"}, SECRET, page=page).rows.tobytes() == whole.tobytes()


def test_the_older_account_by_its_date(build_notice: Build, entry: Entry) -> None:
    head = head_of(build_notice(regulated=True))
    dates = {"a": "2010-02-01", "b": None, "c": "2009-12-31", "d": "2010-02-01", "e": ""}
    rows = make_rows(head, [entry(called, account_opened=day) for called, day in dates.items()], {}, SECRET).rows
    assert rows["account"].tolist() == [1, 2, 0, 1, 2]
    with pytest.raises(Invalid, match="bad_entry"):
        make_rows(head, [entry("a", account_opened="the day after")], {}, SECRET)
