"""Merkle trees in the shape of RFC 6962 §2.1 with SHA-256: leaves and nodes hashed apart, no padding."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

LEAF, NODE = b"\x00", b"\x01"


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(LEAF + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(NODE + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Root over leaf data in the given order; the hash of nothing for an empty list."""
    level = [leaf_hash(leaf) for leaf in leaves]
    if not level:
        return hashlib.sha256(b"").digest()
    while len(level) > 1:
        # Pairing level by level, an odd last node rising unchanged, gives RFC 6962's left-complete tree.
        paired = [node_hash(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level = paired + level[len(paired) * 2 :]
    return level[0]


def proof(leaves: Sequence[bytes], index: int) -> list[tuple[bool, bytes]]:
    """Path of ``leaves[index]``: (sibling is on the left, sibling), from leaf to root. IndexError outside."""
    level, at = [leaf_hash(leaf) for leaf in leaves], range(len(leaves))[index]
    path: list[tuple[bool, bytes]] = []
    while len(level) > 1:
        sibling = at ^ 1
        if sibling < len(level):
            path.append((sibling < at, level[sibling]))
        paired = [node_hash(level[left], level[left + 1]) for left in range(0, len(level) - 1, 2)]
        level, at = paired + level[len(paired) * 2 :], at // 2
    return path


def proves(leaf: bytes, path: Sequence[tuple[bool, bytes]], expected_root: bytes) -> bool:
    """Does ``path`` lead from ``leaf`` to ``expected_root``?"""
    reached = leaf_hash(leaf)
    for sibling_left, sibling in path:
        reached = node_hash(sibling, reached) if sibling_left else node_hash(reached, sibling)
    return reached == expected_root
