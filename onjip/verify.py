"""``onjip contract verify`` and ``onjip draw verify``: the file and a trust list are all they need; no network."""

# mypy: allow-untyped-calls
from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from asn1crypto import cms
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko_certvalidator import ValidationContext
from rich.console import Console
from rich.table import Table

from contracts import asn1_shim
from contracts.trust import NoTrust, Trust
from contracts.verify import verify_file
from domain.contracts import Finding
from law import selection_verify

LARGEST_PROOF = 64 * 1024 * 1024  # bytes: far more than the entries that a proof may carry inline

BROKEN = (ValueError, TypeError, KeyError, AttributeError, IndexError, SigningError, SignatureValidationError)


def contract(file: Path, trust: Path) -> int:
    """Print what holds and what does not; 0 if the contract stands, else 1."""
    report = verify_file(file.read_bytes(), trust.read_bytes())
    return _show("계약서 · contract", report.findings, valid=report.valid)


def draw(file: Path, trust: Path) -> int:
    """Run the draw again from its proof; 0 if it comes out the same and its time stamps are genuine, else 1."""
    try:
        proof, roots = _read_proof(file), Trust.from_pem(trust.read_bytes())
    except (ValueError, RecursionError, NoTrust) as unreadable:
        Console().print(f"✗ 읽을 수 없습니다 · cannot be read ({type(unreadable).__name__})")
        return 1
    findings = selection_verify.verify(proof, lambda token, digest: genuine_stamp(token, digest, roots))
    return _show("추첨 · draw", findings, valid=selection_verify.valid(findings))


def genuine_stamp(token: bytes, digest: bytes, trust: Trust) -> bool:
    """Whether ``token`` (RFC 3161, DER) stamps this SHA-256 digest, by an authority trusted at the moment it tells."""
    asn1_shim.install()
    try:
        return asyncio.run(_genuine_stamp(token, digest, trust))
    except BROKEN:
        return False


async def _genuine_stamp(token: bytes, digest: bytes, trust: Trust) -> bool:
    content = cms.ContentInfo.load(token, strict=True)["content"]
    moment = content["encap_content_info"]["content"].parsed["gen_time"].native
    context = ValidationContext(trust_roots=list(trust.roots), allow_fetching=False, moment=moment)
    try:
        status = await validate_tst_signed_data(content, context, lambda name: digest if name == "sha256" else b"")
    finally:
        await context.aclose()
    return bool(status["intact"] and status["valid"] and status["trust_problem_indic"] is None)


def _read_proof(file: Path) -> dict[str, Any]:
    """Strict JSON: no duplicate keys (two readers could see two documents), no NaN, an object, not too large."""
    if file.stat().st_size > LARGEST_PROOF:
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


def _show(what: str, findings: Iterable[Finding], *, valid: bool) -> int:
    table = Table(title=what, show_header=False)
    for entry in findings:
        table.add_row("✓" if entry.ok else "✗", f"{entry.ko}\n{entry.en}", entry.subject)
    console = Console()
    console.print(table)
    console.print("유효합니다 · valid" if valid else "유효하지 않습니다 · NOT valid")
    return 0 if valid else 1
