"""From the commitments and the balls to one draw order: hashes with domain separation, integers and bytes only.

Protocol 1. Every part is preceded by its length, so no two different inputs give the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from domain.errors import Invalid
from domain.model import Model

NONCE_BYTES = 32


class BallGroup(Model):
    """``draw`` different digits out of ``digits``, in the order in which the balls came."""

    digits: str
    draw: int


def tagged(label: str, *parts: bytes) -> bytes:
    """SHA-256 over the label and the length-prefixed parts."""
    hasher = hashlib.sha256(f"onjip-draw-1:{label}\0".encode())
    for part in parts:
        hasher.update(len(part).to_bytes(8, "big") + part)
    return hasher.digest()


def nonce_commitment(nonce: bytes) -> str:
    """What is published with the notice. Invalid where the nonce is not 256 bits."""
    if len(nonce) != NONCE_BYTES:
        raise Invalid("bad_nonce", ko="난수는 256비트여야 합니다.", en="The nonce must have 256 bits.", field="nonce")
    return tagged("nonce", nonce).hex()


def check_digits(digits: str, groups: Sequence[BallGroup]) -> str:
    """``digits`` without spaces and dashes. Invalid: wrong length, a foreign digit, or one twice in a group."""
    compact = digits.replace(" ", "").replace("-", "")
    at = 0
    for group in groups:
        part = compact[at : at + group.draw]
        if len(part) != group.draw or len(set(part)) != len(part) or not set(part) <= set(group.digits):
            raise bad_digits()
        at += group.draw
    if at != len(compact):
        raise bad_digits()
    return compact


def bad_digits() -> Invalid:
    return Invalid(
        "bad_digits",
        ko="추첨 숫자의 형식이 맞지 않습니다. 각 묶음의 숫자는 서로 달라야 합니다.",
        en="The digits do not fit the ceremony. Digits within a group must differ.",
        field="digits",
    )


def agreed_digits(first: str, second: str, groups: Sequence[BallGroup]) -> str:
    """Digits that two people typed blind. Invalid where they differ or do not fit."""
    one, other = check_digits(first, groups), check_digits(second, groups)
    if one != other:
        raise Invalid(
            "digits_differ",
            ko="두 사람이 입력한 추첨 숫자가 다릅니다. 녹화를 확인해 다시 입력하십시오.",
            en="The digits typed by the two people differ. Check the recording and type again.",
            field="digits",
        )
    return one


def make_seed(head: bytes, root1: bytes, root2: bytes, nonce: bytes, digits: str) -> bytes:
    """The seed of a draw. ``head``: digest of everything fixed before (notice, terms, commitment)."""
    return tagged("seed", head, root1, root2, nonce, digits.encode())


def draw_order(seed: bytes, pool: str, ticket: str) -> bytes:
    """추첨 순번 of a ticket in a pool: the smaller the earlier, compared on all 256 bits."""
    return tagged("order", seed, pool.encode(), ticket.encode())


def stamped_digest(label: str, head: bytes, root: bytes, count: int) -> bytes:
    """What the time stamp of a root covers: the root with everything fixed before it, and the number of leaves."""
    return tagged(label, head, root, count.to_bytes(8, "big"))
