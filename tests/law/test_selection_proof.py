"""The published proof: it re-runs, the same inputs give the same bytes, and every tampering is found and named."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from domain.applications import ReceivedEntry
from domain.notices import Notice
from law import merkle
from law.ceremony import nonce_commitment
from law.rulebook import load
from law.selection_proof import DrawProof, entry_root, make_entries, root1_digest, root2_digest, run, ticket_root
from law.selection_terms import Head, make_head
from law.selection_verify import valid, verify

NONCE = bytes(range(32))
DIGITS = "2-0417-9583"
Entry = Callable[..., ReceivedEntry]
Document = dict[str, Any]


def stamp(digest: bytes) -> str:
    """A stand-in token: what matters here is which digest it covers (real tokens: tests of ``contracts``)."""
    return base64.b64encode(b"stamped:" + digest).decode()


def check_timestamp(token: bytes, digest: bytes) -> bool:
    return token == b"stamped:" + digest


def draw(notice: Notice, received: list[ReceivedEntry]) -> DrawProof:
    head: Head = make_head(notice, nonce_commitment(NONCE), load("normal"))
    entries = make_entries(received)
    tickets = [entry.ticket for entry in entries]
    return run(
        head, received, NONCE, DIGITS,
        root1_stamp=stamp(root1_digest(head, ticket_root(tickets), len(tickets))),
        root2_stamp=stamp(root2_digest(head, entry_root(entries), len(entries))),
    )  # fmt: skip


@pytest.fixture(scope="module")
def document(build_notice: Callable[..., Notice], build_entry: Entry) -> Document:
    notice = build_notice(regulated=True, units={"general": 3, "newlywed": 1}, unit_numbers=("1", "2", "3", "4"))
    received = [build_entry(f"t{n}", points=40 + n) for n in range(7)]
    received += [build_entry(f"n{n}", "newlywed", holder=f"h-t{n}", points=None) for n in range(3)]
    parsed: Document = json.loads(json.dumps(draw(notice, received).document()))
    return parsed


def named(document: Document) -> set[str]:
    return {finding.code for finding in verify(document, check_timestamp) if not finding.ok}


def test_an_honest_draw_verifies(document: Document) -> None:
    findings = verify(document, check_timestamp)
    assert valid(findings)
    assert {"root1", "root2", "root1_stamp", "root2_stamp", "nonce", "digits", "seed", "results", "terms"} <= {
        finding.code for finding in findings
    }


def test_the_same_inputs_give_the_same_bytes(build_notice: Callable[..., Notice], build_entry: Entry) -> None:
    received = [build_entry(f"t{n}") for n in range(5)]
    assert draw(build_notice(), received).canonical() == draw(build_notice(), received[::-1]).canonical()


def test_without_trust_the_time_is_not_proved(document: Document) -> None:
    assert {finding.code for finding in verify(document) if not finding.ok} == {"root1_stamp", "root2_stamp"}
    assert named({**document, "root1_stamp": None}) == {"root1_stamp"}
    assert named({**document, "root2_stamp": "not base64!"}) == {"root2_stamp"}


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


def test_every_single_field_is_bound(document: Document) -> None:
    for path in paths(document):
        tampered = copy.deepcopy(document)
        inner = tampered
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] = changed(inner[path[-1]])
        assert named(tampered), path


def test_what_is_named(document: Document) -> None:
    other = "0" * 64
    for field, value, code in (
        ("root1", other, "root1"), ("root2", other, "root2"), ("seed", other, "seed"), ("nonce", other, "nonce"),
        ("digits", "204179538", "seed"), ("digits", "204179533", "digits"), ("count", 11, "tickets"),
        ("typed_by", ["operator"], "typed_by"),
    ):  # fmt: skip
        assert code in named({**document, field: value}), field


def test_a_ticket_added_dropped_or_doubled(document: Document) -> None:
    for tickets in ([*document["tickets"], "zz"], document["tickets"][1:], [*document["tickets"], "t6"]):
        found = named({**document, "tickets": tickets, "count": len(tickets)})
        assert {"root1", "entries"} <= found
    assert "tickets" in named({**document, "tickets": document["tickets"][::-1]})


def test_an_exchanged_result_is_named_by_ticket(document: Document) -> None:
    tampered = copy.deepcopy(document)
    rows = tampered["results"]
    won = next(row for row in rows if row["result"] == "won")
    lost = next(row for row in rows if row["result"] != "won")
    won["result"], lost["result"] = lost["result"], won["result"]
    found = [f.subject for f in verify(tampered, check_timestamp) if f.code == "result"]
    assert found == sorted([won["ticket"], lost["ticket"]])


def test_changed_terms_recomputed_to_the_end_still_fail(
    build_notice: Callable[..., Notice], build_entry: Entry
) -> None:
    received = [build_entry(f"t{n}") for n in range(4)]
    honest = draw(build_notice(units={"general": 1}), received)
    forged = run(
        honest.head.model_copy(update={"basis": honest.head.basis.model_copy(update={"name": "다른 이름"})}),
        received, NONCE, DIGITS, root1_stamp=honest.root1_stamp, root2_stamp=honest.root2_stamp,
    )  # fmt: skip
    assert named(forged.document()) == {"root1_stamp", "root2_stamp"}


def test_unlawful_numbers_are_named_even_when_stamped(build_notice: Callable[..., Notice], build_entry: Entry) -> None:
    head = make_head(build_notice(), nonce_commitment(NONCE), load("normal"))
    bent = head.model_copy(update={"law": head.law.model_copy(update={"wait_pct": 1000})})
    received = [build_entry(f"t{n}") for n in range(4)]
    roots = ticket_root([f"t{n}" for n in range(4)]), entry_root(make_entries(received))
    proof = run(
        bent, received, NONCE, DIGITS, root1_stamp=stamp(root1_digest(bent, roots[0], 4)),
        root2_stamp=stamp(root2_digest(bent, roots[1], 4)),
    )  # fmt: skip
    assert named(proof.document()) == {"terms", "results"}


def test_one_ticket_can_be_proved_alone(document: Document) -> None:
    leaves = [ticket.encode() for ticket in document["tickets"]]
    path = merkle.proof(leaves, 2)
    assert merkle.proves(leaves[2], path, bytes.fromhex(document["root1"]))


@pytest.mark.parametrize(
    "hostile",
    [{}, {"head": 1}, {"head": {}}, {"tickets": "x"}, {"results": None}, {"count": -1}, {"seed": "zz"}, {"extra": 1}],
)
def test_hostile_documents_are_refused_without_an_exception(document: Document, hostile: Document) -> None:
    for tampered in (hostile, {**document, **hostile}):
        if tampered != document:
            assert not valid(verify(tampered, check_timestamp))


def test_unknown_house_types_and_rulebooks(document: Document) -> None:
    tampered = copy.deepcopy(document)
    tampered["head"]["law"]["types"] = {}
    assert "terms" in named(tampered)
    tampered = copy.deepcopy(document)
    tampered["head"]["rulebook"] = "../../etc/passwd"
    assert "terms" in named(tampered)
    tampered = copy.deepcopy(document)
    tampered["head"]["basis"]["types"][0]["exclusive_area"] = "many"
    assert "terms" in named(tampered)
