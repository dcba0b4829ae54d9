"""PDF/A-3a and PDF/UA-1: the rules that fail in practice, checked on the unsigned and on the sealed file."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

import pikepdf
import pytest

LIMIT = 260_000


@pytest.fixture(params=[0, -1], ids=["unsigned", "sealed"], scope="module")
def document(request: pytest.FixtureRequest, sale_files: Sequence[bytes]) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(io.BytesIO(sale_files[request.param])) as opened:
        yield opened


def widgets(document: pikepdf.Pdf) -> list[Any]:
    return [note for page in document.pages for note in page.get("/Annots", []) if note.Subtype == "/Widget"]


def test_it_declares_both_standards(document: pikepdf.Pdf) -> None:
    xmp = bytes(document.Root.Metadata.read_bytes()).decode()
    for expected in ('pdfaid:part="3"', 'pdfaid:conformance="A"', 'pdfuaid:part="1"', "pdfaExtension:schemas",
                     "http://www.aiim.org/pdfua/ns/id/"):  # fmt: skip
        assert expected in xmp
    assert xmp.count("<rdf:RDF") == 1


def test_it_is_a_tagged_korean_document_with_a_title(document: pikepdf.Pdf) -> None:
    root = document.Root
    assert root.MarkInfo.Marked is True
    assert str(root.Lang) == "ko"
    assert root.ViewerPreferences.DisplayDocTitle is True
    assert "매매계약서" in str(document.docinfo["/Title"])
    assert all(page.Tabs == "/S" for page in document.pages)
    assert document.trailer.get("/ID") is not None


def test_colours_have_an_output_intent(document: pikepdf.Pdf) -> None:
    [intent] = document.Root.OutputIntents
    assert intent.S == "/GTS_PDFA1"
    assert len(intent.DestOutputProfile.read_bytes()) > 1000


def test_every_font_is_embedded_and_readable(document: pikepdf.Pdf) -> None:
    fonts = [o for o in document.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/Font"]
    assert fonts
    for font in fonts:
        if font.Subtype == "/Type0":
            assert "/ToUnicode" in font
            assert "/FontFile2" in font.DescendantFonts[0].FontDescriptor
            assert "Nanum" in str(font.BaseFont)


def test_attachments_name_their_relation(document: pikepdf.Pdf) -> None:
    relations = {str(file.UF): str(file.AFRelationship) for file in document.Root.AF}
    assert relations == {"contract.json": "/Data", "contract.xml": "/Alternative"}
    for file in document.Root.AF:
        assert str(file.EF.F.Subtype) in ("/application/json", "/application/xml", "/text/xml")


def test_fields_are_tagged_and_visible(document: pikepdf.Pdf) -> None:
    form = document.Root.AcroForm
    assert "/NeedAppearances" not in form
    for widget in widgets(document):
        assert widget.FT == "/Sig"
        assert widget.TU
        if str(widget.T).startswith("archive_"):
            continue  # invisible, added by the seal
        assert int(widget.F) == 132
        assert isinstance(widget.AP.N, pikepdf.Stream)
        element = next(e for e in elements(document) if e.S == "/Form" and e.K.get("/Obj") == widget)
        assert element.K.Type == "/OBJR"


def elements(document: pikepdf.Pdf) -> Iterator[Any]:
    for one in document.objects:
        if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/StructElem":
            yield one


def test_headings_and_tables_are_structured(document: pikepdf.Pdf) -> None:
    kinds = [str(element.S) for element in elements(document)]
    assert kinds.count("/H1") >= 1
    for kind in ("/H2", "/H3", "/Table", "/TH", "/TD", "/P", "/L", "/LI"):
        assert kind in kinds


def test_nothing_runs_or_loads(document: pikepdf.Pdf) -> None:
    for one in document.objects:
        if isinstance(one, pikepdf.Dictionary):
            assert one.get("/S") not in ("/JavaScript", "/Launch", "/URI", "/SubmitForm")


def test_only_the_platforms_field_locks_the_document(document: pikepdf.Pdf) -> None:
    locks = {str(w.T): (str(w.Lock.Action), int(w.Lock.P)) for w in widgets(document) if "/Lock" in w}
    assert locks == {"platform": ("/All", 1)}


def test_size(sealed: bytes, supply_files: Sequence[bytes]) -> None:
    assert len(sealed) <= LIMIT
    assert len(supply_files[-1]) <= LIMIT
