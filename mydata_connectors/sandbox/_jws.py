"""A signed manifest: compact JWS (ES256) whose header brings the signer's certificates (x5c, RFC 7515 §4.1.6)."""

from __future__ import annotations

import base64
import json
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from mydata_connectors.sandbox._agency import Refused

TYPE = "onjip-packet+jws"


class _Room(jws.JWSRegistry):
    """The library's limit of 512 bytes is too small for a header that brings certificates."""

    max_header_length = 16_384
    max_payload_length = 256_000


def verify(token: bytes, body: bytes) -> tuple[x509.Certificate, list[x509.Certificate]]:
    """The signer's certificate and the others of its chain; whether they lead to a root is the caller's question.

    ``Refused`` ``signature_invalid`` unless the token is over exactly ``body``.
    """
    try:
        head: dict[str, Any] = json.loads(_unb64(token.split(b".")[0]))
        if head.get("alg") != "ES256" or head.get("typ") != TYPE:
            raise ValueError("another kind of token")
        leaf, *others = [x509.load_der_x509_certificate(base64.b64decode(item, validate=True)) for item in head["x5c"]]
        pem = leaf.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        room = _Room(algorithms=["ES256"])
        payload = jws.deserialize_compact(token, ECKey.import_key(pem), registry=room).payload
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        raise Refused("signature_invalid", "a signature does not verify") from None
    if payload != body:
        raise Refused("signature_invalid", "a signature is about something else")
    return leaf, others


def _unb64(text: bytes) -> bytes:
    return base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))
