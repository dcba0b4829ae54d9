"""What an embedded stack needs once before its workers start: the seal's certificate and the trust list."""

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
from onjip.wiring.parts import partners, trust_file

SEAL_NAME = "온집 전자문서 봉인"


async def run(settings: Settings) -> None:
    """Idempotent. In production key, certificate and trust list are given, and nothing is made."""
    if settings.environment == "production" or settings.platform_certificate.exists():
        return
    key = _key(settings.platform_key)
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "KR"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Onjip"),
            x509.NameAttribute(NameOID.COMMON_NAME, SEAL_NAME),
        ]
    )
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    found = partners(settings)
    async with found.http:
        csr = request.public_bytes(Encoding.DER)
        chain = await enrol(found.exchange(Agency.TRUST), csr, "ONJIP-PLATFORM-SEAL")
        root = await found.http.get(f"{found.url(Agency.TRUST)}/trust.pem")
    root.raise_for_status()
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
