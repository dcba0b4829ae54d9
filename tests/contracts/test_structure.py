"""PDF/A-3a and PDF/UA-1 from the first draft to the renewed archive, judged by rules that can really fail."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import contract_samples as samples
import pdf_rules
import pikepdf
import pytest
from pdf_rules import RULES, Rule, elements, widgets
from pikepdf import Array, Dictionary, Name, String

if TYPE_CHECKING:
    from conftest import Signing

LIMITS = {"sale with form 20": 300_000, "supply": 260_000}  # bytes
STAGES = ("unsigned", "half signed", "sealed", "renewed")


@pytest.fixture(scope="module")
async def stages(signing: Signing, sale_files: Sequence[bytes]) -> dict[str, bytes]:
    renewed, _ = await signing.works.renew(sale_files[-1])
    return dict(zip(STAGES, (sale_files[0], sale_files[2], sale_files[-1], renewed), strict=True))


def opened(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(pdf))


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("rule", RULES, ids=[rule.__name__ for rule in RULES])
def test_every_rule_at_every_stage(rule: Rule, stage: str, stages: dict[str, bytes]) -> None:
    with opened(stages[stage]) as pdf:
        assert list(rule(pdf)) == []


@pytest.mark.parametrize("rule", RULES, ids=[rule.__name__ for rule in RULES])
@pytest.mark.parametrize("terms", [samples.supply(), samples.dissolution()], ids=["supply", "dissolution"])
async def test_every_rule_for_other_contracts(rule: Rule, terms: Any, signing: Signing) -> None:
    with opened((await signing.works.render(terms))[0]) as pdf:
        assert list(rule(pdf)) == []


# Each rule finds what breaks it.


def no_identifier(pdf: pikepdf.Pdf) -> None:
    del pdf.trailer["/ID"]


def external_stream(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Metadata["/F"] = String("elsewhere.xml")


def other_metadata(old: bytes, new: bytes) -> Callable[[pikepdf.Pdf], None]:
    def spoil(pdf: pikepdf.Pdf) -> None:
        data = bytes(pdf.Root.Metadata.read_bytes())
        assert old in data
        pdf.Root.Metadata.write(data.replace(old, new))

    return spoil


def another_title(pdf: pikepdf.Pdf) -> None:
    pdf.docinfo["/Title"] = "다른 제목"


def no_intent(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.OutputIntents


def a_script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def a_link_outside(pdf: pikepdf.Pdf) -> None:
    widgets(pdf)[0].A = Dictionary(S=Name.URI, URI=String("http://x.test"))


def no_relation(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.AF[0].AFRelationship


def not_associated(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.AF[0]


def a_font(pdf: pikepdf.Pdf, kind: str) -> Any:
    return next(one for one in pdf_rules.dictionaries(pdf) if one.get("/Subtype") == kind)


def a_font_not_embedded(pdf: pikepdf.Pdf) -> None:
    del a_font(pdf, "/CIDFontType2").FontDescriptor.FontFile2


def a_font_that_says_nothing(pdf: pikepdf.Pdf) -> None:
    del a_font(pdf, "/Type0").ToUnicode


def a_wrong_width(pdf: pikepdf.Pdf) -> None:
    widths = pdf.pages[0].Resources.Font
    below = widths[next(iter(widths.keys()))].DescendantFonts[0]
    below.W = Array([0, 65535, 600])


def a_glyph_for_nothing(pdf: pikepdf.Pdf) -> None:
    fonts = pdf.pages[0].Resources.Font
    font = fonts[next(iter(fonts.keys()))]
    font.ToUnicode.write(bytes(font.ToUnicode.read_bytes()).replace(b"beginbfchar", b"beginbfchaR"))


def not_marked(pdf: pikepdf.Pdf) -> None:
    pdf.Root.MarkInfo.Marked = False


def no_language(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.Lang


def no_order(pdf: pikepdf.Pdf) -> None:
    del pdf.pages[-1].obj.Tabs


def paint_outside(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].contents_add(b"q 1 0 0 rg 0 0 9 9 re f Q")


def a_mark_of_nobody(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].contents_add(b"/P <</MCID 99999>> BDC EMC")


def element(pdf: pikepdf.Pdf, kind: str) -> Any:
    return next(one for one in elements(pdf) if kind == one.S)


def a_wrong_kind(pdf: pikepdf.Pdf) -> None:
    element(pdf, "/P").S = Name("/Paragraph")


def a_cell_outside(pdf: pikepdf.Pdf) -> None:
    element(pdf, "/TR").S = Name("/Div")


def a_step_left_out(pdf: pikepdf.Pdf) -> None:
    for one in elements(pdf):
        if one.S == "/H2":
            one.S = Name("/H4")


def a_picture_without_words(pdf: pikepdf.Pdf) -> None:
    element(pdf, "/P").S = Name("/Figure")


def drawn_by_the_reader(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm.NeedAppearances = True


def no_name_for_readers(pdf: pikepdf.Pdf) -> None:
    del widgets(pdf)[0]["/TU"]


def hidden(pdf: pikepdf.Pdf) -> None:
    widgets(pdf)[0].F = 2


def no_look(pdf: pikepdf.Pdf) -> None:
    del widgets(pdf)[0]["/AP"]


def untagged(pdf: pikepdf.Pdf) -> None:
    element(pdf, "/Form").S = Name("/Div")


SPOILED: list[tuple[Rule, Callable[[pikepdf.Pdf], None]]] = [
    (pdf_rules.identified, no_identifier), (pdf_rules.filters, external_stream),
    (pdf_rules.metadata, other_metadata(b'conformance="A"', b'conformance="B"')),
    (pdf_rules.metadata, other_metadata(b"<pdfaProperty:valueType>Integer", b"<pdfaProperty:valueType>Text")),
    (pdf_rules.metadata, other_metadata(b'pdfuaid:part="1"', b'pdfuaid:part="2"')),
    (pdf_rules.metadata, another_title), (pdf_rules.colours, no_intent), (pdf_rules.nothing_runs, a_script),
    (pdf_rules.nothing_runs, a_link_outside), (pdf_rules.attachments, no_relation),
    (pdf_rules.attachments, not_associated), (pdf_rules.fonts, a_font_not_embedded),
    (pdf_rules.fonts, a_font_that_says_nothing), (pdf_rules.glyphs, a_wrong_width),
    (pdf_rules.glyphs, a_glyph_for_nothing), (pdf_rules.declared_accessible, not_marked),
    (pdf_rules.declared_accessible, no_language), (pdf_rules.declared_accessible, no_order),
    (pdf_rules.all_is_tagged, paint_outside), (pdf_rules.every_mark_has_its_element, a_mark_of_nobody),
    (pdf_rules.structure, a_wrong_kind), (pdf_rules.structure, a_cell_outside),
    (pdf_rules.structure, a_step_left_out), (pdf_rules.structure, a_picture_without_words),
    (pdf_rules.fields, drawn_by_the_reader), (pdf_rules.fields, no_name_for_readers), (pdf_rules.fields, hidden),
    (pdf_rules.fields, no_look), (pdf_rules.fields, untagged),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "spoil"), SPOILED)
def test_a_rule_finds_what_breaks_it(
    rule: Rule, spoil: Callable[[pikepdf.Pdf], None], sale_files: Sequence[bytes]
) -> None:
    with opened(sale_files[0]) as pdf:
        spoil(pdf)
        assert list(rule(pdf)) != []


def test_every_rule_is_tried() -> None:
    assert {rule for rule, _ in SPOILED} == set(RULES)


# What is ours alone


@pytest.fixture(params=STAGES, scope="module")
def document(request: pytest.FixtureRequest, stages: dict[str, bytes]) -> Iterator[pikepdf.Pdf]:
    with opened(stages[request.param]) as pdf:
        yield pdf


def test_it_is_a_contract_with_its_data_inside(document: pikepdf.Pdf) -> None:
    assert "매매계약서" in str(document.docinfo["/Title"])
    relations = {str(file.UF): str(file.AFRelationship) for file in document.Root.AF}
    assert relations == {"contract.json": "/Data", "contract.xml": "/Alternative"}
    kinds = {str(file.EF.F.Subtype) for file in document.Root.AF}
    assert kinds <= {"/application/json", "/application/xml", "/text/xml"}


def test_only_the_platforms_field_locks_the_document(document: pikepdf.Pdf) -> None:
    locks = {str(w.T): (str(w.Lock.Action), int(w.Lock.P)) for w in widgets(document) if "/Lock" in w}
    assert locks == {"platform": ("/All", 1)}


def test_headings_and_tables_are_structured(document: pikepdf.Pdf) -> None:
    kinds = [str(one.S) for one in elements(document)]
    for kind in ("/H1", "/H2", "/H3", "/Table", "/TH", "/TD", "/P", "/L", "/LI"):
        assert kind in kinds


def test_size(sealed: bytes, supply_files: Sequence[bytes]) -> None:
    assert len(sealed) <= LIMITS["sale with form 20"]
    assert len(supply_files[-1]) <= LIMITS["supply"]


# Other people's programs


@pytest.mark.parametrize("stage", STAGES)
def test_qpdf_finds_no_syntax_error(stage: str, stages: dict[str, bytes], tmp_path: Path) -> None:
    path = tmp_path / "contract.pdf"
    path.write_bytes(stages[stage])
    done = subprocess.run(["qpdf", "--check", str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("stage", "signatures"), [("half signed", 2), ("sealed", 5), ("renewed", 5)])
def test_poppler_agrees(stage: str, signatures: int, stages: dict[str, bytes], tmp_path: Path) -> None:
    path = tmp_path / "contract.pdf"
    path.write_bytes(stages[stage])
    said = subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=False).stdout
    assert said.count("Signature is Valid.") == signatures
    assert said.count("Total document signed") == 1
    assert "Digest Mismatch" not in said
