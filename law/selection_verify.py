"""Re-running a published draw from its document alone: every part is recomputed, every deviation is named."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from domain.contracts import Finding
from domain.errors import OnjipError
from domain.model import canonical_json
from law.ceremony import check_digits, make_seed, nonce_commitment
from law.rulebook import load
from law.selection import select
from law.selection_proof import (
    CheckTimestamp,
    DrawProof,
    entry_root,
    head_digest,
    root1_digest,
    root2_digest,
    ticket_root,
)
from law.selection_terms import resolve

MAX_ENTRIES = 20_000  # a longer list is not carried inline (docs: beyond it a columnar file, named by its hash)


def verify(proof: Mapping[str, Any], check_timestamp: CheckTimestamp | None = None) -> list[Finding]:
    """All findings; the draw stands only if every one is ``ok``. Never raises on hostile input.

    Without ``check_timestamp`` (or without a stamp in the document) the time of the lists is not proved: not ok.
    """
    try:
        document = DrawProof.model_validate(dict(proof))
        # Unknown, missing or re-spelled fields: what is not verified may not stand in the document.
        whole = document.canonical() == canonical_json(dict(proof))
    except (ValidationError, ValueError, TypeError, RecursionError):
        return [_finding("document", False)]
    if not whole or max(len(document.tickets), len(document.entries), len(document.results)) > MAX_ENTRIES:
        return [_finding("document", False)]
    return list(_findings(document, check_timestamp))


def valid(findings: list[Finding]) -> bool:
    return bool(findings) and all(finding.ok for finding in findings)


def _findings(proof: DrawProof, check_timestamp: CheckTimestamp | None) -> Iterator[Finding]:
    head, count = proof.head, len(proof.tickets)
    yield _finding("document", True)
    yield _finding("protocol", head.format == FORMAT and head.protocol == PROTOCOL)
    terms = _terms(proof)
    yield terms
    yield _finding("tickets", list(proof.tickets) == sorted(set(proof.tickets)) and proof.count == count)
    root1, root2 = _attempt(lambda: ticket_root(proof.tickets).hex()), entry_root(proof.entries).hex()
    yield _finding("root1", root1 == proof.root1)
    yield _finding("entries", tuple(entry.ticket for entry in proof.entries) == proof.tickets)
    yield _finding("root2", root2 == proof.root2)
    digest1, digest2 = (bytes.fromhex(text) for text in (proof.root1, proof.root2))
    yield _stamp("root1_stamp", proof.root1_stamp, root1_digest(head, digest1, count), check_timestamp)
    yield _stamp("root2_stamp", proof.root2_stamp, root2_digest(head, digest2, count), check_timestamp)
    yield _finding("nonce", nonce_commitment(bytes.fromhex(proof.nonce)) == head.nonce_commitment)
    yield _finding("digits", _attempt(lambda: check_digits(proof.digits, head.law.ceremony)) == proof.digits)
    yield _finding("typed_by", proof.typed_by == head.law.typed_by)
    yield _finding("seed", _seed(proof) == proof.seed)
    # Without lawful terms there is nothing to re-run: the document's own numbers are not trusted.
    yield from _results(proof) if terms.ok else [_finding("results", False)]


def _terms(proof: DrawProof) -> Finding:
    """Are the numbers those that the law of the notice date gives for these terms?

    The rulebook's own digest is bound by the time stamps; a later program may hold a longer rulebook that says the
    same here.
    """
    head = proof.head
    try:
        lawful = resolve(head.basis, load(head.rulebook)) == head.law
    except (OnjipError, ArithmeticError):
        lawful = False
    return _finding("terms", lawful)


def _stamp(code: str, token: str | None, digest: bytes, check_timestamp: CheckTimestamp | None) -> Finding:
    if token is None or check_timestamp is None:
        return _finding(code, False)
    try:
        return _finding(code, check_timestamp(base64.b64decode(token, validate=True), digest))
    except (binascii.Error, ValueError):
        return _finding(code, False)


def _seed(proof: DrawProof) -> str:
    root1, root2, nonce = (bytes.fromhex(text) for text in (proof.root1, proof.root2, proof.nonce))
    return make_seed(head_digest(proof.head), root1, root2, nonce, proof.digits).hex()


def _results(proof: DrawProof) -> Iterator[Finding]:
    """The selection run again with the seed of the document; each ticket that differs is named."""
    again = {selected.ticket: selected for selected in select(proof.head, proof.entries, bytes.fromhex(proof.seed))}
    said = {selected.ticket: selected for selected in proof.results}
    in_order = [selected.ticket for selected in proof.results] == sorted(again)
    yield _finding("results", in_order and len(said) == len(proof.results))
    for ticket in sorted(again.keys() | said.keys()):
        if again.get(ticket) != said.get(ticket):
            yield _finding("result", False, ticket)


def _attempt(compute: Callable[[], str]) -> str | None:
    try:
        return compute()
    except OnjipError:
        return None


def _finding(code: str, ok: bool, subject: str = "") -> Finding:
    ko, en = TEXT[code]
    said = ("일치", "ok") if ok else ("불일치", "differs")
    return Finding(code=code, ok=ok, subject=subject, ko=f"{ko}: {said[0]}", en=f"{en}: {said[1]}")


FORMAT, PROTOCOL = "onjip-draw-proof", 1
TEXT: dict[str, tuple[str, str]] = {
    "document": ("문서 형식", "Shape of the document"),
    "protocol": ("추첨 규약의 판", "Version of the protocol"),
    "terms": ("공고 조건과 법령 수치", "Terms of the notice and numbers of the law"),
    "tickets": ("접수번호 목록(정렬, 중복 없음, 개수)", "List of tickets (sorted, unique, counted)"),
    "root1": ("접수 목록의 뿌리 해시", "Root over the tickets"),
    "entries": ("심사 목록이 접수 목록과 같은지", "Screened list has the same tickets"),
    "root2": ("심사 목록의 뿌리 해시", "Root over the screened entries"),
    "root1_stamp": ("접수 목록의 시점확인", "Time stamp over the tickets"),
    "root2_stamp": ("심사 목록의 시점확인", "Time stamp over the screened entries"),
    "nonce": ("난수와 그 약속값", "Nonce and its commitment"),
    "digits": ("추첨 숫자의 형식", "Digits of the ceremony"),
    "typed_by": ("숫자를 입력한 두 사람의 자격", "The two who typed the digits"),
    "seed": ("추첨 씨앗값", "Seed"),
    "results": ("결과 목록", "List of results"),
    "result": ("접수번호의 결과", "Result of a ticket"),
}
