"""LH 청약플러스: notices in LH's published form (apis.data.go.kr/B552555), and received lists.

An answer is an array of objects whose keys are data sets; every value is a string; a data set ``…Nm`` holds only
the labels of its twin's columns; one answer mixes "2024.04.22 10:00", "20240423" and "2024년 01월". LH publishes
neither prices nor homes by supply kind, so a sale notice without machine-readable terms is not offered here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

import structlog
from pydantic import JsonValue

from domain import ids
from domain.applications import ReceivedPage
from domain.errors import AgencyDown
from domain.notices import HouseType, Notice
from domain.time import SEOUL, now, seoul_date
from domain.words import Agency, HousingKind
from mydata_connectors import gateway
from mydata_connectors.applyhome import digest
from mydata_connectors.entries import notice_terms, received_count, received_page
from mydata_connectors.exchange import Exchange
from mydata_connectors.open_data import OpenData
from mydata_connectors.regions import in_capital_area
from mydata_connectors.terms import SAID_BY_SOME, Terms
from mydata_connectors.wire import Row, area, parse, rows, span, unreadable

log = structlog.get_logger()
API = "/B552555"
LIST = f"{API}/lhLeaseNoticeInfo1/lhLeaseNoticeInfo1"
DETAIL = f"{API}/lhLeaseNoticeDtlInfo1/getLeaseNoticeDtlInfo1"
SUPPLY = f"{API}/lhLeaseNoticeSplInfo1/getLeaseNoticeSplInfo1"
SALE = ("050", "390")  # SPL_INF_TP_CD: 분양주택, 신혼희망타운
CODES = ("PAN_ID", "CCR_CNNT_SYS_DS_CD", "SPL_INF_TP_CD", "UPP_AIS_TP_CD", "AIS_TP_CD")
STABLE = (*CODES, "PAN_NM", "PAN_DT", "PAN_NT_ST_DT", "CLSG_DT")  # a list row also counts rows and days
LOOK_BACK = timedelta(days=120)
PAGE = 100
DAY_OPENS, DAY_CLOSES = time(10, 0), time(17, 0)  # LH's receipt hours where it names days only


@dataclass(frozen=True)
class LhBoard:
    """``domain.ports.NoticeBoard`` of LH."""

    exchange: Exchange
    open_data: OpenData
    agency: Agency = Agency.LH

    async def notices(self) -> list[Notice]:
        """Sale notices of the last 120 days that have terms; one that cannot be read is left out and logged."""
        sales = [row for row in await self._list() if row.text("SPL_INF_TP_CD") in SALE]
        return [notice for row in sales if (notice := await self._notice(row)) is not None]

    async def entries(self, notice_no: str, after: int) -> ReceivedPage:
        return await received_page(self.exchange, notice_no, after)

    async def count(self, notice_no: str) -> int:
        return await received_count(self.exchange, notice_no)

    async def _list(self) -> list[Row]:
        today, found = seoul_date(now()), list[Row]()
        period = {"PAN_ST_DT": f"{today - LOOK_BACK:%Y%m%d}", "PAN_ED_DT": f"{today:%Y%m%d}"}
        while True:
            query = {"PG_SZ": str(PAGE), "PAGE": str(len(found) // PAGE + 1), **period}
            page = data_set(await self.open_data.get(LIST, query), "dsList")
            found += page
            if len(page) < PAGE:
                return found

    async def _notice(self, listed: Row) -> Notice | None:
        number = listed.text("PAN_ID")
        terms = await notice_terms(self.exchange, number)
        if terms is None:
            return None
        query = {name: listed.text(name) for name in CODES}
        detail, supply = await self.open_data.get(DETAIL, query), await self.open_data.get(SUPPLY, query)
        try:
            return to_notice(listed, detail, data_set(supply, "dsList01"), terms[0])
        except AgencyDown as error:
            log.warning("notice_unreadable", agency=self.agency, number=number, why=error.en)
            return None


def data_sets(data: bytes) -> dict[str, JsonValue]:
    """All data sets of one answer, whether they come in one object or in several. Raises the fault it carries."""
    value = gateway.answer(data)
    found: dict[str, JsonValue] = {}
    for part in value if isinstance(value, list) else []:
        found |= part if isinstance(part, dict) else unreadable("part")
    header = rows(found.get("resHeader"))
    if not header and "dsList" not in found:  # the list's answer of 2024 had no header
        unreadable("resHeader")
    if header and header[0].text("SS_CODE") != "Y":
        raise AgencyDown("agency_fault")
    return found


def data_set(data: bytes, name: str) -> list[Row]:
    return rows(data_sets(data).get(name))


def to_notice(listed: Row, detail: bytes, supply: Sequence[Row], terms: Terms) -> Notice:
    """A notice out of the list row, the detail and the supply rows, with the terms. Raises AgencyDown (unreadable)."""
    sets = data_sets(detail)
    schedule, blocks = rows(sets.get("dsSplScdl")), rows(sets.get("dsSbd"))
    if not schedule or not blocks:
        unreadable("dsSplScdl")
    opens, closes = receipt_window(schedule)
    stable = Row({name: listed.text(name) for name in STABLE})
    number = listed.need("PAN_ID")
    published = {
        "id": ids.notice_id(Agency.LH, number),
        "agency": Agency.LH,
        "number": number,
        "name": listed.need("PAN_NM"),
        "housing_kind": HousingKind.PUBLIC,
        "supplier": terms.supplier,
        **terms.model_dump(include=set(SAID_BY_SOME)),
        "address": blocks[0].need("LCT_ARA_ADR", "LGDN_ADR"),
        "capital_area": in_capital_area(terms.region),
        "notice_date": listed.need_day("PAN_DT", "PAN_NT_ST_DT"),
        "receipt_opens_at": opens,
        "receipt_closes_at": closes,
        "announcement_date": schedule[0].need_day("PZWR_ANC_DT"),
        "contract_from": schedule[0].day("CTRT_ST_DT"),
        "contract_until": schedule[0].day("CTRT_ED_DT"),
        "move_in": blocks[0].month("MVIN_XPC_YM"),
        "house_types": house_types(supply, terms),
        "url": listed.text("DTL_URL") or None,
        "source_sha256": digest(stable, [*schedule, *blocks, *supply], terms),
    }
    return parse(Notice, published | terms.beyond_published(), "notice")


def receipt_window(schedule: Sequence[Row]) -> tuple[datetime, datetime]:
    """First opening and last closing over all rows: either ACP_DTTM with clock times, or days only."""
    windows = [_window(row) for row in schedule]
    return min(opens for opens, _ in windows), max(closes for _, closes in windows)


def _window(row: Row) -> tuple[datetime, datetime]:
    stated = row.text("ACP_DTTM")
    if stated:
        return span(stated, "ACP_DTTM")
    opens, closes = row.need_day("SBSC_ACP_ST_DT"), row.need_day("SBSC_ACP_CLSG_DT")
    first, last = datetime.combine(opens, DAY_OPENS, SEOUL), datetime.combine(closes, DAY_CLOSES, SEOUL)
    return first.astimezone(UTC), last.astimezone(UTC)


def house_types(supply: Sequence[Row], terms: Terms) -> tuple[HouseType, ...]:
    """Types in the order of the supply rows, priced and split into kinds by the terms of the same order."""
    if len(supply) != len(terms.house_types):
        unreadable("dsList01")
    pairs = zip(supply, terms.house_types, strict=True)
    return tuple(
        HouseType(
            model_no=stated.model_no,
            name=row.need("HTY_NNA"),
            exclusive_area=area(row.need("DDO_AR"), "DDO_AR"),
            price=stated.price,
            units={kind: count for kind, count in stated.units.items() if count},
            unit_numbers=stated.unit_numbers,
        )
        for row, stated in pairs
    )
