"""Whom a verifier believes: roots, and optionally the exact certificates of the platform's seal."""

# mypy: allow-untyped-calls
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from asn1crypto import pem, x509
from asn1crypto.ocsp import OCSPResponse
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    ExpiredError,
    NotYetValidError,
    PathBuildingError,
    PathValidationError,
    RevokedError,
    ValidationError,
)
from pyhanko_certvalidator.policy_decl import CertRevTrustPolicy

# Tried in this order: some of these errors are kinds of others.
CODES: tuple[tuple[type[Exception], str], ...] = (
    (RevokedError, "certificate_revoked"),
    (ExpiredError, "certificate_expired"),
    (NotYetValidError, "certificate_expired"),
    (PathBuildingError, "certificate_untrusted"),
    (PathValidationError, "certificate_invalid"),
    (ValidationError, "certificate_invalid"),
)
SIGNING = frozenset({"non_repudiation"})
LONGEST_PATH = 6
KEPT = 1024  # parsed certificates


class NoTrust(ValueError):
    """The trust file holds no certificate authority."""


@dataclass(frozen=True)
class Trust:
    """``pins``: when given, the platform must have signed with one of these."""

    roots: tuple[x509.Certificate, ...]
    pins: tuple[x509.Certificate, ...] = ()

    @classmethod
    def from_der(cls, certificates: Sequence[bytes]) -> Trust:
        """Authorities among ``certificates`` become roots, the others pins."""
        loaded = [load(der) for der in certificates]
        return cls(tuple(c for c in loaded if c.ca), tuple(c for c in loaded if not c.ca))

    @classmethod
    def from_pem(cls, text: bytes) -> Trust:
        """From a PEM file with any number of certificates. Raises NoTrust."""
        try:
            blocks = [der for kind, _, der in pem.unarmor(text, multiple=True) if kind == "CERTIFICATE"]
            trust = cls.from_der(blocks)
        except ValueError as error:
            raise NoTrust("not a PEM file of certificates") from error
        if not trust.roots:
            raise NoTrust("no certificate authority in the trust file")
        return trust


@lru_cache(KEPT)
def load(der: bytes) -> x509.Certificate:
    """A certificate, parsed fully now (asn1crypto is lazy), and once: the same few come again. Raises ValueError."""
    certificate = x509.Certificate.load(der, strict=True)
    _ = certificate.native
    return certificate


def path_to_root(chain: Sequence[x509.Certificate], trust: Trust) -> list[x509.Certificate]:
    """``chain[0]``, its issuers, and the root, by names and key ids only. Raises PathBuildingError."""
    pool = [*chain[1:], *trust.roots]
    path = [chain[0]]
    while path[-1].sha256 not in {root.sha256 for root in trust.roots}:
        issuer = next((c for c in pool if c.subject == path[-1].issuer and c not in path), None)
        if issuer is None or len(path) > LONGEST_PATH:
            raise PathBuildingError("no way from the certificate to a trusted root")
        path.append(issuer)
    return path


async def check_chain(
    chain: Sequence[x509.Certificate],
    trust: Trust,
    *,
    at: datetime,
    ocsps: Sequence[bytes],
    policy: CertRevTrustPolicy,
    key_usage: frozenset[str] = SIGNING,
) -> None:
    """``chain[0]`` leads to a root, may sign, and was not revoked at ``at`` as ``ocsps`` say.

    Raises the validator's errors; ``code_of`` names them.
    """
    context = ValidationContext(
        trust_roots=list(trust.roots),
        other_certs=list(chain[1:]),
        moment=at,
        best_signature_time=at,
        ocsps=[OCSPResponse.load(der) for der in ocsps],
        allow_fetching=False,
        revinfo_policy=policy,
    )
    try:
        validator = CertificateValidator(chain[0], intermediate_certs=list(chain[1:]), validation_context=context)
        await validator.async_validate_usage(key_usage=set(key_usage))
    finally:
        await context.aclose()


def code_of(error: Exception) -> str:
    return next((code for kind, code in CODES if isinstance(error, kind)), "certificate_invalid")


def subject(certificate: x509.Certificate) -> dict[str, str]:
    """Common name, organisation and serialNumber of the subject; absent ones are empty.

    A joint certificate (공동인증서) writes a number of its CA behind the name: 최민준()0088….
    """
    native = certificate.subject.native
    found = {key: str(native.get(key, "")) for key in ("common_name", "organization_name", "serial_number")}
    return {**found, "common_name": found["common_name"].partition("()")[0]}
