"""The time-stamp authority: RFC 3161 with ESSCertIDv2 (RFC 5816). Real time, one second of accuracy.

The CMS around the token is put together from its encoded parts: the parts are small and fixed, and a
general encoder would take certificates apart and put them together again.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from asn1crypto import algos, cms, core, tsp
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from mydata_connectors.sandbox._pki import Authority

POLICY = "2.25.204814317562214874923465783264817563221"  # an OID under the UUID arc: nobody else's
DIGEST_BYTES = {"sha256": 32, "sha384": 48, "sha512": 64}
SHA256_ALGORITHM = algos.DigestAlgorithm({"algorithm": "sha256"}).dump()
ECDSA_SHA256 = algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}).dump()


class Rejected(Exception):
    """``args[0]`` is the failure information of RFC 3161 §2.4.2."""


def stamp(request: bytes, serial: int, tsa: Authority, issuer_der: bytes) -> bytes:
    """A granted TimeStampResp (DER). Raises Rejected for what must not be stamped."""
    asked = read(request)
    now = datetime.now(UTC).replace(microsecond=0)
    fields: dict[str, object] = {
        "version": "v1", "policy": POLICY, "message_imprint": asked["message_imprint"], "serial_number": serial,
        "gen_time": now, "accuracy": {"seconds": 1},
    }  # fmt: skip
    if asked["nonce"].native is not None:
        fields["nonce"] = asked["nonce"]
    certificates = [tsa.der, issuer_der] if asked["cert_req"].native else []
    token = _token(tsp.TSTInfo(fields).dump(), now, tsa, certificates)
    return tlv(0x30, tsp.PKIStatusInfo({"status": "granted"}).dump(), token)


def read(request: bytes) -> tsp.TimeStampReq:
    """The request, when everything in it is acceptable."""
    try:
        asked = tsp.TimeStampReq.load(request, strict=True)
        algorithm = asked["message_imprint"]["hash_algorithm"]["algorithm"].native
        imprint = asked["message_imprint"]["hashed_message"].native
        version, policy, extensions = asked["version"].native, asked["req_policy"].native, asked["extensions"].native
        _ = asked["nonce"].native, asked["cert_req"].native
    except (ValueError, TypeError, KeyError):
        raise Rejected("bad_data_format") from None
    if version != "v1":
        raise Rejected("bad_request")
    if algorithm not in DIGEST_BYTES:
        raise Rejected("bad_alg")
    if len(imprint) != DIGEST_BYTES[algorithm]:
        raise Rejected("bad_data_format")
    if policy not in (None, POLICY):
        raise Rejected("unaccepted_policy")
    if extensions:
        raise Rejected("unaccepted_extensions")
    return asked


def rejection(failure: str) -> bytes:
    info = tsp.PKIStatusInfo({"status": "rejection", "fail_info": {failure}})
    return bytes(tlv(0x30, info.dump()))


def _token(tst_info: bytes, now: datetime, tsa: Authority, certificates: list[bytes]) -> bytes:
    """SignedData over the TSTInfo, signed by the time-stamp authority's key."""
    attributes = _attributes(tst_info, now, tsa)
    signature = tsa.key.sign(tlv(0x31, *attributes), ec.ECDSA(hashes.SHA256()))
    content = tlv(0x30, _oid(cms.ContentType("tst_info")), tlv(0xA0, tlv(0x04, tst_info)))
    issuer = tsa.certificate.issuer.public_bytes()
    signer = tlv(
        0x30, core.Integer(1).dump(), tlv(0x30, issuer, core.Integer(tsa.certificate.serial_number).dump()),
        SHA256_ALGORITHM, tlv(0xA0, *attributes), ECDSA_SHA256, tlv(0x04, signature),
    )  # fmt: skip
    carried = tlv(0xA0, *sorted(certificates)) if certificates else b""
    signed = tlv(0x30, core.Integer(3).dump(), tlv(0x31, SHA256_ALGORITHM), content, carried, tlv(0x31, signer))
    return tlv(0x30, _oid(cms.ContentType("signed_data")), tlv(0xA0, signed))


def _attributes(tst_info: bytes, now: datetime, tsa: Authority) -> list[bytes]:
    """Signed attributes in DER order of a SET OF."""
    binding = tsp.SigningCertificateV2({"certs": [{"cert_hash": hashlib.sha256(tsa.der).digest()}]})
    values = {
        "content_type": _oid(cms.ContentType("tst_info")),
        "message_digest": tlv(0x04, hashlib.sha256(tst_info).digest()),
        "signing_time": cms.Time({"utc_time": now}).dump(),
        "signing_certificate_v2": binding.dump(),
    }
    return sorted(tlv(0x30, cms.CMSAttributeType(name).dump(), tlv(0x31, der)) for name, der in values.items())


def _oid(value: core.ObjectIdentifier) -> bytes:
    return bytes(value.dump())


def tlv(tag: int, *parts: bytes) -> bytes:
    """DER: tag, definite length, the parts one after another."""
    body = b"".join(parts)
    size = len(body)
    if size < 0x80:
        return bytes([tag, size]) + body
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + body
