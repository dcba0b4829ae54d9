"""A published draw as pages read it: the transcript, its list, and what both say in figures."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from api.draw_figures import Line, lines
from api.services import Services
from law.drawing.rows import Rows
from law.drawing.selection import Selection
from law.drawing.terms import Head
from law.drawing.transcript import Body, Listing, Transcript, inline_bytes, read_listing

KEPT, MOST_ROWS = 8, 1_000_000  # draws that one web process keeps in memory, and rows in all of them but the newest
FORMAT = "onjip-draw"


@dataclass(frozen=True)
class Record:
    """``rows`` and ``public`` are those of the published list: small pools are withheld in them."""

    transcript: Transcript
    rows: Rows
    public: Selection

    @property
    def body(self) -> Body:
        return self.transcript.body

    @property
    def head(self) -> Head:
        return self.body.head

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        return tuple(lines(self.head, self.rows, self.public))

    def document(self) -> bytes:
        return self.transcript.canonical()


_kept: OrderedDict[str, Record] = OrderedDict()  # by digest: a document never changes


def record_of(document: dict[str, Any], listing: bytes | None = None) -> Record:
    """The one way in. ``listing``: bytes of the list's own file. Invalid where the list is broken."""
    transcript = Transcript.model_validate(document)
    data = inline_bytes(transcript.body.listing)
    body = transcript.body
    rows, public = read_listing(data if data is not None else listing or b"", body.count, body.pools)
    return Record(transcript, rows, public)


async def stored(services: Services, transcript_sha256: str | None) -> Record | None:
    """None where nothing is published yet. A list of millions is read in a thread: other pages do not wait for it."""
    if transcript_sha256 is None or transcript_sha256 in _kept:
        return _kept.get(transcript_sha256 or "")
    document = await _document(services, transcript_sha256)
    if document is None:
        return None
    inside = document["body"]["listing"]
    data = await services.documents.get(inside["sha256"]) if inside["inline"] is None else None
    record = _kept[transcript_sha256] = await asyncio.to_thread(record_of, document, data)
    while len(_kept) > KEPT or (len(_kept) > 1 and sum(one.body.count for one in _kept.values()) > MOST_ROWS):
        _kept.popitem(last=False)
    return record


async def listing(services: Services, transcript_sha256: str | None) -> bytes | None:
    """The list's own bytes, as they are stored. None where nothing is published yet."""
    document = None if transcript_sha256 is None else await _document(services, transcript_sha256)
    if document is None:
        return None
    found = Listing.model_validate(document["body"]["listing"])
    inline = inline_bytes(found)
    return await services.documents.get(found.sha256) if inline is None else inline


async def _document(services: Services, sha256: str) -> dict[str, Any] | None:
    document: dict[str, Any] = json.loads(await services.documents.get(sha256))
    return document if document.get("body", {}).get("head", {}).get("format") == FORMAT else None
