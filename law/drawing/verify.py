"""Running a published draw again from its document alone: every part is recomputed, every deviation is named."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from pydantic import ValidationError

from domain.contracts import Finding
from domain.errors import OnjipError
from domain.model import canonical_json
from law.ceremony import check_digits
from law.drawing.rows import RESULT, Rows
from law.drawing.selecting import Selection, select
from law.drawing.terms import Head
from law.drawing.transcript import (
    Body,
    Transcript,
    body_sha256,
    inline_bytes,
    nonce_commitment,
    read_listing,
    root1_of,
    root2_of,
    seed_of,
    share_commitment,
    stamped,
)

CheckStamp = Callable[[bytes, bytes], bool]  # (RFC 3161 token DER, SHA-256 digest) → valid under the trust given
CheckSeal = Callable[[bytes, bytes], bool]  # (CMS DER, bytes of the body) → sealed by a selection operator
Lawful = Callable[[Head], bool]  # are the head's numbers those of the law on the notice date?
FORMAT, PROTOCOL = "onjip-draw", 2
MOST_NAMED = 50  # differing tickets that are named one by one


def read(document: Mapping[str, Any]) -> Transcript | None:
    """None for a shape that is no transcript: unknown, missing or re-spelled fields included."""
    try:
        found = Transcript.model_validate(dict(document))
        same = canonical_json(found.model_dump(mode="json")) == canonical_json(dict(document))
    except (ValidationError, ValueError, TypeError, RecursionError):
        return None
    return found if same else None


def verify(
    document: Mapping[str, Any],
    listing: bytes | None,
    *,
    lawful: Lawful,
    check_stamp: CheckStamp | None = None,
    check_seal: CheckSeal | None = None,
) -> list[Finding]:
    """All findings; the draw stands only if every one is ``ok``. Never raises on hostile input.

    ``listing``: bytes of the list's own file, where it is not inline. Without the two checks what they would prove
    is not proved: not ok.
    """
    transcript = read(document)
    if transcript is None:
        return [_finding("document", False)]
    return list(_findings(transcript, listing, lawful, check_stamp, check_seal))


def valid(findings: list[Finding]) -> bool:
    return bool(findings) and all(finding.ok for finding in findings)


def _findings(
    transcript: Transcript,
    file: bytes | None,
    lawful: Lawful,
    check_stamp: CheckStamp | None,
    check_seal: CheckSeal | None,
) -> Iterator[Finding]:
    body, envelope = transcript.body, transcript.envelope
    yield _finding("document", True)
    yield _finding("protocol", body.head.format == FORMAT and body.head.protocol == PROTOCOL)
    yield _finding("envelope", envelope.body_sha256 == body_sha256(body))
    yield _finding("seal", _holds(check_seal, envelope.seal, canonical_json(body.model_dump(mode="json"))))
    terms = _finding("terms", _tried(lambda: lawful(body.head)))
    yield terms
    root1, root2 = bytes.fromhex(body.root1), bytes.fromhex(body.root2)
    for code, token, root in (("root1", envelope.root1_stamp, root1), ("root2", envelope.root2_stamp, root2)):
        yield _finding(f"{code}_stamp", _holds(check_stamp, token, stamped(code, body.head, root, body.count)))
    yield from _ceremony(body)
    try:
        data = inline_bytes(body.listing)
        data = file if data is None else data
        named = data is not None and hashlib.sha256(data).hexdigest() == body.listing.sha256
        yield _finding("listing", named and len(data or b"") == body.listing.size)
        rows, said = read_listing(data or b"", body.count, body.pools)
    except OnjipError:
        yield _finding("tickets", False)
        return
    yield _finding("tickets", True)
    yield _finding("root1", root1_of(rows) == root1)
    yield _finding("root2", root2_of(rows) == root2)
    # Without lawful terms there is nothing to run again: the document's own numbers are not trusted.
    yield from _results(body, rows, said) if terms.ok else [_finding("results", False)]


def _ceremony(body: Body) -> Iterator[Finding]:
    head, held = body.head, body.ceremony
    yield _finding("nonce", nonce_commitment(bytes.fromhex(held.nonce)) == head.nonce_commitment)
    promised = {one.body: one.commitment for one in head.custodians}
    given = {one.body: one.share for one in held.shares}
    genuine = _tried(lambda: all(share_commitment(b, bytes.fromhex(s)) == promised[b] for b, s in given.items()))
    yield _finding("shares", genuine and len(given) == len(held.shares) and len(given) >= head.threshold)
    groups = head.law.ceremony
    yield _finding("digits", _tried(lambda: check_digits(held.digits, groups) == held.digits))
    yield _finding("typed_by", held.typed_by == head.law.typed_by and len(set(held.typed_by)) > 1)
    yield _finding("beacon", (held.beacon is None) == (head.beacon is None))
    root1, root2 = bytes.fromhex(body.root1), bytes.fromhex(body.root2)
    yield _finding("seed", seed_of(head, root1, root2, body.count, held).hex() == body.seed)


def _results(body: Body, rows: Rows, said: Selection) -> Iterator[Finding]:
    """The selection run again with the seed of the document; tickets that differ are named."""
    try:
        again = select(body.head, rows, bytes.fromhex(body.seed), said)
    except (OnjipError, ValueError, IndexError, KeyError, OverflowError):
        yield _finding("results", False)
        return
    differ = np.flatnonzero(_different(again, said))
    yield _finding("results", len(differ) == 0)
    for at in differ[:MOST_NAMED].tolist():
        yield _finding("result", False, rows["ticket"][at].tobytes().hex())


def _different(again: Selection, said: Selection) -> Any:
    """Pool numbers are compared by their names: the order in which pools were named does not matter."""
    named = {name: number for number, name in enumerate(said.pools)}
    place = np.array([named.get(name, len(named)) for name in again.pools])
    differ = place[again.results["pool"]] != said.results["pool"]
    for name in RESULT.names or ():
        if name != "pool":
            differ |= again.results[name] != said.results[name]
    return differ


def _holds(check: Callable[[bytes, bytes], bool] | None, token: str | None, subject: bytes) -> bool:
    if check is None or token is None:
        return False
    return _tried(lambda: check(_der(token), subject))


def _der(token: str) -> bytes:
    return base64.b64decode(token, validate=True)


def _tried(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (OnjipError, ArithmeticError, ValueError, KeyError):
        return False


def _finding(code: str, ok: bool, subject: str = "") -> Finding:
    ko, en = TEXT[code]
    said = ("일치", "ok") if ok else ("불일치", "differs")
    return Finding(code=code, ok=ok, subject=subject, ko=f"{ko}: {said[0]}", en=f"{en}: {said[1]}")


TEXT: dict[str, tuple[str, str]] = {
    "document": ("문서 형식", "Shape of the document"),
    "protocol": ("추첨 규약의 판", "Version of the protocol"),
    "envelope": ("봉인이 가리키는 본문", "Body that the envelope names"),
    "seal": ("청약업무수행기관의 전자봉인", "Seal of the selection operator"),
    "terms": ("공고 조건과 법령 수치", "Terms of the notice and numbers of the law"),
    "listing": ("명단 파일의 해시", "Hash of the list"),
    "tickets": ("접수번호 목록(정렬, 중복 없음, 개수)", "List of tickets (sorted, unique, counted)"),
    "root1": ("접수 목록의 뿌리 해시", "Root over the tickets"),
    "root2": ("심사 목록의 뿌리 해시", "Root over the screened list"),
    "root1_stamp": ("접수 목록의 시점확인", "Time stamp over the tickets"),
    "root2_stamp": ("심사 목록의 시점확인", "Time stamp over the screened list"),
    "nonce": ("난수와 그 약속값", "Nonce and its commitment"),
    "shares": ("나누어 맡긴 난수 조각", "Shares of the nonce"),
    "digits": ("추첨 숫자의 형식", "Digits of the ceremony"),
    "typed_by": ("숫자를 입력한 두 사람의 자격", "The two who typed the digits"),
    "beacon": ("공개 난수원", "Public random source"),
    "seed": ("추첨 씨앗값", "Seed"),
    "results": ("결과 목록", "List of results"),
    "result": ("접수번호의 결과", "Result of a ticket"),
}
