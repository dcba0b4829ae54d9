"""Time stamps on digests, as they are kept in rows."""

from __future__ import annotations

import base64
from datetime import datetime

from asn1crypto import cms

from domain.ports import TrustServices


async def stamped(trust: TrustServices, digest: bytes) -> str:
    """RFC 3161 token over a SHA-256 digest, base64 DER. Raises the authority's waits: there is no other clock."""
    return base64.b64encode(await trust.timestamp(digest)).decode()


def moment_of(token: str | None) -> datetime | None:
    """The moment that a kept token tells; it was checked when it came. None: there is none, or it cannot be read."""
    try:
        signed = cms.ContentInfo.load(base64.b64decode(token or "", validate=True))["content"]
        found = signed["encap_content_info"]["content"].parsed["gen_time"].native
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return found if isinstance(found, datetime) else None
