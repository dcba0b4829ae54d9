"""The published record of a draw: a body whose bytes repeat, and an envelope of time stamps and the seal over it.

The list (rows and results in columns) stands inside the body up to ``INLINE`` tickets; beyond that it is a file
named by its SHA-256.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, NamedTuple

import numpy as np
from pydantic import Field

from domain.model import Model
from domain.words import Sha256
from law.drawing import hashing
from law.drawing.rows import (
    MASKED,
    OPEN_PART,
    REMOVED,
    RESULT,
    ROW,
    TICKET,
    Rows,
    broken,
    flag,
    in_order,
    read_rows,
    tickets,
)
from law.drawing.selecting import select
from law.drawing.selection import Selection, small_pools, withhold_results
from law.drawing.terms import Head

INLINE = 20_000


class Share(Model):
    """One custodian's share of the nonce, as it was handed over at the ceremony."""

    body: str
    share: str  # hexadecimal


class Ceremony(Model):
    """What happened after the lists were fixed, in this order."""

    shares: tuple[Share, ...]
    nonce: Sha256
    digits: str
    typed_by: tuple[str, ...]  # roles: both typed blind
    observers: tuple[str, ...] = ()
    beacon: str | None = None  # signature of the round (hexadecimal); the round's random value is its SHA-256


class Listing(Model):
    """Rows and results of all tickets: ``inline`` as base64, or a file named by ``sha256``."""

    sha256: Sha256
    size: int
    inline: str | None = None


@dataclass(frozen=True)
class Fixed:
    """What is fixed before the nonce is opened. ``program``: name and version of what selects."""

    root1: bytes
    root2: bytes
    count: int
    program: str


class Body(Model):
    """Bytes that repeat: the same list, nonce and digits give the same body on any machine.

    ``root3``: over ticket and result of every row, so that one's own result can be shown without the list.
    """

    head: Head
    program: str
    count: int
    root1: Sha256
    root2: Sha256
    root3: Sha256
    ceremony: Ceremony
    seed: Sha256
    pools: tuple[str, ...]
    listing: Listing

    def fixed(self) -> Fixed:
        return Fixed(bytes.fromhex(self.root1), bytes.fromhex(self.root2), self.count, self.program)


class Count(Model):
    """How many applications there were at an hour (UTC, ISO 8601), time-stamped then."""

    at: str
    count: int
    stamp: str


class Envelope(Model):
    """Seal and time stamps: base64 DER. They differ each time; the body does not.

    ``digits_stamp``: over the agreed digits, from before the round of the beacon; absent where no beacon is fixed.
    """

    body_sha256: Sha256
    root1_stamp: str | None = None
    root2_stamp: str | None = None
    digits_stamp: Annotated[str | None, Field(exclude_if=lambda stamp: stamp is None)] = None
    counts: tuple[Count, ...] = ()
    seal: str | None = None  # operator's detached CMS signature over the body's canonical bytes
    seal_stamp: str | None = None  # over the SHA-256 of the seal's DER


class Transcript(Model):
    """The document ``draw-transcript.json``."""

    body: Body
    envelope: Envelope


class Run(NamedTuple):
    """``selection`` tells all, for those who award; ``body`` and ``listing`` are what is published."""

    body: Body
    listing: bytes
    selection: Selection


def root1_of(rows: Rows) -> bytes:
    """Root over all tickets received, sorted and unique."""
    return hashing.root(hashing.leaves(tickets(rows), TICKET))


def leaves2_of(rows: Rows) -> bytearray:
    """Leaf hashes of the screened list, the same whether details are withheld or not."""
    data = np.ascontiguousarray(rows).tobytes()
    level = hashing.row_leaves(data)
    for at in np.flatnonzero(flag(rows, MASKED)).tolist():
        row = data[at * ROW.itemsize : (at + 1) * ROW.itemsize]
        level[at * hashing.DIGEST : (at + 1) * hashing.DIGEST] = hashing.masked_leaf(row)
    return level


def root2_of(rows: Rows) -> bytes:
    return hashing.root(leaves2_of(rows))


def leaves3_of(rows: Rows, selection: Selection) -> bytearray:
    """Leaf hashes of ticket and published result."""
    record = np.zeros(len(rows), np.dtype([("ticket", f"V{TICKET}"), ("result", f"V{RESULT.itemsize}")]))
    record["ticket"] = rows["ticket"]
    if len(rows):
        record["result"] = np.frombuffer(selection.results.tobytes(), f"V{RESULT.itemsize}")
    return hashing.leaves(record.tobytes(), record.itemsize)


def root3_of(rows: Rows, selection: Selection) -> bytes:
    return hashing.root(leaves3_of(rows, selection))


def root1_digest(head: Head, root1: bytes, count: int) -> bytes:
    """What the time stamp at closing covers: the root with everything fixed before it, and the number of leaves."""
    return hashing.tagged("root1", head.digest_bytes(), root1, count.to_bytes(8, "big"))


def root2_digest(head: Head, fixed: Fixed) -> bytes:
    """What the time stamp after screening covers. It must be taken before any share of the nonce is handed over."""
    return hashing.tagged("root2", head.digest_bytes(), *_parts(fixed))


def digits_digest(head: Head, fixed: Fixed, nonce: str, digits: str) -> bytes:
    """What the time stamp over the agreed digits covers, where a beacon is fixed: they cannot be chosen to fit it."""
    return hashing.tagged("digits", head.digest_bytes(), *_parts(fixed), bytes.fromhex(nonce), digits.encode())


def beacon_value(signature: str) -> str:
    """The random value of a round, as its source publishes it. ValueError for what is not hexadecimal."""
    return hashlib.sha256(bytes.fromhex(signature)).hexdigest()


def count_digest(head: Head, at: str, count: int) -> bytes:
    """What the hourly time stamp over the number of applications covers."""
    return hashing.tagged("count", head.digest_bytes(), at.encode(), count.to_bytes(8, "big"))


def nonce_commitment(nonce: bytes) -> str:
    return hashing.tagged("nonce", nonce).hex()


def share_commitment(body: str, share: bytes) -> str:
    return hashing.tagged("share", body.encode(), share).hex()


def seed_of(head: Head, fixed: Fixed, ceremony: Ceremony) -> bytes:
    """Neither the shares (any that open the nonce do) nor the observers change it."""
    nonce, beacon = bytes.fromhex(ceremony.nonce), (ceremony.beacon or "").encode()
    return hashing.tagged("seed", head.digest_bytes(), *_parts(fixed), nonce, ceremony.digits.encode(), beacon)


def _parts(fixed: Fixed) -> tuple[bytes, ...]:
    return fixed.root1, fixed.root2, fixed.count.to_bytes(8, "big"), fixed.program.encode()


def run(head: Head, rows: Rows, ceremony: Ceremony, program: str) -> Run:
    """The whole draw on the full rows. ``program``: name and version, fixed and stamped with root 2."""
    fixed = Fixed(root1_of(rows), root2_of(rows), len(rows), program)
    seed = seed_of(head, fixed, ceremony)
    selection = select(head, rows, seed)
    public = withhold_results(head, rows, selection)
    data = listing_bytes(withhold(head, rows), public)
    listing = Listing(
        sha256=hashlib.sha256(data).hexdigest(), size=len(data),
        inline=base64.b64encode(data).decode() if len(rows) <= INLINE else None,
    )  # fmt: skip
    body = Body(
        head=head, program=program, count=len(rows), root1=fixed.root1.hex(), root2=fixed.root2.hex(),
        root3=root3_of(rows, public).hex(), ceremony=ceremony, seed=seed.hex(), pools=public.pools, listing=listing,
    )  # fmt: skip
    return Run(body, data, selection)


def withhold(head: Head, rows: Rows) -> Rows:
    """Rows of pools with fewer applicants than the head says keep who they are in the draw, and nothing of why."""
    public = rows.copy()
    for at in np.flatnonzero(small_pools(head, rows)).tolist():
        hidden = np.zeros(1, ROW)
        for name in OPEN_PART:
            hidden[name] = rows[name][at]
        hidden["flags"] = MASKED
        hidden["commitment"] = np.frombuffer(hashing.detail(rows[at].tobytes()), "V32")
        public[at] = hidden[0]
    return public


def listing_bytes(rows: Rows, selection: Selection) -> bytes:
    """Rows, then results: two columns of records."""
    return np.ascontiguousarray(rows).tobytes() + selection.results.tobytes()


def listing_size(count: int) -> int:
    return count * (ROW.itemsize + RESULT.itemsize)


def read_listing(data: bytes | memoryview, count: int, pools: Sequence[str]) -> tuple[Rows, Selection]:
    """Invalid (``broken_list``) where the bytes are not a list of ``count`` tickets in order, or results not of
    their form. The bytes are not copied."""
    if count < 0 or len(data) != listing_size(count):
        raise broken("명단의 길이가 건수와 다릅니다.", "The list has not the stated length.")
    edge = count * ROW.itemsize
    view = memoryview(data)
    rows, results = read_rows(view[:edge]), np.frombuffer(view[edge:], dtype=RESULT)
    if not in_order(rows):
        raise broken("명단의 순서가 바르지 않습니다.", "The list is not in its order.")
    if int(results["pool"].max(initial=0)) >= max(len(pools), 1) or int(results["result"].max(initial=0)) > REMOVED:
        raise broken("명단에 없는 추첨군이나 결과가 있습니다.", "The list names an unknown pool or result.")
    return rows, Selection(results, tuple(pools))


def inline_bytes(listing: Listing) -> bytes | None:
    """None where the list is a file of its own. Invalid for broken base64."""
    if listing.inline is None:
        return None
    try:
        return base64.b64decode(listing.inline, validate=True)
    except (binascii.Error, ValueError):
        raise broken("명단을 읽을 수 없습니다.", "The list cannot be read.") from None


def body_sha256(body: Body) -> str:
    return hashlib.sha256(body.canonical()).hexdigest()
