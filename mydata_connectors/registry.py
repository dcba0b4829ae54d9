"""등기소: titles, fees and applications for registration. It knows no keys: before sending again, look up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from domain.errors import AgencyRefused, UnknownThing
from domain.facts import Title
from domain.filings import Bill, RegistryStatus
from domain.model import Model
from mydata_connectors.billing import bill
from mydata_connectors.exchange import Exchange
from mydata_connectors.houses import bare
from mydata_connectors.wire import parse

APPLICATIONS: Final = "applications"
FEES: Final = "fees"
PURPOSE: Final = "registration"


def supplement(receipt_no: str) -> str:
    """Service of an answer to a correction (보정): the whole filing again, corrected."""
    return f"{APPLICATIONS}/{receipt_no}/supplement"


def withdrawal(receipt_no: str) -> str:
    """Service of a withdrawal (취하)."""
    return f"{APPLICATIONS}/{receipt_no}/withdrawal"


class _Unit(Model):
    unique_no: str
    dong: str
    ho: str


class _Units(Model):
    items: tuple[_Unit, ...]


@dataclass(frozen=True)
class RegistryDesk:
    """``domain.ports.Registry``, and the part of ``domain.ports.LedgerBooks`` that is about titles."""

    exchange: Exchange

    async def bill(self, number: str) -> Bill:
        return await bill(self.exchange, FEES, number)

    async def status(self, receipt_no: str) -> RegistryStatus:
        """Raises UnknownThing for a number that the registry has not given."""
        try:
            got = await self.exchange.get(f"/{APPLICATIONS}/{receipt_no}")
        except AgencyRefused as refused:
            raise _unknown(refused, "unknown_application") from None
        return parse(RegistryStatus, got.data, "status")

    async def title(self, unique_no: str) -> Title:
        """Raises UnknownThing when nothing is registered under that number."""
        try:
            got = await self.exchange.get(f"/titles/{unique_no}")
        except AgencyRefused as refused:
            raise _unknown(refused, "unknown_title") from None
        return parse(Title, got.data, "title")

    async def find_unit(self, notice_no: str, unit: str) -> str | None:
        """Unique number of a unit ("901-201") that a notice sold; None before the building's 보존등기."""
        got = await self.exchange.get("/titles", query={"notice_no": notice_no})
        units = parse(_Units, got.data, "titles").items
        return next((found.unique_no for found in units if f"{bare(found.dong)}-{bare(found.ho)}" == unit), None)


def _unknown(refused: AgencyRefused, code: str) -> AgencyRefused | UnknownThing:
    return UnknownThing(code) if refused.code == code else refused
