"""Keys that seal what is about a person. The current one seals, all of the ring open; the key's id stands beside.

AES-256-GCM; where a value stands is bound to it as associated data. Rotation: ``docs/running.md``.
"""

from __future__ import annotations

import base64
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

NONCE_BYTES = 12
MARK = "sealed:"  # begins a sealed value of a column: sealed:<key id>:<base64>


class KeyMissing(Exception):
    """A value was sealed with a key that is not in the ring: removed before everything was sealed anew."""


@dataclass(frozen=True)
class KeyRing:
    """``older``: keys that still open, by id. ``digest_key``: of keyed digests, which stay when ``key`` changes."""

    key_id: str
    key: bytes = field(repr=False)
    older: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    digest_key: bytes | None = field(default=None, repr=False)

    def close(self, bound: bytes, value: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(self.key).encrypt(nonce, value, bound)

    def disclose(self, bound: bytes, ciphertext: bytes, key_id: str) -> bytes:
        """KeyMissing; cryptography's InvalidTag where the value was changed or moved."""
        key = self.key if key_id == self.key_id else self.older.get(key_id)
        if key is None:
            raise KeyMissing(f"no key {key_id!r} in the ring")
        return AESGCM(key).decrypt(ciphertext[:NONCE_BYTES], ciphertext[NONCE_BYTES:], bound)

    def lock(self, place: str, value: str) -> str:
        """A text for the column ``place`` (``table.column``)."""
        closed = self.close(_column(place), value.encode())
        return f"{MARK}{self.key_id}:{base64.b64encode(closed).decode()}"

    def unlock(self, place: str, locked: str) -> str:
        """What ``lock`` was told. A value from before columns were sealed has no mark and is its own answer."""
        key_id = key_id_of(locked)
        if key_id is None:
            return locked
        data = base64.b64decode(locked[len(MARK) + len(key_id) + 1 :])
        return self.disclose(_column(place), data, key_id).decode()

    def keyed(self, kind: str, value: str) -> str:
        """Keyed digest (HMAC-SHA-256 under a key of its own), hexadecimal: finds equal values, tells none."""
        derived = HKDFExpand(SHA256(), 32, f"onjip digest v1|{kind}".encode()).derive(self.digest_key or self.key)
        return hmac.digest(derived, value.encode(), "sha256").hex()


def key_id_of(locked: str) -> str | None:
    """The id of the key that sealed this value of a column; None: it stands in clear."""
    return locked[len(MARK) :].partition(":")[0] if locked.startswith(MARK) else None


def _column(place: str) -> bytes:
    return f"column|{place}".encode()
