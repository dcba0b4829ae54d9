"""``onjip draw verify``: a transcript, or a record beside it, and a trust list are all that is needed; no network.

A list of more than 20,000 tickets is a file of its own (``--list``). An applicant's own proof (``--proof``) needs no
list; without one, the results of the others are not drawn again, and that is said. A record is compared with the
transcripts that it names where they are given (``--transcript``).
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from contracts.trust import NoTrust, Trust
from domain.errors import OnjipError
from law.drawing import proof as proving
from law.drawing import records
from law.drawing import verify as drawing
from law.drawing.findings import RESULTS
from law.drawing.heads import lawful
from law.drawing.rows import RESULT, WAITS, WON
from law.drawing.transcript import Body, inline_bytes, listing_size, read_listing
from mydata_connectors.beacon import genuine
from onjip import verify
from onjip.findings import show

LARGEST_TRANSCRIPT = 16 * 1024 * 1024  # bytes: ten times the head with an inline list of 20,000
LARGEST_PROOF = 1024 * 1024
LARGEST_COUNT = 12_000_000  # tickets: about a gigabyte of list
LATER = (
    "그 뒤에 정정되거나 취소되었는지는 추첨 기록만으로 알 수 없습니다. 누리집의 추첨 페이지에 목록이 있습니다.\n"
    "A transcript cannot know whether it was corrected or annulled since: see the list on the draw's page."
)
TITLES = {
    "onjip-draw-void": "추첨 무효 기록 · void draw",
    "onjip-draw-annulled": "추첨 취소 기록 · annulled draw",
    "onjip-draw-corrected": "추첨 숫자 정정 기록 · corrected digits",
    "onjip-draw-reserve": "예비입주자 동·호수 추첨 기록 · round of the wait-list",
}


class Refused(ValueError):
    """Why the files are not even looked into."""

    def __init__(self, ko: str, en: str) -> None:
        super().__init__(en)
        self.text = f"✗ {ko} · {en}"


def draw(
    file: Path,
    trust: Path,
    *,
    ticket: str | None = None,
    proof: Path | None = None,
    listing: Path | None = None,
    transcripts: Sequence[Path] = (),
) -> int:
    """Print what holds and what does not; 0 if the draw stands (with a proof alone: the applicant's part), else 1.

    ``file``: a transcript or a record, told apart by its shape."""
    console = Console()
    try:
        document = _document(file, LARGEST_TRANSCRIPT, "추첨 기록", "The transcript")
        checks = _checks(_roots(trust))
        if _is_record(document):
            if ticket or proof or listing:
                raise Refused("접수번호와 명단은 추첨 기록에만 씁니다", "Ticket and list belong to a transcript")
            return _record(console, document, checks, [_body(one) for one in transcripts])
        if transcripts:
            raise Refused("이 파일이 추첨 기록입니다", "This is the transcript (--transcript is for records)")
        return _transcript(console, document, checks, ticket=ticket, own=_own(proof, ticket), listing=listing)
    except Refused as refused:
        console.print(refused.text)
        return 1


def _transcript(
    console: Console,
    document: dict[str, Any],
    checks: drawing.Checks,
    *,
    ticket: str | None,
    own: proving.OwnProof | None,
    listing: Path | None,
) -> int:
    data = _list(document, listing)
    findings = drawing.verify(document, data, checks, own)
    stands = drawing.valid(findings)
    show("추첨 · draw", findings, valid=stands)
    if not stands:
        return 1
    _tell(console, document, data, ticket, own)
    console.print(LATER)
    return 0


def _is_record(document: dict[str, Any]) -> bool:
    """A transcript says its format in the head."""
    body = document.get("body")
    return isinstance(body, dict) and "format" in body


def _record(console: Console, document: dict[str, Any], checks: drawing.Checks, bodies: Sequence[Body]) -> int:
    findings = records.verify(document, checks, bodies)
    stands = drawing.valid(findings)
    title = TITLES.get(str(document["body"]["format"]), "모르는 기록 · unknown record")
    show(title, findings, valid=stands)
    if stands and not bodies:
        console.print("추첨 기록과 견주지 않았습니다 · not compared with a transcript (--transcript)")
    return 0 if stands else 1


def _body(file: Path) -> Body:
    transcript = drawing.read(_document(file, LARGEST_TRANSCRIPT, "추첨 기록", "The transcript"))
    if transcript is None:
        raise Refused("추첨 기록의 형식이 다릅니다", "The transcript has another shape")
    return transcript.body


def _checks(roots: Trust) -> drawing.Checks:
    return drawing.Checks(
        lawful=lawful,
        stamp=lambda token, digest: verify.stamp_moment(token, digest, roots),
        seal=lambda seal, body, moment: verify.sealed_by(seal, body, roots, moment),
        beacon=lambda beacon, signature: genuine(beacon.source.public_key, beacon.round, signature),
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
