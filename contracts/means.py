"""By what a signature was made, as far as its certificate tells: a policy (RFC 5280, 4.2.1.4) or a kind of name."""

# mypy: allow-untyped-calls
from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml
from asn1crypto import x509
from pydantic import BaseModel, ConfigDict

from domain.words import SigningMeans

IDENTITY_DATA = "1.2.410.200004.10.1.1"  # otherName of joint certificates (KCAC.TS.SIVID)
UNTOLD = "certificate"


class Policy(BaseModel):
    """``oid``: with a dot at its end, the beginning of many."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    oid: str
    means: SigningMeans
    source: str


@cache
def policies() -> tuple[Policy, ...]:
    rows = yaml.safe_load(Path(__file__).with_name("means.yaml").read_text("utf-8"))
    return tuple(Policy.model_validate(row) for row in rows["policies"])


def means_of(certificate: x509.Certificate) -> str:
    """A word of ``SigningMeans``, or ``certificate`` where nothing tells more."""
    stated = certificate.certificate_policies_value
    for oid in [one["policy_identifier"].dotted for one in stated] if stated is not None else []:
        for policy in policies():
            if oid == policy.oid or (policy.oid.endswith(".") and oid.startswith(policy.oid)):
                return policy.means
    return SigningMeans.JOINT_CERTIFICATE if _names_identity(certificate) else UNTOLD


def _names_identity(certificate: x509.Certificate) -> bool:
    names = certificate.subject_alt_name_value
    others = [one.chosen for one in names if one.name == "other_name"] if names is not None else []
    return any(other["type_id"].dotted == IDENTITY_DATA for other in others)


def algorithm_of(certificate: x509.Certificate, digest: str) -> str:
    """For readers: ``ECDSA P-256, SHA-256``."""
    key = certificate.public_key
    kind = f"RSA {key.bit_size}" if key.algorithm == "rsa" else f"ECDSA P-{key.bit_size}"
    return f"{kind}, {digest.upper().replace('SHA', 'SHA-')}"
