"""Which round of the public random source a notice may fix: one that comes out on the day of the announcement.

The two people type the digits before it; a round that is out by then would void the draw, one far off would stop it.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import NoReturn

from api.notice_terms import BeaconTerms
from domain.errors import Invalid
from domain.notices import Notice
from domain.time import SEOUL
from law.drawing.terms import Beacon, Source


def fixed_round(source: Source | None, wanted: BeaconTerms, notice: Notice, *, time_shortened: bool) -> Beacon:
    """Invalid for a source that this site does not use, and for a round outside the day. Where periods are shortened,
    digits are typed right after receipt: any round from then to the end of the day will do."""
    if source is None or source.name != wanted.source:
        _refuse(
            "unknown", "source", "이 사이트에서 쓰는 공개 난수원이 아닙니다. 난수원 이름을 확인해 주십시오.",
            "This is not the public random source of this site. Look at its name.",
        )  # fmt: skip
    beacon = Beacon(source=source, round=wanted.round)
    begins = datetime.combine(notice.announcement_date, time(), tzinfo=SEOUL)
    earliest = notice.receipt_closes_at if time_shortened else max(begins, notice.receipt_closes_at)
    if beacon.out <= earliest.timestamp():
        _refuse(
            "too_early", "round", "당첨자 발표일 전에 나오는 난수입니다. 발표일 중의 시각을 골라 주십시오.",
            "This random value is out before the day of the announcement. Choose a time on that day.",
        )  # fmt: skip
    if beacon.out >= (begins + timedelta(days=1)).timestamp():
        _refuse(
            "too_late", "round", "당첨자 발표일이 지난 뒤에 나오는 난수입니다. 발표일 중의 시각을 골라 주십시오.",
            "This random value is out after the day of the announcement. Choose a time on that day.",
        )  # fmt: skip
    return beacon


def _refuse(code: str, field: str, ko: str, en: str) -> NoReturn:
    raise Invalid(f"notice.beacon_{code}", field=f"beacon.{field}", ko=ko, en=en)
