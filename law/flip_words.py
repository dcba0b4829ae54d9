"""The sentences of a flip, in Korean and English: what would be met, never what somebody should become."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import JsonValue

from law import value_words
from law.answer import LAST_DAY
from law.rules import Rule, Term, Trigger

LATER: dict[Trigger, tuple[str, str]] = {
    Trigger.NOTICE: (
        "{day} 이후의 모집공고부터 충족합니다. 이 공고의 답은 공고일로 정해져 있습니다.",
        "Met for notices from {day}; for this notice the answer is fixed on its notice date.",
    ),
    Trigger.ANNOUNCEMENT: ("당첨자 발표일이 {day} 이후이면 충족합니다.", "Met where winners are announced from {day}."),
    Trigger.CONTRACT: ("{day} 이후의 계약이면 충족합니다.", "Met for contracts from {day}."),
    Trigger.ACQUISITION: ("{day} 이후에 취득하면 충족합니다.", "Met for acquisitions from {day}."),
    Trigger.FILING: ("{day} 이후에 신청하면 충족합니다.", "Met for filings from {day}."),
    Trigger.SIGNING: ("{day} 이후에 서명하면 충족합니다.", "Met for signatures from {day}."),
    Trigger.EVENT: ("{day}부터 충족합니다.", "Met from {day}."),
}
UNCHANGED_LAW = (" (법령이 그때까지 그대로일 때)", " (if the law stays as it is)")
HOW: dict[str, tuple[str, str]] = {
    ">=": ("{value} 이상", "at least {value}"),
    "<=": ("{value} 이하", "at most {value}"),
    "==": ("{value}", "{value}"),
}
WORDS = {"none": ("해당 없음", "none"), "apartment": ("아파트", "apartment")}
UNITS = {
    "won": "원", "years": "년", "months": "개월", "payments": "회", "m²": "㎡", "days": "일", "homes": "채",
    "persons": "명", "points": "점", "percent": "%",
}  # fmt: skip
WARNING: dict[str, Any] = {
    "warning_ko": (
        "사실을 보일 뿐 권하지 않습니다. 집을 얻으려고 혼인·이혼·전입·세대 구성을 꾸미면 거짓이나 부정한 방법으로 "
        "공급받은 것이 되어 당첨과 계약이 취소되고, 처벌과 청약 제한을 받을 수 있습니다 (주택법 제65조)."
    ),
    "warning_en": (
        "Shown as a fact, not as advice. Who feigns a marriage, a divorce, an address or a household to get a home "
        "gets it by false or unfair means: win and contract are undone, with punishment and a ban (주택법 제65조)."
    ),
}


def later(rule: Rule[Any], day: date) -> dict[str, Any]:
    """From when on; beyond the rulebook's days only as far as the law is known today."""
    ko, en = LATER[rule.trigger]
    more = UNCHANGED_LAW if day > LAST_DAY else ("", "")
    return {"ko": ko.format(day=day) + more[0], "en": en.format(day=day) + more[1]}


def act(rule: Rule[Any], term: Term[Any], op: str, value: JsonValue, *, another_home: bool) -> dict[str, Any]:
    ko, en = _how(term, op, value)
    if another_home:
        return {"ko": f"{subject(term.ko)} {ko}인 집이면 충족합니다.", "en": f"Met for another home: {term.en} {en}."}
    if not isinstance(value, int) or isinstance(value, bool):
        return {"ko": f"{subject(term.ko)} {ko}인 경우에 충족합니다.", "en": f"Met where this holds: {term.en} {en}."}
    if rule.trigger is Trigger.NOTICE:
        return {
            "ko": f"{subject(term.ko)} {subject(ko)} 된 뒤의 모집공고부터 충족합니다.",
            "en": f"Met for later notices once this holds: {term.en} {en}.",
        }
    return {"ko": f"{subject(term.ko)} {ko}이면 충족합니다.", "en": f"Met where this holds: {term.en} {en}."}


def shown(term: Term[Any], op: str, value: JsonValue, now: JsonValue) -> dict[str, Any]:
    ko, en = _how(term, op, value)
    ko_now, en_now = spoken(term, now)
    return {
        "ko": f"{term.ko}: 지금은 {ko_now}, 충족하는 경우는 {ko}입니다.",
        "en": f"{term.en}: now {en_now}; met where it is {en}.",
    }


def spoken(term: Term[Any], value: JsonValue) -> tuple[str, str]:
    """A value as it is read out, in both languages."""
    if value is None:
        return "없음", "none"
    if isinstance(value, bool):
        return ("예", "yes") if value else ("아니오", "no")
    words = value_words.WORDS.get(term.name, WORDS)
    if isinstance(value, str) and value in words:
        return words[value]
    if isinstance(value, int):
        return f"{value:,}{UNITS.get(term.unit, '')}", f"{value:,} {term.unit}".rstrip()
    return f"{value}{UNITS.get(term.unit, '')}", f"{value} {term.unit}".rstrip()


def subject(word: str) -> str:
    """The word with 이 or 가, as its last sound asks."""
    last = word.rstrip(")")[-1:]
    if "가" <= last <= "힣":
        return f"{word}{'이' if (ord(last) - ord('가')) % 28 else '가'}"
    return f"{word}{'이' if last in '013678' else '가' if last in '2459' else '이(가)'}" if last else word


def _how(term: Term[Any], op: str, value: JsonValue) -> tuple[str, str]:
    ko, en = spoken(term, value)
    return HOW[op][0].format(value=ko), HOW[op][1].format(value=en)
