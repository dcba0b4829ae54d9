"""The signed envelope, Onjip's side, without any I/O: what a message claims, and whether a receipt is its receipt."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeyParameters

LONGEST_LIFE = 120  # seconds; no agency accepts a message that lives longer
COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
SIGNING: KeyParameters = {"use": "sig", "alg": "ES256"}


class NotGenuine(Exception):
    """A token or receipt that is not what it must be. Never leaves the connectors."""


@dataclass(frozen=True)
class Draft:
    """One message before it is signed. ``path`` starts with ``/``; ``query`` is the encoded query string."""

    msg_id: str
    method: str
    path: str
    purpose: str
    query: str = ""
    body: bytes = b""
    consent: str = ""
    subject_ref: str = ""

    @property
    def content_type(self) -> str:
        return "application/json" if self.body else ""


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def new_msg_id() -> str:
    """A UUID of version 7 (RFC 9562): sorts by time, says nothing else."""
    milliseconds = time.time_ns() // 1_000_000
    value = milliseconds << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return str(UUID(int=value))


def seal(draft: Draft, *, client: str, service: str, iat: int, exp: int, key: ECKey) -> str:
    """The compact JWS (ES256) for the ``X-Message`` header. ``iat``, ``exp``: Unix seconds."""
    claims = {
        "v": 1, "msg_id": draft.msg_id, "client": client, "service": service, "method": draft.method,
        "path": draft.path, "q_sha256": sha256(draft.query.encode()), "body_sha256": sha256(draft.body),
        "content_type": draft.content_type, "iat": iat, "exp": min(exp, iat + LONGEST_LIFE),
        "purpose": draft.purpose, "consent": draft.consent, "subject_ref": draft.subject_ref,
    }  # fmt: skip
    payload = json.dumps(claims, separators=(",", ":")).encode()
    return jws.serialize_compact({"alg": "ES256", "kid": client}, payload, key, algorithms=["ES256"])


def public_key(jwk: dict[str, Any]) -> ECKey:
    """A partner's P-256 key from its JWK, for verifying only."""
    return ECKey.import_key({name: jwk[name] for name in ("kty", "crv", "x", "y")}, SIGNING)


def open_token(compact: str, key: ECKey, *, kid: str) -> dict[str, Any]:
    """The claims of an ES256 token by ``kid``. Raises NotGenuine: other algorithm, header, key or encoding."""
    if not COMPACT.fullmatch(compact):
        raise NotGenuine("not a compact token")
    try:
        header = jws.extract_compact(compact.encode()).headers()
        if header != {"alg": "ES256", "kid": kid}:
            raise NotGenuine("another header")
        claims = json.loads(jws.deserialize_compact(compact, key, algorithms=["ES256"]).payload)
    except (JoseError, ValueError, TypeError) as error:
        raise NotGenuine(type(error).__name__) from None
    if not isinstance(claims, dict):
        raise NotGenuine("not an object")
    return claims


def check_receipt(
    receipt: str, message: str, draft: Draft, *, status: int, body: bytes, provider: str, key: ECKey
) -> None:
    """Raises NotGenuine unless ``provider`` answered exactly ``message`` with exactly this status and body.

    A gateway that turned the message away unread does not know its ``msg_id``; an answer to it must.
    """
    claims = open_token(receipt, key, kid=provider)
    expected = {
        "v": 1, "request_sha256": sha256(message.encode()), "status": status, "body_sha256": sha256(body),
        "provider": provider,
    }  # fmt: skip
    if any(claims.get(name) != value for name, value in expected.items()):
        raise NotGenuine("receipt of another answer")
    unread = claims.get("msg_id") == "" and status >= 400
    if claims.get("msg_id") != draft.msg_id and not unread:
        raise NotGenuine("receipt of another message")
