"""Running a published draw again from its document alone: every part is recomputed, every deviation is named."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import numpy as np
from pydantic import ValidationError

from domain.contracts import Finding
from domain.errors import OnjipError
from domain.model import canonical_json
from law.ceremony import check_digits
from law.drawing import proof
from law.drawing.findings import finding
from law.drawing.rows import MASKED, RESULT, Rows, flag, in_bounds
from law.drawing.selecting import select
from law.drawing.selection import Selection, small_pools
from law.drawing.terms import Beacon, Head
from law.drawing.transcript import (
    INLINE,
    Body,
    Count,
    Envelope,
    Transcript,
    beacon_value,
    body_sha256,
    count_digest,
    digits_digest,
    inline_bytes,
    nonce_commitment,
    read_listing,
    root1_digest,
    root1_of,
    root2_digest,
    root2_of,
    root3_of,
    seed_of,
    share_commitment,
)

T = TypeVar("T")
FORMAT, PROTOCOL = "onjip-draw", 2
SIGNATURE = re.compile(r"[0-9a-f]{96}")  # a point in G1
MOST_NAMED = 50  # differing tickets that are named one by one
NEVER_RAISED = (OnjipError, ArithmeticError, ValueError, TypeError, LookupError)


@dataclass(frozen=True)
class Checks:
    """What this folder cannot check itself. Without trust nothing is proved of seal and time: not ok.

    ``lawful``: are the head's numbers those of the law on the notice date? ``stamp``: (RFC 3161 token DER, SHA-256
    digest) → its moment; ``seal``: (CMS DER, bytes of the body, moment) → who sealed; None: not genuine. ``beacon``: is
    this the signature of that round?
    """

    lawful: Callable[[Head], bool]
    stamp: Callable[[bytes, bytes], datetime | None] = lambda _token, _digest: None
    seal: Callable[[bytes, bytes, datetime], str | None] = lambda _cms, _body, _moment: None
    beacon: Callable[[Beacon, str], bool] = lambda _beacon, _signature: False


def read(document: Mapping[str, Any]) -> Transcript | None:
    """None for a shape that is no transcript: unknown, missing or re-spelled fields included."""
    try:
        found = Transcript.model_validate(dict(document))
        same = found.canonical() == canonical_json(dict(document))
    except (ValidationError, ValueError, TypeError, RecursionError):
        return None
    return found if same else None


def verify(
    document: Mapping[str, Any],
    listing: bytes | memoryview | None,
    checks: Checks,
    own: proof.OwnProof | None = None,
) -> list[Finding]:
    """All findings; the draw stands only if every one is ``ok``. Never raises on hostile input.

    ``listing``: bytes of the list's own file, where it is not inline. ``own``: one applicant's proof; with it the list
    may be left out, and then nothing is said of the other results.
    """
    transcript = read(document)
    if transcript is None:
        return [finding("document", False)]
    return list(_findings(transcript, listing, checks, own))


def valid(findings: list[Finding]) -> bool:
    return bool(findings) and all(one.ok for one in findings)


def _findings(
    transcript: Transcript, file: bytes | memoryview | None, checks: Checks, own: proof.OwnProof | None
) -> Iterator[Finding]:
    body, envelope = transcript.body, transcript.envelope
    yield finding("document", True)
    yield finding("protocol", body.head.format == FORMAT and body.head.protocol == PROTOCOL)
    yield finding("envelope", envelope.body_sha256 == body_sha256(body))
    yield from _witnessed(body, envelope, checks)
    terms = finding("terms", bool(tried(lambda: checks.lawful(body.head))))
    yield terms
    yield from _ceremony(body)
    yield from _beacon(transcript, checks)
    if own is not None:
        yield from proof.findings(own, body)
    if file is not None or body.listing.inline is not None or own is None:
        yield from _list(body, file, lawful=terms.ok)


def _witnessed(body: Body, envelope: Envelope, checks: Checks) -> Iterator[Finding]:
    """Seal and time stamps: each genuine, and in their order."""
    head, root1 = body.head, bytes.fromhex(body.root1)
    counts = [_counted(checks, head, one) for one in envelope.counts]
    closed = moment_of(checks, envelope.root1_stamp, lambda: root1_digest(head, root1, body.count))
    screened = moment_of(checks, envelope.root2_stamp, lambda: root2_digest(head, body.fixed()))
    typed = _typed(body, envelope, checks)
    seal = tried(lambda: _der(envelope.seal)) or b""
    sealed = moment_of(checks, envelope.seal_stamp, lambda: hashlib.sha256(seal).digest())
    signer = tried(lambda: checks.seal(seal, body.canonical(), sealed)) if sealed else None
    yield finding("counts", None not in counts and _growing(envelope.counts, body.count))
    yield finding("root1_stamp", closed is not None)
    yield finding("root2_stamp", screened is not None)
    yield finding("seal_stamp", sealed is not None)
    yield finding("seal", bool(signer), signer or "")
    moments = [moment for moment in (*counts, closed, screened, typed, sealed) if moment is not None]
    yield finding("times", moments == sorted(moments))


def _counted(checks: Checks, head: Head, one: Count) -> datetime | None:
    return moment_of(checks, one.stamp, lambda: count_digest(head, one.at, one.count))


def _typed(body: Body, envelope: Envelope, checks: Checks) -> datetime | None:
    held = body.ceremony
    return moment_of(
        checks, envelope.digits_stamp, lambda: digits_digest(body.head, body.fixed(), held.nonce, held.digits)
    )


def moment_of(checks: Checks, token: str | None, digest: Callable[[], bytes]) -> datetime | None:
    return tried(lambda: checks.stamp(_der(token), digest()))


def _growing(counts: tuple[Count, ...], total: int) -> bool:
    """Hours go on, applications only become more, and none is missing at the end."""
    hours, numbers = [one.at for one in counts], [one.count for one in counts]
    return hours == sorted(set(hours)) and [0, *numbers, total] == sorted([0, *numbers, total])


def _ceremony(body: Body) -> Iterator[Finding]:
    head, held, custody = body.head, body.ceremony, body.head.custody
    yield finding("nonce", nonce_commitment(bytes.fromhex(held.nonce)) == custody.nonce_commitment)
    promised = {one.body: one.commitment for one in custody.custodians}
    given = {one.body: one.share for one in held.shares}
    genuine = tried(lambda: all(share_commitment(b, bytes.fromhex(s)) == promised[b] for b, s in given.items()))
    yield finding("shares", bool(genuine) and len(given) == len(held.shares) and len(given) >= custody.threshold)
    groups = head.law.ceremony
    yield finding("digits", bool(tried(lambda: check_digits(held.digits, groups) == held.digits)))
    yield finding("typed_by", held.typed_by == head.law.typed_by and len(set(held.typed_by)) > 1)
    yield finding("seed", tried(lambda: seed_of(head, body.fixed(), held).hex()) == body.seed)


def _beacon(transcript: Transcript, checks: Checks) -> Iterator[Finding]:
    """Where the notice fixed a round: its own signed value, and digits that were stamped before it was out."""
    body, envelope = transcript.body, transcript.envelope
    fixed, held = body.head.custody.beacon, body.ceremony.beacon
    if fixed is None:
        yield finding("beacon", held is None and envelope.digits_stamp is None)
        return
    signed = SIGNATURE.fullmatch(held or "") is not None
    value = beacon_value(held) if held and signed else ""
    genuine = held and signed and tried(lambda: checks.beacon(fixed, held))
    yield finding("beacon", bool(genuine), f"{fixed.source.name} #{fixed.round}: {value}")
    typed = _typed(body, envelope, checks)
    yield finding("digits_stamp", typed is not None and typed.timestamp() < fixed.out)


def _list(body: Body, file: bytes | memoryview | None, *, lawful: bool) -> Iterator[Finding]:
    try:
        data: bytes | memoryview = inline_bytes(body.listing) or file or b""
        named = hashlib.sha256(data).hexdigest() == body.listing.sha256 and len(data) == body.listing.size
        yield finding("listing", named and (body.listing.inline is not None) == (body.count <= INLINE))
        rows, said = read_listing(data, body.count, body.pools)
    except OnjipError:
        yield finding("tickets", False)
        return
    yield finding("tickets", True)
    yield finding("root1", root1_of(rows).hex() == body.root1)
    yield finding("root2", root2_of(rows).hex() == body.root2)
    yield finding("root3", root3_of(rows, said).hex() == body.root3)
    head = body.head
    columns = finding("columns", in_bounds(rows, len(head.basis.types), len(head.kinds), len(head.exclusions)))
    yield columns
    yield finding("withheld", bool((flag(rows, MASKED) == small_pools(head, rows)).all()))
    # Without lawful terms there is nothing to run again: the document's own numbers are not trusted.
    yield from _results(body, rows, said) if lawful and columns.ok else [finding("results", False)]


def _results(body: Body, rows: Rows, said: Selection) -> Iterator[Finding]:
    """The selection run again with the seed of the document; tickets that differ are named."""
    try:
        again = select(body.head, rows, bytes.fromhex(body.seed), said)
    except NEVER_RAISED:
        yield finding("results", False)
        return
    differ = np.flatnonzero(_different(again, said))
    yield finding("results", len(differ) == 0 and again.pools == said.pools)
    for at in differ[:MOST_NAMED].tolist():
        yield finding("result", False, rows["ticket"][at].tobytes().hex())


def _different(again: Selection, said: Selection) -> Any:
    """Pools are compared by their names: their numbers may differ."""
    named = {name: number for number, name in enumerate(said.pools)}
    place = np.array([named.get(name, len(named)) for name in again.pools])
    differ = place[again.results["pool"]] != said.results["pool"]
    for name in RESULT.names or ():
        if name != "pool":
            differ |= again.results[name] != said.results[name]
    return differ


def _der(token: str | None) -> bytes:
    return base64.b64decode(token or "", validate=True)


def tried(check: Callable[[], T]) -> T | None:
    try:
        return check()
    except NEVER_RAISED:
        return None
