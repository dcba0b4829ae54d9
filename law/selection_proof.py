"""``draw-proof.json``: everything that anybody needs to re-run a draw at home, and nothing that names a person.

Fixed in this order, each step bound to the one before: head (notice, terms, commitment to the nonce) → root 1 over
all tickets, time-stamped → root 2 over the same tickets with their public parts, time-stamped → nonce → digits →
seed → results.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pydantic import JsonValue

from domain.applications import ReceivedEntry
from domain.errors import Invalid
from domain.model import Model
from domain.words import Sha256
from law import merkle
from law.ceremony import check_digits, make_seed, nonce_commitment, stamped_digest
from law.entries import Entry, Selected, make_entries
from law.selection import select
from law.selection_terms import Head

CheckTimestamp = Callable[[bytes, bytes], bool]  # (RFC 3161 token DER, SHA-256 digest) → valid under the trust given


class DrawProof(Model):
    """The published document. Hashes are lower-case hexadecimal, time stamps base64 DER or None."""

    head: Head
    tickets: tuple[str, ...]
    count: int
    root1: Sha256
    root1_stamp: str | None = None
    entries: tuple[Entry, ...]
    root2: Sha256
    root2_stamp: str | None = None
    nonce: Sha256
    digits: str
    typed_by: tuple[str, ...]
    seed: Sha256
    results: tuple[Selected, ...]

    def document(self) -> dict[str, JsonValue]:
        return self.model_dump(mode="json")


def head_digest(head: Head) -> bytes:
    return bytes.fromhex(head.digest())


def ticket_root(tickets: Sequence[str]) -> bytes:
    """Root 1: the tickets received, sorted and unique. Invalid where one stands twice."""
    if len(set(tickets)) != len(tickets):
        raise Invalid("ticket_twice", ko="같은 접수번호가 두 번 있습니다.", en="A ticket stands twice in the list.")
    return merkle.root([ticket.encode() for ticket in sorted(tickets)])


def entry_root(entries: Sequence[Entry]) -> bytes:
    """Root 2: the public parts, sorted by ticket."""
    return merkle.root([entry.canonical() for entry in sorted(entries, key=lambda entry: entry.ticket)])


def root1_digest(head: Head, root: bytes, count: int) -> bytes:
    """What the time stamp at closing covers."""
    return stamped_digest("root1", head_digest(head), root, count)


def root2_digest(head: Head, root: bytes, count: int) -> bytes:
    """What the time stamp after screening covers; it must be taken before the nonce is revealed."""
    return stamped_digest("root2", head_digest(head), root, count)


def seed_of(head: Head, root1: bytes, root2: bytes, nonce: bytes, digits: str) -> bytes:
    """Invalid where the nonce is not the committed one or the digits do not fit."""
    if nonce_commitment(nonce) != head.nonce_commitment:
        ko, en = "공개한 난수가 약속한 난수와 다릅니다.", "The nonce is not the committed one."
        raise Invalid("wrong_nonce", ko=ko, en=en, field="nonce")
    return make_seed(head_digest(head), root1, root2, nonce, check_digits(digits, head.law.ceremony))


def run(
    head: Head,
    received: Sequence[ReceivedEntry],
    nonce: bytes,
    digits: str,
    *,
    excluded: dict[str, str] | None = None,
    root1_stamp: str | None = None,
    root2_stamp: str | None = None,
) -> DrawProof:
    """The whole draw: roots, seed, selection. The same inputs give the same bytes."""
    entries = make_entries(received, excluded)
    tickets = tuple(entry.ticket for entry in entries)
    root1, root2 = ticket_root(tickets), entry_root(entries)
    seed = seed_of(head, root1, root2, nonce, digits)
    return DrawProof(
        head=head, tickets=tickets, count=len(tickets), root1=root1.hex(), root1_stamp=root1_stamp, entries=entries,
        root2=root2.hex(), root2_stamp=root2_stamp, nonce=nonce.hex(),
        digits=check_digits(digits, head.law.ceremony), typed_by=head.law.typed_by, seed=seed.hex(),
        results=select(head, entries, seed),
    )  # fmt: skip
