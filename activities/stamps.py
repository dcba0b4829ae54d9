"""Time stamps on digests, as they are kept in rows."""

from __future__ import annotations

import base64

from domain.ports import TrustServices


async def stamped(trust: TrustServices, digest: bytes) -> str:
    """RFC 3161 token over a SHA-256 digest, base64 DER. Raises the authority's waits: there is no other clock."""
    return base64.b64encode(await trust.timestamp(digest)).decode()
