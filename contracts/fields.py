"""Finishing touches on the PDF that WeasyPrint wrote: tagged empty signature fields, and the PDF/UA declaration."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any, BinaryIO, cast

import pydyf  # type: ignore[import-untyped]
from fontTools.ttLib.sfnt import SFNTReader

from contracts import stamp_font as stamp_fonts
from contracts.stamp_font import METRICS

PLATFORM = "platform"
STAMP_FONT = "/Stamp"  # among the form's resources
PER_EM = 18  # place of unitsPerEm in the table head
PRINT_AND_LOCK = 132  # annotation flags Print (bit 3) and Locked (bit 8)

# PDF/A demands that a property outside its own schemas describes itself; PDF/UA's ``part`` is such a property.
UA_DECLARATION = b"""
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 to which the file conforms</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
"""


def declare_ua(metadata: Any) -> None:
    """Let the document's XMP also declare PDF/UA-1 (WeasyPrint writes one variant only)."""
    generate: Callable[..., bytes] = metadata.generate_rdf_metadata

    def with_ua(*args: object) -> bytes:
        head, end, tail = generate(*args).rpartition(b"</rdf:RDF>")
        return head + UA_DECLARATION + end + tail

    metadata.generate_rdf_metadata = with_ua


def make_signature_fields(document: Any, pdf: pydyf.PDF, *, stamped: Iterable[str]) -> None:
    """WeasyPrint finisher: each check box becomes an empty, visible, tagged signature field.

    ``stamped``: characters that signed fields will show.
    """
    objects = [item for item in pdf.objects if isinstance(item, dict)]
    for field in [item for item in objects if item.get("FT") == "/Btn"]:
        _to_signature(cast(dict[str, Any], field), pdf)
    for element in objects:
        if element.get("S") == "/Form":
            # The widget's OBJR itself, not an array: else signing looks like a change of the structure tree.
            element["K"] = element["K"][0]
    form = pdf.catalog["AcroForm"]
    del form["NeedAppearances"]
    form["SigFlags"] = 1
    stamp_font = pydyf.Dictionary({STAMP_FONT[1:]: stamp_fonts.embed(pdf, stamped)})
    form["DR"] = pydyf.Dictionary({"Font": stamp_font})
    pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))  # the renderer names each attachment twice
    true_widths(pdf)
    _write_plainly(pdf)


def true_widths(pdf: pydyf.PDF) -> None:
    """Widths as the font program has them (ISO 19005-3, 6.2.11.5). The layout rounds them at the size of the type."""
    for font in [item for item in pdf.objects if isinstance(item, dict) and item.get("Subtype") == "/CIDFontType2"]:
        program = _object(pdf, _object(pdf, font["FontDescriptor"])["FontFile2"])
        advance, per_em = _advances(b"".join(program.stream))
        first = 0
        for item in font["W"]:
            if isinstance(item, int):
                first = item
                continue
            item[:] = [round(advance(first + number) * 1000 / per_em) for number in range(len(item))]


def _advances(program: bytes) -> tuple[Callable[[int], int], int]:
    """Width of a glyph by its number, and the units of an em, as they stand in the tables."""
    tables = SFNTReader(BytesIO(program), checkChecksums=0)
    hmtx = tables["hmtx"]
    (count,) = struct.unpack_from(">H", tables["hhea"], METRICS)
    (per_em,) = struct.unpack_from(">H", tables["head"], PER_EM)
    return lambda glyph: int(struct.unpack_from(">H", hmtx, 4 * min(glyph, count - 1))[0]), per_em


def _object(pdf: pydyf.PDF, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]


def _write_plainly(pdf: pydyf.PDF) -> None:
    """No object streams: a reader that compares revisions unpacks them once per object, and needs 2.5 times as long."""
    write = pdf.write

    def plain(output: BinaryIO, version: str, identifier: bool, compress: bool) -> None:
        write(output, version, identifier, compress=False)

    pdf.write = plain


def _to_signature(field: dict[str, Any], pdf: pydyf.PDF) -> None:
    left, bottom, right, top = _upright(field["Rect"])
    blank = pdf.objects[int(next(iter(field["AP"]["N"].values())).split()[0])]
    blank.stream = []
    blank.extra["BBox"] = pydyf.Array((0, 0, right - left, top - bottom))
    for key in ("V", "AS", "MK", "Border"):
        del field[key]
    field.update(
        FT="/Sig",
        F=PRINT_AND_LOCK,
        Rect=pydyf.Array((left, bottom, right, top)),
        AP=pydyf.Dictionary({"N": blank.reference}),
    )
    if field["T"].string == PLATFORM:
        lock = pydyf.Dictionary({"Type": "/SigFieldLock", "Action": "/All", "P": 1})
        pdf.add_object(lock)
        field["Lock"] = lock.reference


def _upright(rect: list[float]) -> tuple[float, float, float, float]:
    left, right = sorted((float(rect[0]), float(rect[2])))
    bottom, top = sorted((float(rect[1]), float(rect[3])))
    return left, bottom, right, top
