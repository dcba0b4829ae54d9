"""The certificates of the trust agency: root → issuing CA → people, seals, time-stamp authority.

All keys are P-256, but those of joint certificates (공동인증서), which are RSA.

Everything that is issued stands in the table ``certificates``; the keys are files beside the ledger.
"""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from mydata_connectors.sandbox import _keys

SCHEMA = """
CREATE TABLE IF NOT EXISTS certificates (serial TEXT PRIMARY KEY, role TEXT NOT NULL, issuer TEXT NOT NULL,
    client TEXT NOT NULL, spki_sha256 TEXT NOT NULL, subject BLOB NOT NULL, der BLOB NOT NULL, at TEXT NOT NULL,
    revoked_at TEXT);
"""
AUTHORITIES = ("root", "issuing", "ocsp_root", "ocsp_issuing", "tsa")
COMMON_NAMES = {
    "root": "Sandbox Root CA", "issuing": "Sandbox Issuing CA", "ocsp_root": "Sandbox OCSP Responder (root)",
    "ocsp_issuing": "Sandbox OCSP Responder (issuing)", "tsa": "Sandbox Time-Stamp Authority",
}  # fmt: skip
DEPTHS = {"root": 1, "issuing": 0}
# Certificate policies under the UUID arc, nobody else's: where the key of a person is held.
REMOTE_KEY = "2.25.204814317562214874923465783264817563230"
DEVICE_KEY = "2.25.204814317562214874923465783264817563231"
JOINT_KEY = "2.25.204814317562214874923465783264817563232"
AUTHORITY_LIFE = timedelta(days=3650)
LEAF_LIFE = timedelta(days=1095)
CLOCK_SKEW = timedelta(minutes=1)  # a fresh certificate must already be valid for a slower clock

Builder = x509.CertificateBuilder
Public = ec.EllipticCurvePublicKey | rsa.RSAPublicKey


@dataclass(frozen=True)
class Authority:
    """A certificate of ours with its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)


def key_of(home: Path, role: str) -> ec.EllipticCurvePrivateKey:
    key = _keys.own_key(home / f"trust.{role}.pem").private_key
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("not a P-256 private key")
    return key


def found(db: sqlite3.Connection, home: Path, base_url: str) -> None:
    """Issues the authorities' own certificates; part of the seed, so all of them or none."""
    for role in AUTHORITIES:
        issuer = "root" if role in {"root", "issuing", "ocsp_root"} else "issuing"
        above = None if role == "root" else authority(db, home, issuer)
        certificate = _authority_certificate(role, key_of(home, role), above, issuer, base_url)
        keep(db, certificate, role=role, issuer=issuer, client="")


def new_tsa(db: sqlite3.Connection, home: Path, base_url: str, *, life: timedelta, stamps: bool) -> x509.Certificate:
    """The time-stamp authority works with another certificate from now on; one that is over where ``life`` is negative,
    and one that is not for stamping unless ``stamps``. The old one is not revoked by it."""
    above, purpose = authority(db, home, "issuing"), ExtendedKeyUsageOID.TIME_STAMPING
    certificate = _authority_certificate(
        "tsa", key_of(home, "tsa"), above, "issuing", base_url, life=life,
        purpose=purpose if stamps else ExtendedKeyUsageOID.CODE_SIGNING,
    )  # fmt: skip
    keep(db, certificate, role="tsa", issuer="issuing", client="")
    return certificate


def _authority_certificate(
    role: str, key: ec.EllipticCurvePrivateKey, above: Authority | None, issuer: str, base_url: str,
    *, life: timedelta = AUTHORITY_LIFE, purpose: x509.ObjectIdentifier = ExtendedKeyUsageOID.TIME_STAMPING,
) -> x509.Certificate:  # fmt: skip
    name = x509.Name([
        x509.NameAttribute(NameOID.COUNTRY_NAME, "KR"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Onjip Sandbox"),
        x509.NameAttribute(NameOID.COMMON_NAME, COMMON_NAMES[role]),
    ])  # fmt: skip
    above_name, above_key = (name, key) if above is None else (above.certificate.subject, above.key)
    builder = _start(name, key.public_key(), above_name, above_key, life=life, depth=DEPTHS.get(role))
    builder = builder.add_extension(_key_usage(cert_sign=role in DEPTHS), critical=True)
    if role.startswith("ocsp"):
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), critical=False)
        builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)
    elif role == "tsa":
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)
    if role in {"issuing", "tsa"}:
        builder = _with_addresses(builder, issuer, base_url)
    return builder.sign(above_key, hashes.SHA256())


def leaf(
    subject: x509.Name, public: Public, issuer: Authority, base_url: str,
    *, policy: str | None = None, identity: x509.SubjectAlternativeName | None = None,
) -> x509.Certificate:  # fmt: skip
    """A certificate for signing documents (digitalSignature, nonRepudiation). ``policy``: where its key is held."""
    builder = _start(subject, public, issuer.certificate.subject, issuer.key, life=LEAF_LIFE, depth=None)
    builder = builder.add_extension(_key_usage(commitment=True), critical=True)
    if policy is not None:
        stated = x509.PolicyInformation(x509.ObjectIdentifier(policy), None)
        builder = builder.add_extension(x509.CertificatePolicies([stated]), critical=False)
    if identity is not None:
        builder = builder.add_extension(identity, critical=False)
    return _with_addresses(builder, "issuing", base_url).sign(issuer.key, hashes.SHA256())


def _start(
    subject: x509.Name, public: Public, issuer: x509.Name, issuer_key: ec.EllipticCurvePrivateKey,
    *, life: timedelta, depth: int | None,
) -> Builder:  # fmt: skip
    """What all certificates have. ``depth``: how many CAs may follow; None for what is no CA."""
    now = datetime.now(UTC).replace(microsecond=0)
    return (
        Builder()
        .subject_name(subject).issuer_name(issuer).public_key(public)
        .serial_number(x509.random_serial_number()).not_valid_before(now - CLOCK_SKEW).not_valid_after(now + life)
        .add_extension(x509.BasicConstraints(depth is not None, depth), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )  # fmt: skip


def _with_addresses(builder: Builder, issuer: str, base_url: str) -> Builder:
    """Where to ask whether it still holds, and where its issuer's certificate is."""
    ocsp = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, _uri(f"{base_url}/ocsp"))
    above = x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, _uri(f"{base_url}/ca/{issuer}.cer"))
    crl = x509.DistributionPoint([_uri(f"{base_url}/crl/{issuer}.crl")], None, None, None)
    builder = builder.add_extension(x509.AuthorityInformationAccess([ocsp, above]), critical=False)
    return builder.add_extension(x509.CRLDistributionPoints([crl]), critical=False)


def _uri(text: str) -> x509.UniformResourceIdentifier:
    return x509.UniformResourceIdentifier(text)


def _key_usage(*, cert_sign: bool = False, commitment: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not cert_sign, content_commitment=commitment, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=cert_sign, crl_sign=cert_sign,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip


def keep(db: sqlite3.Connection, certificate: x509.Certificate, *, role: str, issuer: str, client: str) -> None:
    row = (
        f"{certificate.serial_number:x}", role, issuer, client, spki_sha256(certificate.public_key()),
        certificate.subject.public_bytes(), certificate.public_bytes(Encoding.DER), datetime.now(UTC).isoformat(),
    )  # fmt: skip
    columns = "serial, role, issuer, client, spki_sha256, subject, der, at"
    db.execute(f"INSERT INTO certificates ({columns}) VALUES (?,?,?,?,?,?,?,?)", row)  # noqa: S608


def spki_sha256(public: object) -> str:
    if not isinstance(public, ec.EllipticCurvePublicKey | rsa.RSAPublicKey):
        raise TypeError("another kind of key")
    return hashlib.sha256(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def authority(db: sqlite3.Connection, home: Path, role: str) -> Authority:
    return Authority(certificate(db, role), key_of(home, role))


def certificate(db: sqlite3.Connection, role: str) -> x509.Certificate:
    """The newest one of an authority."""
    row = db.execute("SELECT der FROM certificates WHERE role = ? ORDER BY rowid DESC", (role,)).fetchone()
    return x509.load_der_x509_certificate(row["der"])
