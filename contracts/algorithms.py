"""Until when a signature is believed: the first end of its certificates and of its algorithms (``algorithms.yaml``)."""

# mypy: allow-untyped-calls
from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path

import yaml
from asn1crypto import x509
from pydantic import BaseModel, ConfigDict

LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Row(BaseModel):
    """``until``: the last day (UTC)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    algorithm: str
    until: date
    source: str
    bits: int = 0

    @property
    def end(self) -> datetime:
        return datetime.combine(self.until, time.max, UTC)


class Table(BaseModel):
    """``verified``: the day on which the sources were compared."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    description: str
    verified: date
    keys: tuple[Row, ...]
    digests: tuple[Row, ...]


@cache
def table() -> Table:
    return Table.model_validate(yaml.safe_load(Path(__file__).with_name("algorithms.yaml").read_text("utf-8")))


def key_end(algorithm: str, bits: int) -> datetime:
    """Last moment of signatures by keys of this kind (``rsa``, ``ec``); long ago for what is not believed."""
    rows = [row for row in table().keys if row.algorithm == algorithm and row.bits <= bits]
    return max(rows, key=lambda row: row.bits).end if rows else LONG_AGO


def digest_end(algorithm: str) -> datetime:
    return next((row.end for row in table().digests if row.algorithm == algorithm), LONG_AGO)


def signature_end(certificate: x509.Certificate, digest: str) -> datetime:
    """Last moment at which a signature over ``digest`` with this certificate's key may be made."""
    return min(digest_end(digest), key_end(certificate.public_key.algorithm, certificate.public_key.bit_size))


def believed_until(path: Sequence[x509.Certificate], digest: str) -> datetime:
    """Of a signature over ``digest`` by ``path[0]``; ``path`` leads to its root, whose own dates nobody asks about."""
    ends = [digest_end(digest)]
    ends += [key_end(one.public_key.algorithm, one.public_key.bit_size) for one in path]
    for certificate in path[:-1]:
        ends += [certificate.not_valid_after, digest_end(_digest_of(certificate))]
    return min(ends)


def _digest_of(certificate: x509.Certificate) -> str:
    try:
        return str(certificate["signature_algorithm"].hash_algo)
    except ValueError:
        return "unknown"
