"""What an embedded stack needs once before its workers start: the seal's certificate, the trust list, and the public
random source of the pretend agencies."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from domain.words import Agency
from mydata_connectors.timestamps import enrol
from onjip.settings import Settings
from onjip.wiring.parts import Partners, RandomSource, partners, trust_file

SEAL_NAME = "온집 전자문서 봉인"
SOURCE_NAME = "시험용 난수원 · sandbox beacon"


async def run(settings: Settings) -> None:
    """Idempotent. In production key, certificate, trust list and random source are given, and nothing is made."""
    if settings.environment == "production":
        return
    found = partners(settings)
    async with found.http:
        if not settings.beacon.exists():
            await _random_source(settings, found)
        if not settings.platform_certificate.exists():
            await _seal(settings, found)


async def _random_source(settings: Settings, found: Partners) -> None:
    url = f"{found.url(Agency.TRUST)}/beacon"
    info = (await found.http.get(f"{url}/info")).raise_for_status().json()
    given = {
        "name": SOURCE_NAME,
        "genesis": info["genesis_time"],
        **{key: info[key] for key in ("public_key", "period")},
    }
    _write(settings.beacon, RandomSource.model_validate({"url": url, "source": given}).model_dump_json())


async def _seal(settings: Settings, found: Partners) -> None:
    key = _key(settings.platform_key)
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "KR"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Onjip"),
            x509.NameAttribute(NameOID.COMMON_NAME, SEAL_NAME),
        ]
    )
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    chain = await enrol(found.exchange(Agency.TRUST), request.public_bytes(Encoding.DER), "ONJIP-PLATFORM-SEAL")
    root = (await found.http.get(f"{found.url(Agency.TRUST)}/trust.pem")).raise_for_status()
    # The platform's own certificate stands beside the root: a verifier then takes no other seal for ours.
    seal = x509.load_der_x509_certificate(chain[0]).public_bytes(Encoding.PEM).decode()
    _write(trust_file(settings), root.text + seal)
    pem = b"".join(x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM) for der in chain)
    _write(settings.platform_certificate, pem.decode())


def _key(path: Path) -> ec.EllipticCurvePrivateKey:
    if path.exists():
        key = load_pem_private_key(path.read_bytes(), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ValueError("the platform key is not an EC key")
        return key
    made = ec.generate_private_key(ec.SECP256R1())
    pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
    return made


def _write(path: Path, text: str) -> None:
    """Whole or not at all: the next start may follow a kill."""
    draft = path.with_suffix(".part")
    draft.write_text(text)
    draft.replace(path)
