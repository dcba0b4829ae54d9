"""Sealed statements about a draw: what every kind of them shares, and what each has to say when it is checked.

A record is ``{"body": …, "envelope": …}`` in canonical JSON. The body's ``format`` says what it states; the envelope is
the operator's seal over the body and a time stamp over the seal, as with a transcript.
"""

from __future__ import annotations

import base64
import hashlib
from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue

from domain.contracts import Finding
from domain.model import Model, canonical_json
from domain.words import Sha256
from law.drawing.findings import finding
from law.drawing.transcript import Body
from law.drawing.verify import Checks, moment_of, tried


class Sealing(Model):
    """``seal``: CMS over the body; ``seal_stamp``: RFC 3161 token over the seal's SHA-256. Both base64 DER."""

    body_sha256: Sha256
    seal: str
    seal_stamp: str


class Record(Model):
    """A published statement: its body as it stands in the file, and what proves it."""

    body: dict[str, JsonValue]
    envelope: Sealing


@dataclass(frozen=True)
class Beside:
    """What a statement is checked against. ``bodies``: of the transcripts that were given with it; ``sealed_at``: the
    moment of its own seal, None where that is not genuine."""

    checks: Checks
    bodies: tuple[Body, ...] = ()
    sealed_at: datetime | None = None


class Statement(Model):
    """What every body of a record begins with. ``number``: among the statements of this format about the draw, from 1.

    Each kind is a class of its own module and stands in ``law.drawing.records.FORMATS``.
    """

    format: str
    notice_id: str
    number: int = 1

    @abstractmethod
    def findings(self, beside: Beside) -> Iterator[Finding]:
        """What this kind states, checked as far as it can be. A transcript that was not given is not asked for."""


def sealed(record: Record, checks: Checks) -> tuple[list[Finding], datetime | None]:
    """Envelope, seal and time stamp, as of a transcript; and the moment of the seal."""
    body, envelope = canonical_json(record.body), record.envelope
    seal = tried(lambda: base64.b64decode(envelope.seal, validate=True)) or b""
    moment = moment_of(checks, envelope.seal_stamp, lambda: hashlib.sha256(seal).digest())
    signer = tried(lambda: checks.seal(seal, body, moment)) if moment else None
    found = [
        finding("envelope", hashlib.sha256(body).hexdigest() == envelope.body_sha256),
        finding("seal_stamp", moment is not None),
        finding("seal", bool(signer), signer or ""),
    ]
    return found, moment if signer else None
