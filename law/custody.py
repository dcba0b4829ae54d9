"""The nonce in shares: made, split and put together again (Shamir, over GF(2^128), 16 bytes at a time).

A share is 33 bytes: number of the custodian from 1, then its point for the first and the second half of the nonce.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from itertools import combinations

from Crypto.Protocol.SecretSharing import Shamir

from domain.errors import Invalid
from law.ceremony import NONCE_BYTES
from law.drawing.terms import Beacon, Custodian, Custody
from law.drawing.transcript import nonce_commitment, share_commitment

HALF = 16
SHARE_BYTES = 1 + NONCE_BYTES


def new_nonce() -> bytes:
    return secrets.token_bytes(NONCE_BYTES)


def split(nonce: bytes, bodies: Sequence[str], threshold: int) -> dict[str, bytes]:
    """A share for each body; any ``threshold`` of them open the nonce, fewer tell nothing of it. Tried before it is
    given out: shares that would not open it would void a draw."""
    halves = [Shamir.split(threshold, len(bodies), nonce[at : at + HALF]) for at in (0, HALF)]
    shares = {
        body: bytes([number]) + first + second
        for body, (number, first), (_, second) in zip(bodies, *halves, strict=True)
    }
    if any(_joined(some) != nonce for some in combinations(shares.values(), threshold)):
        raise AssertionError("shares that do not open the nonce")
    return shares


def custody_of(nonce: bytes, shares: Mapping[str, bytes], threshold: int, beacon: Beacon | None = None) -> Custody:
    """What is published with the notice of nonce and shares."""
    custodians = tuple(Custodian(body=body, commitment=share_commitment(body, one)) for body, one in shares.items())
    return Custody(nonce_commitment=nonce_commitment(nonce), threshold=threshold, custodians=custodians, beacon=beacon)


def genuine(custody: Custody, body: str, share: bytes) -> bool:
    """Whether this is the share that the body was given."""
    return Custodian(body=body, commitment=share_commitment(body, share)) in custody.custodians


def opened(custody: Custody, shares: Mapping[str, bytes]) -> bytes:
    """The nonce out of the first ``threshold`` shares. Invalid for an unknown body, a share that is not the committed
    one, too few, or a nonce that is not the committed one."""
    promised = {one.body: one.commitment for one in custody.custodians}
    for body, share in shares.items():
        if promised.get(body) != share_commitment(body, share):
            raise _refused("wrong_share", f"맡긴 조각이 아닙니다: {body}", f"Not the share that {body} was given.")
    if len(shares) < custody.threshold:
        raise _refused("too_few_shares", "난수 조각이 모자랍니다.", "Too few shares to open the nonce.")
    nonce = _joined([shares[body] for body in promised if body in shares][: custody.threshold])
    if nonce_commitment(nonce) != custody.nonce_commitment:
        raise _refused("wrong_nonce", "공개한 난수가 약속한 난수와 다릅니다.", "The nonce is not the committed one.")
    return nonce


def _joined(shares: Sequence[bytes]) -> bytes:
    """ValueError where two shares have one number."""
    if any(len(share) != SHARE_BYTES for share in shares):
        raise _refused("wrong_share", "난수 조각의 길이가 다릅니다.", "A share has another length.")
    return b"".join(Shamir.combine([(share[0], share[at : at + HALF]) for share in shares]) for at in (1, 1 + HALF))


def _refused(code: str, ko: str, en: str) -> Invalid:
    return Invalid(code, ko=ko, en=en, field="nonce")
