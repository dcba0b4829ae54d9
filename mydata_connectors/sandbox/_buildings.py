"""The building ledger (건축물대장): buildings, their units, official prices, and the link to the registry's numbers."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, Field, field_validator

from mydata_connectors.sandbox import _ledger, _open_data
from mydata_connectors.sandbox._agency import Message, Refused, Reply

UNIQUE_NO = r"^\d{4}-\d{4}-\d{6}$"
SCHEMA = """
CREATE TABLE IF NOT EXISTS buildings (id INTEGER PRIMARY KEY, notice TEXT NOT NULL, name TEXT NOT NULL,
    sigungu TEXT NOT NULL, bjdong TEXT NOT NULL, bun TEXT NOT NULL, ji TEXT NOT NULL, lot_address TEXT NOT NULL,
    road_address TEXT NOT NULL, structure TEXT NOT NULL, use TEXT NOT NULL, approved_on TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS units (id INTEGER PRIMARY KEY, building INTEGER NOT NULL REFERENCES buildings (id),
    unique_no TEXT UNIQUE, dong TEXT NOT NULL, ho TEXT NOT NULL, area TEXT NOT NULL, land_share TEXT NOT NULL,
    price INTEGER, price_year INTEGER, UNIQUE (building, dong, ho));
"""
UNIT_QUERY = (
    "SELECT units.*, b.name, b.sigungu, b.bjdong, b.bun, b.ji, b.lot_address, b.road_address, b.structure, b.use,"
    " b.approved_on FROM units JOIN buildings b ON b.id = units.building"
)
Row = dict[str, Any]


class NewUnit(BaseModel):
    dong: str = Field(min_length=1, max_length=20)
    ho: str = Field(min_length=1, max_length=20)
    area: str = Field(pattern=r"^\d{1,4}(\.\d{1,4})?$")
    land_share: str = Field(pattern=r"^\d+(\.\d+)?/\d+(\.\d+)?$")
    unique_no: str | None = Field(None, pattern=UNIQUE_NO)
    price: int | None = Field(None, ge=0)


class NewBuilding(BaseModel):
    """A building whose use was approved (사용검사). ``notice`` is the number of the notice that sold it."""

    notice: str = Field("", max_length=40)
    name: str = Field(min_length=1, max_length=100)
    sigungu: str = Field(pattern=r"^\d{5}$")
    bjdong: str = Field(pattern=r"^\d{5}$")
    bun: str = Field(pattern=r"^\d{1,4}$")
    ji: str = Field("0000", pattern=r"^\d{1,4}$")
    lot_address: str = Field(min_length=5, max_length=200)
    road_address: str = Field("", max_length=200)
    structure: str = "철근콘크리트구조"
    use: str = "아파트"
    approved_on: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    price_year: int | None = None
    units: tuple[NewUnit, ...] = Field(min_length=1)

    @field_validator("bun", "ji")
    @classmethod
    def four_digits(cls, value: str) -> str:
        return value.zfill(4)


def add(db: sqlite3.Connection, building: NewBuilding) -> None:
    """Makes the ledger of a building. Raises ``Refused`` when a unit's registry number stands elsewhere."""
    b = building
    cursor = db.execute(
        "INSERT INTO buildings (notice, name, sigungu, bjdong, bun, ji, lot_address, road_address, structure, use,"
        " approved_on) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
        (
            b.notice, b.name, b.sigungu, b.bjdong, b.bun, b.ji, b.lot_address, b.road_address, b.structure, b.use,
            b.approved_on,
        ),
    )  # fmt: skip
    for unit in b.units:
        year = b.price_year if unit.price is not None else None
        row = (cursor.lastrowid, unit.unique_no, unit.dong, unit.ho, unit.area, unit.land_share, unit.price, year)
        query = "INSERT INTO units (building, unique_no, dong, ho, area, land_share, price, price_year)"
        try:
            db.execute(f"{query} VALUES (?,?,?,?,?,?,?,?)", row)
        except sqlite3.IntegrityError:
            raise Refused("unit_known", "a unit or its registry number is in the ledger already") from None


def link(message: Message, db: sqlite3.Connection) -> Reply:
    """부동산고유번호 → parcel, unit and share of land (대지권등록부). An extension: no open service gives it."""
    row = db.execute(f"{UNIT_QUERY} WHERE unique_no = ?", (message.params["unique_no"],)).fetchone()
    if row is None:
        raise Refused("unknown_property", "no unit of this registry number in the ledger", status=404)
    place = {"sigunguCd": row["sigungu"], "bjdongCd": row["bjdong"], "platGbCd": "0"}
    parcel = {**place, "bun": row["bun"], "ji": row["ji"]}
    unit = {"pnu": pnu(dict(row)), "dongNm": row["dong"], "hoNm": row["ho"], "landShare": row["land_share"]}
    return Reply({"unique_no": row["unique_no"], **parcel, **unit})


def approval(message: Message, db: sqlite3.Connection) -> Reply:
    """사용검사 of the building that a notice sold, with its units: what the registry makes the first titles from."""
    notice = message.params["notice"]
    row = db.execute("SELECT * FROM buildings WHERE notice = ? AND notice <> ''", (notice,)).fetchone()
    if row is None:
        raise Refused("no_use_approval", "no building of this notice is approved for use", status=404)
    query = "SELECT unique_no, dong, ho, area, land_share FROM units WHERE building = ? ORDER BY id"
    units = [dict(unit) for unit in db.execute(query, (row["id"],))]
    names = ("notice", "name", "lot_address", "road_address", "approved_on")
    return Reply({**{name: row[name] for name in names}, "units": units})


def pnu(row: Row) -> str:
    """필지고유번호: district, dong, 1 for ordinary land, main and sub number."""
    return f"{row['sigungu']}{row['bjdong']}1{row['bun']}{row['ji']}"


def titles(query: Mapping[str, str], db: sqlite3.Connection) -> object:
    """getBrTitleInfo: one row per dong of the parcel."""
    seen = {row["dong"]: row for row in _at_parcel(query, db)}
    return _open_data.items([_title(row, n) for n, row in enumerate(seen.values(), 1)], query)


def exclusive_parts(query: Mapping[str, str], db: sqlite3.Connection) -> object:
    """getBrExposPubuseAreaInfo: 전유 and 공용 parts; narrowed by ``dongNm`` and ``hoNm``."""
    wanted = [
        row
        for row in _at_parcel(query, db)
        if query.get("dongNm", row["dong"]) == row["dong"] and query.get("hoNm", row["ho"]) == row["ho"]
    ]
    rows = [part for row in wanted for part in (_part(row, "1", "전유", row["area"]), _part(row, "2", "공용", "21.37"))]
    return _open_data.items([{**row, "rnum": n} for n, row in enumerate(rows, 1)], query)


def prices(query: Mapping[str, str], db: sqlite3.Connection) -> list[Mapping[str, object]]:
    """getApartHousingPriceAttr: 공동주택공시가격 of the parcel's units, as strings."""
    rows = [dict(row) for row in db.execute(f"{UNIT_QUERY} WHERE price IS NOT NULL")]
    found = [row for row in rows if pnu(row) == query.get("pnu") and query.get("stdrYear") == str(row["price_year"])]
    wanted = [row for row in found if query.get("dongNm", _bare(row["dong"])) == _bare(row["dong"])]
    wanted = [row for row in wanted if query.get("hoNm", _bare(row["ho"])) == _bare(row["ho"])]
    return [_price(row) for row in wanted]


def _at_parcel(query: Mapping[str, str], db: sqlite3.Connection) -> list[Row]:
    names = ("sigunguCd", "bjdongCd", "bun", "ji")
    where = "b.sigungu = ? AND b.bjdong = ? AND b.bun = ? AND b.ji = ?"
    found = db.execute(f"{UNIT_QUERY} WHERE {where} ORDER BY units.id", [query.get(name, "") for name in names])
    return [dict(row) for row in found]


def _common(row: Row) -> dict[str, object]:
    """As in real answers: " " for nothing, ``bun`` a number, ``ji`` text, a leading blank in ``newPlatPlc``."""
    return {
        "sigunguCd": int(row["sigungu"]), "bjdongCd": int(row["bjdong"]), "platGbCd": 0, "bun": int(row["bun"]),
        "ji": row["ji"], "block": " ", "lot": " ", "splotNm": " ", "platPlc": f"{row['lot_address']}번지",
        "newPlatPlc": f" {row['road_address']}", "bldNm": row["name"], "dongNm": row["dong"], "regstrGbCd": 2,
        "regstrGbCdNm": "집합", "strctCdNm": row["structure"], "etcStrct": row["structure"],
        "mainPurpsCdNm": "공동주택", "etcPurps": row["use"], "crtnDay": int(row["approved_on"].replace("-", "")),
    }  # fmt: skip


def _title(row: Row, n: int) -> dict[str, object]:
    approved = int(row["approved_on"].replace("-", ""))
    key = f"{row['sigungu']}-{100000000 + row['building'] * 1000 + n}"
    return _common(row) | {"mgmBldrgstPk": key, "regstrKindCdNm": "표제부", "useAprDay": approved, "rnum": n}


def _part(row: Row, code: str, word: str, area: str) -> dict[str, object]:
    key = f"{row['sigungu']}-{200000000 + row['id']}"
    part = {"exposPubuseGbCd": code, "exposPubuseGbCdNm": word, "area": float(area), "hoNm": row["ho"]}
    return _common(row) | {"mgmBldrgstPk": key, "regstrKindCdNm": "전유부", "mainAtchGbCdNm": "주건축물", **part}


def _price(row: Row) -> dict[str, object]:
    place = row["lot_address"].rsplit(" ", 1)[0]
    return {
        "stdrYear": str(row["price_year"]), "aphusSeCode": "1", "prvuseAr": row["area"],
        "ldCode": f"{row['sigungu']}{row['bjdong']}", "ldCodeNm": place, "pblntfPc": str(row["price"]),
        "mnnmSlno": row["bun"].lstrip("0"), "pnu": pnu(row), "hoNm": _bare(row["ho"]), "dongNm": _bare(row["dong"]),
        "floorNm": _bare(row["ho"])[:-2], "aphusNm": row["name"], "aphusSeCodeNm": "아파트",
    }  # fmt: skip


def _bare(name: str) -> str:
    """ "103동" and "1204호" without the word, as the price register writes them."""
    return name.removesuffix("동").removesuffix("호")


def approve(db: sqlite3.Connection, building: NewBuilding, officer: str) -> str:
    """A use approval by the city's officer; the ledger of the building exists from here on. No unit has two."""
    query = f"{UNIT_QUERY} WHERE b.notice = ? AND b.lot_address = ? AND units.dong = ? AND units.ho = ?"
    for unit in building.units:
        if db.execute(query, (building.notice, building.lot_address, unit.dong, unit.ho)).fetchone():
            raise Refused("approved_already", "이미 사용검사를 받은 호입니다. (Approved already.)")
    add(db, building)
    number = f"UA-{_ledger.next_number(db, 'approval'):06d}"
    _ledger.act(db, kind="use_approval", reference=building.notice, number=number, body_sha256="")
    return number
