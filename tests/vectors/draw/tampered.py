"""Ways to tamper with a transcript: a path into the document and what to put there."""

from __future__ import annotations

import base64
import copy
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from law.drawing.verify import Checks, verify

ROW, RESULT = 76, 13
Document = dict[str, Any]
LIST = ["body", "listing"]


@dataclass(frozen=True)
class Change:
    """``new``: the value, or for a list a function of its bytes; the list's hash is then given out anew."""

    name: str
    path: Sequence[str]
    new: Any


def flipped(at: int) -> Callable[[bytes, int], bytes]:
    """One bit of byte ``at`` of the list; negative: of the results, from their start."""

    def flip(data: bytes, count: int) -> bytes:
        place = at if at >= 0 else count * ROW - at - 1
        return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]

    return flip


def dropped(data: bytes, count: int) -> bytes:
    return data[ROW : count * ROW] + data[count * ROW + RESULT :]


def doubled(data: bytes, count: int) -> bytes:
    rows, results = data[: count * ROW], data[count * ROW :]
    return rows[:ROW] + rows + results[:RESULT] + results


def added(data: bytes, count: int) -> bytes:
    rows, results = data[: count * ROW], data[count * ROW :]
    return rows + b"\xff" * 16 + rows[16:ROW] + results + results[:RESULT]


def exchanged(data: bytes, count: int) -> bytes:
    """The results of the first two tickets whose results differ."""
    edge = count * ROW
    results = [data[at : at + RESULT] for at in range(edge, len(data), RESULT)]
    other = next(place for place, one in enumerate(results) if one != results[0])
    results[0], results[other] = results[other], results[0]
    return data[:edge] + b"".join(results)


def reordered(data: bytes, count: int) -> bytes:
    return data[ROW : 2 * ROW] + data[:ROW] + data[2 * ROW :]


ZERO = "0" * 64
CEREMONY = ["body", "ceremony"]
CHANGES = (
    Change("a ticket changed", LIST, flipped(15)),
    Change("a house type changed", LIST, flipped(17)),
    Change("somebody left out afterwards", LIST, flipped(19)),
    Change("a person exchanged", LIST, flipped(23)),
    Change("a flag changed", LIST, flipped(24)),
    Change("points changed", LIST, flipped(28)),
    Change("a commitment changed", LIST, flipped(75)),
    Change("a result changed", LIST, flipped(-1)),
    Change("two results exchanged", LIST, exchanged),
    Change("a ticket dropped", LIST, dropped),
    Change("a ticket doubled", LIST, doubled),
    Change("a ticket added", LIST, added),
    Change("two rows exchanged", LIST, reordered),
    Change("the list cut short", LIST, lambda data, _count: data[:-1]),
    Change("root 1", ["body", "root1"], ZERO),
    Change("root 2", ["body", "root2"], ZERO),
    Change("root 3", ["body", "root3"], ZERO),
    Change("seed", ["body", "seed"], ZERO),
    Change("count", ["body", "count"], 31),
    Change("nonce", [*CEREMONY, "nonce"], ZERO),
    Change("another order of the digits", [*CEREMONY, "digits"], "204179538"),
    Change("a digit twice in a group", [*CEREMONY, "digits"], "204179533"),
    Change("too few digits", [*CEREMONY, "digits"], "20417958"),
    Change("digits with dashes", [*CEREMONY, "digits"], "2-0417-9583"),
    Change("one person only", [*CEREMONY, "typed_by"], ["operator"]),
    Change("one person twice", [*CEREMONY, "typed_by"], ["operator", "operator"]),
    Change("no shares", [*CEREMONY, "shares"], []),
    Change("a beacon that was not announced", [*CEREMONY, "beacon"], "00"),
    Change("program", ["body", "program"], "another"),
    Change("protocol", ["body", "head", "protocol"], 1),
    Change("small pools", ["body", "head", "small_pool"], 1),
    Change("number of homes", ["body", "head", "basis", "types"], None),
    Change("the law's share", ["body", "head", "law", "lottery_homeless_pct"], 0),
    Change("threshold", ["body", "head", "custody", "threshold"], 1),
    Change("no time stamp on root 1", ["envelope", "root1_stamp"], None),
    Change("no time stamp on root 2", ["envelope", "root2_stamp"], None),
    Change("no seal", ["envelope", "seal"], None),
    Change("another body in the envelope", ["envelope", "body_sha256"], ZERO),
    Change("a field more", ["extra"], 1),
)


def changed(honest: Document, one: Change) -> Any:
    """What to put at the change's path."""
    if list(one.path) == LIST:
        data = base64.b64decode(honest["body"]["listing"]["inline"])
        data = one.new(data, honest["body"]["count"])
        inline = base64.b64encode(data).decode()
        return {"inline": inline, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
    if one.path[-1] == "types":
        types = copy.deepcopy(honest["body"]["head"]["basis"]["types"])
        types[0]["units"]["general"] += 1
        return types
    return one.new


def applied(honest: Document, path: Sequence[str], value: Any) -> Document:
    made = copy.deepcopy(honest)
    inner = made
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return made


def codes(honest: Document, one: Change, checks: Checks) -> list[str]:
    made = applied(honest, one.path, changed(honest, one))
    return sorted({found.code for found in verify(made, None, checks) if not found.ok})
