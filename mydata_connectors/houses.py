"""House-ownership check, building ledger (건축물대장) and official prices (공동주택공시가격)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from domain.errors import AgencyRefused, UnknownThing
from domain.facts import BuildingLedger, Item
from domain.time import now, seoul_date
from domain.words import Sha256, Won
from mydata_connectors import gateway
from mydata_connectors.exchange import Exchange
from mydata_connectors.gateway import items
from mydata_connectors.open_data import OpenData
from mydata_connectors.reading import reading
from mydata_connectors.registers import ConsentedRegister
from mydata_connectors.wire import Row, area, parse, read, rows, table

API = "/1613000/BldRgstHubService"
PRICES = "/ned/data/getApartHousingPriceAttr"
EXCLUSIVE = "전유"
PARCEL = ("sigunguCd", "bjdongCd", "platGbCd", "bun", "ji")
YEARS_BACK = 2  # official prices appear in spring: at the start of a year last year's stands


def house_register(exchange: Exchange) -> ConsentedRegister:
    """주택소유확인. Its ``as_of`` lies behind by the source's own lag; one stale source never rejects anybody."""
    return ConsentedRegister(exchange, {Item.HOME_OWNERSHIP: f"/facts/{Item.HOME_OWNERSHIP}"})


@dataclass(frozen=True)
class BuildingBooks:
    """The building part of ``domain.ports.LedgerBooks``; the title is the registry's."""

    exchange: Exchange
    open_data: OpenData

    async def building(self, unique_no: str) -> tuple[BuildingLedger, Sha256]:
        """The unit's ledger and the digest of the agency's bytes. UnknownThing before use approval (사용검사)."""
        place = await self._place(unique_no)
        query = {name: place.text(name) for name in PARCEL} | {"_type": "json", "numOfRows": "100", "pageNo": "1"}
        title = await self.open_data.get(f"{API}/getBrTitleInfo", query)
        names = {"dongNm": place.text("dongNm"), "hoNm": place.text("hoNm")}
        part = await self.open_data.get(f"{API}/getBrExposPubuseAreaInfo", query | names)
        return to_ledger(place, items(title), items(part)), hashlib.sha256(title + part).hexdigest()

    async def official_price(self, unique_no: str) -> Won | None:
        """The latest published price in won; None when none is published (new buildings)."""
        place = await self._place(unique_no)
        this_year = seoul_date(now()).year
        for year in range(this_year, this_year - YEARS_BACK - 1, -1):
            query = {
                "pnu": place.need("pnu"),
                "stdrYear": str(year),
                "format": "json",
                "numOfRows": "10",
                "pageNo": "1",
            }
            names = {"dongNm": bare(place.text("dongNm")), "hoNm": bare(place.text("hoNm"))}
            found = price_rows(await self.open_data.get(PRICES, query | names, key_name="key"))
            if found:
                return found[0].count("pblntfPc")
        return None

    async def _place(self, unique_no: str) -> Row:
        """Where a unit of the registry stands in the ledger (an extension: no open service gives this link)."""
        try:
            return Row((await reading(self.exchange.get(f"/property-links/{unique_no}"))).data)
        except AgencyRefused as refused:
            if refused.code == "unknown_property":
                raise UnknownThing("unknown_property") from None
            raise


def to_ledger(place: Row, titles: list[Row], parts: list[Row]) -> BuildingLedger:
    """One unit out of the title rows (one per dong) and the unit's parts. Raises AgencyDown, UnknownThing."""
    dong, ho = place.text("dongNm"), place.text("hoNm")
    title = next((row for row in titles if row.text("dongNm") == dong), titles[0] if titles else None)
    own = [row for row in parts if row.text("exposPubuseGbCdNm") == EXCLUSIVE and row.text("hoNm") == ho]
    if title is None or not own:
        raise UnknownThing("unknown_property")
    stated = title_facts(title) | {
        "register_pk": own[0].need("mgmBldrgstPk"),
        "dong": dong,
        "ho": ho,
        "exclusive_area": area(own[0].need("area"), "area"),
        "land_share": place.text("landShare"),
        "region": place.text("sigunguCd"),
    }
    return parse(BuildingLedger, stated, "ledger")


def title_facts(row: Row) -> dict[str, str | date | None]:
    """What one title row (표제부) says, under the names of ``BuildingLedger``."""
    return {
        "register_pk": row.need("mgmBldrgstPk"),
        "road_address": row.text("newPlatPlc"),
        "lot_address": row.need("platPlc").removesuffix("번지"),
        "building_name": row.text("bldNm"),
        "structure": row.text("etcStrct", "strctCdNm"),
        "use": row.text("etcPurps", "mainPurpsCdNm"),
        "approved_on": row.day("useAprDay"),
    }


def price_rows(data: bytes) -> list[Row]:
    """Rows of vworld's answer. No rows come in another wrapper; a bad key comes with HTTP 200."""
    answer = table(read(data), "prices")
    inner = answer.get("apartHousingPrices", answer.get("indvdHousingPrices", answer.get("response")))
    envelope = Row(table(inner, "prices"))
    if envelope.text("resultCode"):
        gateway.fail("30" if envelope.text("resultCode") in ("INVALID_KEY", "INCORRECT_KEY") else "99")
    return rows(envelope.fields.get("FIELD"))


def bare(name: str) -> str:
    """ "103동", "1204호" as the price register writes them: without the word."""
    return name.removesuffix("동").removesuffix("호")
