"""The trust agency over HTTP, as it really refuses: at signing, sealing and renewal nothing is made without it."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from contracts.works import Works
from domain.contracts import Prepared
from domain.errors import AgencyDown, Invalid
from mydata_connectors.exchange import agency_http
from mydata_connectors.timestamps import HttpTrustServices, enrol
from tests.contracts import contract_samples as samples
from tests.mydata_connectors.conftest import Box, StartSandbox

pytestmark = pytest.mark.long

PLATFORM = "온집"
PEOPLE = (("김하늘", "buyer_1"), ("신예린", "supplier_2"))
Trouble = Callable[["Platform"], Awaitable[object]]


@dataclass
class Person:
    key: ec.EllipticCurvePrivateKey
    chain: list[bytes]

    def sign(self, prepared: Prepared) -> bytes:
        return self.key.sign(base64.b64decode(prepared.signed_attrs), ec.ECDSA(hashes.SHA256()))


@dataclass
class Platform:
    """A platform and its people, certified by a running trust agency. ``files``: unsigned to sealed."""

    box: Box
    trust: HttpTrustServices
    people: dict[str, Person]
    files: list[bytes]

    @property
    def works(self) -> Works:
        """As after a restart: it remembers no authority."""
        own = self.people[PLATFORM]
        pem = own.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return Works(self.trust, pem, own.chain[:2], list(self.trust.trusted))

    async def open(self, works: Works, pdf: bytes, name: str, field: str) -> tuple[bytes, Prepared]:
        return await works.prepare(pdf, field=field, chain=self.people[name].chain[:2])

    async def act(self, name: str, spoil: Trouble | None = None) -> object:
        """One act that needs the authority, after ``spoil`` has happened to it."""
        works, (who, field) = self.works, PEOPLE[0]
        opened, prepared = await self.open(works, self.files[0], who, field)
        if spoil is not None:
            await spoil(self)
        works = self.works
        match name:
            case "prepare":
                return await self.open(works, self.files[0], who, field)
            case "finish":
                return await works.finish(opened, prepared, self.people[who].sign(prepared))
            case "seal":
                return await works.seal(self.files[-2])
            case _:
                return await works.renew(self.files[-1])


@pytest_asyncio.fixture(scope="module")
async def platform(sandbox: StartSandbox) -> AsyncIterator[Platform]:
    box = sandbox("trust", fresh=True)
    async with agency_http(read=5) as http:
        pem = (await http.get(f"{box.url('trust')}/trust.pem")).content
        root = x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)
        trust = HttpTrustServices(box.url("trust"), [root], http)
        people = {}
        for name in (PLATFORM, *(name for name, _ in PEOPLE)):
            key = ec.generate_private_key(ec.SECP256R1())
            subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
            request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
            chain = await enrol(box.exchange("trust", http), request.public_bytes(Encoding.DER), f"E-{len(people)}")
            people[name] = Person(key, chain)
        found = Platform(box, trust, people, [])
        works = found.works
        found.files.append((await works.render(samples.supply()))[0])
        for name, field in PEOPLE:
            opened, prepared = await found.open(works, found.files[-1], name, field)
            found.files.append(await works.finish(opened, prepared, people[name].sign(prepared)))
        found.files.append((await works.seal(found.files[-1]))[0])
        yield found


@pytest_asyncio.fixture(autouse=True)
async def mended(platform: Platform) -> AsyncIterator[None]:
    """Whatever a test does to the authority, the next one finds it well again."""
    yield
    await platform.box.clear_faults("trust")
    await platform.box.control("trust", "POST", "/tsa", {})


def fault(path: str, kind: str) -> Trouble:
    return lambda platform: platform.box.fault("trust", path, kind, times=20)


def tsa(**wanted: Any) -> Trouble:
    return lambda platform: platform.box.control("trust", "POST", "/tsa", wanted)


async def revoked(platform: Platform) -> None:
    """The certificate with which it stamps now."""
    made = await platform.box.control("trust", "POST", "/tsa", {})
    assert await platform.box.control("trust", "POST", "/revoke", {"serial": made["serial"]}) == {"revoked": True}


TROUBLES: dict[str, Trouble] = {
    "time stamps down": fault("/tsa", "error"), "time stamps cut off": fault("/tsa", "reset"),
    "time stamps in maintenance": fault("/tsa", "maintenance"), "time stamps garbled": fault("/tsa", "malformed"),
    "OCSP down": fault("/ocsp", "error"), "OCSP garbled": fault("/ocsp", "malformed"),
    "expired": tsa(seconds=-30), "wrong purpose": tsa(stamps=False), "revoked": revoked,
}  # fmt: skip
ACTS = ("prepare", "finish", "seal", "renew")


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("trouble", TROUBLES)
async def test_nothing_is_made_without_the_authority(platform: Platform, name: str, trouble: str) -> None:
    """It is waited for, whatever is wrong with it; our own clock takes nobody's place."""
    with pytest.raises(AgencyDown):
        await platform.act(name, TROUBLES[trouble])


@pytest.mark.parametrize("name", ACTS)
async def test_with_the_authority_each_act_succeeds(platform: Platform, name: str) -> None:
    assert await platform.act(name)


async def test_a_renewal_by_another_certificate(platform: Platform) -> None:
    await platform.box.control("trust", "POST", "/tsa", {"seconds": 86400 * 400})
    pdf, report = await platform.works.renew(platform.files[-1])
    assert report.valid
    assert [one.field for one in report.stamps] == ["archive_1", "archive_2"]
    assert report.stamps[1].until < report.stamps[0].until
    assert pdf.startswith(platform.files[-1])
    assert await platform.works.stamp_lasts() == report.stamps[1].until


async def test_a_seal_whose_authority_was_revoked_since(platform: Platform) -> None:
    """The stamps of the sealed file are no evidence any more: a renewal would only hide it."""
    made = await platform.box.control("trust", "POST", "/tsa", {})
    sealed, _ = await platform.works.seal(platform.files[-2])
    await platform.box.control("trust", "POST", "/tsa", {})
    await platform.box.control("trust", "POST", "/revoke", {"serial": made["serial"]})
    with pytest.raises(Invalid) as refused:
        await platform.works.renew(sealed)
    assert refused.value.code == "archived"


@pytest.mark.parametrize("name", ["prepare", "finish", "seal"])
async def test_a_signer_whose_certificate_was_revoked(platform: Platform, name: str) -> None:
    """By the word of the CA: stopped at every step, for a reason that the person can mend."""
    who = PEOPLE[0][0]
    kept = platform.people[who]
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, who)])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    exchange = platform.box.exchange("trust", platform.trust.http)
    platform.people[who] = Person(key, await enrol(exchange, request.public_bytes(Encoding.DER), f"R-{name}"))
    files = list(platform.files)
    try:
        works, serial = platform.works, x509.load_der_x509_certificate(platform.people[who].chain[0]).serial_number
        opened, prepared = await platform.open(works, files[0], *PEOPLE[0])
        signed = await works.finish(opened, prepared, platform.people[who].sign(prepared))
        opened, second = await platform.open(works, signed, *PEOPLE[1])
        platform.files[-2] = await works.finish(opened, second, platform.people[PEOPLE[1][0]].sign(second))

        async def revoke(_: Platform) -> None:
            await asyncio.sleep(1.1)  # a revocation is dated to the second; before it is not the same as in it
            await platform.box.control("trust", "POST", "/revoke", {"serial": f"{serial:x}"})

        with pytest.raises(Invalid) as refused:
            await platform.act(name, revoke)
        later = "certificate_revoked_later" if name == "seal" else "certificate_revoked"
        assert refused.value.code == later
    finally:
        platform.people[who], platform.files[:] = kept, files
