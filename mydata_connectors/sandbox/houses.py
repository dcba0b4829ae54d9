"""House-ownership check (주택소유확인시스템), building ledger, official prices, and the city's own pages."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from pydantic import ValidationError

from mydata_connectors.sandbox import _buildings, _ledger, _open_data, _pages, _people, _registers, _seeds
from mydata_connectors.sandbox._agency import Agency, Message, Page, Refused, Reply, Signed, View, Visit
from mydata_connectors.sandbox._context import AgencyContext
from mydata_connectors.sandbox._notices import SEOUL

LAG_DAYS = 1  # building register and trades are taken over daily (ministry, 2020-11)
LEDGER = "/1613000/BldRgstHubService"
ITEM = "home_ownership"
FORM = {
    "notice": "공고번호", "name": "건물 이름", "sigungu": "시군구코드", "bjdong": "법정동코드 뒤 5자리", "bun": "본번",
    "ji": "부번", "lot_address": "지번 주소", "road_address": "도로명 주소", "approved_on": "사용검사일 (YYYY-MM-DD)",
    "units": "호 (동|호|전용면적|대지권비율|등기 고유번호)",
}  # fmt: skip


def agency(ctx: AgencyContext) -> Agency:
    return Agency(
        title_ko="주택소유확인·건축물대장",
        title_en="House ownership and building ledger",
        idempotent=True,
        schema=_registers.SCHEMA + _buildings.SCHEMA,
        seed=seed,
        signed=(
            _registers.fact_line(ctx, _ownership()),
            Signed("GET", "/property-links/{unique_no}", _buildings.link, purposes=("read",)),
            Signed(
                "GET", "/approvals/{notice}", _buildings.approval, purposes=("read",), clients=("onjip", "registry")
            ),
        ),
        pages=(
            Page("GET", "/people", home, admits=_is_city),
            Page("POST", "/people/approvals", approve, admits=_is_city),
            Page("POST", "/people/registrations", register, admits=_is_city),
        ),
        raw=(
            _open_data.gateway(f"{LEDGER}/getBrTitleInfo", _buildings.titles),
            _open_data.gateway(f"{LEDGER}/getBrExposPubuseAreaInfo", _buildings.exclusive_parts),
            _open_data.vworld("/ned/data/getApartHousingPriceAttr", "apartHousingPrices", _buildings.prices),
        ),
    )


def seed(db: sqlite3.Connection) -> None:
    for building in _seeds.load("houses")["buildings"]:
        _buildings.add(db, _buildings.NewBuilding.model_validate(building))


def _ownership() -> _registers.Answerer:
    owners = {_people.identity_ref(login): homes for login, homes in _seeds.load("houses")["owners"].items()}

    def fact(message: Message, db: sqlite3.Connection) -> Reply:
        if _registers.item_asked(message) != ITEM or message.subject_ref not in owners:
            raise Refused("no_record", "nothing is recorded about this person")
        value, as_of = {"homes": owners[message.subject_ref]}, _registers.day_before(LAG_DAYS)
        return _registers.answer(db, ITEM, value, as_of=as_of, extra={"source_lag_days": LAG_DAYS})

    return fact


def _is_city(person: _people.Person) -> bool:
    return person.has_role("city_officer")


def home(visit: Visit, db: sqlite3.Connection) -> View:
    """Approved buildings, and the form with which the city records a use approval (사용검사)."""
    query = "SELECT b.notice, b.name, b.approved_on, u.dong, u.ho, u.unique_no FROM units u JOIN buildings b"
    rows = [dict(row) for row in db.execute(f"{query} ON b.id = u.building ORDER BY u.id")]
    columns = ("notice", "name", "dong", "ho", "unique_no", "approved_on")
    cells = [[str(row[column] or "") for column in columns] for row in rows]
    listed = _pages.table("건축물대장", ["공고번호", "건물", "동", "호", "등기 고유번호", "사용검사일"], cells)
    fields = "".join(_pages.field(name, label) for name, label in FORM.items())
    form = _pages.form("/people/approvals", fields, "사용검사 등록 (Record use approval)")
    linking = "".join(_pages.field(name, FORM.get(name, name)) for name in ("notice", "dong", "ho", "unique_no"))
    linked = _pages.form("/people/registrations", linking, "등기 고유번호 연결 (Link registry number)", plain=True)
    return View("건축물대장 관리", listed + "<h2>사용검사</h2>" + form + "<h2>등기 연계</h2>" + linked, data=rows)


def approve(visit: Visit, db: sqlite3.Connection) -> View:
    """``units`` may be posted many times: ``dong|ho|area|land share|registry number (or nothing)``."""
    today = datetime.now(SEOUL).date().isoformat()
    try:
        units = [_unit(line) for line in visit.lists.get("units", ())]
        form = {name: value for name, value in visit.form.items() if name != "units" and value}
        building = _buildings.NewBuilding.model_validate({"approved_on": today, **form, "units": units})
    except (ValidationError, ValueError):
        text = "입력값을 확인해 주십시오. (Check the form.)"
        raise Refused("invalid_form", text, status=400, origin="caller") from None
    number = _buildings.approve(db, building, visit.person.login)
    return View("사용검사", "", data={"number": number, "approved_on": building.approved_on}, go="/people")


def _unit(line: str) -> dict[str, str]:
    names = ("dong", "ho", "area", "land_share", "unique_no")
    values = [part.strip() for part in line.split("|")]
    return {name: value for name, value in zip(names, [*values, ""][:5], strict=True) if value}


def register(visit: Visit, db: sqlite3.Connection) -> View:
    """After 보존등기 the registry's number of a unit is written into the ledger."""
    form = {name: visit.form.get(name, "") for name in ("notice", "dong", "ho", "unique_no")}
    changed = db.execute(
        "UPDATE units SET unique_no = ? WHERE dong = ? AND ho = ? AND (unique_no IS NULL OR unique_no = ?)"
        " AND building IN (SELECT id FROM buildings WHERE notice = ?)",
        (form["unique_no"], form["dong"], form["ho"], form["unique_no"], form["notice"]),
    ).rowcount
    if changed != 1:
        raise Refused("unknown_unit", "대장에 없는 호이거나 이미 연결된 호입니다. (No such unit, or linked already.)")
    _ledger.act(db, kind="registry_link", reference=form["notice"], number=form["unique_no"], body_sha256="")
    return View("등기 연계", "", data=form, go="/people")
