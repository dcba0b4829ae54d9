"""The identity provider (본인확인): OpenID Connect code flow with PKCE and private_key_jwt; consents under it.

``authorization_details`` (RFC 9396) make a log-in a consent: the provider shows the items, asks for the PIN, and
hands out a consent token that the registers check themselves.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import httpx
from joserfc import jws
from joserfc.jwk import ECKey
from pydantic import BaseModel, JsonValue, ValidationError

from domain.errors import AgencyDown, AgencyRefused, Malformed
from domain.people import Identity
from mydata_connectors.envelope import NotGenuine, public_key
from mydata_connectors.exchange import CLIENT, Exchange
from mydata_connectors.openid_tokens import read_identity

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_SECONDS: Final = 60
METADATA_SECONDS: Final = 600  # how long discovery and keys are believed before they are read again


class _Metadata(BaseModel):
    issuer: str
    token_endpoint: str
    jwks_uri: str


class _Tokens(BaseModel):
    id_token: str
    consent_token: str | None = None


@dataclass
class _Known:
    """What was discovered, and until when it is believed (monotonic seconds)."""

    until: float
    token_endpoint: str
    keys: dict[str, ECKey]


@dataclass
class OpenIdProvider:
    """``domain.ports.IdentityProvider``. ``redirect_uri``: our call-back, as registered with the provider."""

    issuer: str
    redirect_uri: str
    own_key: ECKey
    http: httpx.AsyncClient
    _known: _Known | None = field(default=None, init=False, repr=False)

    def authorize_url(
        self, state: str, nonce: str, challenge: str, authorization_details: list[dict[str, JsonValue]] | None = None
    ) -> str:
        query = {
            "response_type": "code", "client_id": CLIENT, "redirect_uri": self.redirect_uri, "scope": "openid",
            "state": state, "nonce": nonce, "code_challenge": challenge, "code_challenge_method": "S256",
        }  # fmt: skip
        if authorization_details:
            query["authorization_details"] = json.dumps(authorization_details, separators=(",", ":"))
        return f"{self.issuer}/authorize?{urlencode(query)}"

    async def exchange(self, code: str, verifier: str, nonce: str) -> Identity:
        """Redeem a code. Malformed: the code or its tokens do not hold. AgencyDown: log in again later."""
        known = await self._discovered()
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": self.redirect_uri,
            "code_verifier": verifier, "client_id": CLIENT, "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": self._assertion(known.token_endpoint),
        }  # fmt: skip
        tokens = await self._redeem(known.token_endpoint, form)
        try:
            return read_identity(
                tokens.id_token, known.keys, issuer=self.issuer, client=CLIENT, nonce=nonce,
                consent_token=tokens.consent_token,
            )  # fmt: skip
        except NotGenuine:
            raise Malformed("login_not_genuine") from None

    def _assertion(self, audience: str) -> str:
        """Our proof that we are the client (RFC 7523), for one use."""
        now = int(time.time())
        claims = {
            "iss": CLIENT, "sub": CLIENT, "aud": audience, "jti": secrets.token_urlsafe(16), "iat": now,
            "exp": now + ASSERTION_SECONDS,
        }  # fmt: skip
        header = {"alg": "ES256", "kid": CLIENT}
        return jws.serialize_compact(header, json.dumps(claims).encode(), self.own_key, algorithms=["ES256"])

    async def _redeem(self, endpoint: str, form: dict[str, str]) -> _Tokens:
        try:
            reply = await self.http.post(endpoint, data=form)
            if reply.status_code >= 500:
                raise AgencyDown
            if reply.status_code != 200:
                raise Malformed("login_refused")
            return _Tokens.model_validate_json(reply.content)
        except httpx.HTTPError:
            raise AgencyDown from None
        except ValidationError:
            raise AgencyDown("bad_answer") from None

    async def _discovered(self) -> _Known:
        if self._known is not None and time.monotonic() < self._known.until:
            return self._known
        try:
            found = _Metadata.model_validate(await self._read(f"{self.issuer}/.well-known/openid-configuration"))
            if found.issuer != self.issuer or not all(map(self._ours, (found.token_endpoint, found.jwks_uri))):
                raise AgencyDown("bad_discovery")
            listed = (await self._read(found.jwks_uri))["keys"]
            keys = {jwk["kid"]: public_key(jwk) for jwk in listed if jwk.get("alg") == "ES256"}
        except (ValidationError, KeyError, TypeError, ValueError, AttributeError):
            raise AgencyDown("bad_discovery") from None
        self._known = _Known(time.monotonic() + METADATA_SECONDS, found.token_endpoint, keys)
        return self._known

    def _ours(self, url: str) -> bool:
        """An endpoint is believed only on the issuer's own origin."""
        return urlsplit(url)[:2] == urlsplit(self.issuer)[:2]

    async def _read(self, url: str) -> dict[str, Any]:
        try:
            reply = await self.http.get(url)
            reply.raise_for_status()
        except httpx.HTTPError:
            raise AgencyDown from None
        value: dict[str, Any] = reply.json()
        return value


@dataclass(frozen=True)
class ConsentDesk:
    """``domain.ports.ConsentRegistry`` over the signed envelope with the identity provider."""

    exchange: Exchange

    async def revoke(self, token_id: str) -> None:
        """From then on every register refuses the token. Twice is the same as once."""
        try:
            await self.exchange.post(f"/consents/{token_id}/revoke", {}, purpose="revoke")
        except AgencyRefused as refused:
            if refused.code != "unknown_consent":  # one that nobody holds gives nothing away
                raise

    async def active(self, token_id: str) -> bool:
        got = await self.exchange.get(f"/consents/{token_id}")
        return got.data.get("active") is True


def challenge(verifier: str) -> str:
    """PKCE S256 challenge of a verifier (RFC 7636)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
