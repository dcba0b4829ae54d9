"""Money, moments and places as people read them, in Korean or English."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from domain.time import SEOUL

Lang = Literal["ko", "en"]
TEN_THOUSAND = 10_000
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAYS = "월화수목금토일"
LONGEST, BRIEF = 32, 12  # characters


def won(amount: int, lang: Lang) -> str:
    """All digits: what is to be paid must be readable to the last won."""
    return f"{amount:,}원" if lang == "ko" else f"₩{amount:,}"


def won_in_words(amount: int, lang: Lang) -> str:
    """Price as it is spoken: 4억 8,700만원. English keeps the digits, which everybody reads."""
    if lang == "en" or amount < TEN_THOUSAND:
        return won(amount, lang)
    units, rest = [], amount
    for size, unit in ((10**12, "조"), (10**8, "억"), (TEN_THOUSAND, "만")):
        count, rest = divmod(rest, size)
        if count:
            units.append(f"{count:,}{unit}")
    return " ".join([*units, *([f"{rest:,}"] if rest else [])]) + "원"


def moment(at: datetime | str, lang: Lang) -> str:
    """An instant in Seoul, to the minute."""
    local = _instant(at).astimezone(SEOUL)
    return f"{day(local.date(), lang)} {local:%H:%M}"


def clock(at: datetime | str) -> str:
    """The time of day in Seoul, to the second."""
    return f"{_instant(at).astimezone(SEOUL):%H:%M:%S}"


def day(on: date | str, lang: Lang) -> str:
    if isinstance(on, str):
        on = date.fromisoformat(on)
    if lang == "ko":
        return f"{on.year}. {on.month}. {on.day}.({DAYS[on.weekday()]})"
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}"


def month(value: str, lang: Lang) -> str:
    """A month of a notice: ``YYYYMM``."""
    year, number = int(value[:4]), int(value[4:6])
    return f"{year}년 {number}월" if lang == "ko" else f"{MONTHS[number - 1]} {year}"


def brief(reference: str) -> str:
    """A number as its agency writes it; long digests and ids of ours are cut."""
    return f"{reference[:BRIEF]}…" if len(reference) > LONGEST else reference


def iso(at: datetime | str) -> str:
    """For the ``datetime`` attribute."""
    return _instant(at).isoformat(timespec="seconds")


def _instant(at: datetime | str) -> datetime:
    return datetime.fromisoformat(at) if isinstance(at, str) else at
