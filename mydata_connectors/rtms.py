"""부동산거래관리시스템: which services there are, and how a lease's report stands.

It knows no keys: before sending again, look the reference up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from domain.errors import AgencyRefused, UnknownThing
from domain.leases import LeaseReportState
from mydata_connectors.exchange import Exchange
from mydata_connectors.wire import parse

REPORTS: Final = "reports"
LEASES: Final = "leases"
PURPOSE: Final = "report"


def change(number: str) -> str:
    """Service of a change report (변경신고) of one certificate."""
    return f"{REPORTS}/{number}/change"


def cancellation(number: str) -> str:
    """Service of a report that the contract is dissolved (해제등 신고)."""
    return f"{REPORTS}/{number}/cancellation"


@dataclass(frozen=True)
class LeaseDesk:
    """``domain.ports.LeaseOffice``."""

    exchange: Exchange

    async def lease(self, number: str) -> LeaseReportState:
        try:
            got = await self.exchange.get(f"/{LEASES}/{number}")
        except AgencyRefused as refused:
            if refused.code == "unknown_lease":
                raise UnknownThing(refused.code) from None
            raise
        return parse(LeaseReportState, got.data, "lease")
