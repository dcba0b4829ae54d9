"""What an office may name as its address, and where what is sent there goes: never to a place inside."""

from __future__ import annotations

import re
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from domain.errors import AgencyDown, Invalid
from domain.ids import new_id, new_webhook_key
from domain.time import now
from domain.webhooks import headers, signature
from mydata_connectors.webhooks import HttpReceivers
from tests.webhook_receiver import Got, answer, holds, receiving

ROOT = Path(__file__).parents[2]
PUBLIC = "93.184.215.14"
OK = answer(204)
ID = UUID(int=7)


@dataclass
class Names:
    """A name service: each look-up of a name takes its next answer, the last one stays."""

    answers: list[Sequence[str]]
    asked: list[str] = field(default_factory=list)

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        return self.answers[min(len(self.asked), len(self.answers)) - 1]


URLS = {
    "http://hooks.example.com/": "webhook_url_not_https",
    "ftp://hooks.example.com/": "webhook_url_not_https",
    "file:///etc/passwd": "webhook_url_not_https",
    "gopher://hooks.example.com:70/": "webhook_url_not_https",
    "//hooks.example.com/": "webhook_url_not_https",
    "hooks.example.com": "webhook_url_not_https",
    "https://user@hooks.example.com/": "webhook_url_with_more",
    "https://user:word@hooks.example.com/": "webhook_url_with_more",
    "https://hooks.example.com\\@inside.example.com/": "webhook_url_with_more",
    "https://hooks.example.com/a#b": "webhook_url_with_more",
    "https://127.0.0.1/": "webhook_url_without_name",
    "https://8.8.8.8/": "webhook_url_without_name",
    "https://127.1/": "webhook_url_without_name",
    "https://2130706433/": "webhook_url_without_name",
    "https://0x7f000001/": "webhook_url_without_name",
    "https://0x7f.0x1/": "webhook_url_without_name",
    "https://0177.0.0.1/": "webhook_url",
    "https://[::1]/": "webhook_url_without_name",
    "https://[2606:4700::1111]/": "webhook_url_without_name",
    "https://[::ffff:10.0.0.1]/": "webhook_url_without_name",
    "https://localhost/": "webhook_url_without_name",
    "https://postgres/": "webhook_url_without_name",
    "https://hooks.example.com./": "webhook_url_without_name",
    "https://hooks_example.com/": "webhook_url_without_name",
    "https://-a.example.com/": "webhook_url_without_name",
    "https://a..example.com/": "webhook_url_without_name",
    "https://a%00b.example.com/": "webhook_url_without_name",
    "https:///path": "webhook_url_without_name",
    "https://hooks.example.com:22/": "webhook_url_port",
    "https://hooks.example.com:80/": "webhook_url_port",
    "https://hooks.example.com:0/": "webhook_url_port",
    "https://hooks.example.com:1023/": "webhook_url_port",
    "https://hooks.example.com:99999/": "webhook_url_port",
    "https://hooks.example.com:abc/": "webhook_url",
    "https://[::1/": "webhook_url",
    "https://１２７.0.0.1/": "webhook_url",
    "": "webhook_url_not_https",
}
INSIDE = (
    "127.0.0.1", "127.255.255.254", "0.0.0.1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.0.1",
    "169.254.169.254", "100.64.0.1", "100.127.255.255", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1",
    "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "fe80::1", "fe80::1%1", "fc00::1", "fd12:3456::1", "fec0::1", "ff02::1", "ff0e::1", "2001:db8::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::1",
    "2002:a00:1::1", "2002:808:808::1", "2001:0:a00:1::1", "5f00::1",
)  # fmt: skip
OUTSIDE = (PUBLIC, "1.1.1.1", "223.130.195.95", "2606:4700:4700::1111", "2404:4600:6::1")


@pytest.mark.parametrize(("url", "code"), URLS.items())
async def test_what_is_no_address_for_us_is_refused_before_any_name_is_looked_up(url: str, code: str) -> None:
    names = Names([[PUBLIC]])
    with pytest.raises(Invalid) as refused:
        await HttpReceivers(resolve=names).check(url)
    assert (refused.value.code, refused.value.field, names.asked) == (code, "url", [])
    assert refused.value.ko
    assert refused.value.en


@pytest.mark.parametrize("host", INSIDE)
async def test_a_name_that_leads_inside_is_refused_also_when_only_one_of_its_addresses_does(host: str) -> None:
    for answers in ([host], [PUBLIC, host], [host, PUBLIC]):
        with pytest.raises(Invalid) as refused:
            await HttpReceivers(resolve=Names([answers])).check("https://hooks.example.com/a")
        assert refused.value.code == "webhook_address_not_public"


@pytest.mark.parametrize("host", OUTSIDE)
async def test_a_public_name_is_taken_whatever_its_port_and_path(host: str) -> None:
    receivers = HttpReceivers(resolve=Names([[host]]))
    for url in ("https://hooks.example.com", "https://Hooks.Example.COM:8443/a/b?c=d", "https://xn--3e0b707e.kr:443/"):
        await receivers.check(url)


async def test_a_name_that_nobody_knows_is_refused() -> None:
    async def nobody(host: str, port: int) -> Sequence[str]:
        raise OSError(host, port)

    for receivers in (HttpReceivers(resolve=nobody), HttpReceivers(resolve=Names([[]]))):
        with pytest.raises(Invalid, match=r"webhook_(name_unknown|address_not_public)"):
            await receivers.check("https://hooks.example.com/")


async def test_this_machine_is_a_place_only_where_that_is_set() -> None:
    async with receiving(OK) as receiver:
        for host in ("127.0.0.1", "localhost"):
            assert await HttpReceivers(loopback=True).send(receiver.url(host=host), {}, b"{}") == 204
            with pytest.raises(Invalid):
                await HttpReceivers().send(receiver.url(host=host), {}, b"{}")
        assert len(receiver.got) == 2
    with pytest.raises(Invalid, match="webhook_url_not_https"):
        await HttpReceivers(loopback=True).check("http://hooks.example.com/")
    with pytest.raises(Invalid, match="webhook_address_not_public"):  # a name of the machine that leads elsewhere
        await HttpReceivers(loopback=True, resolve=Names([["10.0.0.1"]])).check("http://localhost:8000/")


async def test_the_connection_goes_to_the_address_that_was_judged_and_each_time_anew() -> None:
    """The system says 127.0.0.1 for this name, where another program listens; our answer was 127.0.0.2."""
    names = Names([["127.0.0.2"], ["10.0.0.1"]])
    receivers = HttpReceivers(loopback=True, resolve=names)
    async with receiving(OK, host="127.0.0.2") as judged, receiving(OK, port=judged.port) as other:
        url = judged.url("/a?b=c", "localhost")
        assert await receivers.send(url, {}, b"{}") == 204
        assert names.asked == ["localhost"], "one look-up for the judgement and the connection"
        with pytest.raises(Invalid, match="webhook_address_not_public"):
            await receivers.send(url, {}, b"{}")
        assert (len(judged.got), len(other.got)) == (1, 0)
        (got,) = judged.got
        assert (got.line, got.headers["host"]) == ("POST /a?b=c HTTP/1.1", f"localhost:{judged.port}")


async def test_the_next_address_is_tried_where_nobody_listens_at_the_first() -> None:
    async with receiving(OK, host="127.0.0.3") as receiver:
        receivers = HttpReceivers(loopback=True, resolve=Names([["127.0.0.2", "127.0.0.3"]]))
        assert await receivers.send(receiver.url(host="localhost"), {}, b"{}") == 204


def certified(name: str, folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """TLS of a server called ``name``, and of somebody who trusts its authority and no other."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hooks")])
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(1).not_valid_before(now() - timedelta(days=1)).not_valid_after(now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )  # fmt: skip
    pem = made.public_bytes(Encoding.PEM)
    file = folder / f"{name}.pem"
    file.write_bytes(pem + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cadata=pem.decode())


async def test_the_certificate_is_that_of_the_name_not_of_the_address(tmp_path: Path) -> None:
    named, trusting = certified("localhost", tmp_path)
    other, trusting_other = certified("other.example.com", tmp_path)
    names = Names([["127.0.0.2"]])
    async with receiving(OK, host="127.0.0.2", tls=named) as receiver:
        url = receiver.url(host="localhost", scheme="https")
        assert await HttpReceivers(True, names, trusting).send(url, {}, b"{}") == 204
        with pytest.raises(AgencyDown, match="webhook_no_answer"):  # an authority that nobody trusts
            await HttpReceivers(True, names).send(url, {}, b"{}")
    async with receiving(OK, host="127.0.0.2", tls=other) as receiver:
        with pytest.raises(AgencyDown, match="webhook_no_answer"):
            await HttpReceivers(True, names, trusting_other).send(
                receiver.url(host="localhost", scheme="https"), {}, b""
            )
        assert receiver.got == []


async def test_redirects_are_not_followed_and_answers_not_read() -> None:
    long = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n" + b"a" * 10_000
    async with receiving(OK) as elsewhere:
        moved = answer(307, f"Location: {elsewhere.url()}")
        async with receiving(moved, long) as receiver:
            receivers = HttpReceivers(loopback=True, within_s=5.0)
            assert await receivers.send(receiver.url(), {}, b"{}") == 307
            assert await receivers.send(receiver.url(), {}, b"{}") == 200
        assert elsewhere.got == []


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (b"", "webhook_timeout"),
        (b"HTTP/1.1 2", "webhook_no_answer"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "webhook_no_answer"),
    ],
)
async def test_whoever_says_nothing_or_nonsense_has_not_answered(said: bytes, code: str) -> None:
    async with receiving(said) as receiver:
        with pytest.raises(AgencyDown) as down:
            await HttpReceivers(loopback=True, within_s=0.5).send(receiver.url("/secret-path"), {}, b"{}")
        assert down.value.code == code
        assert "secret-path" not in f"{down.value}{down.value.ko}"
    with pytest.raises(AgencyDown, match="webhook_no_answer"):  # nobody listens there any more
        await HttpReceivers(loopback=True).send(receiver.url(), {}, b"{}")


async def test_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with receiving(OK) as proxy, receiving(OK) as receiver:
        monkeypatch.setenv("HTTP_PROXY", proxy.url(""))
        assert await HttpReceivers(loopback=True).send(receiver.url(), {}, b"{}") == 204
        assert (len(proxy.got), len(receiver.got)) == (0, 1)


def test_signatures_hold_for_both_keys_and_for_nothing_else() -> None:
    old, new, at, body = new_webhook_key(), new_webhook_key(), now(), b'{"a":1}'
    sent = dict(headers((new, old), ID, at, body))
    got = Got("", sent, body)
    assert holds(old, got)
    assert holds(new, got)
    assert not holds(new_webhook_key(), got)
    for spoiled in (
        Got("", sent, body + b" "), Got("", {**sent, "webhook-id": str(new_id())}, body),
        Got("", {**sent, "webhook-timestamp": str(int(at.timestamp()) + 1)}, body),
    ):  # fmt: skip
        assert not holds(new, spoiled)


def test_what_the_document_tells_receivers_to_do_verifies() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "webhooks.md").read_text(), re.DOTALL)
    told: dict[str, Any] = {}
    exec(code, told)  # noqa: S102 - our own document
    genuine, (old, new), body = told["genuine"], (new_webhook_key(), new_webhook_key()), b"{}"
    sent = dict(headers((new, old), ID, now(), body))
    assert genuine(old, sent, body)
    assert genuine(new, sent, body)
    assert not genuine(new_webhook_key(), sent, body)
    assert not genuine(new, sent, b"{ }")
    assert not genuine(new, dict(headers((new,), ID, now() - timedelta(minutes=6), body)), body)


def test_the_example_of_the_specification() -> None:
    """The vector of the reference libraries of Standard Webhooks."""
    said = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    )
    assert said == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
