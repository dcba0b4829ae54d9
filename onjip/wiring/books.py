"""The open registers about property, from two partners: building ledger and price (국토교통부), title (등기소)."""

from __future__ import annotations

from dataclasses import dataclass

from domain.facts import BuildingLedger, Title
from domain.ports import LedgerBooks
from domain.words import Sha256, Won
from mydata_connectors.houses import BuildingBooks
from mydata_connectors.registry import RegistryDesk


@dataclass(frozen=True)
class Books(LedgerBooks):
    houses: BuildingBooks
    registry: RegistryDesk

    async def building(self, unique_no: str) -> tuple[BuildingLedger, Sha256]:
        return await self.houses.building(unique_no)

    async def title(self, unique_no: str) -> Title:
        return await self.registry.title(unique_no)

    async def official_price(self, unique_no: str) -> Won | None:
        return await self.houses.official_price(unique_no)

    async def find_unit(self, notice_no: str, unit: str) -> str | None:
        return await self.registry.find_unit(notice_no, unit)
