"""A signature as a browser makes it, verified before it is kept."""

from __future__ import annotations

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from domain.errors import Invalid

HALF = 32  # bytes of r, and of s, on P-256


def verified(signature: bytes, attributes: bytes, certificate: bytes) -> bytes:
    """The signature as documents hold it: RSA (PKCS #1 v1.5) as it came, ECDSA as DER of its raw r and s.

    Invalid: the key of this certificate (DER) did not sign these attributes.
    """
    key = x509.load_der_x509_certificate(certificate).public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, attributes, padding.PKCS1v15(), hashes.SHA256())
            return signature
        if not isinstance(key, ec.EllipticCurvePublicKey) or len(signature) != 2 * HALF:
            raise InvalidSignature
        r, s = (int.from_bytes(half, "big") for half in (signature[:HALF], signature[HALF:]))
        der = encode_dss_signature(r, s)
        key.verify(der, attributes, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise Invalid(
            "signature_invalid", field="signature", article="전자서명법 제2조",
            ko="서명값이 문서나 인증서와 맞지 않습니다. 서명 화면을 다시 열어 서명해 주십시오.",
            en="The signature does not match document and certificate. Open the page for signing again.",
        ) from None  # fmt: skip
    return der
