"""Building ledger and official price of a unit by its registry number, old buildings and new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from domain.errors import AgencyDown, AgencyRefused, UnknownThing
from domain.time import now, seoul_date
from mydata_connectors.houses import BuildingBooks
from mydata_connectors.open_data import OpenData
from mydata_connectors.sandbox._people import people

if TYPE_CHECKING:
    from tests.mydata_connectors.conftest import Box, StartSandbox

KEY = "sandbox-open-data"
NEW_BUILDING = {
    "notice": "9000000606", "name": "과천 시험마을", "sigungu": "41290", "bjdong": "11100", "bun": "77", "ji": "3",
    "lot_address": "경기도 과천시 과천동 77-3", "road_address": "경기도 과천시 양재대로 7",
}  # fmt: skip


@pytest.fixture(scope="module")
def box(sandbox: StartSandbox) -> Box:
    return sandbox("houses", "identity")


def books(box: Box, http: httpx.AsyncClient, key: str = KEY) -> BuildingBooks:
    return BuildingBooks(box.exchange("houses", http), OpenData(box.url("houses"), key, http))


async def city(box: Box, path: str, form: dict[str, object], login: str = "citysora") -> httpx.Response:
    """A post by a person at the agency's own site."""
    async with httpx.AsyncClient(
        base_url=box.url("houses"), headers={"Accept": "application/json"}, trust_env=False
    ) as http:
        assert (await http.post("/people/login", data={"login": login, "pin": people()[login].pin})).is_success
        return await http.post(path, data=form)


async def test_the_flat_of_the_resale(box: Box, http: httpx.AsyncClient) -> None:
    ledger, sha256 = await books(box, http).building("1143-2019-004521")
    assert (ledger.building_name, ledger.dong, ledger.ho) == ("온마을 래미안", "103동", "1204호")
    assert (ledger.lot_address, ledger.region) == ("경기도 안양시 만안구 안양동 1412", "41171")
    assert (ledger.exclusive_area, ledger.land_share) == ("59.94", "36.52/41250.3")
    assert ledger.approved_on is not None
    assert len(sha256) == 64
    assert await books(box, http).official_price("1143-2019-004521") == 312_000_000


async def test_no_ledger_before_use_is_approved(box: Box, http: httpx.AsyncClient) -> None:
    unique_no = "1346-2026-000777"
    with pytest.raises(UnknownThing):
        await books(box, http).building(unique_no)
    units = ["101동|1203호|59.84|31.2/28000.5", f"101동|1303호|59.84|31.2/28000.5|{unique_no}"]
    assert (await city(box, "/people/approvals", {**NEW_BUILDING, "units": units})).status_code == 200
    ledger, _ = await books(box, http).building(unique_no)
    assert (ledger.ho, ledger.approved_on) == ("1303호", seoul_date(now()))
    assert await books(box, http).official_price(unique_no) is None  # nothing published for a new building
    linked = {"notice": "9000000606", "dong": "101동", "ho": "1203호", "unique_no": "1346-2026-000778"}
    assert (await city(box, "/people/registrations", linked)).status_code == 200
    assert (await books(box, http).building("1346-2026-000778"))[0].ho == "1203호"
    acts = (await box.ledger("houses"))["acts"]
    assert [act["kind"] for act in acts if act["reference"] == "9000000606"] == ["use_approval", "registry_link"]


async def test_only_the_city_records_a_use_approval(box: Box) -> None:
    before = (await box.ledger("houses"))["acts"]
    form: dict[str, object] = {**NEW_BUILDING, "units": ["101동|1|59.84|1/2"]}
    assert (await city(box, "/people/approvals", form, login="haneul")).status_code == 403
    assert (await city(box, "/people/approvals", {**form, "units": ["101동"]})).status_code == 400
    assert (await city(box, "/people/approvals", {**form, "bun": "일"})).status_code == 400
    taken: dict[str, object] = {**form, "units": ["101동|9호|59.84|1/2|1143-2019-004521"]}
    assert (await city(box, "/people/approvals", taken)).status_code == 422
    unknown: dict[str, object] = {"notice": "x", "dong": "1동", "ho": "1호", "unique_no": "1346-2026-000779"}
    assert (await city(box, "/people/registrations", unknown)).status_code == 422
    assert (await box.ledger("houses"))["acts"] == before


async def test_no_unit_gets_a_second_use_approval(box: Box) -> None:
    """A form that is sent again, because its answer was lost."""
    form: dict[str, object] = {**NEW_BUILDING, "notice": "9000000607", "units": ["102동|101호|59.84|31.2/28000.5"]}
    assert (await city(box, "/people/approvals", form)).status_code == 200
    again = await city(box, "/people/approvals", form)
    assert (again.status_code, again.json()["code"]) == (422, "approved_already")
    acts = (await box.ledger("houses"))["acts"]
    assert [act["reference"] for act in acts].count("9000000607") == 1


async def test_rejected_key_and_faults(box: Box, http: httpx.AsyncClient) -> None:
    with pytest.raises(AgencyRefused, match="agency_key_rejected"):  # XML, although JSON was asked for
        await books(box, http, key="wrong").building("1143-2019-004521")
    with pytest.raises(AgencyRefused, match="agency_key_rejected"):  # HTTP 200
        await books(box, http, key="wrong").official_price("1143-2019-004521")
    for path, fault in (("/property-links", "malformed"), ("/1613000", "error"), ("/1613000", "reset")):
        await box.fault("houses", path, fault)
        with pytest.raises(AgencyDown):
            await books(box, http).building("1143-2019-004521")
