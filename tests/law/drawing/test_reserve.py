"""The first round of the wait-list: who gets a home, which one, and what a changed record is found out by."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from domain.notices import Notice
from law.drawing import records, reserve
from law.drawing.reserve import Home, Joined, Listed, Reserve
from law.drawing.rows import WAITS, WON
from law.drawing.statements import Sealing
from law.drawing.transcript import Run, body_sha256, read_listing, run
from tests.law.drawing.draw_world import (
    CEREMONY,
    CHECKS,
    DIGITS,
    PROGRAM,
    SECRET,
    SEED,
    START,
    Document,
    Entry,
    head_of,
    make_rows,
    stamp,
    ticket,
)

UNTIL = START + timedelta(minutes=20)
TYPED_BY = ("officer", "operator")
UNITS = tuple(f"101-{floor}0{line}" for floor in range(1, 4) for line in (1, 2))


def home(unit: str, *, special: bool = False, model: str = "01", lowest: bool = False) -> Home:
    return Home(model_no=model, special=special, unit=unit, lowest=lowest)


def joined(called: str, wait: int, holder: int, *, special: bool = False, floor: int = 0) -> Joined:
    return Joined(ticket=ticket(called), model_no="01", special=special, wait=wait, holder=holder, floor=floor)


def given(homes: list[Home], people: list[Joined], seed: bytes = SEED) -> dict[str, str]:
    """Unit by ticket, as the round gives them."""
    listed = reserve.in_order(UNTIL, homes, people)
    return {bytes.fromhex(one.ticket).rstrip(b"\0").decode(): one.unit for one in reserve.allot(listed, seed)}


def test_the_first_by_number_among_those_who_joined_get_the_homes() -> None:
    found = given([home("a"), home("b")], [joined("third", 9, 0), joined("first", 2, 1), joined("second", 5, 2)])
    assert found.keys() == {"first", "second"}
    assert set(found.values()) == {"a", "b"}


def test_special_homes_go_to_the_special_list_and_what_it_leaves_to_the_general_one() -> None:
    homes = [home("s1", special=True), home("s2", special=True), home("g1")]
    people = [joined("s", 4, 0, special=True), joined("g1", 1, 1), joined("g2", 2, 2), joined("g3", 3, 3)]
    found = given(homes, people)
    assert found.keys() == {"s", "g1", "g2"}
    assert found["s"] in ("s1", "s2")
    assert set(found.values()) == {"s1", "s2", "g1"}


def test_a_general_home_never_goes_to_the_special_list() -> None:
    assert given([home("g1")], [joined("s", 1, 0, special=True)]) == {}


def test_who_waits_on_both_lists_gets_one_home_and_the_next_gets_the_other() -> None:
    homes = [home("s1", special=True), home("g1")]
    both = [joined("s", 1, 0, special=True), joined("g", 1, 0), joined("next", 2, 1)]
    assert given(homes, both) == {"s": "s1", "next": "g1"}


def test_a_wish_for_the_lowest_floor_comes_first_and_the_first_kind_of_it_before_the_second() -> None:
    homes = [home("1F", lowest=True), home("2F"), home("3F")]
    people = [joined("plain", 1, 0), joined("second", 2, 1, floor=2), joined("first", 3, 2, floor=1)]
    for number in range(20):
        assert given(homes, people, number.to_bytes(32, "big"))["first"] == "1F"


def test_every_home_is_as_likely_for_everybody_also_where_fewer_join_than_homes_are_free() -> None:
    homes, people = [home(unit) for unit in "abc"], [joined("x", 1, 0), joined("y", 2, 1)]
    drawn = [given(homes, people, number.to_bytes(32, "big")) for number in range(3000)]
    for called in ("x", "y"):
        counted = Counter(one[called] for one in drawn)
        assert all(abs(counted[unit] - 1000) < 120 for unit in "abc"), counted  # 4.6 standard deviations


# The record


@pytest.fixture(scope="module")
def draw(build_notice: Callable[..., Notice], entry: Entry) -> Run:
    """Three general and two special homes, and more people than homes; t0 waits on both lists."""
    notice = build_notice(
        date(2026, 10, 1), regulated=True, overheated=True, units={"general": 4, "newlywed": 2},
        unit_numbers=UNITS, lowest_floor=UNITS[:2],
    )  # fmt: skip
    received = [entry(f"t{n}", points=40 + n, floor=n % 3) for n in range(12)]
    received += [entry(f"n{n}", "newlywed", holder=f"h-t{n}", points=None, children=n) for n in range(8)]
    return run(head_of(notice), make_rows(head_of(notice), received, {}, SECRET).rows, CEREMONY, PROGRAM)


@pytest.fixture(scope="module")
def listed(draw: Run) -> Listed:
    """All homes of the draw are free again, and everybody who waits joins."""
    body = draw.body
    rows, said = read_listing(draw.listing, body.count, body.pools)
    one = body.head.basis.types[0]
    homes, people = [], []
    for row, result in zip(rows, said.results, strict=True):
        special = bool(row["kind"])
        if result["result"] == WON:
            unit = one.unit_numbers[int(result["unit"]) - 1]
            homes.append(home(unit, special=special, model=one.model_no, lowest=unit in one.lowest_floor))
        elif result["result"] == WAITS:
            people.append(
                Joined(
                    ticket=row["ticket"].tobytes().hex(), model_no=one.model_no, special=special,
                    wait=int(result["wait"]), holder=int(row["holder"]), floor=int(row["floor"]),
                )
            )  # fmt: skip
    numbers: dict[int, int] = {}
    ordered = reserve.in_order(UNTIL, homes, people)
    return ordered.model_copy(
        update={
            "joined": tuple(
                person.model_copy(update={"holder": numbers.setdefault(person.holder, len(numbers))})
                for person in ordered.joined
            )
        }
    )


def stated(draw: Run, listed: Listed) -> Reserve:
    digest = body_sha256(draw.body)
    token = stamp(reserve.stamp_digest(digest, listed), 30)
    plain = {"notice_id": draw.body.head.basis.notice_id, "body_sha256": digest, "list_stamp": token}
    if not listed.joined:
        return Reserve(listed=listed, **plain)
    seed = reserve.seed_of(digest, listed, DIGITS)
    return Reserve(
        listed=listed, digits=DIGITS, typed_by=TYPED_BY, seed=seed.hex(), allotted=reserve.allot(listed, seed), **plain
    )


def published(statement: Reserve, sealed_at: int = 40) -> Document:
    seal = b"sealed:" + statement.canonical()
    envelope = Sealing(
        body_sha256=statement.digest(), seal=base64.b64encode(seal).decode(),
        seal_stamp=stamp(hashlib.sha256(seal).digest(), sealed_at),
    )  # fmt: skip
    return {"body": json.loads(statement.canonical()), "envelope": json.loads(envelope.canonical())}


def wrong(document: Document, *draws: Run) -> set[str]:
    return {one.code for one in records.verify(document, CHECKS, [one.body for one in draws]) if not one.ok}


def test_an_honest_round_verifies_with_the_transcript_and_alone(draw: Run, listed: Listed) -> None:
    document = published(stated(draw, listed))
    assert len(listed.homes) == len(UNITS)
    assert {one.special for one in listed.joined} == {True, False}
    assert wrong(document, draw) == set()
    assert wrong(document) == set()
    assert len(document["body"]["allotted"]) == len(UNITS)


def test_a_round_that_nobody_joined_verifies_without_digits(draw: Run, listed: Listed) -> None:
    nobody = listed.model_copy(update={"joined": ()})
    assert wrong(published(stated(draw, nobody)), draw) == set()
    drawn = stated(draw, nobody).model_copy(update={"digits": DIGITS})
    assert wrong(published(drawn), draw) == {"allotted", "typed_by"}


def test_another_draws_transcript_is_noticed(draw: Run, small: Run, listed: Listed) -> None:
    assert wrong(published(stated(draw, listed)), small) == {"named_body"}


def test_stamps_out_of_their_order_are_noticed(draw: Run, listed: Listed) -> None:
    honest = stated(draw, listed)
    early = stamp(reserve.stamp_digest(honest.body_sha256, listed), 19)
    assert wrong(published(honest.model_copy(update={"list_stamp": early}))) == {"reserve_stamp"}
    assert wrong(published(honest, sealed_at=29)) == {"times"}


def _swap(body: dict[str, Any]) -> None:
    one, other = body["allotted"][:2]
    one["unit"], other["unit"] = other["unit"], one["unit"]


def _wait(listed: dict[str, Any]) -> None:
    listed["joined"][0]["wait"] = 0


def _stranger(listed: dict[str, Any]) -> None:
    listed["joined"][0]["ticket"] = "f" * 32


def _two_persons(listed: dict[str, Any]) -> None:
    """Who waits on both lists is made two persons."""
    holders = [one["holder"] for one in listed["joined"]]
    twice = next(number for number in holders if holders.count(number) > 1)
    at = len(holders) - 1 - holders[::-1].index(twice)
    listed["joined"][at]["holder"] = max(holders) + 1
    numbers: dict[int, int] = {}
    for one in listed["joined"]:
        one["holder"] = numbers.setdefault(one["holder"], len(numbers))


def _home(listed: dict[str, Any]) -> None:
    listed["homes"][0]["unit"] = "101-000"


def _wish(listed: dict[str, Any]) -> None:
    wished = next(one for one in listed["joined"] if one["floor"] == 0 and not one["special"])
    wished["floor"] = 1


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda body: body.update(digits="444179583", allotted=[]), {"seed", "allotted", "digits"}),
        (lambda body: body.update(typed_by=["officer", "officer"]), {"typed_by"}),
        (lambda body: body["allotted"].pop(), {"allotted"}),
        (_swap, {"allotted"}),
        (lambda body: body["listed"]["joined"].pop(), {"reserve_stamp", "times", "seed", "allotted"}),
        (lambda body: body.update(body_sha256="0" * 64), {"reserve_stamp", "times", "seed", "allotted", "named_body"}),
    ],
)
def test_a_changed_record_is_found_out(
    draw: Run, listed: Listed, change: Callable[[dict[str, Any]], Any], found: set[str]
) -> None:
    """Sealed again by the operator itself, as if nothing had been."""
    body = copy.deepcopy(published(stated(draw, listed))["body"])
    change(body)
    assert wrong(published(Reserve.model_validate(body)), draw) == found


def test_other_digits_are_found_out(draw: Run, listed: Listed) -> None:
    """Most other digits give other homes; all give another seed."""
    honest = stated(draw, listed)
    found = [wrong(published(honest.model_copy(update={"digits": f"{first}04179583"}))) for first in "13"]
    found += [wrong(published(honest.model_copy(update={"digits": f"20417{last}"}))) for last in ("9584", "9536")]
    assert all("seed" in one for one in found)
    assert any("allotted" in one for one in found)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (_wait, {"reserve_list", "reserve_ticket"}),
        (_stranger, {"reserve_list", "reserve_ticket"}),
        (_two_persons, {"reserve_list", "reserve_ticket"}),
        (_wish, {"reserve_list", "reserve_ticket"}),
        (_home, {"reserve_homes"}),
        (lambda listed: listed["joined"].reverse(), {"stated"}),
        (lambda listed: listed["homes"].append(listed["homes"][0]), {"stated"}),
    ],
)
def test_a_list_that_the_draw_does_not_know_is_found_out(
    draw: Run, listed: Listed, change: Callable[[dict[str, Any]], Any], found: set[str]
) -> None:
    """The whole round held with a false list, stamped, drawn and sealed."""
    false = json.loads(listed.canonical())
    change(false)
    assert wrong(published(stated(draw, Listed.model_validate(false))), draw) == found


def test_a_record_of_another_shape_is_no_record(draw: Run, listed: Listed) -> None:
    document = published(stated(draw, listed))
    document["body"]["listed"]["until"] = datetime(2026, 1, 1).isoformat()  # noqa: DTZ001 - no zone is the point
    assert wrong(document, draw) == {"document"}
