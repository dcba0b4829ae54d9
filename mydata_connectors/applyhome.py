"""청약홈: notices as 한국부동산원 publishes them on odcloud (service ``ApplyhomeInfoDetailSvc``), and received lists.

Operations differ in spelling (``HOUSE_DETAIL_SECD``), in types (numbers as text and text as numbers) and in the
form of dates. ``totalCount`` ignores the conditions of a request; only the rows themselves tell when a list ends.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import structlog

from domain import ids
from domain.applications import ReceivedPage
from domain.errors import AgencyDown
from domain.model import canonical_json
from domain.notices import HouseType, Notice
from domain.time import SEOUL, now, seoul_date
from domain.words import Agency, HousingKind, SupplyKind
from mydata_connectors.entries import notice_terms, received_count, received_page
from mydata_connectors.exchange import Exchange
from mydata_connectors.gateway import odcloud
from mydata_connectors.open_data import OpenData
from mydata_connectors.regions import in_capital_area, region_of
from mydata_connectors.terms import Terms
from mydata_connectors.wire import Row, area, house_type, parse, won_of_ten_thousands

log = structlog.get_logger()
API = "/api/ApplyhomeInfoDetailSvc/v1"
PUBLIC = "03"  # HOUSE_DTL_SECD 국민; 01 is 민영
OPENS, CLOSES = time(9, 0), time(17, 30)  # 청약홈's receipt hours on a Seoul clock
LOOK_BACK = timedelta(days=120)  # a notice older than this is not open any more
PAGE = 100
UNITS = {
    SupplyKind.NEWLYWED: "NWWDS_HSHLDCO", SupplyKind.FIRST_HOME: "LFE_FRST_HSHLDCO",
    SupplyKind.MULTI_CHILD: "MNYCH_HSHLDCO", SupplyKind.ELDERLY_PARENTS: "OLD_PARNTS_SUPORT_HSHLDCO",
    SupplyKind.NEWBORN: "NWBB_HSHLDCO", SupplyKind.YOUTH: "YGMN_HSHLDCO",
    SupplyKind.RECOMMENDED: "INSTT_RECOMEND_HSHLDCO",
}  # fmt: skip


@dataclass(frozen=True)
class ApplyhomeBoard:
    """``domain.ports.NoticeBoard`` of 청약홈."""

    exchange: Exchange
    open_data: OpenData
    agency: Agency = Agency.APPLYHOME

    async def notices(self) -> list[Notice]:
        """Every notice of the last 120 days that can be read; one that cannot is left out and logged."""
        since = seoul_date(now()) - LOOK_BACK
        details = await self._all("getAPTLttotPblancDetail", {"cond[RCRIT_PBLANC_DE::GTE]": since.isoformat()})
        found = [notice for row in details if (notice := await self._notice(row)) is not None]
        if details and not found:
            raise AgencyDown("agency_unreadable")
        return found

    async def entries(self, notice_no: str, after: int) -> ReceivedPage:
        return await received_page(self.exchange, notice_no, after)

    async def count(self, notice_no: str) -> int:
        return await received_count(self.exchange, notice_no)

    async def _notice(self, detail: Row) -> Notice | None:
        number = detail.text("HOUSE_MANAGE_NO")
        models = await self._all("getAPTLttotPblancMdl", {"cond[HOUSE_MANAGE_NO::EQ]": number})
        terms = await notice_terms(self.exchange, number)
        try:
            return to_notice(detail, models, terms[0] if terms else None)
        except AgencyDown as error:
            log.warning("notice_unreadable", agency=self.agency, number=number, why=error.en)
            return None

    async def _all(self, operation: str, conditions: dict[str, str]) -> list[Row]:
        rows: list[Row] = []
        while True:
            query = {"page": str(len(rows) // PAGE + 1), "perPage": str(PAGE), "returnType": "JSON", **conditions}
            page = odcloud(await self.open_data.get(f"{API}/{operation}", query))
            rows += page
            if len(page) < PAGE:
                return rows


def to_notice(detail: Row, models: Sequence[Row], terms: Terms | None) -> Notice:
    """A notice out of its published rows; ``terms`` add what those leave out. Raises AgencyDown (unreadable).

    Without terms: receipt runs from 09:00 of the first to 17:30 of the last day, the district is read from the
    address, a 공사 is a public supplier, and there is neither account nor payment plan.
    """
    number = detail.need("HOUSE_MANAGE_NO")
    address = detail.need("HSSPLY_ADRES")
    region, region_name = (terms.region, terms.region_name) if terms else region_of(address)
    public = detail.text("HOUSE_DTL_SECD", "HOUSE_DETAIL_SECD") == PUBLIC
    supplier = detail.need("BSNS_MBY_NM")
    published = {
        "id": ids.notice_id(Agency.APPLYHOME, number),
        "agency": Agency.APPLYHOME,
        "number": number,
        "name": detail.need("HOUSE_NM"),
        "housing_kind": HousingKind.PUBLIC if public else HousingKind.PRIVATE,
        "supplier": supplier,
        "supplier_public": "공사" in supplier,
        "region": region,
        "region_name": region_name,
        "address": address,
        "capital_area": in_capital_area(region),
        "regulated": detail.yes("SPECLT_RDN_EARTH_AT") or detail.yes("MDAT_TRGET_AREA_SECD"),
        "overheated": detail.yes("SPECLT_RDN_EARTH_AT") if detail.text("SPECLT_RDN_EARTH_AT") else None,
        "price_capped": detail.yes("PARCPRC_ULS_AT") if detail.text("PARCPRC_ULS_AT") else None,
        "notice_date": detail.need_day("RCRIT_PBLANC_DE"),
        "receipt_opens_at": _at(detail.need_day("RCEPT_BGNDE", "SUBSCRPT_RCEPT_BGNDE"), OPENS),
        "receipt_closes_at": _at(detail.need_day("RCEPT_ENDDE", "SUBSCRPT_RCEPT_ENDDE"), CLOSES),
        "announcement_date": detail.need_day("PRZWNER_PRESNATN_DE"),
        "contract_from": detail.day("CNTRCT_CNCLS_BGNDE"),
        "contract_until": detail.day("CNTRCT_CNCLS_ENDDE"),
        "move_in": detail.month("MVN_PREARNGE_YM"),
        "house_types": house_types(models, terms),
        "url": detail.text("PBLANC_URL") or None,
        "source_sha256": digest(detail, models, terms),
    }
    return parse(Notice, published | (terms.beyond_published() if terms else {}), "notice")


def house_types(models: Sequence[Row], terms: Terms | None = None) -> tuple[HouseType, ...]:
    """The notice's table. MODEL_NO alone is not unique in some operations: TP then tells two rows apart."""
    plain = [row.text("MODEL_NO") for row in models]
    return tuple(_house_type(row, terms, plain.count(row.text("MODEL_NO")) > 1) for row in models)


def _house_type(row: Row, terms: Terms | None, ambiguous: bool) -> HouseType:
    model_no, label = row.need("MODEL_NO"), row.text("TP")
    square_metres, name = _area_and_name(row)
    units = {SupplyKind.GENERAL: row.count("SUPLY_HSHLDCO")}
    units |= {kind: row.count(field) for kind, field in UNITS.items()}
    stated = terms.of_type(model_no) if terms else None
    published = {
        "model_no": f"{model_no}-{label}" if ambiguous else model_no,
        "name": label or name,
        "exclusive_area": square_metres,
        "price": won_of_ten_thousands(row.need("LTTOT_TOP_AMOUNT", "SUPLY_AMOUNT"), "price"),
        "units": {kind: count for kind, count in units.items() if count},
    }
    exact = {"price": stated.price, "unit_numbers": stated.unit_numbers} if stated else {}
    return parse(HouseType, published | exact, "house type")


def _area_and_name(row: Row) -> tuple[str, str]:
    """m² and the short name people use: "084.9840A" → ("84.984", "84A")."""
    typed = row.text("HOUSE_TY")
    square_metres, letters = house_type(typed) if typed else (area(row.need("EXCLUSE_AR"), "EXCLUSE_AR"), "")
    return square_metres, square_metres.split(".")[0] + letters


def digest(detail: Row, models: Sequence[Row], terms: Terms | None) -> str:
    """SHA-256 over what the agency said about this notice, in canonical JSON."""
    said = [detail.fields, [row.fields for row in models], terms.model_dump(mode="json") if terms else None]
    return hashlib.sha256(canonical_json(said)).hexdigest()


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, SEOUL).astimezone(UTC)
