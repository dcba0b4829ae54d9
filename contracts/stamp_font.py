"""The typeface of the stamps: one small font in every contract, with which each signature is drawn without a layout.

A TrueType font of only the characters that its stamps will need, put together from the tables of the installed one. The
glyphs come as they are, without their hints; a glyph that is made of others is left out (a page's own font has it).
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from io import BytesIO

import pydyf  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont
from fontTools.ttLib.sfnt import SFNTWriter

from contracts.fonts import bold

NAME = "NanumGothic-Bold"
TABLES = ("glyf", "head", "hhea", "hmtx", "loca", "maxp")
LONG_LOCATIONS = 50  # place of indexToLocFormat in the table head
METRICS = 34  # place of numberOfHMetrics in hhea
GLYPHS = 4  # place of numGlyphs in maxp
HEADER = 10  # bytes of a glyph before its contours
SYMBOLIC = 4  # font flag


@dataclass(frozen=True)
class Source:
    """Tables of the installed font, as they stand in the file."""

    tables: dict[str, bytes]
    places: tuple[int, ...]  # of each glyph, and of the end
    characters: dict[int, int]
    per_em: int
    ascent: int
    descent: int
    box: tuple[int, int, int, int]

    def glyph(self, number: int) -> bytes | None:
        """Without hints. None for one that is made of others."""
        data = self.tables["glyf"][self.places[number] : self.places[number + 1]]
        if not data:
            return b""
        (contours,) = struct.unpack_from(">h", data)
        if contours < 0:
            return None
        hints = HEADER + 2 * contours
        (length,) = struct.unpack_from(">H", data, hints)
        stripped = data[:hints] + b"\0\0" + data[hints + 2 + length :]
        return stripped + bytes(-len(stripped) % 4)

    def advance(self, number: int) -> bytes:
        """Width and side bearing."""
        (count,) = struct.unpack_from(">H", self.tables["hhea"], METRICS)
        hmtx = self.tables["hmtx"]
        if number < count:
            return hmtx[4 * number : 4 * number + 4]
        bearing = 4 * count + 2 * (number - count)
        return hmtx[4 * count - 4 : 4 * count - 2] + hmtx[bearing : bearing + 2]


@cache
def source() -> Source:
    """Read once per process. Raises when the font is not installed."""
    with TTFont(bold(), lazy=True) as font:
        tables = {name: bytes(font.reader[name]) for name in TABLES}
        characters = {code: font.getGlyphID(name) for code, name in font.getBestCmap().items()}
        head, hhea = font["head"], font["hhea"]
        box = (head.xMin, head.yMin, head.xMax, head.yMax)
        per_em, ascent, descent = head.unitsPerEm, hhea.ascent, hhea.descent
    count = len(tables["loca"]) // 4
    return Source(
        tables, struct.unpack(f">{count}I", tables["loca"]), characters, per_em, ascent, descent, box
    )  # fmt: skip


def embed(pdf: pydyf.PDF, characters: Iterable[str]) -> bytes:
    """Put the font into the file; the answer is its reference. What the installed font cannot show is left out."""
    found = source()
    chosen = {".notdef": (found.glyph(0) or b"", found.advance(0))}
    for character in sorted(set(characters)):
        number = found.characters.get(ord(character))
        glyph = None if number is None else found.glyph(number)
        if number is not None and glyph is not None:
            chosen[character] = glyph, found.advance(number)
    program = _program(found, list(chosen.values()))
    tag = "".join(chr(65 + byte % 26) for byte in hashlib.sha256("".join(chosen).encode()).digest()[:6])
    return _objects(pdf, found, program, f"{tag}+{NAME}", chosen)


def _program(found: Source, glyphs: list[tuple[bytes, bytes]]) -> bytes:
    count, at, places = len(glyphs), 0, [0]
    for glyph, _ in glyphs:
        at += len(glyph)
        places.append(at)
    head, hhea, maxp = (bytearray(found.tables[name]) for name in ("head", "hhea", "maxp"))
    struct.pack_into(">H", head, LONG_LOCATIONS, 1)
    struct.pack_into(">H", hhea, METRICS, count)
    struct.pack_into(">H", maxp, GLYPHS, count)
    tables = {
        "glyf": b"".join(glyph for glyph, _ in glyphs), "head": bytes(head), "hhea": bytes(hhea),
        "hmtx": b"".join(metric for _, metric in glyphs), "loca": struct.pack(f">{count + 1}I", *places),
        "maxp": bytes(maxp),
    }  # fmt: skip
    output = BytesIO()
    writer = SFNTWriter(output, len(tables))
    for name in sorted(tables):
        writer[name] = tables[name]
    writer.close()
    return output.getvalue()


def _objects(
    pdf: pydyf.PDF, found: Source, program: bytes, name: str, chosen: dict[str, tuple[bytes, bytes]]
) -> bytes:  # fmt: skip
    """The font's own dictionaries (ISO 32000-2, 9.7); the code of a character is its place in ``chosen``."""

    def added(thing: pydyf.Object) -> bytes:
        pdf.add_object(thing)
        reference: bytes = thing.reference
        return reference

    def scaled(value: int) -> int:
        return round(value * 1000 / found.per_em)

    file = added(pydyf.Stream([program], pydyf.Dictionary({"Length1": len(program)}), compress=True))
    descriptor = added(pydyf.Dictionary({
        "Type": "/FontDescriptor", "FontName": f"/{name}", "Flags": SYMBOLIC, "ItalicAngle": 0, "StemV": 100,
        "FontBBox": pydyf.Array([scaled(value) for value in found.box]), "Ascent": scaled(found.ascent),
        "Descent": scaled(found.descent), "CapHeight": scaled(found.box[3]), "FontFile2": file,
    }))  # fmt: skip
    widths = [scaled(struct.unpack(">H", metric[:2])[0]) for _, metric in chosen.values()]
    below = added(pydyf.Dictionary({
        "Type": "/Font", "Subtype": "/CIDFontType2", "BaseFont": f"/{name}", "CIDToGIDMap": "/Identity",
        "CIDSystemInfo": pydyf.Dictionary({
            "Registry": pydyf.String("Adobe"), "Ordering": pydyf.String("Identity"), "Supplement": 0,
        }),
        "W": pydyf.Array([0, pydyf.Array(widths)]), "FontDescriptor": descriptor,
    }))  # fmt: skip
    texts = added(pydyf.Stream([_to_unicode(list(chosen)[1:])], compress=True))
    return added(pydyf.Dictionary({
        "Type": "/Font", "Subtype": "/Type0", "BaseFont": f"/{name}", "Encoding": "/Identity-H",
        "DescendantFonts": pydyf.Array([below]), "ToUnicode": texts,
    }))  # fmt: skip


def _to_unicode(characters: list[str]) -> bytes:
    lines = [f"<{code:04x}> <{character.encode('utf-16-be').hex()}>" for code, character in enumerate(characters, 1)]
    blocks = [lines[at : at + 100] for at in range(0, len(lines), 100)]
    maps = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        "1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n"
        f"{maps}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode()
