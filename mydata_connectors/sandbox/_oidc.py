"""The authorization endpoint: what a client asks for, what a person is shown, and the code that comes of it.

Every authorization asks for log-in name and PIN; nobody is logged in silently by an earlier visit.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Annotated, Any, Literal
from urllib.parse import urlencode, urlsplit

from pydantic import BaseModel, Field, TypeAdapter, ValidationError, field_validator

from mydata_connectors.sandbox._addresses import NAMES

CLIENT = "onjip"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
CODE_SECONDS = 60
REQUEST_SECONDS = 600
LONGEST_CONSENT = timedelta(days=366)  # 신용정보법 제33조의2: renewed within a year at the latest
SCHEMA = """
CREATE TABLE IF NOT EXISTS requests (id TEXT PRIMARY KEY, params TEXT NOT NULL, ends_at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS codes (code_sha256 TEXT PRIMARY KEY, login TEXT NOT NULL, params TEXT NOT NULL,
    auth_time INTEGER NOT NULL, ends_at INTEGER NOT NULL, used INTEGER NOT NULL DEFAULT 0, jti TEXT);
"""


class Unsafe(Exception):
    """The request must not be answered by redirecting: its client or address cannot be trusted."""


class Wrong(Exception):
    """An OAuth error that the client is told by redirect."""


class ConsentItem(BaseModel):
    provider: str
    item: Annotated[str, Field(pattern="^[a-z_]{1,40}$")]

    @field_validator("provider")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in NAMES:
            raise ValueError("no such provider")
        return value


class ConsentDetail(BaseModel):
    """One ``authorization_details`` entry (RFC 9396): the exact agreement that the person is shown."""

    type: Literal["onjip_consent"]
    agreement_sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    recipient: Literal["onjip"]
    purpose: Annotated[str, Field(pattern="^[a-z_]{1,40}$")]
    items: Annotated[list[ConsentItem], Field(min_length=1, max_length=30)]
    ends_at: datetime

    @field_validator("ends_at")
    @classmethod
    def _within_a_year(cls, value: datetime) -> datetime:
        if value.tzinfo is None or not datetime.now(UTC) < value <= datetime.now(UTC) + LONGEST_CONSENT:
            raise ValueError("not within a year from now")
        return value


DETAILS: TypeAdapter[list[ConsentDetail]] = TypeAdapter(
    Annotated[list[ConsentDetail], Field(min_length=1, max_length=1)]
)


@dataclass(frozen=True)
class AuthorizationRequest:
    """A checked request. ``detail`` is the consent asked for, None for a plain log-in."""

    params: Mapping[str, str]
    detail: ConsentDetail | None

    def back(self, issuer: str, **answer: str) -> str:
        """The client's address with our answer; ``iss`` against mix-up (RFC 9207)."""
        query = urlencode({**answer, "state": self.params["state"], "iss": issuer})
        joiner = "&" if urlsplit(self.params["redirect_uri"]).query else "?"
        return self.params["redirect_uri"] + joiner + query


def read_request(params: Mapping[str, str]) -> AuthorizationRequest:
    """Raises Unsafe or, with the request as second argument, Wrong."""
    if params.get("client_id") != CLIENT or not _is_loopback(params.get("redirect_uri", "")):
        raise Unsafe
    kept = {name: params.get(name, "") for name in ("redirect_uri", "state", "nonce", "code_challenge")}
    plain = AuthorizationRequest(kept, None)
    for code, is_wrong in _problems(params).items():
        if is_wrong:
            raise Wrong(code, plain)
    if not params.get("authorization_details"):
        return plain
    try:
        detail = DETAILS.validate_json(params["authorization_details"])[0]
    except ValidationError:
        raise Wrong("invalid_authorization_details", plain) from None
    return AuthorizationRequest({**kept, "details": params["authorization_details"]}, detail)


def _problems(params: Mapping[str, str]) -> dict[str, bool]:
    challenge = params.get("code_challenge", "")
    pkce = params.get("code_challenge_method") == "S256" and len(challenge) == 43
    filled = all(0 < len(params.get(name, "")) <= 200 for name in ("state", "nonce"))
    return {
        "unsupported_response_type": params.get("response_type") != "code",
        "invalid_scope": "openid" not in params.get("scope", "").split(),
        "invalid_request": not (pkce and filled),
    }


def _is_loopback(uri: str) -> bool:
    """The client's registration: its call-back on this machine, any port (RFC 8252 §7.3)."""
    try:
        parts = urlsplit(uri)
        return parts.scheme in {"http", "https"} and parts.hostname in LOOPBACK and not parts.fragment
    except ValueError:
        return False


def remember(db: sqlite3.Connection, request: AuthorizationRequest) -> str:
    """Keeps the request while its person is being asked; the answer is its handle."""
    handle = secrets.token_urlsafe(24)
    row = (handle, json.dumps(dict(request.params)), int(time.time()) + REQUEST_SECONDS)
    db.execute("INSERT INTO requests VALUES (?,?,?)", row)
    return handle


def recall(db: sqlite3.Connection, handle: str) -> AuthorizationRequest | None:
    row = db.execute("SELECT params, ends_at FROM requests WHERE id = ?", (handle,)).fetchone()
    if row is None or row["ends_at"] <= time.time():
        return None
    params = json.loads(row["params"])
    detail = DETAILS.validate_json(params["details"])[0] if "details" in params else None
    return AuthorizationRequest(params, detail)


def answer_once(db: sqlite3.Connection, handle: str) -> None:
    db.execute("DELETE FROM requests WHERE id = ?", (handle,))


def issue_code(db: sqlite3.Connection, request: AuthorizationRequest, login: str, jti: str | None) -> str:
    """A code for one use within a minute, of which only the digest is kept."""
    code, now = secrets.token_urlsafe(32), int(time.time())
    row = (digest(code), login, json.dumps(dict(request.params)), now, now + CODE_SECONDS, jti)
    db.execute("INSERT INTO codes (code_sha256, login, params, auth_time, ends_at, jti) VALUES (?,?,?,?,?,?)", row)
    return code


def digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def shown(detail: ConsentDetail) -> dict[str, Any]:
    return detail.model_dump(mode="json")
