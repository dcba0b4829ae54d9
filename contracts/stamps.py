"""What a signed field shows: who, in which role, why, when. Static; a viewer needs no script."""

# mypy: allow-untyped-calls
from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from pyhanko.pdf_utils.content import ImportedPdfPage
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, SimpleBoxLayoutRule
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.stamp import StaticStampStyle

from contracts.render import stamp_page
from domain.time import SEOUL

LONGEST_SEAL = 9
WIDE = 3  # letters in a row of the seal
FILL = SimpleBoxLayoutRule(x_align=AxisAlignment.ALIGN_MID, y_align=AxisAlignment.ALIGN_MID)


@dataclass(frozen=True)
class StampText:
    """``at`` is the moment of a time stamp, never of our clock."""

    name: str
    role: str
    reason: str
    at: datetime


class PageFromMemory(ImportedPdfPage):
    """The library imports pages from files only."""

    def __init__(self, data: bytes) -> None:
        super().__init__(file_name="")
        self._data = data

    def render(self) -> bytes:
        page = self._ensure_writer.import_page_as_xobject(PdfFileReader(BytesIO(self._data)), page_ix=0)
        self.resources.xobject["/Stamp"] = page
        left, bottom, right, top = (float(value) for value in page.get_object()["/BBox"])
        self.box = BoxConstraints(width=right - left, height=top - bottom)
        return b"/Stamp Do"


def style(text: StampText, width: float, height: float) -> StaticStampStyle:
    """A stamp of exactly the field's size, in points."""
    rows, diameter = seal_rows(text.name), height * 0.78
    page = stamp_page(
        {
            "width": round(width, 2),
            "height": round(height, 2),
            "diameter": round(diameter, 2),
            "letter": round(diameter * (0.3 if len(rows[0]) < WIDE else 0.23), 2),
            "name": text.name,
            "role": text.role,
            "reason": text.reason,
            "at": f"{text.at.astimezone(SEOUL):%Y.%m.%d. %H:%M:%S}",
            "rows": rows,
        }
    )
    return StaticStampStyle(
        background=PageFromMemory(page), background_layout=FILL, border_width=0, background_opacity=1.0
    )


def seal_rows(name: str) -> list[str]:
    """Characters of a round seal: the name and 인 (印), as near to a square as they fit."""
    letters = ("".join(name.split()) + "인")[:LONGEST_SEAL]
    width = math.ceil(math.sqrt(len(letters)))
    return [letters[start : start + width] for start in range(0, len(letters), width)]
