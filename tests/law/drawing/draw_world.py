"""What the tests of draws share: a custody, readable tickets, results by name, and stand-ins for seal and time."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from domain.applications import ReceivedEntry
from domain.notices import Notice
from law.drawing.entries import Opening, RowMaker, Screened, opening
from law.drawing.heads import lawful, make_head
from law.drawing.rows import WON, Rows
from law.drawing.selecting import select
from law.drawing.selection import Selection
from law.drawing.terms import Custodian, Custody, Head
from law.drawing.transcript import (
    Ceremony,
    Count,
    Envelope,
    Fixed,
    Run,
    Share,
    Transcript,
    body_sha256,
    count_digest,
    nonce_commitment,
    root1_digest,
    root2_digest,
    share_commitment,
)
from law.drawing.verify import Checks
from law.rulebook import load

NONCE, SECRET, SEED = bytes(range(32)), bytes(32), bytes(32)
SHARES = {"operator": b"\1" * 33, "supplier": b"\2" * 33, "notary": b"\3" * 33}
DIGITS, PROGRAM = "204179583", "onjip test"
CUSTODY = Custody(
    nonce_commitment=nonce_commitment(NONCE), threshold=2,
    custodians=tuple(Custodian(body=body, commitment=share_commitment(body, share)) for body, share in SHARES.items()),
)  # fmt: skip
CEREMONY = Ceremony(
    shares=tuple(Share(body=body, share=SHARES[body].hex()) for body in ("operator", "supplier")),
    nonce=NONCE.hex(), digits=DIGITS, typed_by=("officer", "operator"), observers=("경찰관",),
)  # fmt: skip
START = datetime(2026, 10, 12, 9, tzinfo=UTC)
Entry = Callable[..., ReceivedEntry]
Document = dict[str, Any]
PAGE = 7  # so that most lists of the tests are of several pages


class Made(NamedTuple):
    """Rows sorted by ticket, and their openings in the same order."""

    rows: Rows
    openings: list[Opening]


def make_rows(
    head: Head, received: Sequence[ReceivedEntry], excluded: dict[str, str], secret: bytes, page: int = PAGE
) -> Made:
    """A list as the product makes it, page by page. ``excluded``: ticket → code."""
    listed = [Screened(one, excluded.get(one.ticket, "")) for one in sorted(received, key=lambda one: one.ticket)]
    maker = RowMaker(head, len(listed), secret)
    for at in range(0, len(listed), page):
        maker.add(listed[at : at + page])
    return Made(maker.rows(), [opening(one.entry, secret) for one in listed])


def ticket(name: str) -> str:
    return name.encode().ljust(16, b"\0").hex()


def name(ticket: str) -> str:
    return bytes.fromhex(ticket).rstrip(b"\0").decode()


@dataclass(frozen=True)
class Drawn:
    """A draw with results by readable names."""

    head: Head
    made: Made
    selection: Selection

    def __getitem__(self, called: str) -> dict[str, Any]:
        number = self.made.rows["ticket"].tolist().index(bytes.fromhex(ticket(called)))
        one = self.selection.results[number]
        found = {key: int(one[key]) for key in ("result", "position", "wait", "unit")}
        return {**found, "via": self.selection.pools[int(one["pool"])]}

    @property
    def names(self) -> list[str]:
        return [name(one.tobytes().hex()) for one in self.made.rows["ticket"]]

    def winners(self) -> set[str]:
        return {one for one in self.names if self[one]["result"] == WON}

    def via(self) -> dict[str, int]:
        """Winners by the first words of their pool: what decided, the house type, the kind and part."""
        found: dict[str, int] = {}
        for one in self.winners():
            words = self[one]["via"].split(":")
            pool = ":".join(words[:4] if words[0] == "special" else words[:2])
            found[pool] = found.get(pool, 0) + 1
        return found


def head_of(notice: Notice) -> Head:
    return make_head(notice, CUSTODY, load("normal"))


def draw(
    notice: Notice, received: Sequence[ReceivedEntry], seed: bytes = SEED, excluded: dict[str, str] | None = None
) -> Drawn:
    head = head_of(notice)
    made = make_rows(head, received, excluded or {}, SECRET)
    return Drawn(head, made, select(head, made.rows, seed))


def stamp(digest: bytes, minutes: int) -> str:
    """A stand-in token: which digest it covers and when (real tokens: tests/onjip/test_verify_draw.py)."""
    return base64.b64encode(b"%03d:" % minutes + digest).decode()


def check_stamp(token: bytes, digest: bytes) -> datetime | None:
    return START + timedelta(minutes=int(token[:3])) if token[4:] == digest else None


def check_seal(seal: bytes, body: bytes, at: datetime) -> str | None:
    return "REB" if seal == b"sealed:" + body and at > START else None


CHECKS = Checks(lawful, check_stamp, check_seal)


def envelope(made: Run) -> Envelope:
    body, head = made.body, made.body.head
    seal = b"sealed:" + body.canonical()
    fixed: Fixed = body.fixed()
    at = "2026-10-12T01:00:00Z"
    return Envelope(
        body_sha256=body_sha256(body),
        counts=(Count(at=at, count=1, stamp=stamp(count_digest(head, at, 1), 1)),),
        root1_stamp=stamp(root1_digest(head, fixed.root1, fixed.count), 2),
        root2_stamp=stamp(root2_digest(head, fixed), 3),
        seal=base64.b64encode(seal).decode(), seal_stamp=stamp(hashlib.sha256(seal).digest(), 9),
    )  # fmt: skip


def document(made: Run) -> Document:
    parsed: Document = json.loads(Transcript(body=made.body, envelope=envelope(made)).canonical())
    return parsed
