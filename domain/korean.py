"""Values as they stand on paper in Korean: sums in words, dates, units, postpositions."""

from __future__ import annotations

import re
from datetime import date, datetime

from domain.time import SEOUL
from domain.words import Won

DIGITS = "영일이삼사오육칠팔구"
SMALL = ("", "십", "백", "천")
BIG = ("", "만", "억", "조", "경")
OPEN_DAY = "별도 통보일"


def unit(number: str, word: str) -> str:
    """``제103동``: registers write both "103" and "103동"."""
    return f"제{number.removesuffix(word)}{word}"


def masked(name: str) -> str:
    """``최○결``: enough for who knows the person, no name for a log or an error's text."""
    return name[:1] + "○" * max(len(name) - 2, 1) + name[2:][-1:]


def won_in_words(amount: Won) -> str:
    """``금 삼억이천만원정``: every digit is named, so that none can be slipped in (수표·계약서의 관행)."""
    if amount == 0:
        return "금 영원정"
    groups = []
    rest = amount
    for big in BIG:
        rest, group = divmod(rest, 10_000)
        if group:
            groups.append(_group(group) + big)
    return f"금 {''.join(reversed(groups))}원정"


def _group(number: int) -> str:
    """Four digits in words; 일 is written before 천, 백, 십 too."""
    text = ""
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit:
            text += DIGITS[digit] + SMALL[place]
    return text


def won(amount: Won) -> str:
    return f"{amount:,}원"


def day(value: date | str | None) -> str:
    """``2026년 3월 2일``; an open date is written out as such."""
    if not value:
        return OPEN_DAY
    on = date.fromisoformat(value) if isinstance(value, str) else value
    return f"{on.year}년 {on.month}월 {on.day}일"


def month(value: str) -> str:
    """``202809`` -> ``2028년 9월``; other wording stays as it is."""
    return f"{value[:4]}년 {int(value[4:])}월" if re.fullmatch(r"\d{6}", value) else value


def moment(value: datetime | None) -> str:
    """Seoul wall-clock time, to the minute."""
    return f"{value.astimezone(SEOUL):%Y.%m.%d. %H:%M}" if value else "계약 체결 시"
