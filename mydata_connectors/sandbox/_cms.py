"""A person's signature as CMS (CAdES-B: ECDSA P-256 or RSA, SHA-256, signing-certificate-v2), read from bytes alone.

Nothing that the signature itself claims is believed before it is checked: one signer, one of each signed
attribute, the certificate bound by its digest, and a chain to a root that this agency was given.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import cms as asn1_cms
from asn1crypto import parser, tsp
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID

from mydata_connectors.sandbox._agency import Refused

SHORTEST_RSA = 2048  # bits
LONGEST_CHAIN = 4
SIGNING_CERTIFICATE = tsp.SigningCertificateV2  # importing tsp is what teaches asn1crypto this attribute


@dataclass(frozen=True)
class Signer:
    """Who signed. ``chain`` is leaf first and ends below the root; ``issuer`` issued the leaf."""

    identity_ref: str
    certificate: x509.Certificate
    issuer: x509.Certificate


def refused(code: str, message: str) -> Refused:
    return Refused(code, message)


def verify(der: bytes, digest: bytes, roots: Sequence[x509.Certificate], at: datetime) -> Signer:
    """Who signed what has this SHA-256 ``digest``. Refused ``signature_invalid``, ``certificate_untrusted`` …"""
    try:
        signed = _signed_data(der)
        signer = _only_one(signed["signer_infos"])
        certificates = pkcs7.load_der_pkcs7_certificates(der)
        leaf = _leaf(signer, certificates)
        _check_attributes(signer, digest, leaf)
        _check_signature(signer, leaf)
    except (ValueError, TypeError, KeyError, AttributeError, InvalidSignature):
        raise refused("signature_invalid", "a signature does not verify") from None
    return trusted(leaf, certificates, roots, at)


def trusted(
    leaf: x509.Certificate, others: Sequence[x509.Certificate], roots: Sequence[x509.Certificate], at: datetime
) -> Signer:
    """The holder of a certificate that leads to a root; ``Refused`` when it does not, or is not valid ``at``."""
    return Signer(_identity_ref(leaf), leaf, _issuer(leaf, others, roots, at))


def _signed_data(der: bytes) -> Any:
    content = asn1_cms.ContentInfo.load(der)
    if content["content_type"].native != "signed_data":
        raise ValueError("not signed data")
    signed = content["content"]
    if signed["encap_content_info"]["content"].native is not None:
        raise ValueError("not detached")
    return signed


def _only_one(items: Any) -> Any:
    if len(items) != 1:
        raise ValueError("not exactly one")
    return items[0]


def _leaf(signer: Any, certificates: Sequence[x509.Certificate]) -> x509.Certificate:
    sid = signer["sid"].chosen
    serial, issuer = sid["serial_number"].native, sid["issuer"].dump()
    found = [c for c in certificates if c.serial_number == serial and c.issuer.public_bytes() == issuer]
    leaf: x509.Certificate = _only_one(found)
    return leaf


def _check_attributes(signer: Any, digest: bytes, leaf: x509.Certificate) -> None:
    attributes: dict[str, Any] = {}
    for attribute in signer["signed_attrs"]:
        name = attribute["type"].native
        if name in attributes:
            raise ValueError("an attribute twice")
        attributes[name] = _only_one(attribute["values"])
    bound = attributes["signing_certificate_v2"]["certs"][0]
    algorithm = bound["hash_algorithm"]["algorithm"].native
    if signer["digest_algorithm"]["algorithm"].native != "sha256" or algorithm != "sha256":
        raise ValueError("another digest algorithm")
    if attributes["content_type"].native != "data" or attributes["message_digest"].native != digest:
        raise ValueError("another document")
    if bound["cert_hash"].native != leaf.fingerprint(hashes.SHA256()):
        raise ValueError("another certificate")


def _check_signature(signer: Any, leaf: x509.Certificate) -> None:
    key, algorithm = leaf.public_key(), signer["signature_algorithm"]["algorithm"].native
    # The attributes are signed as a SET OF, though they are carried under an implicit tag (RFC 5652 §5.4).
    signed_bytes = parser.emit(0, 1, 17, signer["signed_attrs"].contents)
    signature = signer["signature"].native
    if algorithm == "sha256_ecdsa" and isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name == "secp256r1":
        key.verify(signature, signed_bytes, ec.ECDSA(hashes.SHA256()))
    elif algorithm == "sha256_rsa" and isinstance(key, rsa.RSAPublicKey) and key.key_size >= SHORTEST_RSA:
        key.verify(signature, signed_bytes, padding.PKCS1v15(), hashes.SHA256())
    else:
        raise ValueError("another signature algorithm or kind of key")


def _issuer(
    leaf: x509.Certificate, others: Sequence[x509.Certificate], roots: Sequence[x509.Certificate], at: datetime
) -> x509.Certificate:
    """Who issued the leaf, after walking up to a root. Every certificate on the way is a CA and valid ``at``."""
    untrusted = refused("certificate_untrusted", "a certificate does not lead to the trusted root")
    current, first = leaf, None
    for _ in range(LONGEST_CHAIN):
        if not current.not_valid_before_utc <= at <= current.not_valid_after_utc:
            raise refused("certificate_expired", "a certificate is not valid now")
        parent = next((c for c in (*roots, *others) if _issued(c, current)), None)
        if parent is None:
            raise untrusted
        first = first or parent
        if parent in roots:
            return first
        current = parent
    raise untrusted


def _issued(parent: x509.Certificate, child: x509.Certificate) -> bool:
    try:
        authority = parent.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        child.verify_directly_issued_by(parent)
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    return authority


def _identity_ref(leaf: x509.Certificate) -> str:
    """The subject's serialNumber: the reference of the person between institutions; empty for a company's seal."""
    values = leaf.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)
    return str(values[0].value) if len(values) == 1 else ""


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
