"""Is an RFC 3161 answer a genuine stamp over our digest? Looked at before anybody builds on it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from asn1crypto import core, parser, tsp
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from mydata_connectors.envelope import NotGenuine

OFF_BY: Final = timedelta(minutes=5)  # how far a time-stamp authority's clock may be from ours
LONGEST_CHAIN: Final = 4
HASHES: Final = {"sha256_ecdsa": hashes.SHA256(), "sha384_ecdsa": hashes.SHA384(), "sha512_ecdsa": hashes.SHA512()}


class Rejected(Exception):
    """The authority answered, and will not stamp this. ``args[0]``: its failure word."""


def request(digest: bytes, nonce: int) -> bytes:
    """TimeStampReq (DER) for a SHA-256 digest; the certificate is asked for."""
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": digest}
    der = tsp.TimeStampReq({"version": "v1", "message_imprint": imprint, "nonce": nonce, "cert_req": True}).dump()
    return bytes(der)


def read(response: bytes, *, digest: bytes, nonce: int, roots: Sequence[x509.Certificate], now: datetime) -> bytes:
    """The token (DER ContentInfo) in a granted response. Raises Rejected or NotGenuine."""
    try:
        fields = parser.parse(response, strict=True)[4]
        length = parser.peek(fields)
        status, token = tsp.PKIStatusInfo.load(fields[:length]), fields[length:]
        if status["status"].native not in {"granted", "granted_with_mods"}:
            raise Rejected(_failure(status["fail_info"].native))
        signed = tsp.ContentInfo.load(token, strict=True)["content"]
        _check_content(signed, digest, nonce, now)
        _check_signer(signed, roots, now)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, InvalidSignature) as error:
        raise NotGenuine(type(error).__name__) from None
    return bytes(token)


def _failure(words: object) -> str:
    return str(min(words)) if isinstance(words, set) and words else "rejected"


def _check_content(signed: Any, digest: bytes, nonce: int, now: datetime) -> None:
    if signed["encap_content_info"]["content_type"].native != "tst_info":
        raise NotGenuine("not a time stamp")
    info = signed["encap_content_info"]["content"].parsed
    imprint = info["message_imprint"]
    ours = imprint["hash_algorithm"]["algorithm"].native == "sha256" and imprint["hashed_message"].native == digest
    if not ours or info["nonce"].native != nonce:
        raise NotGenuine("a stamp of something else")
    if abs(info["gen_time"].native.astimezone(UTC) - now) > OFF_BY:
        raise NotGenuine("another time than ours")


def _check_signer(signed: Any, roots: Sequence[x509.Certificate], now: datetime) -> None:
    (signer,) = signed["signer_infos"]
    attributes = {item["type"].native: item["values"] for item in signer["signed_attrs"]}
    content = signed["encap_content_info"]["content"].contents
    (stated,) = attributes["message_digest"]
    if stated.native != hashlib.sha256(content).digest() or signer["digest_algorithm"]["algorithm"].native != "sha256":
        raise NotGenuine("the signature is over something else")
    carried = [x509.load_der_x509_certificate(_der(core.Sequence.tag, item.chosen)) for item in signed["certificates"]]
    (binding,) = attributes["signing_certificate_v2"]
    bound = binding["certs"][0]["cert_hash"].native
    certificate = next(c for c in (*carried, None) if c is None or c.fingerprint(hashes.SHA256()) == bound)
    if certificate is None:
        raise NotGenuine("the certificate is missing")
    _check_signature(signer, certificate)
    _check_purpose(certificate)
    _check_chain(certificate, carried, roots, now)


def _check_signature(signer: Any, certificate: x509.Certificate) -> None:
    key = certificate.public_key()
    algorithm = signer["signature_algorithm"]["algorithm"].native
    if not isinstance(key, ec.EllipticCurvePublicKey) or algorithm not in HASHES:
        raise NotGenuine("another signature algorithm")
    signed_bytes = _der(core.Set.tag, signer["signed_attrs"])  # carried under another tag (RFC 5652 §5.4)
    key.verify(signer["signature"].native, signed_bytes, ec.ECDSA(HASHES[algorithm]))


def _der(tag: int, value: Any) -> bytes:
    """The bytes of ``value`` as they came, under a universal tag.

    Not ``dump()``: asn1crypto 1.5.1 takes a length that ends in 0x80 for an indefinite one and encodes all anew.
    """
    return bytes(parser.emit(0, 1, tag, value.contents))


def _check_purpose(certificate: x509.Certificate) -> None:
    """RFC 3161 §2.3: for time stamping, that only, and critically so."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        raise NotGenuine("not for time stamps") from None
    if not usage.critical or list(usage.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise NotGenuine("not for time stamps")


def _check_chain(
    leaf: x509.Certificate, carried: Sequence[x509.Certificate], roots: Sequence[x509.Certificate], now: datetime
) -> None:
    current = leaf
    for _ in range(LONGEST_CHAIN):
        if not current.not_valid_before_utc <= now <= current.not_valid_after_utc:
            break
        parent = next((c for c in (*roots, *carried) if is_issued_by(current, c)), None)
        if parent is None:
            break
        if parent in roots:
            return
        current = parent
    raise NotGenuine("no way to a trusted root")


def is_issued_by(child: x509.Certificate, parent: x509.Certificate) -> bool:
    """``parent`` is a CA and signed ``child``."""
    try:
        authority = parent.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        child.verify_directly_issued_by(parent)
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    return authority
