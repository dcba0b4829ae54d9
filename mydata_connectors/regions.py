"""시군구 codes (first five digits of the 법정동코드) and how an address in words leads to one.

``data/sigungu.csv`` holds the ministry's table of February 2026 and the four Incheon districts of July 2026.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from mydata_connectors.wire import unreadable

CAPITAL_AREA = ("11", "28", "41")  # 서울, 인천, 경기: 수도권 (주택공급규칙 제4조제3항제1호)


@cache
def table() -> dict[str, str]:
    """Name → code, longest names first, so that "청주시 상당구" is found before "청주시"."""
    with (Path(__file__).parent / "data" / "sigungu.csv").open(encoding="utf-8") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: -len(row["name"]))
    return {row["name"]: row["code"] for row in rows}


def region_of(address: str) -> tuple[str, str]:
    """(code, name) of the district with which an address begins. Unreadable when there is none."""
    plain = " ".join(address.split())
    found = next((name for name in table() if plain == name or plain.startswith(f"{name} ")), None)
    return (table()[found], found) if found else unreadable("address")


def in_capital_area(region: str) -> bool:
    return region[:2] in CAPITAL_AREA
