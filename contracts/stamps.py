"""What a signed field shows: who, in which role, why, when. Static; a viewer needs no script.

It is drawn with fonts that are in the contract already (``contracts.stamp_font``): a signature needs no layout and adds
no font.
"""

# mypy: allow-untyped-calls
from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import PdfResources, RawContent
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, SimpleBoxLayoutRule
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.stamp import StaticStampStyle

from contracts import fonts
from contracts.fields import STAMP_FONT
from domain.contracts import ContractTerms
from domain.errors import Invalid
from domain.time import SEOUL
from law.forms import form

PLATFORM_NAME, PLATFORM_ROLE = "온집", "봉인"
SEAL_REASON = "모든 당사자의 서명을 확인하고 문서를 잠금"
SIGNED, ASKED = "전자서명", "서명 요청"
DIGITS = "0123456789.: ·"
LONGEST_SEAL = 9
WIDE = 3  # letters in a row of the seal
FILL = SimpleBoxLayoutRule(x_align=AxisAlignment.ALIGN_MID, y_align=AxisAlignment.ALIGN_MID)

# Colours (red, green, blue), sizes in points.
INK, GREY, RED, PAPER = (0.11, 0.169, 0.271), (0.416, 0.451, 0.514), (0.702, 0.125, 0.184), (0.984, 0.988, 0.996)
SMALL, LARGE, SPACED = 5.8, 11.0, 1.1  # the name is letter-spaced
EDGE, INDENT = 0.9, 6.0
ROUND = 0.5523  # of a quarter circle as a Bézier curve
LINES = (SMALL * 1.45, LARGE * 1.5, SMALL * 1.45, SMALL * 1.45)  # heights
BASE = 0.32  # of the size: from the middle of a line down to its base


@dataclass(frozen=True)
class StampText:
    """``at`` is the moment of a time stamp, never of our clock."""

    name: str
    role: str
    reason: str
    at: datetime

    @property
    def lines(self) -> tuple[str, str, str, str]:
        at = f"{self.at.astimezone(SEOUL):%Y.%m.%d. %H:%M:%S}"
        return f"{self.role} {SIGNED}", self.name, self.reason, f"{at} {ASKED}"


def characters(terms: ContractTerms) -> set[str]:
    """All that the stamps of this contract will show."""
    shown = [PLATFORM_NAME, PLATFORM_ROLE, SEAL_REASON, SIGNED, ASKED, DIGITS, "인", form.short(terms.kind)]
    for party in terms.parties:
        shown += [party.signer.name, form.role_name(party.role, terms.kind)]
    return set("".join(shown))


class Glyph(NamedTuple):
    """``font``: its name in the stamp's resources; ``width`` in thousandths of the size."""

    font: str
    code: int
    width: float


@dataclass
class Fonts:
    """The fonts of a contract, the stamps' own first; the pages' are looked at when a character is not in it."""

    reader: PdfFileReader
    used: dict[str, Any] = field(default_factory=dict)
    _known: dict[str, Glyph] = field(default_factory=dict)
    _more: Iterator[Any] | None = None

    def glyph(self, character: str) -> Glyph:
        """Invalid for a character that no font of the contract shows."""
        if self._more is None:
            self._more = _fonts(self.reader)
        while character not in self._known:
            place = next(self._more, None)
            if place is None:
                raise Invalid(
                    "character_not_printable", field="text", ko="서명란에 표시할 수 없는 글자가 있습니다.",
                    en="The signature field cannot show one of the characters.",
                )  # fmt: skip
            name = f"/F{len(self.used)}"
            self.used[name] = place
            self._known = {**_glyphs(name, place.get_object()), **self._known}
        return self._known[character]


def style(text: StampText, reader: PdfFileReader, width: float, height: float) -> StaticStampStyle:
    """A stamp of exactly the field's size, in points. Invalid for a character that cannot be printed."""
    fonts.check_text("".join(text.lines))
    pen = _Pen(Fonts(reader))
    diameter = height * 0.78
    pen.box(width, height)
    room = width - 2 * INDENT - diameter
    top = height - max((height - sum(LINES)) / 2, EDGE)
    for number, (line, tall) in enumerate(zip(text.lines, LINES, strict=True)):
        name = number == 1
        pen.text(
            line, INDENT, top - tall / 2, LARGE if name else SMALL, colour=INK if name else GREY, room=room,
            spacing=SPACED if name else 0.0,
        )  # fmt: skip
        top -= tall
    pen.seal(seal_rows(text.name), width - INDENT - diameter / 2, height / 2, diameter / 2)
    resources = PdfResources()
    resources.font.update({generic.NameObject(name): place for name, place in pen.fonts.used.items()})
    content = RawContent(pen.drawn(), resources, BoxConstraints(width=width, height=height))
    return StaticStampStyle(background=content, background_layout=FILL, border_width=0, background_opacity=1.0)


def seal_rows(name: str) -> list[str]:
    """Characters of a round seal: the name and 인 (印), as near to a square as they fit."""
    letters = ("".join(name.split()) + "인")[:LONGEST_SEAL]
    width = math.ceil(math.sqrt(len(letters)))
    return [letters[start : start + width] for start in range(0, len(letters), width)]


@dataclass
class _Pen:
    """Instructions of a content stream. Places are those of the middle of a line; y goes up."""

    fonts: Fonts
    _said: list[str] = field(default_factory=list)

    def drawn(self) -> bytes:
        return "\n".join(self._said).encode()

    def box(self, width: float, height: float) -> None:
        inner = f"{EDGE:.2f} {EDGE:.2f} {width - 2 * EDGE:.2f} {height - 2 * EDGE:.2f} re B"
        self._said += [_fill(PAPER), _stroke(INK), f"{EDGE} w", inner]

    def text(
        self, text: str, left: float, middle: float, size: float, *, colour: tuple[float, float, float], room: float,
        spacing: float = 0.0,
    ) -> None:  # fmt: skip
        """Smaller where it would be longer than ``room``."""
        long = self._length(text, size) + spacing * len(text)
        if long > room:
            size, spacing = size * room / long, spacing * room / long
        self._said += ["BT", _fill(colour), f"{spacing:.3f} Tc", f"1 0 0 1 {left:.2f} {middle - BASE * size:.2f} Tm"]
        font = ""
        for glyph in [self.fonts.glyph(character) for character in text]:
            if glyph.font != font:
                font = glyph.font
                self._said.append(f"{font} {size:.3f} Tf")
            self._said.append(f"<{glyph.code:04x}> Tj")
        self._said.append("ET")

    def seal(self, rows: list[str], x: float, y: float, radius: float) -> None:
        """A round seal with these rows of letters."""
        self._said += [_fill(PAPER), _stroke(RED), "1.3 w", _circle(x, y, radius - 0.65)]
        size = 2 * radius * (0.3 if len(rows[0]) < WIDE else 0.23)
        step = 1.14 * size
        for number, row in enumerate(rows):
            middle = y + step * ((len(rows) - 1) / 2 - number)
            self.text(row, x - self._length(row, size) / 2, middle, size, colour=RED, room=2 * radius)

    def _length(self, text: str, size: float) -> float:
        return sum(self.fonts.glyph(character).width for character in text) * size / 1000


def _fill(colour: Iterable[float]) -> str:
    return f"{' '.join(str(part) for part in colour)} rg"


def _stroke(colour: Iterable[float]) -> str:
    return f"{' '.join(str(part) for part in colour)} RG"


def _circle(x: float, y: float, radius: float) -> str:
    bend, parts = radius * ROUND, [f"{x + radius:.2f} {y:.2f} m"]
    for turn in range(4):
        cos, sin = ((1, 0), (0, 1), (-1, 0), (0, -1))[turn]
        points = ((radius, bend), (bend, radius), (0.0, radius))
        parts.append(" ".join(f"{x + a * cos - b * sin:.2f} {y + a * sin + b * cos:.2f}" for a, b in points) + " c")
    return " ".join((*parts, "b"))


def _fonts(reader: PdfFileReader) -> Iterator[Any]:
    """References, each once."""
    form_fonts = reader.root["/AcroForm"].get("/DR", {}).get("/Font", {})
    if STAMP_FONT in form_fonts:
        yield form_fonts.raw_get(STAMP_FONT)
    seen = set()
    for kid in reader.root["/Pages"]["/Kids"]:  # WeasyPrint writes one flat list of pages
        listed = kid.get_object()["/Resources"]["/Font"]
        for name in sorted(listed):
            place = listed.raw_get(name)
            if place.idnum not in seen:
                seen.add(place.idnum)
                yield place


def _glyphs(name: str, font: Any) -> dict[str, Glyph]:
    """What the font shows, by the text that it stands for."""
    widths = dict(_widths(font["/DescendantFonts"][0]["/W"]))
    pairs = re.findall(rb"<([0-9a-fA-F]{4})> <([0-9a-fA-F]+)>", font["/ToUnicode"].data)
    found = {}
    for code, text in pairs:
        shown = bytes.fromhex(text.decode()).decode("utf-16-be", "replace")
        found[shown] = Glyph(name, int(code, 16), widths.get(int(code, 16), 1000.0))
    return found


def _widths(array: Any) -> Iterator[tuple[int, float]]:
    for at in range(0, len(array) - 1, 2):
        first = int(array[at])
        yield from ((first + number, float(width)) for number, width in enumerate(array[at + 1]))
