"""What the signing service looks at before it shows a request to anybody: the bytes, not what is said of them."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any

from asn1crypto import cms, tsp
from pydantic import AwareDatetime, Base64Bytes, BaseModel, Field

from mydata_connectors.sandbox._agency import Refused

SIGNING_CERTIFICATE = tsp.SigningCertificateV2  # importing tsp is what teaches asn1crypto this attribute
SET_OF = b"\x31"  # the attributes are signed as a SET OF (RFC 5652 §5.4)
Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Wanted(BaseModel):
    """A request for one signature. ``document_sha256`` is over what the signature covers (for a PDF: its ByteRange)."""

    reference: Annotated[str, Field(min_length=1, max_length=100)]
    subject_ref: Annotated[str, Field(pattern="^idr_[0-9a-f]{32}$")]
    title: Annotated[str, Field(min_length=1, max_length=200)]
    sum_won: Annotated[int, Field(ge=0, le=10**15)]
    document_sha256: Digest
    signed_attrs_b64: Base64Bytes
    certificate_sha256: Digest
    expires_at: AwareDatetime | None = None


def check_attributes(der: bytes, document_sha256: str, leaf: bytes) -> None:
    """Raises Refused unless ``der`` is a DER set of CMS attributes over this document, for this certificate."""
    try:
        values = _values(der)
        kind, digest = values["content_type"].native, values["message_digest"].native
        bound = values.get("signing_certificate_v2")
        hashes = None if bound is None else [(_hash_name(c), c["cert_hash"].native) for c in bound["certs"]]
    except (ValueError, TypeError, KeyError):
        raise Refused("attributes_unreadable", "not a DER set of CMS attributes") from None
    if kind != "data" or digest != bytes.fromhex(document_sha256):
        raise Refused("digest_not_in_attributes", "the attributes are about another document")
    if hashes is not None and hashes[:1] != [("sha256", sha256(leaf).digest())]:
        raise Refused("other_certificate", "the attributes name another certificate")


def _values(der: bytes) -> dict[str, Any]:
    attributes = cms.CMSAttributes.load(der, strict=True)
    if der[:1] != SET_OF or cms.CMSAttributes(list(attributes)).dump() != der:
        raise ValueError("not DER")
    values: dict[str, Any] = {}
    for attribute in attributes:
        name, found = attribute["type"].native, attribute["values"]
        if name in values or len(found) != 1:
            raise ValueError("an attribute twice")
        values[name] = found[0]
    return values


def _hash_name(entry: Any) -> str:
    return str(entry["hash_algorithm"]["algorithm"].native)


def check_certificate(wanted: Wanted, leaf: bytes) -> None:
    if sha256(leaf).hexdigest() != wanted.certificate_sha256:
        raise Refused("other_certificate", "this is not the person's certificate")


def is_over(ends_at: str, now: datetime) -> bool:
    return datetime.fromisoformat(ends_at) <= now
