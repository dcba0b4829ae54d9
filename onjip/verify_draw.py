"""``onjip draw verify``: transcript and trust list are all that is needed; no network.

A list of more than 20,000 tickets is a file of its own (``--list``). An applicant's own proof (``--proof``) needs no
list; without one, the results of the others are not drawn again, and that is said.
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from contracts.trust import NoTrust, Trust
from domain.errors import OnjipError
from law.drawing import proof as proving
from law.drawing import verify as drawing
from law.drawing.findings import RESULTS
from law.drawing.heads import lawful
from law.drawing.rows import RESULT, WAITS, WON
from law.drawing.transcript import Body, inline_bytes, listing_size, read_listing
from onjip import verify

LARGEST_TRANSCRIPT = 16 * 1024 * 1024  # bytes: ten times the head with an inline list of 20,000
LARGEST_PROOF = 1024 * 1024
LARGEST_COUNT = 12_000_000  # tickets: about a gigabyte of list


class Refused(ValueError):
    """Why the files are not even looked into."""

    def __init__(self, ko: str, en: str) -> None:
        super().__init__(en)
        self.text = f"✗ {ko} · {en}"


def draw(
    file: Path, trust: Path, *, ticket: str | None = None, proof: Path | None = None, listing: Path | None = None
) -> int:
    """Print what holds and what does not; 0 if the draw stands (with a proof alone: the applicant's part), else 1."""
    console = Console()
    try:
        document = _document(file, LARGEST_TRANSCRIPT, "추첨 기록", "The transcript")
        roots = _roots(trust)
        own = _own(proof, ticket)
        data = _list(document, listing)
        findings = drawing.verify(document, data, _checks(roots), own)
        stands = drawing.valid(findings)
        verify.show("추첨 · draw", findings, valid=stands)
        if not stands:
            return 1
        _tell(console, document, data, ticket, own)
    except Refused as refused:
        console.print(refused.text)
        return 1
    return 0


def _checks(roots: Trust) -> drawing.Checks:
    return drawing.Checks(
        lawful=lawful,
        stamp=lambda token, digest: verify.stamp_moment(token, digest, roots),
        seal=lambda seal, body, moment: verify.sealed_by(seal, body, roots, moment),
    )


def _document(file: Path, largest: int, ko: str, en: str) -> dict[str, Any]:
    if file.stat().st_size > largest:
        raise Refused(f"{ko}이 너무 큽니다", f"{en} is too large")
    try:
        return verify.read_json(file, largest)
    except (ValueError, RecursionError) as unreadable:
        raise Refused(f"{ko}을 읽을 수 없습니다", f"{en} cannot be read ({type(unreadable).__name__})") from None


def _roots(trust: Path) -> Trust:
    try:
        return Trust.from_pem(trust.read_bytes())
    except (ValueError, NoTrust):
        raise Refused("믿는 인증서 파일을 읽을 수 없습니다", "The trust file cannot be read") from None


def _own(file: Path | None, ticket: str | None) -> proving.OwnProof | None:
    if file is None:
        return None
    own = proving.read(_document(file, LARGEST_PROOF, "내 증명", "The proof"))
    if own is None:
        raise Refused("내 증명의 형식이 다릅니다", "The proof has another shape")
    if ticket is not None and own.ticket != ticket:
        raise Refused("다른 접수번호의 증명입니다", "The proof is another ticket's")
    return own


def _list(document: dict[str, Any], file: Path | None) -> bytes | None:
    """Bytes of the list's own file: read only where its size is the one that the number of tickets asks for."""
    transcript = drawing.read(document)
    if file is None or transcript is None:
        return None
    count = transcript.body.count
    if not 0 <= count <= LARGEST_COUNT:
        raise Refused("명단이 너무 큽니다", "The list is too large")
    if file.stat().st_size != listing_size(count):
        raise Refused("명단 파일이 잘렸거나 다른 명단입니다", "The list is cut short, or another one")
    return file.read_bytes()


def _tell(
    console: Console, document: dict[str, Any], data: bytes | None, ticket: str | None, own: proving.OwnProof | None
) -> None:
    """What became of the applicant's own ticket, in a document that stands."""
    transcript = drawing.read(document)
    if transcript is None:
        return
    body = transcript.body
    inline = inline_bytes(body.listing)
    whole = data if inline is None else inline
    if whole is None:
        console.print("다른 사람의 결과는 다시 추첨하지 않았습니다 · the other results were not drawn again (--list)")
    asked = ticket or (own.ticket if own else None)
    if asked is not None:
        console.print(f"{asked}: {_result(body, whole, asked, own)}")


def _result(body: Body, whole: bytes | None, ticket: str, own: proving.OwnProof | None) -> str:
    if whole is None and own is not None:
        record = base64.b64decode(own.result)
    elif whole is not None:
        rows, said = read_listing(whole, body.count, body.pools)
        try:
            record = said.results[proving.place_of(rows, ticket)].tobytes()
        except OnjipError as unknown:
            raise Refused(unknown.ko, unknown.en) from None
    else:
        raise Refused("명단 파일이 필요합니다", "The list is needed (--list)")
    return said_of(body, record)


def said_of(body: Body, record: bytes) -> str:
    """A result record in words: what, in which pool, at which place, which unit."""
    one = np.frombuffer(record, RESULT)[0]
    ko, en = RESULTS[int(one["result"])]
    pool = body.pools[int(one["pool"])] if int(one["pool"]) < len(body.pools) else ""
    number = {WON: one["position"], WAITS: one["wait"]}.get(int(one["result"]), 0)
    place, unit = f"#{int(number)}" if number else "", f"unit {int(one['unit'])}" if one["unit"] else ""
    return "  ".join(part for part in (f"{ko} · {en}", pool, place, unit) if part)
