"""Merkle trees against the definition of RFC 6962 §2.1, written here a second time and recursively."""

from __future__ import annotations

import hashlib

from hypothesis import given, settings
from hypothesis import strategies as st

from law import merkle

LEAVES = st.lists(st.binary(max_size=8), min_size=1, max_size=40)
few = settings(max_examples=60, deadline=None)


def definition(leaves: list[bytes]) -> bytes:
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + definition(leaves[:split]) + definition(leaves[split:])).digest()


@few
@given(st.lists(st.binary(max_size=8), max_size=40))
def test_root_is_the_one_of_the_definition(leaves: list[bytes]) -> None:
    assert merkle.root(leaves) == definition(leaves)


@few
@given(LEAVES, st.data())
def test_every_leaf_is_proved_and_no_other(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    path, root = merkle.proof(leaves, index), merkle.root(leaves)
    assert merkle.proves(leaves[index], path, root)
    assert not merkle.proves(leaves[index] + b"x", path, root)


def test_a_node_cannot_pass_for_a_leaf() -> None:
    inner = merkle.leaf_hash(b"a") + merkle.leaf_hash(b"b")
    assert merkle.root([b"a", b"b"]) != merkle.root([inner])
