"""CMS SignedData of one signer, put together from its encoded parts (RFC 5652, ETSI EN 319 122-1).

The parts are few and fixed. A general encoder takes certificates apart and puts them together again, which was most of
the time of a signature; the bytes are those that it would write (``test_our_encoding_is_the_librarys``).
"""

# mypy: allow-untyped-calls
from __future__ import annotations

import hashlib
from collections.abc import Iterable

from asn1crypto import algos, core, x509

SEQUENCE, SET, OCTETS, CONTEXT = 0x30, 0x31, 0x04, 0xA0
DATA = core.ObjectIdentifier("1.2.840.113549.1.7.1").dump()
SIGNED_DATA = core.ObjectIdentifier("1.2.840.113549.1.7.2").dump()
CONTENT_TYPE = core.ObjectIdentifier("1.2.840.113549.1.9.3").dump()
MESSAGE_DIGEST = core.ObjectIdentifier("1.2.840.113549.1.9.4").dump()
SIGNING_CERTIFICATE = core.ObjectIdentifier("1.2.840.113549.1.9.16.2.47").dump()
TIME_STAMP = core.ObjectIdentifier("1.2.840.113549.1.9.16.2.14").dump()
VERSION_1 = core.Integer(1).dump()
SHA256 = algos.DigestAlgorithm({"algorithm": "sha256"}).dump()


def tlv(tag: int, *parts: bytes) -> bytes:
    """DER: tag, definite length, the parts one after another."""
    body = b"".join(parts)
    size = len(body)
    if size < 0x80:
        return bytes((tag, size)) + body
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + body


def attributes(digest: bytes, leaf: x509.Certificate) -> bytes:
    """Signed attributes: content-type, message-digest, signing-certificate-v2. No time of ours."""
    names = tlv(SEQUENCE, tlv(CONTEXT | 4, leaf.issuer.dump()))
    issuer_serial = tlv(SEQUENCE, names, leaf["tbs_certificate"]["serial_number"].dump())
    identifier = tlv(SEQUENCE, tlv(OCTETS, hashlib.sha256(leaf.dump()).digest()), issuer_serial)
    return tlv(SET, *sorted((
        _attribute(CONTENT_TYPE, DATA),
        _attribute(MESSAGE_DIGEST, tlv(OCTETS, digest)),
        _attribute(SIGNING_CERTIFICATE, tlv(SEQUENCE, tlv(SEQUENCE, identifier))),
    )))  # fmt: skip


def content_info(
    signed_attrs: bytes, leaf: x509.Certificate, others: Iterable[bytes], *, mechanism: bytes, signature: bytes,
    token: bytes | None = None,
) -> bytes:  # fmt: skip
    """ContentInfo without the content. ``mechanism``: the signature's algorithm; ``token``: a time stamp over it."""
    signer = [
        VERSION_1,
        tlv(SEQUENCE, leaf.issuer.dump(), leaf["tbs_certificate"]["serial_number"].dump()),
        SHA256,
        bytes((CONTEXT,)) + signed_attrs[1:],  # carried under another tag than signed (RFC 5652, 5.4)
        mechanism,
        tlv(OCTETS, signature),
    ]
    if token is not None:
        signer.append(tlv(CONTEXT | 1, _attribute(TIME_STAMP, token)))
    certificates = tlv(CONTEXT, *sorted({leaf.dump(), *others}))
    body = (VERSION_1, tlv(SET, SHA256), tlv(SEQUENCE, DATA), certificates, tlv(SET, tlv(SEQUENCE, *signer)))
    return tlv(SEQUENCE, SIGNED_DATA, tlv(CONTEXT, tlv(SEQUENCE, *body)))


def _attribute(kind: bytes, value: bytes) -> bytes:
    return tlv(SEQUENCE, kind, tlv(SET, value))
