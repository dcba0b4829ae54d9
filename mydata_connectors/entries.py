"""The received list that a closed notice's agency hands to the selection operator, page by page."""

from __future__ import annotations

import re

from domain.applications import ReceivedPage
from domain.errors import AgencyRefused, NotYet
from domain.model import Model
from mydata_connectors.exchange import Exchange
from mydata_connectors.reading import reading
from mydata_connectors.terms import Terms
from mydata_connectors.wire import parse, unreadable

PAGE = 1000  # entries asked for at a time: well below the size cap of an answer
TICKET = re.compile(r"[0-9a-f]{32}")


class Received(Model):
    """A running count."""

    received: int


async def received_count(exchange: Exchange, notice_no: str) -> int:
    """How many applications the agency has received so far, while receipt is open too."""
    got = await reading(exchange.get(f"/notices/{notice_no}/count"))
    return parse(Received, got.data, "count").received


async def received_page(exchange: Exchange, notice_no: str, after: int) -> ReceivedPage:
    """One page. NotYet while receipt is open; AgencyDown where it leads nowhere, or names a ticket or a person that
    is none."""
    path = f"/notices/{notice_no}/entries"
    try:
        got = await reading(exchange.get(path, query={"after": str(after), "limit": str(PAGE)}))
    except AgencyRefused as refused:
        if refused.code == "not_closed":
            raise NotYet("receipt_open") from None
        raise
    page = parse(ReceivedPage, got.data, "entries")
    if page.items and page.last <= after:
        unreadable("last")
    if not all(TICKET.fullmatch(one.ticket) and one.holder for one in page.items):
        unreadable("entries")
    return page


async def notice_terms(exchange: Exchange, notice_no: str) -> tuple[Terms, bytes] | None:
    """The machine-readable terms of one notice and their bytes; None where the agency has none."""
    try:
        got = await reading(exchange.get(f"/notices/{notice_no}/terms"))
    except AgencyRefused as refused:
        if refused.code == "unknown_notice":
            return None
        raise
    return parse(Terms, got.data, "terms"), got.body
