"""The two notices that the demo's officers publish while it runs. Names, sums and places are made up."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from domain.time import SEOUL

FLOORS = range(3, 13)
CONDITIONS = {
    "residential_common_area": "23.41",
    "other_common_area": "31.05",
    "land_area": "41.27",
    "resale_limit": "소유권이전등기일까지 (주택법 제64조)",
    "guarantee": "해당 없음 (공공사업주체)",
    "surface_right": "해당 없음",
    "late_fee": "연체일수에 따라 연 6.5%를 일할 계산하여 납부",
    "delay_damages": "입주예정일을 넘긴 일수에 같은 이율을 적용하여 지급 또는 잔금에서 공제",
    "loan": "주택도시기금 융자 없음",
    "defects": "공동주택관리법 제36조와 제37조에 따름",
    "cancellation": "주택공급에 관한 규칙 제59조와 공급계약 조건에 따름",
    "bond": "제2종국민주택채권 매입의무 없음",
}


def lh_notice(number: str, today: date) -> dict[str, Any]:
    """LH's own receipt; winners are announced today."""
    return {
        **_common(number, today, announced=today),
        "agency": "lh",
        "name": "과천주암 A3블록 온누리마을 공공분양",
        "supplier": "한국토지주택공사",
        "address": "경기도 과천시 주암동 과천주암 공공주택지구 A3블록",
        "house_types": [_house("59A", "59.84", 402_000_000, {"general": 6, "first_home": 5}, "301")],
        "deposit_account": {"bank": "나눔은행", "number": "301-7700-1004-16", "holder": "한국토지주택공사"},
        "options": [{"code": "B01", "name": "발코니 확장", "price": 9_100_000}],
    }


def city_notice(number: str, today: date, announced: date) -> dict[str, Any]:
    """A city corporation's homes, received at 청약홈."""
    return {
        **_common(number, today, announced=announced),
        "agency": "applyhome",
        "name": "과천지식정보타운 S7블록 별누리마을 공공분양",
        "supplier": "과천도시공사",
        "address": "경기도 과천시 갈현동 과천지식정보타운 S7블록",
        "house_types": [_house("55A", "55.87", 611_000_000, {"general": 5, "first_home": 3}, "701")],
        "deposit_account": {"bank": "나눔은행", "number": "301-7700-2021-32", "holder": "과천도시공사"},
        "options": [{"code": "B01", "name": "발코니 확장", "price": 9_900_000}],
    }


def _common(number: str, today: date, *, announced: date) -> dict[str, Any]:
    return {
        "number": number,
        "housing_kind": "public",
        "supplier_public": True,
        "region": "41290",
        "region_name": "경기도 과천시",
        "capital_area": True,
        "regulated": True,
        "overheated": True,
        "price_capped": True,
        "notice_date": today.isoformat(),
        "receipt_opens_at": _at(today, time(9)),
        "receipt_closes_at": _at(today + timedelta(days=1), time(17, 30)),
        "announcement_date": announced.isoformat(),
        "contract_from": announced.isoformat(),
        "contract_until": (announced + timedelta(days=3)).isoformat(),
        "move_in": f"{today.year + 2}06",
        "payments": [
            {"kind": "deposit", "number": 1, "share_bp": 1_000, "due_on": today.isoformat()},
            {"kind": "instalment", "number": 1, "share_bp": 3_000,
             "due_on": (today + timedelta(days=180)).isoformat()},
            {"kind": "balance", "number": 1, "share_bp": 6_000},
        ],
        "conditions": CONDITIONS,
        "wait_list_ratio_pct": 500,
    }  # fmt: skip


def _house(name: str, area: str, price: int, units: dict[str, int], dong: str) -> dict[str, Any]:
    count = sum(units.values())
    numbers = [f"{dong}-{floor}{line:02d}" for floor in FLOORS for line in (1, 2)][:count]
    return {
        "model_no": "01", "name": name, "exclusive_area": area, "price": price, "units": units,
        "unit_numbers": numbers,
    }  # fmt: skip


def _at(day: date, clock: time) -> str:
    return datetime.combine(day, clock, SEOUL).isoformat()
