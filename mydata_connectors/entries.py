"""The received list that a closed notice's agency hands to the selection operator, page by page."""

from __future__ import annotations

from domain.applications import ReceivedEntry
from domain.errors import AgencyRefused, NotYet
from domain.model import Model
from mydata_connectors.exchange import Exchange
from mydata_connectors.reading import reading
from mydata_connectors.terms import Terms
from mydata_connectors.wire import parse, unreadable

PAGE = 1000  # entries asked for at a time: well below the size cap of an answer


class EntryPage(Model):
    """``received`` counts the whole list; ``last`` is where the next page begins."""

    received: int
    items: tuple[ReceivedEntry, ...]
    last: int


async def received_entries(exchange: Exchange, notice_no: str) -> list[ReceivedEntry]:
    """The whole list, in order of receipt. NotYet while receipt is open; AgencyDown when the count disagrees."""
    found: list[ReceivedEntry] = []
    after = 0
    while True:
        page = await _page(exchange, notice_no, after)
        found += page.items
        if len(page.items) < PAGE:
            break
        after = page.last if page.last > after else unreadable("last")
    if len(found) != page.received or len({entry.ticket for entry in found}) != len(found):
        unreadable("entries")
    return found


class Received(Model):
    """A running count."""

    received: int


async def received_count(exchange: Exchange, notice_no: str) -> int:
    """How many applications the agency has received so far, while receipt is open too."""
    got = await reading(exchange.get(f"/notices/{notice_no}/count"))
    return parse(Received, got.data, "count").received


async def _page(exchange: Exchange, notice_no: str, after: int) -> EntryPage:
    path = f"/notices/{notice_no}/entries"
    try:
        got = await reading(exchange.get(path, query={"after": str(after), "limit": str(PAGE)}))
    except AgencyRefused as refused:
        if refused.code == "not_closed":
            raise NotYet("receipt_open") from None
        raise
    return parse(EntryPage, got.data, "entries")


async def notice_terms(exchange: Exchange, notice_no: str) -> tuple[Terms, bytes] | None:
    """The machine-readable terms of one notice and their bytes; None where the agency has none."""
    try:
        got = await reading(exchange.get(f"/notices/{notice_no}/terms"))
    except AgencyRefused as refused:
        if refused.code == "unknown_notice":
            return None
        raise
    return parse(Terms, got.data, "terms"), got.body
