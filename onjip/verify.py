"""What ``onjip draw verify`` believes: time stamps and seals, judged by a trust list alone; no network."""

# mypy: allow-untyped-calls
from __future__ import annotations

import asyncio
import json
from datetime import datetime
from pathlib import Path
from typing import Any

from asn1crypto import cms
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko_certvalidator import ValidationContext

from contracts import asn1_shim
from contracts.cms import BadCms, signer_of
from contracts.trust import Trust, subject

BROKEN = (ValueError, TypeError, KeyError, AttributeError, IndexError, SigningError, SignatureValidationError)


def stamp_moment(token: bytes, digest: bytes, trust: Trust) -> datetime | None:
    """The moment of a genuine time stamp over this SHA-256 digest, else None. ``token``: RFC 3161, DER, by an authority
    trusted at the moment that it tells."""
    asn1_shim.install()
    try:
        return asyncio.run(_stamp_moment(token, digest, trust))
    except BROKEN:
        return None


async def _stamp_moment(token: bytes, digest: bytes, trust: Trust) -> datetime | None:
    content = cms.ContentInfo.load(token, strict=True)["content"]
    moment: datetime = content["encap_content_info"]["content"].parsed["gen_time"].native
    context = ValidationContext(trust_roots=list(trust.roots), allow_fetching=False, moment=moment)
    try:
        status = await validate_tst_signed_data(content, context, lambda name: digest if name == "sha256" else b"")
    finally:
        await context.aclose()
    genuine = status["intact"] and status["valid"] and status["trust_problem_indic"] is None
    return moment if genuine else None


def sealed_by(seal: bytes, body: bytes, trust: Trust, moment: datetime) -> str | None:
    """Who sealed ``body`` with this detached CMS signature (DER), valid at ``moment``; None where it is not genuine, or
    where the trust file pins other certificates."""
    asn1_shim.install()
    try:
        leaf = asyncio.run(signer_of(body, seal, trust, at=moment))
    except BadCms:
        return None
    if trust.pins and leaf.sha256 not in {pin.sha256 for pin in trust.pins}:
        return None
    names = subject(leaf)
    return " ".join(names[key] for key in ("organization_name", "common_name", "serial_number") if names[key])


def read_json(file: Path, largest: int) -> dict[str, Any]:
    """Strict JSON: no duplicate keys (two readers could see two documents), no NaN, an object, not too large."""
    if file.stat().st_size > largest:
        raise ValueError("too large")
    proof = json.loads(file.read_bytes(), object_pairs_hook=_once_each, parse_constant=_no_constant)
    if not isinstance(proof, dict):
        raise ValueError("not an object")
    return proof


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("duplicate key")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
