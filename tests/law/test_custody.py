"""The nonce of a draw in shares: any two of three open it, one tells nothing, a wrong one is named."""

from __future__ import annotations

from itertools import permutations

import pytest

from domain.errors import Invalid
from law.custody import SHARE_BYTES, custody_of, new_nonce, opened, split

BODIES = ("operator", "supplier", "notary")


@pytest.mark.parametrize("nonce", [bytes(32), b"\xff" * 32, bytes(range(32))])
def test_any_two_open_it(nonce: bytes) -> None:
    shares = split(nonce, BODIES, 2)
    custody = custody_of(nonce, shares, 2)
    assert {len(share) for share in shares.values()} == {SHARE_BYTES}
    for some in permutations(BODIES, 2):
        assert opened(custody, {body: shares[body] for body in some}) == nonce
    assert opened(custody, shares) == nonce


def test_one_share_tells_nothing() -> None:
    """For every nonce there is a second share that fits: shares of two nonces look alike."""
    nonce = new_nonce()
    assert len({split(nonce, BODIES, 2)["operator"] for _ in range(20)}) == 20
    shares = split(nonce, BODIES, 2)
    with pytest.raises(Invalid, match="too_few_shares"):
        opened(custody_of(nonce, shares, 2), {"notary": shares["notary"]})


def test_a_wrong_share_is_named() -> None:
    nonce = new_nonce()
    shares = split(nonce, BODIES, 2)
    custody = custody_of(nonce, shares, 2)
    flipped = bytes([*shares["notary"][:-1], shares["notary"][-1] ^ 1])
    for wrong in ({"notary": flipped}, {"stranger": shares["notary"]}, {"notary": shares["operator"]}, {"notary": b""}):
        with pytest.raises(Invalid, match="wrong_share"):
            opened(custody, {"operator": shares["operator"], **wrong})


def test_another_nonce_under_the_commitment() -> None:
    nonce = new_nonce()
    shares = split(nonce, BODIES, 2)
    custody = custody_of(new_nonce(), shares, 2)
    with pytest.raises(Invalid, match="wrong_nonce"):
        opened(custody, shares)
