"""Exchange of signed messages with one agency, and what its silence, its receipts and its refusals mean.

| what happens                                            | for an act (POST)       | for a question (GET) |
|---------------------------------------------------------|-------------------------|----------------------|
| the connection cannot be made                           | AgencyDown              | AgencyDown           |
| timeout or reset after sending, no or bad receipt       | OutcomeUnknown          | AgencyDown           |
| signed 408 (expired), 429, 5xx (maintenance …)          | AgencyDown              | AgencyDown           |
| signed 403 ``consent_…``                                | ConsentNeeded           | ConsentNeeded        |
| any other signed 4xx                                    | AgencyRefused(code)     | AgencyRefused(code)  |

Only the agency's signed word says that it did not act: an unsigned 503 of some proxy proves nothing.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

import httpx
from joserfc.jwk import ECKey
from pydantic import ValidationError

from domain.errors import AgencyDown, AgencyRefused, ConsentNeeded, OnjipError, OutcomeUnknown
from domain.filings import Answer, Outgoing
from domain.model import canonical_json
from domain.words import Agency
from mydata_connectors.envelope import Draft, NotGenuine, check_receipt, new_msg_id, seal

CLIENT: Final = "onjip"
LARGEST_REPLY = 32 * 2**20  # bytes
KEYLESS: Final = frozenset({Agency.RTMS, Agency.REGISTRY})  # agencies that act again on the same msg_id


def agency_http(*, connect: float = 3.0, read: float = 30.0) -> httpx.AsyncClient:
    """The HTTP client for agencies: no redirects, no proxies of the environment. Seconds."""
    timeout = httpx.Timeout(read, connect=connect)
    # Idle connections are dropped before the agency drops them: a stale one would look like an unknown outcome.
    limits = httpx.Limits(max_connections=50, keepalive_expiry=2.0)
    return httpx.AsyncClient(timeout=timeout, limits=limits, follow_redirects=False, trust_env=False)


@dataclass(frozen=True)
class Received:
    """A genuine answer. ``receipt`` is the agency's signed receipt over it."""

    status: int
    body: bytes
    data: dict[str, Any]
    receipt: str


@dataclass(frozen=True)
class Exchange:
    """Signed messages to one agency. ``lifetime`` bounds how late a message may still be acted upon."""

    agency: Agency
    base_url: str
    agency_key: ECKey
    own_key: ECKey
    http: httpx.AsyncClient
    lifetime: timedelta = timedelta(seconds=60)

    async def get(
        self, path: str, *, query: Mapping[str, str] | None = None, purpose: str = "read", consent: str = "",
        subject_ref: str = "",
    ) -> Received:  # fmt: skip
        """Asks. Raises AgencyDown, ConsentNeeded, AgencyRefused."""
        draft = Draft(
            new_msg_id(), "GET", path, purpose, query=urlencode(query or {}), consent=consent, subject_ref=subject_ref
        )
        return await self._carry(draft, self._default_end())

    async def post(
        self, path: str, body: Mapping[str, Any], *, purpose: str, msg_id: str = "",
        expires_at: datetime | None = None, consent: str = "", subject_ref: str = "",
    ) -> Received:  # fmt: skip
        """Acts. Raises AgencyDown (not acted), OutcomeUnknown (perhaps acted), ConsentNeeded, AgencyRefused."""
        draft = Draft(
            msg_id or new_msg_id(), "POST", path, purpose, body=canonical_json(body), consent=consent,
            subject_ref=subject_ref,
        )  # fmt: skip
        return await self._carry(draft, expires_at or self._default_end())

    def _default_end(self) -> datetime:
        return datetime.now(UTC) + self.lifetime

    async def _carry(self, draft: Draft, expires_at: datetime) -> Received:
        iat, exp = int(time.time()), int(expires_at.timestamp())
        if exp <= iat:
            raise AgencyDown("expired_message")  # not sent: nobody would act on it
        message = seal(draft, client=CLIENT, service=self.agency, iat=iat, exp=exp, key=self.own_key)
        status, headers, body = await self._send(draft, message)
        receipt = headers.get("x-receipt", "")
        try:
            check_receipt(receipt, message, draft, status=status, body=body, provider=self.agency, key=self.agency_key)
            data = _object(body)
        except NotGenuine:
            raise _unknown(draft, "bad_receipt", headers) from None
        if status >= 300:
            raise _refusal(status, str(data.get("code", "refused")), headers)
        return Received(status, body, data, receipt)

    async def _send(self, draft: Draft, message: str) -> tuple[int, httpx.Headers, bytes]:
        headers = {"X-Message": message, "Accept": "application/json"}
        if draft.body:
            headers["Content-Type"] = draft.content_type
        url = self.base_url + draft.path + (f"?{draft.query}" if draft.query else "")
        try:
            async with self.http.stream(draft.method, url, content=draft.body, headers=headers) as reply:
                return reply.status_code, reply.headers, await _capped(reply)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol):
            raise AgencyDown from None
        except (httpx.HTTPError, NotGenuine) as error:
            raise _unknown(draft, _word(error), httpx.Headers()) from None


@dataclass(frozen=True)
class ExchangeOffice:
    """``domain.ports.Office`` over the signed envelope; services are paths, look-ups go by our reference."""

    exchange: Exchange

    @property
    def agency(self) -> Agency:
        return self.exchange.agency

    @property
    def knows_keys(self) -> bool:
        return self.agency not in KEYLESS

    async def send(self, outgoing: Outgoing, *, msg_id: str, expires_at: datetime) -> Answer:
        got = await self.exchange.post(
            f"/{outgoing.service}", {**outgoing.body, "reference": outgoing.reference}, purpose=outgoing.purpose,
            msg_id=msg_id, expires_at=expires_at, consent=outgoing.consent, subject_ref=outgoing.subject_ref,
        )  # fmt: skip
        try:
            return _answer(self.agency, got.data, got.receipt)
        except ValidationError:
            raise OutcomeUnknown("bad_answer") from None

    async def find(self, service: str, reference: str) -> Answer | None:
        """The oldest act under our reference: a second one, had it happened, would not be the one that counts.

        An act that the agency says was another's is not ours, however genuine its word.
        """
        got = await self.exchange.get(f"/{service}", query={"reference": reference}, purpose="lookup")
        try:
            items = got.data["items"]
            if any(item.get("reference", reference) != reference for item in items):
                raise AgencyDown("bad_answer")
            return _answer(self.agency, items[0], got.receipt) if items else None
        except (ValidationError, KeyError, TypeError, AttributeError):
            raise AgencyDown("bad_answer") from None


def _answer(agency: Agency, data: dict[str, Any], receipt: str) -> Answer:
    return Answer.model_validate(
        {"agency": agency, "number": data.get("number"), "at": data.get("at"), "body": data, "receipt_jws": receipt}
    )


async def _capped(reply: httpx.Response) -> bytes:
    body = bytearray()
    async for part in reply.aiter_bytes():
        body += part
        if len(body) > LARGEST_REPLY:
            raise NotGenuine("reply too large")
    return bytes(body)


def _object(body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(body)
    except ValueError:
        raise NotGenuine("not JSON") from None
    if not isinstance(data, dict):
        raise NotGenuine("not an object")
    return data


def _word(error: Exception) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "timed_out"
    return "bad_reply" if isinstance(error, NotGenuine) else "connection_lost"


def _unknown(draft: Draft, code: str, headers: httpx.Headers) -> OnjipError:
    """No genuine answer: an act may have happened, a question simply was not answered."""
    kind = AgencyDown if draft.method == "GET" else OutcomeUnknown
    return kind(code, retry_after=_retry_after(headers))


def _refusal(status: int, code: str, headers: httpx.Headers) -> OnjipError:
    if status in {408, 429} or status >= 500:
        return AgencyDown(code, retry_after=_retry_after(headers))
    if status == 403 and code.startswith("consent_"):
        return ConsentNeeded(code)
    return AgencyRefused(code)


def _retry_after(headers: httpx.Headers) -> float | None:
    text = headers.get("retry-after", "")
    return float(text) if text.isdecimal() and len(text) < 6 else None
