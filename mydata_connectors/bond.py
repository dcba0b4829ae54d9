"""국민주택채권: orders of housing bonds and their bills."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from domain.filings import Bill
from mydata_connectors.billing import bill
from mydata_connectors.exchange import Exchange

ORDERS: Final = "orders"
PURPOSE: Final = "bond"


@dataclass(frozen=True)
class HousingBonds:
    """``domain.ports.BondSeller``."""

    exchange: Exchange

    async def bill(self, number: str) -> Bill:
        return await bill(self.exchange, ORDERS, number)
