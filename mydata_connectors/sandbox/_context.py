"""What an agency's code is given: its own name, key and place, everybody's public keys, and a way to ask others."""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
from joserfc.jwk import ECKey

from mydata_connectors.sandbox import _envelope
from mydata_connectors.sandbox._addresses import base_url
from mydata_connectors.sandbox._agency import Refused


@cache
def _no_authorities() -> ssl.SSLContext:
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def loopback_http() -> httpx.AsyncClient:
    """For plain HTTP between agencies: a client without the system's CA list, which takes 20 ms to load each time."""
    return httpx.AsyncClient(trust_env=False, timeout=10, verify=_no_authorities())


@dataclass(frozen=True)
class AgencyContext:
    """``clients``: public keys of everybody who may send messages (``onjip`` and the other agencies)."""

    name: str
    home: Path
    port: int
    key: ECKey
    clients: Mapping[str, ECKey]
    control_token: str

    @property
    def base_url(self) -> str:
        return base_url(self.name, self.port)

    def url(self, agency: str) -> str:
        """Base URL of another agency (for links and published protocols)."""
        return base_url(agency, self.port)

    async def call(
        self, agency: str, method: str, path: str, *, purpose: str, body: Mapping[str, object] | None = None,
        query: Mapping[str, str] | None = None, subject_ref: str = "",
    ) -> dict[str, Any]:  # fmt: skip
        """Asks another agency with a signed message of our own and verifies its receipt.

        Raises ``Refused`` 503 ``agency_down`` (the other does not answer properly) or, for its signed business
        refusal, ``Refused`` 422 with its code.
        """
        raw = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        content_type = "application/json" if raw else ""
        search = urlencode(query or {})
        claims = _envelope.new_message(
            client=self.name, service=agency, method=method, path=path, query=search.encode(), body=raw,
            content_type=content_type, purpose=purpose, subject_ref=subject_ref,
        )  # fmt: skip
        compact = _envelope.sign_token(claims, self.key, self.name)
        headers = {"X-Message": compact} | ({"Content-Type": content_type} if content_type else {})
        target = self.url(agency) + path + (f"?{search}" if search else "")
        try:
            async with loopback_http() as client:
                reply = await client.request(method, target, content=raw, headers=headers)
        except httpx.HTTPError:
            raise _down(agency) from None
        return self._verified(agency, compact, str(claims["msg_id"]), reply)

    def _verified(self, agency: str, compact: str, msg_id: str, reply: httpx.Response) -> dict[str, Any]:
        try:
            _, receipt = _envelope.verify_token(reply.headers.get("X-Receipt", ""), {agency: self.clients[agency]})
        except Refused:
            raise _down(agency) from None
        expected = (msg_id, _envelope.sha256(compact.encode()), reply.status_code, _envelope.sha256(reply.content))
        got = tuple(receipt.get(name) for name in ("msg_id", "request_sha256", "status", "body_sha256"))
        if got != expected or reply.status_code >= 500:
            raise _down(agency)
        value: dict[str, Any] = reply.json()
        if reply.status_code >= 400:
            raise Refused(str(value.get("code", "refused")), f"{agency} refused")
        return value


def _down(agency: str) -> Refused:
    message = f"{agency} does not answer"
    return Refused("agency_down", message, status=503, origin="provider_gateway", retryable=True)
