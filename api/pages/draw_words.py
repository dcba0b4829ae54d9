"""The private part of an applicant's own proof in words: what was committed with the row, for its owner alone."""

from __future__ import annotations

from collections.abc import Iterator

from api.pages import formats, words
from api.pages.formats import Lang
from domain.words import SupplyKind
from law.drawing.entries import Opening

BANDS = {
    0: ("해당 주택건설지역", "In the housing area"), 1: ("같은 도의 다른 지역", "Elsewhere in the province"),
    2: ("그 밖의 지역", "Elsewhere"),
}  # fmt: skip
FLOORS = {
    1: ("고령자·장애인 등 (먼저 배정)", "Aged or disabled person: first"),
    2: ("미성년 자녀 3명 이상", "Three or more minor children"),
}
COUNTED = {
    "points": ("{:,}점", "{:,}"), "homes": ("{:,}채", "{:,}"), "rank": ("{:,}순위", "no. {:,}"),
    "children": ("{:,}명", "{:,}"), "payments_recognised": ("{:,}회", "{:,}"),
}  # fmt: skip
DAYS = {"account_opened", "born_on"}
OF_REGION = ("local", "band")


def private_lines(opening: Opening, kind: SupplyKind, lang: Lang) -> list[tuple[str, str]]:
    """Name and value of each fact that was stated. What this kind of supply never asks for is left out."""
    index = 0 if lang == "ko" else 1
    return [(words.pair("own_fact", name)[index], value) for name, value in _stated(opening, kind, lang)]


def _stated(opening: Opening, kind: SupplyKind, lang: Lang) -> Iterator[tuple[str, str]]:
    facts = opening.private.get("facts")
    given = facts if isinstance(facts, dict) else {}
    if "local" in given or "band" in given:
        yield "region", _region(given.get("local"), given.get("band"), lang)
    for name, value in given.items():
        of_kind = name not in {"priority", "first_order"} or kind is not SupplyKind.GENERAL
        if name not in OF_REGION and of_kind and value not in (None, "") and not (name == "floor" and value == 0):
            yield name, _said(name, value, lang)
    if at := opening.private.get("received_at"):
        yield "received_at", _said("received_at", at, lang)


def _region(local: object, band: object, lang: Lang) -> str:
    found = BANDS.get(0 if local else band if isinstance(band, int) else 2, BANDS[2])
    return found[lang == "en"]


def _said(name: str, value: object, lang: Lang) -> str:
    """A value that does not look like its kind is shown as it is: the proof opens what was committed, right or not."""
    index = 0 if lang == "ko" else 1
    if isinstance(value, bool):
        return (("아니요", "no"), ("예", "yes"))[value][index]
    if isinstance(value, int):
        return _number(name, value, lang)
    text = str(value)
    try:
        if name == "received_at":
            return formats.moment(text, lang)
        return formats.day(text, lang) if name in DAYS else text
    except ValueError:
        return text


def _number(name: str, value: int, lang: Lang) -> str:
    index = 0 if lang == "ko" else 1
    if name == "floor" and value in FLOORS:
        return FLOORS[value][index]
    if name == "priority":
        return (f"{value + 1}단계", f"part {value + 1}")[index]
    if name == "amount_recognised":
        return formats.won(value, lang)
    return COUNTED.get(name, ("{:,}", "{:,}"))[index].format(value)
