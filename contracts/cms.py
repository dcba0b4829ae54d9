"""CMS with the key elsewhere: attributes out, signature back, verified before it is packed (CAdES-B).

ECDSA on P-256, and RSA with PKCS #1 v1.5 for joint certificates (공동인증서); SHA-256 for both.
"""

# mypy: allow-untyped-calls
from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from asn1crypto import algos, x509
from asn1crypto import cms as asn1
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key
from pyhanko.sign.validation.generic_cms import extract_certs_for_validation, validate_sig_integrity

from contracts import signed_data
from contracts.authorities import BROKEN
from contracts.policy import DATES_ONLY
from contracts.trust import SIGNING, Trust, check_chain, code_of, load
from domain.errors import Invalid

SHORTEST_RSA = 2048  # bits
LONGEST_ECDSA = 72  # bytes of a signature on P-256
ARTICLE = "전자서명법 제2조"
PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey


class BadCms(ValueError):
    """``code`` says what is wrong with a detached signature."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def load_chain(chain: Sequence[bytes]) -> list[x509.Certificate]:
    """DER certificates, leaf first, with a P-256 or RSA key in the leaf. Raises Invalid."""
    try:
        certificates = [load(der) for der in chain]
        _public_key(certificates[0])
    except BROKEN as error:
        raise _refused(
            "certificate_invalid", "서명에 쓸 수 없는 인증서입니다.", "The certificate is unusable."
        ) from error
    return certificates


def attributes(digest: bytes, chain: Sequence[x509.Certificate]) -> bytes:
    """DER of the attributes that ``chain[0]`` is to sign."""
    return signed_data.attributes(digest, chain[0])


def check_signature(signed_attrs: bytes, digest: bytes, chain: Sequence[x509.Certificate], signature: bytes) -> None:
    """The attributes speak of ``digest`` and the leaf's key signed them. Raises Invalid."""
    try:
        attrs = asn1.CMSAttributes.load(signed_attrs, strict=True)
        claimed = [a["values"][0].native for a in attrs if a["type"].native == "message_digest"]
        if claimed != [digest]:
            raise ValueError("attributes of another document")
        _verify(_public_key(chain[0]), signature, signed_attrs)
    except (*BROKEN, InvalidSignature) as error:
        raise _refused(
            "signature_invalid",
            "서명값이 문서나 인증서와 맞지 않습니다. 서명을 다시 요청해 주십시오.",
            "The signature does not match document and certificate. Request it again.",
        ) from error


def assemble(
    signed_attrs: bytes, chain: Sequence[x509.Certificate], signature: bytes, token: bytes | None = None
) -> bytes:
    """CMS (DER) around a checked signature, with ``token``, a time stamp over it. A root is left to who trusts it."""
    leaf, *others = chain
    issuers = [one.dump() for one in others if one.subject != one.issuer]
    kind = mechanism(leaf).dump()
    return signed_data.content_info(signed_attrs, leaf, issuers, mechanism=kind, signature=signature, token=token)


def detached(body: bytes, chain: Sequence[bytes], signed_attrs: bytes, signature: bytes) -> bytes:
    """Detached CMS (DER) over ``body``, verified. Raises Invalid."""
    certificates = load_chain(chain)
    check_signature(signed_attrs, hashlib.sha256(body).digest(), certificates, signature)
    return assemble(signed_attrs, certificates, signature)


async def signer_of(body: bytes, der: bytes, trust: Trust, *, at: datetime) -> x509.Certificate:
    """Certificate of the one who signed ``body``; it was valid ``at``. Raises BadCms.

    Revocation is the receiver's own question to the authority; a detached signature carries no answer to it.
    """
    try:
        content = asn1.ContentInfo.load(der, strict=True)
        signed = content["content"]
        certs = extract_certs_for_validation(signed)
        leaf: x509.Certificate = certs.signer_cert
        _public_key(leaf)
        digest = hashlib.sha256(body).digest()
        intact, valid = validate_sig_integrity(signed["signer_infos"][0], leaf, "data", digest)
        alone = len(signed["signer_infos"]) == 1 and signed["encap_content_info"]["content"].native is None
    except BROKEN as error:
        raise BadCms("cms_unreadable") from error
    if not (alone and intact and valid):
        raise BadCms("signature_invalid")
    try:
        await check_chain([leaf, *certs.other_certs], trust, at=at, ocsps=(), policy=DATES_ONLY, key_usage=SIGNING)
    except Exception as error:
        raise BadCms(code_of(error)) from error
    return leaf


def mechanism(leaf: x509.Certificate) -> algos.SignedDigestAlgorithm:
    """How the key of this certificate signs."""
    kind = "sha256_rsa" if leaf.public_key.algorithm == "rsa" else "sha256_ecdsa"
    return algos.SignedDigestAlgorithm({"algorithm": kind})


def signature_size(leaf: x509.Certificate) -> int:
    """Most bytes of a signature by the key of this certificate."""
    return int(leaf.public_key.byte_size) if leaf.public_key.algorithm == "rsa" else LONGEST_ECDSA


def _public_key(certificate: x509.Certificate) -> PublicKey:
    key = load_der_public_key(certificate.public_key.dump())
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= SHORTEST_RSA:
        return key
    raise ValueError("neither a P-256 nor a long enough RSA key")


def _verify(key: PublicKey, signature: bytes, data: bytes) -> None:
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
    else:
        key.verify(signature, data, ec.ECDSA(hashes.SHA256()))


def _refused(code: str, ko: str, en: str) -> Invalid:
    return Invalid(code, field="signature", article=ARTICLE, ko=ko, en=en)
