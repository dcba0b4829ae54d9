"""Bills of agencies: what a person pays at the bank, and how we learn that it is paid."""

from __future__ import annotations

from domain.errors import AgencyRefused, UnknownThing
from domain.filings import Bill
from mydata_connectors.exchange import Exchange
from mydata_connectors.wire import parse


async def bill(exchange: Exchange, service: str, number: str) -> Bill:
    """The bill of one act, with its proof once it is paid. Raises UnknownThing, AgencyDown."""
    try:
        got = await exchange.get(f"/{service}/{number}")
    except AgencyRefused as refused:
        if refused.code == "unknown_bill":
            raise UnknownThing("unknown_bill") from None
        raise
    return parse(Bill, got.data, "bill")
