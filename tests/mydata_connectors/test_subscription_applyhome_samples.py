"""청약홈's published bytes as notices: types of values, blanks and dates as they really come."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from domain.errors import AgencyDown
from domain.words import HousingKind, SupplyKind
from mydata_connectors.applyhome import house_types, to_notice
from mydata_connectors.gateway import odcloud
from mydata_connectors.wire import Row, rows

WIRE = Path(__file__).parent / "wire"


def sample(path: str) -> bytes:
    return (WIRE / path).read_bytes()


def loaded(path: str) -> Any:
    return json.loads(sample(path))


def names(folder: str, *endings: str) -> list[str]:
    found = sorted(str(path.relative_to(WIRE)) for path in (WIRE / folder).iterdir())
    return [name for name in found if name.endswith(endings)]


OPERATIONS = ("APT", "Remndr", "UrbtyOfctl", "PblPvtRent", "OPT")


def _rows(name: str) -> list[Row]:
    return odcloud(sample(f"applyhome/{name}.json"))


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_guide_example_becomes_a_notice(operation: str) -> None:
    detail = _rows(f"get{operation}LttotPblancDetail")[0]
    notice = to_notice(detail, _rows(f"get{operation}LttotPblancMdl"), None)
    assert notice.number == detail.need("HOUSE_MANAGE_NO")
    assert notice.receipt_opens_at < notice.receipt_closes_at
    assert notice.house_types
    assert all(row.price > 10**8 for row in notice.house_types)  # won, not 만원
    assert len({row.model_no for row in notice.house_types}) == len(notice.house_types)


def test_the_whole_of_a_private_notice() -> None:
    notice = to_notice(_rows("getAPTLttotPblancDetail")[0], _rows("getAPTLttotPblancMdl"), None)
    assert (notice.id, notice.housing_kind) == ("applyhome-2022000248", HousingKind.PRIVATE)
    assert (notice.region, notice.region_name, notice.capital_area) == ("11320", "서울특별시 도봉구", True)
    assert (notice.regulated, notice.overheated, notice.price_capped) == (True, True, False)
    assert notice.receipt_opens_at == datetime(2022, 5, 23, 0, 0, tzinfo=UTC)  # 09:00 in Seoul
    assert notice.receipt_closes_at == datetime(2022, 5, 26, 8, 30, tzinfo=UTC)  # 17:30 in Seoul
    assert (notice.announcement_date, notice.move_in) == (date(2022, 6, 2), "202502")
    first, fourth = notice.house_types[0], notice.house_types[3]
    assert (first.name, first.exclusive_area, first.price) == ("58A", "58.85", 807_200_000)
    assert first.units == {
        SupplyKind.GENERAL: 8, SupplyKind.NEWLYWED: 4, SupplyKind.FIRST_HOME: 2, SupplyKind.MULTI_CHILD: 2,
        SupplyKind.ELDERLY_PARENTS: 1, SupplyKind.RECOMMENDED: 2,
    }  # fmt: skip
    assert (fourth.name, fourth.exclusive_area) == ("59", "59.8")  # a trailing blank where there is no letter


def test_newlyweds_are_not_taken_for_newborns() -> None:
    """NWWDS is 신혼부부, NWBB is 신생아; several public projects have them swapped."""
    (row,) = house_types(_rows("getAPTLttotPblancMdl.real_2026820011"))
    assert row.units == {SupplyKind.NEWLYWED: 55, SupplyKind.FIRST_HOME: 5}
    assert (row.price, row.name) == (393_580_000, "56O")


@pytest.mark.parametrize("entry", loaded("applyhome/getAPTLttotPblancDetail.rows_2026-10-02.json")["sample"])
def test_rows_received_in_october_2026(entry: dict[str, Any]) -> None:
    notice = to_notice(Row(entry), _rows("getAPTLttotPblancMdl"), None)
    public = entry["HOUSE_DTL_SECD"] == "03"
    assert notice.housing_kind is (HousingKind.PUBLIC if public else HousingKind.PRIVATE)
    assert notice.supplier_public is public  # 한국토지주택공사, and a developer
    assert notice.region in {"28245", "41390", "41210"}
    assert notice.capital_area


def test_rows_sharing_a_model_number_are_told_apart() -> None:
    types = house_types(_rows("getUrbtyOfctlLttotPblancMdl"))
    assert [row.model_no for row in types][:3] == ["01", "02-41", "02-44"]
    assert types[0].exclusive_area == "26"  # a number here, a string elsewhere
    assert types[0].price == 537_400_000  # "53,740"


def test_abridged_rows_read_too() -> None:
    """Amounts with and without commas, a date without dashes, a rate with a thousands comma."""
    listed = {name: Row(value) for name, value in loaded("applyhome/abridged_rows_2026-08-07.json").items()}
    assert listed["getOPTLttotPblancDetail"].day("RCRIT_PBLANC_DE") == date(2026, 8, 4)
    assert house_types([listed["getOPTLttotPblancMdl"]])[0].price == 623_420_000
    assert listed["getCancResplLttotPblancCmpet"].count("NORMAL_CMPET_RATE") == 2182
    assert listed["getRemndrLttotPblancMdl"].count("SUPLY_HSHLDCO") == 0


@pytest.mark.parametrize(
    "name", names("applyhome", "_2026000454.json", "_2026000355.json", "_2025000205.json", "Stat.fixture.json")
)
def test_results_of_other_operations_can_be_read(name: str) -> None:
    data = sample(name)
    found = odcloud(data) if b'"currentCount"' in data or b'"data"' in data else rows(loaded(name))
    assert found
    assert all(row.text("HOUSE_TY") or row.fields for row in found)


@pytest.mark.parametrize(
    "change",
    [
        {"RCEPT_BGNDE": "2022-02-31"}, {"RCEPT_ENDDE": None}, {"HOUSE_MANAGE_NO": ""}, {"HSSPLY_ADRES": "달나라 1번지"},
        {"BSNS_MBY_NM": None}, {"RCRIT_PBLANC_DE": "어제"},
    ],
)  # fmt: skip
def test_a_broken_row_is_unreadable_and_nothing_else(change: dict[str, Any]) -> None:
    entry = loaded("applyhome/getAPTLttotPblancDetail.json")["data"][0] | change
    with pytest.raises(AgencyDown, match="agency_unreadable"):
        to_notice(Row(entry), _rows("getAPTLttotPblancMdl"), None)
