"""The registrar's vocabulary: what can be wrong, under which item of 등기법 §29, and who can answer it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel


class Defect(BaseModel):
    """``ground``: item of 등기법 §29 under which the application ends when the defect is not cured."""

    code: str
    ground: int
    field: str
    answerable_by: str
    curable: bool = True
    ko: str
    en: str


@cache
def _table() -> dict[str, Defect]:
    rows = yaml.safe_load((Path(__file__).parent / "data" / "defects.yaml").read_text("utf-8"))
    return {code: Defect(code=code, answerable_by=row.pop("by"), **row) for code, row in rows.items()}


def defect(code: str) -> Defect:
    return _table()[code]


GROUNDS = {
    1: "관할 위반", 2: "등기할 것이 아님", 3: "신청할 권한 없음", 4: "당사자 불출석", 5: "신청정보의 방식 위반",
    6: "부동산·권리의 표시가 등기기록과 불일치", 7: "등기의무자가 등기기록과 불일치", 8: "등기원인 증명정보와 불일치",
    9: "첨부정보 미제공", 10: "취득세·수수료 등 의무 불이행", 11: "대장과 불일치",
}  # fmt: skip
