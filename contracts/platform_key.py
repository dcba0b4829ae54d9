"""The platform's own signing key: its seal under contracts and its signature under packets."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key


class PlatformKey:
    """The platform's own P-256 key, loaded once; its chain is leaf first, DER."""

    def __init__(self, pem: bytes, chain: Sequence[bytes]) -> None:
        key = load_pem_private_key(pem, password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            raise ValueError("the platform key must be P-256")
        self.chain = tuple(chain)
        self._key = key

    def sign(self, data: bytes) -> bytes:
        """DER ECDSA over SHA-256, deterministic (RFC 6979): the same packet is the same bytes."""
        return self._key.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
