"""The contract's typefaces, and which characters they can show."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTCollection, TTFont

from domain.errors import Invalid, OnjipError

FAMILY = "NanumGothic"
FALLBACK = "Noto Sans CJK KR"  # Chinese characters of names and places that are not in KS X 1001
FAMILIES = (FAMILY, FALLBACK)
FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path("~/.local/share/fonts"))
LAYOUT = frozenset("\n\t \u2060")  # white space and the word joiner of ``contracts.korean``
FILES = ("NanumGothic.ttf", "NanumGothicBold.ttf")
FALLBACK_FILES = ("NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc")
FAMILY_NAME = 1  # of the font's name table


@cache
def repertoire() -> frozenset[int]:
    """Code points that both weights can show. Raises when a font is not installed."""
    own = (_characters(TTFont(_path(name, "fonts-nanum"), lazy=True)) for name in FILES)
    more = (_characters(_member(_path(name, "fonts-noto-cjk"))) for name in FALLBACK_FILES)
    return frozenset.intersection(*own) | frozenset.intersection(*more)


def check_text(text: str) -> None:
    """Raise Invalid naming the first character that would be printed as a box, or not at all."""
    for character in text:
        # Control and format characters show nothing, or turn the reading order around (U+202E).
        invisible = unicodedata.category(character) in ("Cc", "Cf")
        if character not in LAYOUT and (invisible or ord(character) not in repertoire()):
            shown = "" if invisible else f" {character}"
            name = unicodedata.name(character, "?")
            raise Invalid(
                "character_not_printable",
                field="text",
                article="공인중개사법 제26조제1항",  # what cannot be read has not been written
                ko=f"계약서 글꼴에 없는 글자입니다:{shown} (U+{ord(character):04X}). 다른 글자로 바꿔 주십시오.",
                en=f"The contract's fonts lack the character{shown} U+{ord(character):04X} ({name}). Use another one.",
            )


def bold() -> Path:
    """The file of the bold weight. Raises when it is not installed."""
    return _path(FILES[1], "fonts-nanum")


class Typeface:
    """The port of those who draft: what could not be printed is refused before it is kept."""

    def check(self, text: str) -> None:
        check_text(text)


def _path(name: str, package: str) -> Path:
    path = next((found for folder in FOLDERS for found in folder.expanduser().rglob(name)), None)
    if path is None:
        raise OnjipError(
            "font_missing",
            ko=f"글꼴 {name} 이 없습니다. apt-get install {package}",
            en=f"The font {name} is not installed. Run: apt-get install {package}",
        )
    return path


def _member(path: Path) -> TTFont:
    """The Korean face of a collection that holds those of five countries."""
    faces = TTCollection(path, lazy=True).fonts
    return next(face for face in faces if str(face["name"].getDebugName(FAMILY_NAME)).startswith(FALLBACK))


def _characters(font: TTFont) -> frozenset[int]:
    with font:
        return frozenset(font.getBestCmap())
