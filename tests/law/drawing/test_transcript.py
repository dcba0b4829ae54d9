"""The published transcript: it re-runs, its body repeats byte for byte, and every tampering is found and named."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from domain.errors import Invalid
from domain.notices import Notice
from law.ceremony import check_digits
from law.drawing.heads import lawful
from law.drawing.rows import MASKED, RESULT, ROW, WON
from law.drawing.selecting import select
from law.drawing.selection import WITHHELD
from law.drawing.transcript import (
    Run,
    read_listing,
    root2_of,
    run,
    seed_of,
    withhold,
)
from law.drawing.verify import Checks, valid, verify
from tests.law.drawing.draw_world import (
    CEREMONY,
    CHECKS,
    PROGRAM,
    SECRET,
    Document,
    Entry,
    document,
    head_of,
    make_rows,
    ticket,
)

Build = Callable[..., Notice]


@pytest.fixture(scope="module")
def honest(small: Run) -> Document:
    return document(small)


def named(tampered: Document, listing: bytes | None = None) -> set[str]:
    return {one.code for one in verify(tampered, listing, CHECKS) if not one.ok}


def with_list(honest: Document, change: Callable[[bytearray], Any]) -> Document:
    """The document with another list, whose hash is given out as if nothing had been."""
    tampered = copy.deepcopy(honest)
    listing = tampered["body"]["listing"]
    data = bytearray(base64.b64decode(listing["inline"]))
    data = change(data) or data
    listing |= {
        "inline": base64.b64encode(data).decode(), "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)
    }  # fmt: skip
    return tampered


def test_an_honest_draw_verifies(honest: Document) -> None:
    found = verify(honest, None, CHECKS)
    assert valid(found), [one.code for one in found if not one.ok]
    assert {one.subject for one in found if one.code == "seal"} == {"REB"}


def test_the_same_inputs_give_the_same_bytes(build_notice: Build, entry: Entry) -> None:
    head = head_of(build_notice())
    received = [entry(f"t{n}") for n in range(7)]
    made = [
        run(head, make_rows(head, order, {}, SECRET).rows, CEREMONY, PROGRAM) for order in (received, received[::-1])
    ]
    assert made[0].body.canonical() == made[1].body.canonical()


SCRIPT = """
import sys
sys.path.insert(0, sys.argv[1])
from onjip.bench import draw
from law.drawing.transcript import run
made = run(draw._head(), draw.make_rows(3000), draw._ceremony(), "test")
print(made.body.digest())
"""


def test_another_hash_seed_gives_the_same_bytes(pytestconfig: pytest.Config) -> None:
    root = str(pytestconfig.rootpath)
    found = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT, root], capture_output=True, check=True, text=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("0", "1", "4242")
    }  # fmt: skip
    assert len(found) == 1


def test_without_trust_neither_seal_nor_time_is_proved(honest: Document) -> None:
    found = {one.code for one in verify(honest, None, Checks(lawful)) if not one.ok}
    assert found == {"counts", "root1_stamp", "root2_stamp", "seal_stamp", "seal"}


def paths(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        for key in value:
            yield from paths(value[key], (*at, key))
    elif isinstance(value, list):
        for index in range(len(value)):
            yield from paths(value[index], (*at, index))
    else:
        yield at


def changed(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if value is None:
        return 1
    return value[:-1] + ("1" if value[-1:] == "0" else "0")


def test_every_single_field_is_bound(honest: Document) -> None:
    for path in paths(honest):
        tampered = copy.deepcopy(honest)
        inner = tampered
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] = changed(inner[path[-1]])
        assert named(tampered), path


@pytest.mark.parametrize(
    ("where", "value", "codes"),
    [
        (("body", "root1"), "0" * 64, {"root1", "seed", "root1_stamp", "root2_stamp"}),
        (("body", "root2"), "0" * 64, {"root2", "seed", "root2_stamp"}),
        (("body", "root3"), "0" * 64, {"root3"}), (("body", "seed"), "0" * 64, {"seed", "results"}),
        (("body", "ceremony", "nonce"), "0" * 64, {"nonce", "seed"}),
        (("body", "ceremony", "digits"), "204179538", {"seed"}),
        (("body", "ceremony", "digits"), "204179533", {"digits", "seed"}),
        (("body", "ceremony", "digits"), "2-0417-9583", {"digits", "seed"}),
        (("body", "ceremony", "typed_by"), ["operator"], {"typed_by"}),
        (("body", "ceremony", "typed_by"), ["operator", "operator"], {"typed_by"}),
        (("body", "ceremony", "shares"), [], {"shares"}), (("body", "ceremony", "beacon"), "ab", {"beacon", "seed"}),
        (("body", "program"), "onjip 9", {"seed", "root2_stamp"}), (("body", "count"), 17, {"tickets", "seed"}),
        (("body", "head", "law", "wait", "pct"), 1000, {"terms", "seed"}),
        (("body", "head", "rulebook"), "../../etc/passwd", {"terms"}),
        (("body", "head", "custody", "threshold"), 1, {"terms"}),
        (("body", "head", "protocol"), 1, {"protocol"}),
        (("envelope", "root1_stamp"), None, {"root1_stamp"}), (("envelope", "seal"), None, {"seal", "seal_stamp"}),
        (("envelope", "root2_stamp"), "not base64!", {"root2_stamp"}), (("envelope", "body_sha256"), "0" * 64,
                                                                        {"envelope"}),
    ],
)  # fmt: skip
def test_what_is_named(honest: Document, where: tuple[str, ...], value: Any, codes: set[str]) -> None:
    tampered = copy.deepcopy(honest)
    inner = tampered
    for key in where[:-1]:
        inner = inner[key]
    inner[where[-1]] = value
    assert codes <= named(tampered)


def test_time_stamps_out_of_their_order(honest: Document) -> None:
    tampered = copy.deepcopy(honest)
    late = base64.b64decode(tampered["envelope"]["root1_stamp"]).replace(b"002:", b"005:")
    tampered["envelope"]["root1_stamp"] = base64.b64encode(late).decode()
    assert named(tampered) == {"times"}


def test_a_count_above_the_end(honest: Document) -> None:
    tampered = copy.deepcopy(honest)
    tampered["envelope"]["counts"][0]["count"] = 99
    assert named(tampered) == {"counts"}


def test_one_share_alone_opens_nothing(honest: Document) -> None:
    tampered = copy.deepcopy(honest)
    shares = tampered["body"]["ceremony"]["shares"]
    for wrong in (shares[:1], shares[:1] * 2, [shares[0], {**shares[1], "body": "notary"}]):
        tampered["body"]["ceremony"]["shares"] = wrong
        assert named(tampered) == {"shares", "envelope", "seal"}


def read_rows_of(made: Run) -> Any:
    return read_listing(made.listing, made.body.count, made.body.pools)[0]


COUNT = 18


@pytest.mark.parametrize("column", [name for name in ROW.names or () if name != "commitment"])
def test_a_changed_leaf(honest: Document, column: str) -> None:
    def change(data: bytearray) -> None:
        rows = np.frombuffer(data, ROW, COUNT)
        assert rows.base is not None
        at = int(np.flatnonzero(rows["kind"] == 0)[0])
        offset = at * ROW.itemsize + (ROW.fields or {})[column][1] + ROW[column].itemsize - 1
        data[offset] ^= 1

    found = named(with_list(honest, change))
    assert "root2" in found or "tickets" in found


def test_every_byte_of_the_list_is_bound(honest: Document) -> None:
    """By a root, by the order of the list, or, where a withheld row must be empty, by its bounds."""
    size = COUNT * (ROW.itemsize + RESULT.itemsize)
    for place in range(0, size, 7):

        def change(data: bytearray, place: int = place) -> None:
            data[place] ^= 1

        assert named(with_list(honest, change)) & {"root1", "root2", "root3", "tickets", "columns"}, place


def test_a_ticket_added_dropped_or_doubled(honest: Document, small: Run) -> None:
    width, edge = ROW.itemsize, COUNT * ROW.itemsize

    def lists() -> Iterator[tuple[bytes, int]]:
        data = small.listing
        rows, results = data[:edge], data[edge:]
        yield rows[:-width] + results[: -RESULT.itemsize], COUNT - 1
        yield rows + b"\xff" * 16 + rows[-width + 16 :] + results + results[-RESULT.itemsize :], COUNT + 1
        yield rows + rows[-width:] + results + results[-RESULT.itemsize :], COUNT + 1

    for data, count in lists():
        tampered = with_list(honest, lambda _, data=data: bytearray(data))  # type: ignore[misc]
        tampered["body"]["count"] = count
        assert named(tampered) >= {"root1_stamp", "root2_stamp", "seed"}
        assert named(tampered) & {"root1", "tickets"}


def test_an_exchanged_result_is_named_by_ticket(honest: Document) -> None:
    def change(data: bytearray) -> None:
        results = np.frombuffer(data, RESULT, COUNT, COUNT * ROW.itemsize)
        shown = np.frombuffer(data, ROW, COUNT)["flags"] != MASKED  # who has won in a withheld pool is not for all
        won = int(np.flatnonzero((results["result"] == WON) & shown)[0])
        lost = int(np.flatnonzero((results["result"] != WON) & shown)[0])
        one, other = (slice(COUNT * ROW.itemsize + 13 * at, COUNT * ROW.itemsize + 13 * at + 13) for at in (won, lost))
        data[one], data[other] = data[other], data[one]

    tampered = with_list(honest, change)
    found = [one.subject for one in verify(tampered, None, CHECKS) if one.code == "result"]
    assert len(found) >= 2
    assert set(found) <= {ticket(f"{kind}{n}") for kind in "tnm" for n in range(9)}


def test_a_pool_that_is_too_small_is_withheld_and_still_bound(small: Run) -> None:
    rows, public = read_listing(small.listing, small.body.count, small.body.pools)
    hidden = rows["flags"] == MASKED
    assert hidden.sum() == 3  # multi_child: fewer than five
    assert not rows["points"][hidden].any()
    won = public.results["pool"][hidden & (public.results["result"] == WON)]
    assert {small.body.pools[int(pool)].split(":")[0] for pool in won} == {WITHHELD}
    assert root2_of(rows).hex() == small.body.root2


def test_a_pool_that_is_not_small_must_not_be_withheld(small: Run) -> None:
    hiding = small.body.head.model_copy(update={"small_pool": 50})
    data = withhold(hiding, read_rows_of(small)).tobytes() + small.listing[COUNT * ROW.itemsize :]
    tampered = with_list(document(small), lambda _: bytearray(data))
    assert "withheld" in named(tampered)


def test_withheld_winners_must_be_as_many_as_homes(honest: Document, small: Run) -> None:
    def change(data: bytearray) -> None:
        results = np.frombuffer(data, RESULT, COUNT, COUNT * ROW.itemsize)
        pools = [number for number, name in enumerate(small.body.pools) if name.startswith(WITHHELD)]
        at = int(np.flatnonzero(np.isin(results["pool"], pools))[0])
        data[COUNT * ROW.itemsize + 13 * at : COUNT * ROW.itemsize + 13 * at + 13] = bytes(13)

    assert {"results", "root3"} <= named(with_list(honest, change))


def test_withheld_rows_cannot_be_drawn_without_what_became_of_them(small: Run) -> None:
    with pytest.raises(Invalid, match="withheld"):
        select(small.body.head, read_rows_of(small), bytes(32))


def test_small_general_pools_are_withheld_with_their_wait_list(build_notice: Build, entry: Entry) -> None:
    notice = build_notice(
        regulated=True, units={"general": 1, "newlywed": 2}, unit_numbers=("1", "2", "3"), lowest_floor=("1",)
    )
    received = [entry(f"g{n}", points=50 + n, floor=n % 3) for n in range(4)]
    received += [entry(f"n{n}", "newlywed", floor=n % 3) for n in range(8)]
    head = head_of(notice)
    for seed in range(20):
        ceremony = CEREMONY.model_copy(update={"digits": f"2{seed:02}"[:3] + "417"})
        made = run(head, make_rows(head, received, {}, SECRET).rows, ceremony, PROGRAM)
        assert named(document(made)) <= {"digits"}, seed


@pytest.mark.parametrize(
    "hostile",
    [{}, {"body": 1}, {"body": {}}, {"envelope": None}, {"extra": 1}, {"body": {"head": {}}}, {"body": "\ud800"}],
)
def test_hostile_documents_are_refused_without_an_exception(honest: Document, hostile: Document) -> None:
    for tampered in (hostile, {**honest, **hostile}):
        if tampered != honest:
            assert not valid(verify(tampered, None, CHECKS))


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (("count",), -1), (("count",), 2**70), (("pools",), []), (("head", "kinds"), []),
        (("head", "law", "types"), {}),
        (("head", "basis", "types"), []), (("head", "small_pool"), -5), (("listing", "inline"), "####"),
        (("listing", "inline"), None), (("listing", "size"), -1), (("ceremony", "digits"), "9" * 100_000),
        (("head", "law", "ceremony"), []), (("head", "custody", "custodians"), []),
    ],
)  # fmt: skip
def test_hostile_numbers_are_refused_without_an_exception(honest: Document, where: tuple[str, ...], value: Any) -> None:
    tampered = copy.deepcopy(honest)
    inner = tampered["body"]
    for key in where[:-1]:
        inner = inner[key]
    inner[where[-1]] = value
    assert named(tampered)


def test_a_file_beside_the_document(honest: Document, small: Run) -> None:
    outside = copy.deepcopy(honest)
    outside["body"]["listing"]["inline"] = None
    assert {"tickets"} <= named(outside)
    assert "tickets" not in named(outside, small.listing)
    assert {"listing", "tickets"} <= named(outside, small.listing[:-1])
    assert "listing" in named(outside, small.listing[:-1] + b"\0")


@pytest.mark.parametrize(
    "digits",
    ["", "2-0417-958", "4-0417-9583", "2-0417-9588", "2-0017-9583", "2-0417-95833", "x-0417-9583", "２-0417-9583"],
)
def test_digits_that_do_not_fit(small: Run, digits: str) -> None:
    with pytest.raises(Invalid, match="bad_digits"):
        check_digits(digits, small.body.head.law.ceremony)


def test_each_part_changes_the_seed_and_shares_and_observers_do_not(small: Run) -> None:
    head, fixed = small.body.head, small.body.fixed()
    ceremonies = [
        CEREMONY.model_copy(update=change)
        for change in ({}, {"digits": "104179583"}, {"nonce": "0" * 64}, {"beacon": "ab"})
    ]
    seeds = {seed_of(head, fixed, one) for one in ceremonies}
    assert len(seeds) == 4
    same = CEREMONY.model_copy(update={"shares": (), "observers": ("다른 사람",)})
    assert seed_of(head, fixed, same) == seed_of(head, fixed, CEREMONY)


def test_json_is_what_was_published(honest: Document) -> None:
    assert json.loads(json.dumps(honest)) == honest
