"""The published test vectors: this program, and the one written from the document alone, give these very bytes."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from domain.applications import ReceivedEntry
from law.drawing import hashing
from law.drawing.proof import check, read
from law.drawing.rows import read_rows, tickets
from law.drawing.selecting import select
from law.drawing.terms import Head
from law.drawing.transcript import Body, body_sha256, root1_digest, root2_digest, run
from law.drawing.verify import verify
from tests.law.drawing.draw_world import CHECKS, make_rows
from tests.law.drawing.plain_draw import PlainDraw
from tests.vectors.draw.tampered import CHANGES, applied

HERE = Path(__file__).parents[2] / "vectors" / "draw"
OUTSIDE = {"seal", "seal_stamp", "root1_stamp", "root2_stamp", "counts"}  # cannot repeat, so not in the vectors


def vector(name: str) -> Any:
    return json.loads((HERE / name).read_text("utf-8"))


EDGES = vector("edges.json")
SMALL = vector("small.json")
TAMPERED = vector("tampered.json")


def body_of(one: dict[str, Any]) -> Body:
    return Body.model_validate(one["transcript"]["body"])


def named(document: dict[str, Any]) -> set[str]:
    return {found.code for found in verify(document, None, CHECKS) if not found.ok}


def plainly(body: Body, rows: bytes) -> list[tuple[int, str, int, int, int]]:
    return PlainDraw(body.head.model_dump(mode="json"), rows, bytes.fromhex(body.seed)).run()


def spelled(results: str, pools: list[str]) -> list[tuple[int, str, int, int, int]]:
    data, found = base64.b64decode(results), []
    for at in range(0, len(data), 13):
        one = data[at : at + 13]
        word = lambda start, end, one=one: int.from_bytes(one[start:end], "big")  # noqa: E731
        found.append((one[0], pools[word(1, 3)], word(3, 7), word(7, 11), word(11, 13)))
    return found


@pytest.mark.parametrize("one", [*EDGES, SMALL], ids=lambda one: one.get("name", "small"))
def test_every_step_gives_these_bytes(one: dict[str, Any]) -> None:
    body, rows = body_of(one), base64.b64decode(one["rows"])
    again = run(body.head, read_rows(rows), body.ceremony, body.program)
    assert again.body == body
    assert base64.b64encode(again.selection.results.tobytes()).decode() == one["results"]
    assert list(again.selection.pools) == one["result_pools"]
    assert named(one["transcript"]) == OUTSIDE - {"counts"}
    assert plainly(body, rows) == spelled(one["results"], one["result_pools"])


def test_from_the_applications_to_the_hashes() -> None:
    received = [ReceivedEntry.model_validate(one) for one in SMALL["received"]]
    head, body = Head.model_validate(SMALL["head"]), body_of(SMALL)
    made = make_rows(head, received, SMALL["excluded"], bytes.fromhex(SMALL["secret"]))
    assert base64.b64encode(made.rows.tobytes()).decode() == SMALL["rows"]
    assert head.digest() == SMALL["head_sha256"]
    assert hashing.leaves(tickets(made.rows), 16)[:64].hex() == SMALL["leaves1"]
    assert hashing.row_leaves(made.rows.tobytes())[:64].hex() == SMALL["leaves2"]
    assert root1_digest(head, body.fixed().root1, body.count).hex() == SMALL["root1_digest"]
    assert root2_digest(head, body.fixed()).hex() == SMALL["root2_digest"]
    assert body_sha256(body) == SMALL["body_sha256"]


def test_lots() -> None:
    seed = bytes.fromhex(SMALL["transcript"]["body"]["seed"])
    for pool, lots in SMALL["lots"].items():
        key = hashing.pool_key(seed, pool)
        assert key.hex() == SMALL["pool_keys"][pool]
        for ticket, lot in lots.items():
            assert hashlib.sha256(b"\3" + key + bytes.fromhex(ticket)).hexdigest() == lot


def test_own_proofs() -> None:
    for document in SMALL["proofs"]:
        proof = read(document)
        assert proof is not None
        assert all(check(proof, body_of(SMALL)).values())


def test_ten_thousand() -> None:
    one = vector("ten-thousand.json")
    body = body_of(one)
    assert body.count == 10_000
    assert named(one["transcript"]) == OUTSIDE - {"counts"}
    assert body.listing.inline is not None
    data = base64.b64decode(body.listing.inline)
    rows, results = data[: 76 * body.count], data[76 * body.count :]
    assert plainly(body, rows) == spelled(base64.b64encode(results).decode(), list(body.pools))
    assert select(body.head, read_rows(rows), bytes.fromhex(body.seed)).results.tobytes() == results


@pytest.mark.parametrize("one", TAMPERED["changes"], ids=lambda one: one["name"])
def test_every_tampering_is_named(one: dict[str, Any]) -> None:
    assert named(applied(TAMPERED["transcript"], one["path"], one["value"])) == set(one["codes"])


def test_the_vectors_hold_every_way_to_tamper() -> None:
    assert named(TAMPERED["transcript"]) == set()
    assert [one["name"] for one in TAMPERED["changes"]] == [one.name for one in CHANGES]
    assert all(one["codes"] for one in TAMPERED["changes"])
