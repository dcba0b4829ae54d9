"""The token endpoint: private_key_jwt client authentication, PKCE, and the tokens."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import sqlite3
import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError

from mydata_connectors.sandbox import _envelope, _people
from mydata_connectors.sandbox._context import AgencyContext
from mydata_connectors.sandbox._oidc import CLIENT, digest
from mydata_connectors.sandbox._people import Person

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ID_TOKEN_SECONDS = 300
LONGEST_ASSERTION = 300
PUBLIC_REGISTERS = ("broker", "officer")  # what a court says of its registrars stays with the court
SCHEMA = "CREATE TABLE IF NOT EXISTS assertions (jti TEXT PRIMARY KEY, ends_at INTEGER NOT NULL);"


class TokenError(Exception):
    def __init__(self, error: str, status: int = 400) -> None:
        super().__init__(error)
        self.error, self.status = error, status


def authenticate(ctx: AgencyContext, db: sqlite3.Connection, form: Mapping[str, str]) -> None:
    """The client proves itself by a fresh signed assertion (RFC 7523). Raises TokenError 401."""
    refused = TokenError("invalid_client", 401)
    if form.get("client_assertion_type") != ASSERTION:
        raise refused
    try:
        token = jws.deserialize_compact(form.get("client_assertion", ""), ctx.clients[CLIENT], algorithms=["ES256"])
        claims = json.loads(token.payload)
        jti, exp = str(claims["jti"]), int(claims["exp"])
    except (JoseError, ValueError, KeyError, TypeError):
        raise refused from None
    now = time.time()
    audience = claims.get("aud") in (ctx.base_url, f"{ctx.base_url}/token")
    if claims.get("iss") != CLIENT or claims.get("sub") != CLIENT or not audience:
        raise refused
    if not now < exp <= now + LONGEST_ASSERTION:
        raise refused
    if db.execute("INSERT OR IGNORE INTO assertions VALUES (?,?)", (jti, exp)).rowcount == 0:
        raise refused  # replayed


def redeem(db: sqlite3.Connection, form: Mapping[str, str]) -> sqlite3.Row:
    """The row of a good code. Raises TokenError ``invalid_grant``.

    Using a code twice means that it was stolen: ``CodeReused`` lets the caller withdraw what came of it.
    """
    if form.get("grant_type") != "authorization_code":
        raise TokenError("unsupported_grant_type")
    code = digest(form.get("code", ""))
    row: sqlite3.Row | None = db.execute("SELECT * FROM codes WHERE code_sha256 = ?", (code,)).fetchone()
    if row is None:
        raise TokenError("invalid_grant")
    if row["used"]:
        raise CodeReused(row["jti"])
    params = json.loads(row["params"])
    proof = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=")
    fits = hmac.compare_digest(proof, params["code_challenge"].encode())
    if not fits or params["redirect_uri"] != form.get("redirect_uri") or row["ends_at"] <= time.time():
        raise TokenError("invalid_grant")
    db.execute("UPDATE codes SET used = 1 WHERE code_sha256 = ?", (code,))
    return row


class CodeReused(TokenError):
    def __init__(self, jti: str | None) -> None:
        super().__init__("invalid_grant")
        self.jti = jti


def id_token(ctx: AgencyContext, row: sqlite3.Row) -> str:
    """Who logged in, for this client only: ``sub`` is pairwise, roles are the registers' word."""
    person, now = _people.people()[row["login"]], int(time.time())
    claims = {
        "iss": ctx.base_url, "aud": CLIENT, "sub": _pairwise(ctx, person), "nonce": json.loads(row["params"])["nonce"],
        "iat": now, "exp": now + ID_TOKEN_SECONDS, "auth_time": row["auth_time"], "acr": "kr.loa.2", "amr": ["pin"],
        "name": person.name, "birthdate": person.birth_date, "identity_ref": person.identity_ref,
        "address": {"formatted": person.address},
        "roles": [asdict(entry) for entry in person.roles if entry.register in PUBLIC_REGISTERS],
    }  # fmt: skip
    return _envelope.sign_token(claims, ctx.key, ctx.name)


def _pairwise(ctx: AgencyContext, person: Person) -> str:
    secret = hashlib.sha256(ctx.key.as_pem(private=True)).digest()
    value = hmac.digest(secret, f"{CLIENT}|{person.login}".encode(), "sha256")
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def answer(ctx: AgencyContext, row: sqlite3.Row, consent_token: str | None) -> dict[str, Any]:
    """The token response. The access token opens nothing: there is no userinfo endpoint."""
    body: dict[str, Any] = {
        "access_token": secrets.token_urlsafe(32), "token_type": "Bearer", "expires_in": ID_TOKEN_SECONDS,
        "id_token": id_token(ctx, row),
    }  # fmt: skip
    if consent_token is not None:
        body |= {
            "consent_token": consent_token,
            "authorization_details": json.loads(json.loads(row["params"])["details"]),
        }
    return body
