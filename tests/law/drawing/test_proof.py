"""One applicant's own proof: it needs no list, shows row, opening and result, and nothing else passes for it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from domain.errors import UnknownThing
from domain.notices import Notice
from law.drawing import hashing
from law.drawing.proof import Levels, OwnProof, check, read
from law.drawing.rows import tickets
from law.drawing.selection import withhold_results
from law.drawing.transcript import Run, read_listing, run
from law.drawing.verify import valid, verify
from tests.law.drawing.draw_world import (
    CEREMONY,
    CHECKS,
    PROGRAM,
    SECRET,
    Entry,
    Made,
    document,
    head_of,
    make_rows,
    ticket,
)


@pytest.fixture(scope="module")
def drawn(build_notice: Callable[..., Notice], entry: Entry) -> tuple[Run, Made, Levels]:
    notice = build_notice(date(2026, 10, 1), regulated=True, overheated=True, units={"general": 3, "newlywed": 2})
    received = [entry(f"t{n}", points=40 + n) for n in range(11)]
    received += [entry(f"n{n}", "newlywed", first_order=True, children=n) for n in range(3)]
    head = head_of(notice)
    made = make_rows(head, received, {}, SECRET)
    done = run(head, made.rows, CEREMONY, PROGRAM)
    return done, made, Levels(made.rows, withhold_results(head, made.rows, done.selection))


def proof_of(drawn: tuple[Run, Made, Levels], number: int) -> OwnProof:
    _, made, levels = drawn
    opening = made.openings[number]
    return levels.proof(opening.ticket, opening)


def test_every_applicant_can_show_theirs(drawn: tuple[Run, Made, Levels]) -> None:
    done, made, _ = drawn
    for number in range(len(made.rows)):
        proof = proof_of(drawn, number)
        assert all(check(proof, done.body).values())
        assert read(json.loads(proof.canonical())) == proof


def test_the_row_is_whole_where_the_list_withholds_it(drawn: tuple[Run, Made, Levels]) -> None:
    done, made, _ = drawn
    public, _ = read_listing(done.listing, done.body.count, done.body.pools)
    number = made.rows["ticket"].tolist().index(bytes.fromhex(ticket("n2")))
    assert public["children"][number] == 0
    assert base64.b64decode(proof_of(drawn, number).row) == made.rows[number].tobytes()
    assert made.rows["children"][number] == 2


def test_no_list_is_needed(drawn: tuple[Run, Made, Levels]) -> None:
    outside = document(drawn[0])
    outside["body"]["listing"]["inline"] = None
    found = verify(outside, None, CHECKS, proof_of(drawn, 3))
    wrong = {one.code for one in found if not one.ok}
    assert wrong == {"envelope", "seal"}  # this body was another one when it was sealed
    assert valid([one for one in found if one.code.startswith("own_")])


@pytest.mark.parametrize("field", ["ticket", "number", "count", "row", "result", "path1", "path2", "path3", "opening"])
def test_nothing_else_passes_for_it(drawn: tuple[Run, Made, Levels], field: str) -> None:
    one, other = proof_of(drawn, 3), proof_of(drawn, 4)
    mixed = one.model_copy(update={field: getattr(other, field) if field != "count" else 12})
    assert not all(check(mixed, drawn[0].body).values())


@pytest.mark.parametrize(
    "change",
    [{"number": -1}, {"number": 10**9}, {"count": 10**100}, {"row": "####"}, {"result": ""}, {"path1": ()},
     {"path2": ("zz",)}, {"ticket": "x"}, {"path1": ("00",) * 9}],
)  # fmt: skip
def test_hostile_proofs(drawn: tuple[Run, Made, Levels], change: dict[str, Any]) -> None:
    assert not all(check(proof_of(drawn, 3).model_copy(update=change), drawn[0].body).values())


def test_another_salt_or_private_part(drawn: tuple[Run, Made, Levels]) -> None:
    proof = proof_of(drawn, 3)
    assert proof.opening is not None
    for change in ({"salt": "00" * 16}, {"salt": ""}, {"private": {}}):
        opened = proof.model_copy(update={"opening": proof.opening.model_copy(update=change)})
        assert not all(check(opened, drawn[0].body).values())


@pytest.mark.parametrize("asked", ["", "zz", "00" * 16, ticket("t1") + "00", ticket("t1")[:-2]])
def test_an_unknown_ticket(drawn: tuple[Run, Made, Levels], asked: str) -> None:
    with pytest.raises(UnknownThing, match="unknown_ticket"):
        drawn[2].proof(asked)


@pytest.mark.parametrize("document", [{}, {"ticket": 1}, {"opening": []}])
def test_what_is_no_proof(document: dict[str, Any]) -> None:
    assert read(document) is None


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 7, 8, 9, 31, 33])
def test_trees_of_every_shape(count: int) -> None:
    level = hashing.leaves(bytes(range(count)), 1)
    tree, root = hashing.levels(level), hashing.root(level)
    for number in range(count):
        leaf, audit = bytes(level[32 * number : 32 * number + 32]), hashing.path(tree, number)
        assert hashing.root_from(leaf, number, count, audit) == root
        assert count == 1 or hashing.root_from(leaf, number ^ 1, count, audit) != root
        assert hashing.root_from(leaf, number, count, [*audit, leaf]) is None


def test_known_roots() -> None:
    """RFC 6962 §2.1, test vectors of Certificate Transparency."""
    assert hashing.root(b"").hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    leaves = [b"", b"\0", b"\x10", b"\x20\x21", b"\x30\x31", b"\x40\x41\x42\x43", bytes(range(0x50, 0x58)),
              bytes(range(0x60, 0x70))]  # fmt: skip
    level = b"".join(hashing.leaf_of(leaf) for leaf in leaves)
    assert hashing.root(level).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    assert hashing.root(level[:32]).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


def test_tickets_are_copied_once_each(drawn: tuple[Run, Made, Levels]) -> None:
    assert len(tickets(drawn[1].rows)) == 16 * 14
