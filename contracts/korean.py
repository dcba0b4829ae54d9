"""Korean as it stands on paper: sums in words, dates, and lines that break between words only."""

from __future__ import annotations

import re
from datetime import date, datetime

from domain.time import SEOUL
from domain.words import ContractKind, PartyRole, Won

DIGITS = "영일이삼사오육칠팔구"
SMALL = ("", "십", "백", "천")
BIG = ("", "만", "억", "조", "경")

TITLES: dict[ContractKind, str] = {
    ContractKind.SALE: "부동산 매매계약서",
    ContractKind.SUPPLY: "주택 공급계약서",
    ContractKind.DISSOLUTION: "계약 합의해제 약정서",
}
ROLES: dict[PartyRole, str] = {
    PartyRole.BUYER: "매수인",
    PartyRole.SELLER: "매도인",
    PartyRole.SUPPLIER: "사업주체",
    PartyRole.SELLER_BROKER: "개업공인중개사(매도측)",
    PartyRole.BUYER_BROKER: "개업공인중개사(매수측)",
}
# Broker's statements by the word of the API, as the explanation form (별지 제20호) calls them; others stand as given.
STATEMENTS = {
    "utilities": "수도·전기·가스",
    "heating": "난방",
    "fire_safety": "소방",
    "drainage": "배수",
    "elevator": "승강기",
    "leaks": "균열·누수",
    "walls": "벽면·바닥·도배",
    "sunlight": "일조",
    "noise": "소음·진동",
    "unregistered_rights": "공시되지 않은 권리",
    "permit_zone": "토지거래허가구역",
}
PAYMENTS = {"deposit": "계약금", "instalment": "중도금", "balance": "잔금", "refund": "반환금"}

WORD_JOINER = "\u2060"
# The renderer breaks lines inside Korean words (it ignores ``word-break: keep-all``).
_INSIDE_WORD = re.compile(r"(?<=[가-힣0-9A-Za-z%㎡)])(?=[가-힣])|(?<=[가-힣])(?=[0-9A-Za-z(])")
_TAG = re.compile(r"(<[^>]*>)")
_LONG_WORD = re.compile(r"[^\s<>]{24,}")


def unit(number: str, word: str) -> str:
    """``제103동``: registers write both "103" and "103동"."""
    return f"제{number.removesuffix(word)}{word}"


def won_in_words(amount: Won) -> str:
    """``금 삼억이천만원정``: every digit is named, so that none can be slipped in (수표·계약서의 관행)."""
    if amount == 0:
        return "금 영원정"
    groups = []
    rest = amount
    for unit in BIG:
        rest, group = divmod(rest, 10_000)
        if group:
            groups.append(_group(group) + unit)
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
        return "별도 통보일"
    on = date.fromisoformat(value) if isinstance(value, str) else value
    return f"{on.year}년 {on.month}월 {on.day}일"


def month(value: str) -> str:
    """``202809`` -> ``2028년 9월``; other wording stays as it is."""
    return f"{value[:4]}년 {int(value[4:])}월" if re.fullmatch(r"\d{6}", value) else value


def moment(value: datetime | None) -> str:
    """Seoul wall-clock time, to the minute."""
    return f"{value.astimezone(SEOUL):%Y.%m.%d. %H:%M}" if value else "계약 체결 시"


def role_name(role: PartyRole, kind: ContractKind) -> str:
    """매수인 is 공급받는 자 in a supply contract (주택공급에 관한 규칙 제59조)."""
    return "공급받는 자" if kind is ContractKind.SUPPLY and role is PartyRole.BUYER else ROLES[role]


def keep_words(html: str) -> str:
    """Insert word joiners between adjacent Hangul in the text of ``html``'s body; tags stay untouched.

    A word too long for a table cell may still break.
    """
    head, body, rest = html.partition("<body")
    parts = _TAG.split(body + rest)
    return head + "".join(part if part.startswith("<") else _join(part) for part in parts)


def _join(text: str) -> str:
    joined = _INSIDE_WORD.sub(WORD_JOINER, text)
    return _LONG_WORD.sub(lambda word: word.group().replace(WORD_JOINER, ""), joined)
