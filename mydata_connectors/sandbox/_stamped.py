"""Is this an RFC 3161 token over that digest, by an authority for time stamps that leads to a given root?"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from asn1crypto import core, parser, tsp
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from mydata_connectors.sandbox import _cms
from mydata_connectors.sandbox._agency import Refused


def moment(token: bytes, digest: bytes, roots: Sequence[x509.Certificate]) -> datetime:
    """When the digest was stamped. Raises ``Refused`` ``stamp_invalid``."""
    try:
        signed = tsp.ContentInfo.load(token, strict=True)["content"]
        content = signed["encap_content_info"]["content"]
        info = content.parsed
        _check_imprint(info, digest)
        carried = [_certificate(one) for one in signed["certificates"]]
        leaf = _check_signature(signed, content.contents, carried)
        at: datetime = info["gen_time"].native
    except (ValueError, TypeError, KeyError, AttributeError, InvalidSignature, x509.ExtensionNotFound):
        raise Refused("stamp_invalid", "no genuine time stamp over this list") from None
    _cms.trusted(leaf, carried, roots, at)
    return at


def _check_imprint(info: Any, digest: bytes) -> None:
    imprint = info["message_imprint"]
    if imprint["hash_algorithm"]["algorithm"].native != "sha256" or imprint["hashed_message"].native != digest:
        raise ValueError("a stamp of something else")


def _check_signature(signed: Any, content: bytes, carried: Sequence[x509.Certificate]) -> x509.Certificate:
    (signer,) = signed["signer_infos"]
    attributes = {item["type"].native: item["values"] for item in signer["signed_attrs"]}
    (stated,) = attributes["message_digest"]
    (binding,) = attributes["signing_certificate_v2"]
    if (
        stated.native != hashlib.sha256(content).digest()
        or signed["encap_content_info"]["content_type"].native != "tst_info"
    ):
        raise ValueError("the signature is over something else")
    (leaf,) = [one for one in carried if one.fingerprint(hashes.SHA256()) == binding["certs"][0]["cert_hash"].native]
    usage = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    key = leaf.public_key()
    if not usage.critical or list(usage.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise ValueError("not for time stamps")
    if signer["signature_algorithm"]["algorithm"].native != "sha256_ecdsa" or not isinstance(
        key, ec.EllipticCurvePublicKey
    ):
        raise ValueError("another signature algorithm")
    key.verify(signer["signature"].native, _der(core.Set.tag, signer["signed_attrs"]), ec.ECDSA(hashes.SHA256()))
    return leaf


def _certificate(item: Any) -> x509.Certificate:
    return x509.load_der_x509_certificate(_der(core.Sequence.tag, item.chosen))


def _der(tag: int, value: Any) -> bytes:
    """The bytes as they came: a general encoder may put them together in another way."""
    return bytes(parser.emit(0, 1, tag, value.contents))
