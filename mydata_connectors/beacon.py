"""A public random source over HTTP, as drand serves its unchained networks (quicknet): what its key signed, and nothing
else, is a round's value.

``GET {base_url}/public/{round}`` → ``{"round", "randomness", "signature"}``. Scheme ``bls-unchained-g1-rfc9380``: a
signature on BLS12-381 in G1 (RFC 9380) over SHA-256 of the round in 8 bytes; the randomness is its SHA-256.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

import httpx
from py_arkworks_bls12381 import GT, G1Point, G2Point
from pydantic import BaseModel, Field, ValidationError

from domain.errors import AgencyDown, NotYet

DOMAIN: Final = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
TOO_EARLY: Final = frozenset({404, 425})
LOOK_AGAIN_S: Final = 1.0  # a round is out a moment after its time


class Round(BaseModel):
    """A source's answer; it may say more."""

    round: int
    randomness: str = Field(pattern="^[0-9a-f]{64}$")
    signature: str = Field(pattern="^[0-9a-f]{96}$")


@dataclass(frozen=True)
class DrandBeacon:
    """``domain.ports.RandomBeacon``."""

    base_url: str
    http: httpx.AsyncClient

    async def signature(self, public_key: str, number: int) -> str:
        """The signature of round ``number`` under ``public_key`` (both hexadecimal). NotYet: it is not out. AgencyDown:
        the source is silent, or what it says is not genuine; then, too, it is only asked again."""
        try:
            reply = await self.http.get(f"{self.base_url}/public/{number}")
        except httpx.HTTPError:
            raise AgencyDown("beacon_down") from None
        if reply.status_code in TOO_EARLY:
            raise NotYet("beacon_not_out", retry_after=LOOK_AGAIN_S)
        if reply.status_code != 200:
            raise AgencyDown("beacon_down")
        try:
            said = Round.model_validate_json(reply.content)
        except ValidationError:
            raise AgencyDown("beacon_unreadable") from None
        derived = hashlib.sha256(bytes.fromhex(said.signature)).hexdigest() == said.randomness
        if said.round != number or not derived or not genuine(public_key, number, said.signature):
            raise AgencyDown("beacon_not_genuine")
        return said.signature


def genuine(public_key: str, number: int, signature: str) -> bool:
    """Is this the signature of that round? False, too, for what is no key, no round or no signature."""
    try:
        key = G2Point.from_compressed_bytes(bytes.fromhex(public_key))
        signed = G1Point.from_compressed_bytes(bytes.fromhex(signature))
        message = G1Point.hash_to_curve(hashlib.sha256(number.to_bytes(8, "big")).digest(), DOMAIN)
    except (ValueError, OverflowError):
        return False
    if key == G2Point.identity() or signed.to_compressed_bytes().hex() != signature:
        return False  # a key under which everything is signed; a second spelling of the same point
    return GT.pairing_check([signed, -message], [G2Point(), key])
