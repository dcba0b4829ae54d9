"""Sending to addresses that strangers have named: HTTPS only, to public addresses only, never to our own network.

A name is looked up once. All its addresses must be public, and the connection goes to one of those that were judged
(the certificate is still that of the name), so a name that answers otherwise a moment later gains nothing.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import httpx

from domain.errors import AgencyDown, Invalid

WITHIN_S = 10.0  # for everything: the name, the connection, the answer
LOOPBACK = ("127.0.0.1", "::1", "localhost")
LEAST_PORT = 1024  # or the one of the scheme
# A name of two labels or more whose last one does not begin with a digit: no IPv4 address in any of its spellings.
LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
NAME = re.compile(rf"(?=.{{1,253}}$)({LABEL}\.)+(?=[a-z]){LABEL}")
GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")  # without the mapped, translated and local ones
AGENT = "Onjip-Webhooks/1"


class Resolver(Protocol):
    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """All addresses of a name. OSError: it has none, or nobody could say."""


async def system_resolver(host: str, port: int) -> Sequence[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


@dataclass(frozen=True)
class Target:
    """An address that was judged: ``url`` as it was given, ``hosts`` to connect to."""

    url: httpx.URL
    hosts: Sequence[str]


@dataclass(frozen=True)
class HttpReceivers:
    """``loopback``: also HTTP, and this very machine; for trying things out, never in production."""

    loopback: bool = False
    resolve: Resolver = system_resolver
    tls: ssl.SSLContext = field(default_factory=lambda: httpx.create_ssl_context(trust_env=False))
    within_s: float = WITHIN_S

    async def check(self, url: str) -> None:
        try:
            async with asyncio.timeout(self.within_s):
                await self._judged(url)
        except TimeoutError:
            raise _not_public() from None

    async def send(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        try:
            async with asyncio.timeout(self.within_s):
                return await self._post(await self._judged(url), {**headers, "user-agent": AGENT}, body)
        except TimeoutError:
            raise _down("webhook_timeout") from None
        except httpx.HTTPError:  # its words may hold the address
            raise _down("webhook_no_answer") from None

    async def _post(self, target: Target, headers: Mapping[str, str], body: bytes) -> int:
        """At the first address that takes the connection; nothing was sent to those before it."""
        transport = httpx.AsyncHTTPTransport(verify=self.tls, trust_env=False)
        async with httpx.AsyncClient(transport=transport, trust_env=False, timeout=self.within_s) as http:
            for place, host in enumerate(target.hosts, 1):
                request = http.build_request(
                    "POST", target.url.copy_with(host=host), content=body,
                    headers={**headers, "host": target.url.netloc.decode("ascii")},
                    extensions={"sni_hostname": _name(target.url)},
                )  # fmt: skip
                try:
                    answer = await http.send(request, stream=True, follow_redirects=False)
                except httpx.ConnectError:
                    if place == len(target.hosts):
                        raise
                else:
                    await answer.aclose()
                    return answer.status_code
        raise _not_public()

    async def _judged(self, text: str) -> Target:
        url = self._readable(text)
        local = self.loopback and url.host in LOOPBACK
        try:
            hosts = await self.resolve(_name(url), _port(url))
        except (OSError, UnicodeError):
            raise _not_public() from None
        judge = _is_loopback if local else _is_public
        if not hosts or not all(judge(host) for host in hosts):
            raise _not_public()
        return Target(url, hosts)

    def _readable(self, text: str) -> httpx.URL:
        """What can be said of an address without asking anybody."""
        try:
            url = httpx.URL(text)
        except (httpx.InvalidURL, ValueError):
            raise _not_fit("webhook_url") from None
        local = self.loopback and url.host in LOOPBACK
        if url.scheme != "https" and not (local and url.scheme == "http"):
            raise _not_fit("webhook_url_not_https")
        if url.userinfo or url.fragment:
            raise _not_fit("webhook_url_with_more")
        if not local and not NAME.fullmatch(_name(url)):
            raise _not_fit("webhook_url_without_name")
        if url.port is not None and not LEAST_PORT <= url.port <= 65535:  # httpx leaves out the scheme's own
            raise _not_fit("webhook_url_port")
        return url


FAULTS = {
    "webhook_url": ("주소를 읽을 수 없습니다. https:// 로 시작하는 전체 주소를 적어 주십시오.",
                    "This address cannot be read. Write all of it, beginning with https://."),
    "webhook_url_not_https": ("https:// 로 시작하는 주소만 등록할 수 있습니다.", "The address must begin with https://."),
    "webhook_url_with_more": ("주소에서 아이디·비밀번호와 # 뒤의 글자를 빼 주십시오.",
                              "Leave user name, password and what follows # out of the address."),
    "webhook_url_without_name": ("숫자로 된 IP 주소가 아니라 도메인 이름(예: hooks.example.com)으로 적어 주십시오.",
                                 "Use a domain name (such as hooks.example.com), not an IP address."),
    "webhook_url_port": ("포트는 443이나 1024 이상만 쓸 수 있습니다.", "The port must be 443, or 1024 or more."),
}  # fmt: skip


def _not_fit(code: str) -> Invalid:
    ko, en = FAULTS[code]
    return Invalid(code, field="url", ko=ko, en=en)


def _not_public() -> Invalid:
    """One answer for a name that is not there and one that leads inside: nobody learns the names of our own network."""
    return Invalid(
        "webhook_address_not_public", field="url",
        ko="인터넷에서 이 이름을 찾을 수 없거나, 공개된 주소가 아닙니다. 철자를 확인해 주십시오.",
        en="This name cannot be found, or does not lead to a public address. Check its spelling.",
    )  # fmt: skip


def _down(code: str) -> AgencyDown:
    return AgencyDown(code, ko="받을 주소가 제때 응답하지 않았습니다.", en="The address did not answer in time.")


def _name(url: httpx.URL) -> str:
    return url.raw_host.decode("ascii")


def _port(url: httpx.URL) -> int:
    return url.port or {"http": 80, "https": 443}[url.scheme]


def _is_loopback(host: str) -> bool:
    return ipaddress.ip_address(host).is_loopback


def _is_public(host: str) -> bool:
    """Reachable from everywhere, and no way around to a place that is not."""
    address = ipaddress.ip_address(host)
    if address.is_multicast or not address.is_global:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return not address.is_reserved
    around = address.ipv4_mapped or address.sixtofour or address.teredo
    return address in GLOBAL_UNICAST and around is None
