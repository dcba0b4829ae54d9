"""위택스: acquisition-tax returns, their bills, refunds, and the standard value (시가표준액)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from domain.errors import AgencyRefused, NotYet
from domain.filings import Bill, StandardValue
from mydata_connectors.billing import bill
from mydata_connectors.exchange import Exchange
from mydata_connectors.wire import parse

RETURNS: Final = "returns"
PURPOSE: Final = "tax"


def refund(number: str) -> str:
    """Service of a refund of one return."""
    return f"{RETURNS}/{number}/refund"


@dataclass(frozen=True)
class Wetax:
    """``domain.ports.TaxOffice``."""

    exchange: Exchange

    async def bill(self, number: str) -> Bill:
        return await bill(self.exchange, RETURNS, number)

    async def standard_value(self, unique_no: str) -> StandardValue:
        """NotYet until the city has computed it: a new home's, after the building is on the register."""
        try:
            got = await self.exchange.get(f"/standard-values/{unique_no}")
        except AgencyRefused as refused:
            if refused.code == "not_yet":
                raise NotYet("waiting_for_standard_value") from None
            raise
        return parse(StandardValue, got.data, "standard_value")
