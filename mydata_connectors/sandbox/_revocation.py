"""Whether a certificate still holds: OCSP (RFC 6960) and revocation lists (RFC 5280), always made on the spot."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp

from mydata_connectors.sandbox import _pki

OCSP_LIFE = timedelta(hours=1)
CRL_LIFE = timedelta(days=7)
ISSUERS = ("root", "issuing")


def answer(db: sqlite3.Connection, home: Path, request: bytes) -> bytes:
    """OCSP response (DER) to an OCSP request (DER); unsuccessful ones are responses too."""
    try:
        asked = ocsp.load_der_ocsp_request(request)
        hashing = asked.hash_algorithm
        issuer = next((name for name in ISSUERS if _is_issuer(_pki.certificate(db, name), asked, hashing)), None)
    except (ValueError, NotImplementedError, x509.InvalidVersion):
        return _unsuccessful(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)
    if issuer is None:
        return _unsuccessful(ocsp.OCSPResponseStatus.UNAUTHORIZED)
    responder = _pki.authority(db, home, f"ocsp_{issuer}")
    status, revoked = _status(db, issuer, asked.serial_number)
    now = datetime.now(UTC).replace(microsecond=0)
    builder = ocsp.OCSPResponseBuilder().add_response_by_hash(
        asked.issuer_name_hash, asked.issuer_key_hash, asked.serial_number, hashing, status, now, now + OCSP_LIFE,
        revoked, x509.ReasonFlags.unspecified if revoked else None,
    )  # fmt: skip
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, responder.certificate)
    builder = builder.certificates([responder.certificate])
    for extension in asked.extensions:
        if isinstance(extension.value, x509.OCSPNonce):
            builder = builder.add_extension(extension.value, critical=False)
    return builder.sign(responder.key, hashes.SHA256()).public_bytes(Encoding.DER)


def _unsuccessful(status: ocsp.OCSPResponseStatus) -> bytes:
    return ocsp.OCSPResponseBuilder.build_unsuccessful(status).public_bytes(Encoding.DER)


def _is_issuer(candidate: x509.Certificate, asked: ocsp.OCSPRequest, hashing: hashes.HashAlgorithm) -> bool:
    bits = candidate.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    name = hashlib.new(hashing.name, candidate.subject.public_bytes()).digest()
    key = hashlib.new(hashing.name, bits).digest()
    return (asked.issuer_name_hash, asked.issuer_key_hash) == (name, key)


def _status(db: sqlite3.Connection, issuer: str, serial: int) -> tuple[ocsp.OCSPCertStatus, datetime | None]:
    query = "SELECT revoked_at FROM certificates WHERE serial = ? AND issuer = ?"
    row = db.execute(query, (f"{serial:x}", issuer)).fetchone()
    if row is None:
        return ocsp.OCSPCertStatus.UNKNOWN, None
    if row["revoked_at"] is None:
        return ocsp.OCSPCertStatus.GOOD, None
    return ocsp.OCSPCertStatus.REVOKED, datetime.fromisoformat(row["revoked_at"])


def crl(db: sqlite3.Connection, home: Path, issuer: str) -> bytes:
    """The issuer's present revocation list (DER), numbered by the millisecond it was made in."""
    above = _pki.authority(db, home, issuer)
    now = datetime.now(UTC).replace(microsecond=0)
    builder = x509.CertificateRevocationListBuilder().issuer_name(above.certificate.subject)
    builder = builder.last_update(now).next_update(now + CRL_LIFE)
    builder = builder.add_extension(x509.CRLNumber(time.time_ns() // 1_000_000), critical=False)
    key = x509.AuthorityKeyIdentifier.from_issuer_public_key(above.key.public_key())
    builder = builder.add_extension(key, critical=False)
    query = "SELECT serial, revoked_at FROM certificates WHERE issuer = ? AND revoked_at IS NOT NULL"
    for row in db.execute(query, (issuer,)):
        at = datetime.fromisoformat(row["revoked_at"])
        entry = x509.RevokedCertificateBuilder().serial_number(int(row["serial"], 16)).revocation_date(at)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(above.key, hashes.SHA256()).public_bytes(Encoding.DER)


def revoke(db: sqlite3.Connection, serial: str) -> bool:
    """From now on. False when there is no such certificate or it was revoked before."""
    at = datetime.now(UTC).replace(microsecond=0).isoformat()
    query = "UPDATE certificates SET revoked_at = ? WHERE serial = ? AND revoked_at IS NULL"
    return db.execute(query, (at, serial)).rowcount == 1
