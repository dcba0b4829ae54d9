"""LH's published bytes: arrays of single-key objects, everything a string, four forms of a date in one answer."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from domain.errors import AgencyDown
from domain.words import SupplyKind
from mydata_connectors.lh import data_set, data_sets, receipt_window, to_notice
from mydata_connectors.terms import Terms
from mydata_connectors.wire import Row, area

WIRE = Path(__file__).parent / "wire"


def sample(path: str) -> bytes:
    return (WIRE / path).read_bytes()


def loaded(path: str) -> Any:
    return json.loads(sample(path))


LISTS = ("lh/lhLeaseNoticeInfo1.2024-04-16_p10.json", "lh/lhLeaseNoticeInfo1.2026-09-20.json")
SALE = sample("lh/lhLeaseNoticeDtlInfo1.0000060620.json")
RENTAL = sample("lh/lhLeaseNoticeDtlInfo1.2015122300020801.json")
TERMS: dict[str, Any] = {
    "number": "0000060620", "supplier": "한국토지주택공사", "supplier_public": True, "region": "41480",
    "region_name": "경기도 파주시", "regulated": False, "receipt_opens_at": "2024-04-22T10:00:00+09:00",
    "receipt_closes_at": "2024-04-22T17:00:00+09:00",
    "house_types": [{"model_no": "01", "price": 380_000_000, "units": {"general": 20, "newlywed": 0}}],
}  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
def test_lists_of_both_years(name: str) -> None:
    rows = data_set(sample(name), "dsList")
    assert rows
    for row in rows:
        assert row.need("PAN_ID")
        assert (row.day("PAN_DT") is None) == (row.text("PAN_DT") == "")  # land rows have none


def test_two_forms_of_one_day() -> None:
    row = data_set(sample(LISTS[1]), "dsList")[0]
    assert row.day("PAN_DT") == row.day("PAN_NT_ST_DT") == date(2026, 9, 18)


def test_a_sale_notice_with_its_terms() -> None:
    listed = data_set(sample(LISTS[0]), "dsList")[0]
    supply = [Row(loaded("lh/lhLeaseNoticeSplInfo1.row.json"))]
    notice = to_notice(listed, SALE, supply, Terms.model_validate(TERMS))
    assert notice.id == "lh-0000060620"
    assert notice.receipt_opens_at == datetime(2024, 4, 22, 1, 0, tzinfo=UTC)
    assert (notice.announcement_date, notice.move_in) == (date(2024, 4, 23), "202401")
    assert (notice.contract_from, notice.contract_until) == (date(2024, 5, 30), date(2024, 5, 31))
    assert notice.address == "경기도 파주시 다율동"  # not "단지주소", the label of the twin data set
    (row,) = notice.house_types
    assert (row.name, row.exclusive_area, row.units) == ("59㎡", "59.94", {SupplyKind.GENERAL: 20})


def test_days_only_where_no_hours_are_named() -> None:
    opens, closes = receipt_window(data_set(RENTAL, "dsSplScdl"))
    assert opens == datetime(2026, 9, 29, 1, 0, tzinfo=UTC)
    assert closes == datetime(2026, 9, 29, 8, 0, tzinfo=UTC)
    assert data_set(RENTAL, "dsSplScdl")[0].day("CTRT_ST_DT") is None  # ""
    assert data_set(RENTAL, "dsSbd")[0].month("MVIN_XPC_YM") == "199305"  # "1993.05"


def test_a_range_of_areas_is_not_an_area() -> None:
    with pytest.raises(AgencyDown, match="agency_unreadable"):
        area(data_set(RENTAL, "dsSbd")[0].need("DDO_AR"), "DDO_AR")  # "26.37~52.74"


def test_amounts_of_the_lease_row() -> None:
    row = Row(loaded("lh/lhLeaseInfo1.row.json"))
    assert (row.count("LS_GMY"), row.count("RFE")) == (19_546_000, 195_460)


def test_terms_that_disagree_with_the_supply_rows_are_refused() -> None:
    listed = data_set(sample(LISTS[0]), "dsList")[0]
    with pytest.raises(AgencyDown, match="agency_unreadable"):
        to_notice(listed, SALE, [], Terms.model_validate(TERMS))


@pytest.mark.parametrize(
    "body",
    [
        b'[{"dsSch": []}, {"resHeader": [{"SS_CODE": "N"}]}]', b"[]", b"{}", b"[1]", b'[{"dsSplScdl": []}]',
        sample("gateway/code22.fixture.xml"),
    ],
)  # fmt: skip
def test_not_a_success_is_down(body: bytes) -> None:
    with pytest.raises(AgencyDown):
        data_sets(body)
