"""What is published beside a transcript: sealed statements about a draw. Nothing published is ever overwritten.

A record is ``{"body": …, "envelope": …}`` in canonical JSON. The body's ``format`` says what it states; the envelope is
the operator's seal over the body and a time stamp over the seal, as with a transcript.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping

from pydantic import JsonValue, ValidationError

from domain.contracts import Finding
from domain.model import Model, canonical_json
from domain.words import Sha256
from law.drawing.findings import finding
from law.drawing.verify import Checks, tried


class Sealing(Model):
    """``seal``: CMS over the body; ``seal_stamp``: RFC 3161 token over the seal's SHA-256. Both base64 DER."""

    body_sha256: Sha256
    seal: str
    seal_stamp: str


class Statement(Model):
    """What every body of a record begins with. ``number``: among the statements of this format about the draw."""

    format: str
    notice_id: str
    number: int = 1


class Record(Model):
    """A published statement: its body as it stands in the file, and what proves it."""

    body: dict[str, JsonValue]
    envelope: Sealing


# Every kind of statement, by its format.
FORMATS: dict[str, type[Statement]] = {}


def read(document: Mapping[str, object]) -> tuple[Record, Statement] | None:
    """None for a shape that is no record, and for a body of a format that nobody here knows."""
    try:
        found = Record.model_validate(dict(document))
        statement = FORMATS[str(found.body.get("format"))].model_validate(found.body)
        same = found.canonical() == canonical_json(dict(document))
        same = same and statement.canonical() == canonical_json(found.body)
    except (ValidationError, LookupError, ValueError, TypeError, RecursionError):
        return None
    return (found, statement) if same else None


def sealed(record: Record, checks: Checks) -> list[Finding]:
    """Envelope, seal and time stamp, as of a transcript. What is stated is checked by each kind itself."""
    body, envelope = canonical_json(record.body), record.envelope
    seal = tried(lambda: base64.b64decode(envelope.seal, validate=True)) or b""
    token = tried(lambda: base64.b64decode(envelope.seal_stamp, validate=True)) or b""
    moment = tried(lambda: checks.stamp(token, hashlib.sha256(seal).digest()))
    signer = tried(lambda: checks.seal(seal, body, moment)) if moment else None
    return [
        finding("envelope", hashlib.sha256(body).hexdigest() == envelope.body_sha256),
        finding("seal_stamp", moment is not None),
        finding("seal", bool(signer), signer or ""),
    ]
