"""A published draw as pages read it: the transcript, its list, and what both say in figures."""

from __future__ import annotations

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
from law.drawing.transcript import Body, Transcript, inline_bytes, listing_bytes, read_listing

KEPT = 8  # draws that one web process keeps in memory
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

    def listing(self) -> bytes:
        return listing_bytes(self.rows, self.public)


_kept: OrderedDict[str, Record] = OrderedDict()  # by digest: a document never changes


def record_of(document: dict[str, Any], listing: bytes | None = None) -> Record:
    """The one way in. ``listing``: bytes of the list's own file. Invalid where the list is broken."""
    transcript = Transcript.model_validate(document)
    data = inline_bytes(transcript.body.listing)
    body = transcript.body
    rows, public = read_listing(data if data is not None else listing or b"", body.count, body.pools)
    return Record(transcript, rows, public)


async def stored(services: Services, transcript_sha256: str | None) -> Record | None:
    """None where nothing is published yet."""
    if transcript_sha256 is None:
        return None
    if transcript_sha256 not in _kept:
        document = json.loads(await services.documents.get(transcript_sha256))
        if document.get("body", {}).get("head", {}).get("format") != FORMAT:
            return None
        listing = document["body"]["listing"]
        data = await services.documents.get(listing["sha256"]) if listing["inline"] is None else None
        _kept[transcript_sha256] = record_of(document, data)
        if len(_kept) > KEPT:
            _kept.popitem(last=False)
    return _kept[transcript_sha256]
