"""Building ledger, official prices and MyData as they come: one object for a list, "" for nothing, text for numbers."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from domain.errors import AgencyDown, AgencyRefused, UnknownThing
from mydata_connectors.gateway import items
from mydata_connectors.houses import price_rows, title_facts, to_ledger
from mydata_connectors.savings import account_number, checked, subscription_account
from mydata_connectors.wire import Row

WIRE = Path(__file__).parent / "wire"


def sample(path: str) -> bytes:
    return (WIRE / path).read_bytes()


def loaded(path: str) -> Any:
    return json.loads(sample(path))


def names(folder: str, *endings: str) -> list[str]:
    found = sorted(str(path.relative_to(WIRE)) for path in (WIRE / folder).iterdir())
    return [name for name in found if name.endswith(endings)]


PLACE = Row({"dongNm": "103동", "hoNm": "1204호", "landShare": "36.52/41250.3", "sigunguCd": "11620"})


def test_a_title_row_as_received() -> None:
    (row,) = items(sample("building_register/getBrTitleInfo.json"))  # ``item`` is one object
    facts = title_facts(row)
    assert facts["approved_on"] == date(2018, 7, 27)  # a number
    assert facts["road_address"] == "서울특별시 관악구 문성로36길 25"  # a leading blank
    assert facts["lot_address"] == "서울특별시 관악구 신림동 1633-25"
    assert (facts["building_name"], facts["structure"]) == ("", "철근콘크리트구조")  # " " is nothing


def test_the_same_in_xml_with_entities() -> None:
    (row,) = items(sample("building_register/getBrTitleInfo.fixture.xml"))
    assert title_facts(row)["use"] == "사무소 <업무>"
    assert row.text("mainPurpsCdNm") == "업무시설 & 근린생활시설"


def test_basis_row_and_empty_recap() -> None:
    (row,) = items(sample("building_register/getBrBasisOulnInfo.json"))
    assert row.need("mgmBldrgstPk") == "11620-100261228"
    assert (row.text("bun"), row.text("ji")) == ("1633", "0025")  # a number beside a string
    assert items(sample("building_register/getBrRecapTitleInfo.json")) == []


def test_a_unit_needs_its_exclusive_part() -> None:
    titles = items(sample("building_register/getBrTitleInfo.json"))
    with pytest.raises(UnknownThing):
        to_ledger(PLACE, titles, [])
    part = Row({"exposPubuseGbCdNm": "전유", "hoNm": "1204호", "area": 59.94, "mgmBldrgstPk": "11620-2"})
    ledger = to_ledger(PLACE, titles, [part])
    assert (ledger.exclusive_area, ledger.land_share, ledger.region) == ("59.94", "36.52/41250.3", "11620")


@pytest.mark.parametrize(
    ("name", "prices"),
    [
        ("getApartHousingPriceAttr.json", [656_000_000, 662_000_000]),
        ("getApartHousingPriceAttr.single_object.fixture.json", [790_000_000]),
        ("getApartHousingPriceAttr.zero.json", []),
    ],
)
def test_official_prices(name: str, prices: list[int]) -> None:
    assert [row.count("pblntfPc") for row in price_rows(sample(f"vworld/{name}"))] == prices


def test_price_of_a_house_and_a_rejected_key() -> None:
    (row,) = price_rows(sample("vworld/getIndvdHousingPriceAttr.fixture.json"))
    assert row.count("housePc") == 268_000_000
    with pytest.raises(AgencyRefused, match="agency_key_rejected"):  # with HTTP 200
        price_rows(sample("vworld/getApartHousingPriceAttr.invalid_key.json"))


@pytest.mark.parametrize("name", names("mydata", ".json"))
def test_mydata_codes(name: str) -> None:
    """Fine, for later, or never: by the bank's own code, whatever the rest looks like."""
    answer = loaded(name)
    code = answer["rsp_code"]
    if code in {"00000", "000"}:
        checked(answer)
        return
    with pytest.raises(AgencyDown if code.startswith("5") else AgencyRefused):
        checked(answer)


def test_the_account_is_found_by_its_product_never_by_its_type() -> None:
    listed = loaded("mydata/bank-001_accounts.all_strings.json")
    with pytest.raises(AgencyRefused, match="no_subscription_account"):
        account_number(listed)
    listed["account_list"][2]["prod_name"] = "주택청약종합저축"
    assert account_number(listed) == "20210729132703"
    listed["account_list"][2]["is_consent"] = "false"  # not covered by the person's consent
    with pytest.raises(AgencyRefused, match="no_subscription_account"):
        account_number(listed)


def _answer(**changes: Any) -> dict[str, Any]:
    account = {"account_num": "77", "prod_name": "주택청약종합저축", "is_consent": "true"}
    recognised = {
        "account_num": "77", "payments_recognised": "150", "amount_recognised": "15000000", "as_of": "20261122",
        "document_no": "D-1", "issued_at": "2026-11-22T01:02:03+00:00",
    }  # fmt: skip
    return {
        "rsp_code": "00000", "account_list": [account], "basic_list": [{"account_num": "77", "issue_date": "20120302"}],
        "detail_list": [{"account_num": "77", "balance_amt": "15000000.000"}], "recognition": recognised, **changes,
    }  # fmt: skip


def test_recognised_payments_beside_the_mydata_form() -> None:
    document = subscription_account(_answer())
    assert document.as_of == date(2026, 11, 22)
    assert document.value == {
        "opened_on": "2012-03-02", "payments_recognised": 150, "amount_recognised": 15_000_000, "deposit": 15_000_000,
    }  # fmt: skip


@pytest.mark.parametrize(
    "changes",
    [{"recognition": None}, {"basic_list": []}, {"detail_list": [{"account_num": "77", "balance_amt": "많음"}]}],
)
def test_half_an_answer_is_unreadable(changes: dict[str, Any]) -> None:
    with pytest.raises(AgencyDown, match="agency_unreadable"):
        subscription_account(_answer(**changes))
