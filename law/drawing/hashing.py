"""Hashes of the draw protocol: SHA-256 with domain separation, Merkle roots (RFC 6962), lots.

What is hashed by the million begins with one byte of its own: 0 leaf, 1 node, 2 detail, 3 lot. The loops make one
call each, so that three million lots cost little more than their hashes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from law.drawing.rows import OPEN, ROW, TICKET, Index

PROTOCOL = 2
DIGEST = 32
PIECE = 65_536  # hashes joined at a time
LEAF, NODE, DETAIL, LOT = b"\0", b"\1", b"\2", b"\3"
Words = NDArray[np.uint64]


def tagged(label: str, *parts: bytes) -> bytes:
    """SHA-256 over the label and the length-prefixed parts."""
    hasher = sha256(f"onjip-draw-{PROTOCOL}:{label}\0".encode())
    for part in parts:
        hasher.update(len(part).to_bytes(8, "big") + part)
    return hasher.digest()


def leaves(data: bytes, width: int) -> bytearray:
    """Leaf hashes of all records of ``width`` bytes, one after the other."""
    return _hashed(LEAF, data, range(0, len(data), width), width)


def row_leaves(data: bytes) -> bytearray:
    """Leaf hashes of whole rows: over the open part and the hash of all the rest."""
    out, width = bytearray(), ROW.itemsize
    for start in range(0, len(data), width * PIECE):
        piece = range(start, min(start + width * PIECE, len(data)), width)
        out += b"".join([row_leaf(data[at : at + width]) for at in piece])
    return out


def row_leaf(row: bytes) -> bytes:
    return sha256(LEAF + row[:OPEN] + sha256(DETAIL + row[OPEN:]).digest()).digest()


def detail(row: bytes) -> bytes:
    """What stands for detail and commitment in a row that withholds them."""
    return sha256(DETAIL + row[OPEN:]).digest()


def masked_leaf(row: bytes) -> bytes:
    return sha256(LEAF + row[:OPEN] + row[-DIGEST:]).digest()


def leaf_of(record: bytes) -> bytes:
    return sha256(LEAF + record).digest()


def root(level: bytes | bytearray) -> bytes:
    """Merkle tree hash over leaf hashes (RFC 6962 §2.1): nothing is padded, an odd one moves up."""
    if not level:
        return sha256().digest()
    while len(level) > DIGEST:
        level = _parents(level)
    return bytes(level)


def _parents(level: bytes | bytearray) -> bytearray:
    pairs = len(level) // (2 * DIGEST) * 2 * DIGEST
    return _hashed(NODE, level, range(0, pairs, 2 * DIGEST), 2 * DIGEST) + level[pairs:]


def levels(level: bytes | bytearray) -> list[bytes]:
    """All levels of a tree, leaves first: what many audit paths are read from."""
    found = [bytes(level)]
    while len(found[-1]) > DIGEST:
        found.append(bytes(_parents(found[-1])))
    return found


def path(tree: list[bytes], number: int) -> list[bytes]:
    """Audit path of leaf ``number`` from the bottom up. A level where it has no partner adds nothing."""
    found = []
    for level in tree[:-1]:
        partner = number ^ 1
        if partner * DIGEST < len(level):
            found.append(level[partner * DIGEST : (partner + 1) * DIGEST])
        number //= 2
    return found


def root_from(leaf: bytes, number: int, count: int, audit: list[bytes]) -> bytes | None:
    """The root that a leaf hash and its path lead to; None where the path has another length."""
    steps: Iterator[bytes] = iter(audit)
    node = leaf
    while count > 1:
        if number ^ 1 < count:
            other = next(steps, None)
            if other is None:
                return None
            node = sha256(NODE + (other + node if number & 1 else node + other)).digest()
        number, count = number // 2, (count + 1) // 2
    return node if next(steps, None) is None else None


def pool_key(seed: bytes, pool: str) -> bytes:
    return tagged("pool", seed, pool.encode())


def lot(seed: bytes, pool: str, ticket: bytes) -> bytes:
    """Draw order (추첨 순번) of a ticket in a pool: the smaller the earlier, on all 256 bits."""
    return sha256(LOT + pool_key(seed, pool) + ticket).digest()


def lots(seed: bytes, pool: str, all_tickets: bytes, chosen: Index) -> Words:
    """Lots of the chosen tickets as four 64-bit words each, most significant first."""
    key = LOT + pool_key(seed, pool)
    found = _hashed(key, all_tickets, (chosen * TICKET).tolist(), TICKET)
    return np.frombuffer(found, dtype=">u8").reshape(-1, 4).astype(np.uint64)


def _hashed(prefix: bytes, data: bytes | bytearray, places: Sequence[int], width: int) -> bytearray:
    """In pieces: a list of three million digests would need ten times the memory."""
    out = bytearray()
    for start in range(0, len(places), PIECE):
        piece = places[start : start + PIECE]
        out += b"".join([sha256(prefix + data[at : at + width]).digest() for at in piece])
    return out
