"""An applicant's own proof: row, opening, result, and the paths to the three roots. The list is not needed."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from pydantic import ValidationError

from domain.contracts import Finding
from domain.errors import UnknownThing
from domain.model import Model, canonical_json
from law.drawing import hashing
from law.drawing.entries import Opening
from law.drawing.findings import finding
from law.drawing.rows import COMMITMENT, RESULT, ROW, TICKET, Rows, tickets
from law.drawing.selection import Selection
from law.drawing.transcript import Body, leaves2_of, leaves3_of

MOST_COUNT = 2**32


class OwnProof(Model):
    """``number``: place of the row in the list, from 0. Paths from the leaf up, hexadecimal.

    ``row`` is whole, also where the published list withholds it.
    """

    ticket: str
    number: int
    count: int
    row: str  # base64
    result: str  # base64, as published
    opening: Opening | None
    path1: tuple[str, ...]
    path2: tuple[str, ...]
    path3: tuple[str, ...]


class Levels:
    """The leaves of the three trees, so that many proofs cost one pass over the list."""

    def __init__(self, rows: Rows, public: Selection) -> None:
        """``rows``: whole, not those of the published list. ``public``: the published results."""
        self.rows, self.public = rows, public
        self._trees = [hashing.levels(level) for level in (
            hashing.leaves(tickets(rows), TICKET), leaves2_of(rows), leaves3_of(rows, public)
        )]  # fmt: skip

    def proof(self, ticket: str, opening: Opening | None = None) -> OwnProof:
        """UnknownThing for a ticket that is not in the list."""
        at = place_of(self.rows, ticket)
        paths = [tuple(node.hex() for node in hashing.path(levels, at)) for levels in self._trees]
        return OwnProof(
            ticket=ticket, number=at, count=len(self.rows), opening=opening,
            row=base64.b64encode(self.rows[at].tobytes()).decode(),
            result=base64.b64encode(self.public.results[at].tobytes()).decode(),
            path1=paths[0], path2=paths[1], path3=paths[2],
        )  # fmt: skip


def place_of(rows: Rows, ticket: str) -> int:
    """UnknownThing for a ticket that is not in the list."""
    try:
        name = bytes.fromhex(ticket)
    except ValueError:
        name = b""
    same = rows["ticket"] == np.frombuffer(name.ljust(TICKET, b"\0")[:TICKET], f"V{TICKET}")[0]
    if len(name) != TICKET or not same.any():
        raise UnknownThing("unknown_ticket", ko="명단에 없는 접수번호입니다.", en="No such ticket in the list.")
    return int(same.argmax())


def read(document: Mapping[str, Any]) -> OwnProof | None:
    """None for a shape that is no proof: unknown, missing or re-spelled fields included."""
    try:
        found = OwnProof.model_validate(dict(document))
        same = found.canonical() == canonical_json(dict(document))
    except (ValidationError, ValueError, TypeError, RecursionError):
        return None
    return found if same else None


def check(proof: OwnProof, body: Body) -> dict[str, bool]:
    """What the proof shows against a body that is sealed and whose roots are stamped. Never raises.

    ``ticket``: it is the row's; ``received``, ``screened``, ``drawn``: under root 1, 2, 3; ``opened``: the private
    part is the one that was committed.
    """
    try:
        row, result = (base64.b64decode(text, validate=True) for text in (proof.row, proof.result))
        ticket = bytes.fromhex(proof.ticket)
        fits = len(row) == ROW.itemsize and row[:TICKET] == ticket and len(result) == RESULT.itemsize
        inside = 0 <= proof.number < proof.count <= MOST_COUNT
        return {
            "ticket": fits and inside and proof.count == body.count,
            "received": inside and _leads(hashing.leaf_of(ticket), proof, proof.path1, body.root1),
            "screened": inside and _leads(hashing.row_leaf(row), proof, proof.path2, body.root2),
            "drawn": inside and _leads(hashing.leaf_of(ticket + result), proof, proof.path3, body.root3),
            "opened": proof.opening is None
            or (proof.opening.ticket == proof.ticket and proof.opening.commitment() == row[-COMMITMENT:]),
        }
    except (ValueError, TypeError, RecursionError):
        return {"ticket": False}


def findings(proof: OwnProof, body: Body) -> Iterator[Finding]:
    for name, ok in check(proof, body).items():
        yield finding(f"own_{name}", ok, proof.ticket)


def _leads(leaf: bytes, proof: OwnProof, path: tuple[str, ...], root: str) -> bool:
    audit = [bytes.fromhex(node) for node in path]
    return hashing.root_from(leaf, proof.number, proof.count, audit) == bytes.fromhex(root)
