"""The signed envelope as an agency sees it: verifying a message, signing a receipt, and sending one itself."""

from __future__ import annotations

import hashlib
import json
import re
import time
import uuid
from collections.abc import Mapping
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from mydata_connectors.sandbox._agency import Refused

LONGEST_LIFE = 120  # seconds from iat to exp
CLOCK_SKEW = 5  # seconds that a sender's clock may be ahead
STRICT_B64 = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
PLAIN_PATH = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+/?|/")
CLAIMS: dict[str, type] = {
    "v": int, "msg_id": str, "client": str, "service": str, "method": str, "path": str, "q_sha256": str,
    "body_sha256": str, "content_type": str, "iat": int, "exp": int, "purpose": str, "consent": str,
    "subject_ref": str,
}  # fmt: skip


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def denied(code: str, status: int = 401) -> Refused:
    return Refused(code, "the message is not accepted", status=status, origin="caller")


def verify_token(compact: str, keys: Mapping[str, ECKey]) -> tuple[str, dict[str, Any]]:
    """(kid, payload) of a compact JWS by one of ``keys``: ES256 only, canonical base64url, exact header."""
    if not STRICT_B64.fullmatch(compact):
        raise denied("bad_token")
    try:
        header = jws.extract_compact(compact.encode()).headers()
        if set(header) != {"alg", "kid"} or header["alg"] != "ES256" or header["kid"] not in keys:
            raise denied("bad_token_header")
        payload = json.loads(jws.deserialize_compact(compact, keys[header["kid"]], algorithms=["ES256"]).payload)
    except (JoseError, ValueError, TypeError):
        raise denied("bad_signature") from None
    if not isinstance(payload, dict):
        raise denied("bad_token")
    return str(header["kid"]), payload


def sign_token(payload: Mapping[str, object], key: ECKey, kid: str) -> str:
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    return jws.serialize_compact({"alg": "ES256", "kid": kid}, text.encode(), key, algorithms=["ES256"])


def verify_message(
    compact: str, keys: Mapping[str, ECKey], *, service: str, method: str, path: str, query: bytes, body: bytes,
    content_type: str,
) -> dict[str, Any]:  # fmt: skip
    """The claims, when every part of the request is the one that was signed. Raises ``Refused`` 400/401/408."""
    if not PLAIN_PATH.fullmatch(path):
        raise denied("bad_path", 400)
    kid, claims = verify_token(compact, keys)
    if set(claims) != set(CLAIMS) or any(type(claims[name]) is not kind for name, kind in CLAIMS.items()):
        raise denied("bad_claims", 400)
    seen = {
        "v": 1, "client": kid, "service": service, "method": method, "path": path, "q_sha256": sha256(query),
        "body_sha256": sha256(body), "content_type": content_type,
    }  # fmt: skip
    for name, value in seen.items():
        if claims[name] != value:
            raise denied(f"mismatch_{name}")
    _check_id(claims["msg_id"])
    _check_life(claims["iat"], claims["exp"])
    return claims


def _check_id(msg_id: str) -> None:
    try:
        canonical = str(uuid.UUID(msg_id))
    except ValueError:
        raise denied("bad_msg_id", 400) from None
    if canonical != msg_id:
        raise denied("bad_msg_id", 400)


def _check_life(iat: int, exp: int) -> None:
    if not iat < exp <= iat + LONGEST_LIFE:
        raise denied("bad_lifetime", 400)
    if iat > time.time() + CLOCK_SKEW:
        raise denied("from_the_future")
    check_not_expired(exp)


def check_not_expired(exp: int) -> None:
    """Asked at the door, and again at the moment of acting."""
    if time.time() >= exp:
        raise Refused("expired_message", "sent too long ago", status=408, origin="caller", retryable=True)


def request_digest(claims: Mapping[str, Any]) -> str:
    """What must be equal for two messages under one ``msg_id`` to be the same request."""
    names = ("service", "method", "path", "q_sha256", "body_sha256", "purpose", "subject_ref")
    return sha256(json.dumps([claims[name] for name in names]).encode())


def receipt(compact: str, msg_id: str, *, status: int, body: bytes, key: ECKey, provider: str) -> str:
    """Binds an answer to the exact message that it answers."""
    payload = {
        "v": 1, "msg_id": msg_id, "request_sha256": sha256(compact.encode()), "status": status,
        "body_sha256": sha256(body), "iat": int(time.time()), "provider": provider,
    }  # fmt: skip
    return sign_token(payload, key, provider)


def new_message(
    *, client: str, service: str, method: str, path: str, query: bytes, body: bytes, content_type: str, purpose: str,
    subject_ref: str = "", life: int = 30,
) -> dict[str, object]:  # fmt: skip
    """Claims of a message that this agency sends to another one."""
    now = int(time.time())
    return {
        "v": 1, "msg_id": str(uuid.uuid4()), "client": client, "service": service, "method": method, "path": path,
        "q_sha256": sha256(query), "body_sha256": sha256(body), "content_type": content_type, "iat": now,
        "exp": now + life, "purpose": purpose, "consent": "", "subject_ref": subject_ref,
    }  # fmt: skip
