"""The contract's typeface, and which characters it can show."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

from domain.errors import Invalid, OnjipError

FAMILY = "NanumGothic"
FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path("~/.local/share/fonts"))
LAYOUT = frozenset("\n\t \u2060")  # white space and the word joiner of ``contracts.korean``
FILES = ("NanumGothic.ttf", "NanumGothicBold.ttf")


@cache
def repertoire() -> frozenset[int]:
    """Code points that both weights can show. Raises when the font is not installed (Debian: fonts-nanum)."""
    sets = []
    for name in FILES:
        path = next((found for folder in FOLDERS for found in folder.expanduser().rglob(name)), None)
        if path is None:
            raise OnjipError(
                "font_missing",
                ko=f"글꼴 {name} 이 없습니다. apt-get install fonts-nanum",
                en=f"The font {name} is not installed. Run: apt-get install fonts-nanum",
            )
        with TTFont(path, lazy=True) as font:
            sets.append(set(font.getBestCmap()))
    return frozenset(set.intersection(*sets))


def check_text(text: str) -> None:
    """Raise Invalid naming the first character that would be printed as a box, or not at all."""
    for character in text:
        # Control and format characters show nothing, or turn the reading order around (U+202E).
        invisible = unicodedata.category(character) in ("Cc", "Cf")
        if character not in LAYOUT and (invisible or ord(character) not in repertoire()):
            name = unicodedata.name(character, "?")
            raise Invalid(
                "character_not_printable",
                field="text",
                ko=f"계약서 글꼴에 없는 글자입니다: U+{ord(character):04X}. 다른 글자로 바꿔 주십시오.",
                en=f"The contract's font lacks the character U+{ord(character):04X} ({name}). Use another one.",
            )
