"""Rules of PDF/A-3a (ISO 19005-3) and PDF/UA-1 (ISO 14289-1), each as the list of what breaks it in a file.

Only rules that a program can decide, and those on which files really failed in the making; no certified validator.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree as ET

import pikepdf
from fontTools.ttLib import TTFont
from pikepdf import Dictionary, Name, Stream

Rule = Callable[[pikepdf.Pdf], Iterator[str]]
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
AIIM = "http://www.aiim.org/"
PAINTS = {"f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "sh", "Do", "Tj", "TJ", "'", '"', "EI", "INLINE IMAGE"}
HIDDEN = 0b0010_0011  # annotation flags Invisible, Hidden, NoView
PRINT = 0b100
STRUCTURE = {
    "/Document", "/Sect", "/Div", "/NonStruct", "/Span", "/P", "/H1", "/H2", "/H3", "/H4", "/Table", "/THead",
    "/TBody", "/TFoot", "/TR", "/TH", "/TD", "/L", "/LI", "/Lbl", "/LBody", "/Figure", "/Form", "/Link", "/Caption",
}  # fmt: skip
INSIDE = {
    "/TR": {"/Table", "/THead", "/TBody", "/TFoot"}, "/TH": {"/TR"}, "/TD": {"/TR"}, "/LI": {"/L"},
    "/Lbl": {"/LI"}, "/LBody": {"/LI"},
}  # fmt: skip


def dictionaries(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Every dictionary and stream, those that stand inside others too."""
    todo = list(pdf.objects)
    while todo:
        one = todo.pop()
        if isinstance(one, Dictionary | Stream):
            yield one
            todo += [value for value in one.values() if _is_direct(value)]
        elif isinstance(one, pikepdf.Array):
            todo += [value for value in one if _is_direct(value)]


def _is_direct(value: Any) -> bool:
    return isinstance(value, Dictionary | pikepdf.Array) and not value.is_indirect


def widgets(pdf: pikepdf.Pdf) -> list[Any]:
    return [note for page in pdf.pages for note in page.get("/Annots", []) if note.Subtype == "/Widget"]


def elements(pdf: pikepdf.Pdf) -> list[Any]:
    return [one for one in dictionaries(pdf) if one.get("/Type") == "/StructElem"]


def properties(pdf: pikepdf.Pdf) -> dict[str, str]:
    """XMP properties by ``{namespace}name``: attributes and elements of every description."""
    root = ET.fromstring(bytes(pdf.Root.Metadata.read_bytes()))  # noqa: S314 - our own file
    found: dict[str, str] = {}
    for description in root.iter(f"{RDF}Description"):
        found.update(description.attrib)
        found.update({child.tag: "".join(child.itertext()).strip() for child in description})
    return found


# The file


def identified(pdf: pikepdf.Pdf) -> Iterator[str]:
    """6.1.3: an identifier, and no encryption."""
    if "/ID" not in pdf.trailer:
        yield "no /ID"
    if pdf.is_encrypted:
        yield "encrypted"


def filters(pdf: pikepdf.Pdf) -> Iterator[str]:
    """6.1.7, 6.1.8: nothing compressed by LZW, nothing kept in another file."""
    for one in dictionaries(pdf):
        if isinstance(one, Stream):
            if "/LZWDecode" in str(one.get("/Filter", "")):
                yield "LZW"
            if "/F" in one and one.get("/Type") != "/Filespec":
                yield "an external stream"


def metadata(pdf: pikepdf.Pdf) -> Iterator[str]:
    """6.6.2, 6.6.4: one packet that declares both standards, describes the second one, and agrees with /Info."""
    found = properties(pdf)
    expected = {f"{{{AIIM}pdfa/ns/id/}}part": "3", f"{{{AIIM}pdfa/ns/id/}}conformance": "A",
                f"{{{AIIM}pdfua/ns/id/}}part": "1"}  # fmt: skip
    yield from (f"{name}: {found.get(name)}" for name, value in expected.items() if found.get(name) != value)
    text = bytes(pdf.Root.Metadata.read_bytes()).decode()
    for wanted in ("pdfaExtension:schemas", "<pdfaSchema:prefix>pdfuaid<", "<pdfaProperty:name>part<",
                   "<pdfaProperty:valueType>Integer<", f"<pdfaSchema:namespaceURI>{AIIM}pdfua/ns/id/<"):  # fmt: skip
        if wanted not in text:
            yield f"no {wanted}"
    if text.count("<rdf:RDF") != 1:
        yield "not one packet"
    if found.get("{http://purl.org/dc/elements/1.1/}title") != str(pdf.docinfo.get("/Title")):
        yield "another title than /Info"
    for name, key in (("CreateDate", "/CreationDate"), ("ModifyDate", "/ModDate")):
        told = re.sub(r"\D", "", found.get(f"{{http://ns.adobe.com/xap/1.0/}}{name}", ""))
        if told[:14] != re.sub(r"\D", "", str(pdf.docinfo.get(key, "")))[:14]:
            yield f"another {name} than /Info"


def colours(pdf: pikepdf.Pdf) -> Iterator[str]:
    """6.2.3, 6.2.4: one output intent with its profile; no colour that it does not explain."""
    intents = list(pdf.Root.get("/OutputIntents", []))
    if len(intents) != 1 or intents[0].S != "/GTS_PDFA1" or len(intents[0].DestOutputProfile.read_bytes()) < 1000:
        yield "no output intent"
    for one in dictionaries(pdf):
        if "/DeviceCMYK" in str(one.get("/ColorSpace", "")):
            yield "CMYK"


def nothing_runs(pdf: pikepdf.Pdf) -> Iterator[str]:
    """6.5: no scripts, no actions that lead outside, nothing at opening."""
    for one in dictionaries(pdf):
        if one.get("/S") in ("/JavaScript", "/Launch", "/URI", "/SubmitForm", "/ImportData", "/Movie", "/Sound"):
            yield str(one.S)
        if "/AA" in one:
            yield "/AA"
    yield from (key for key in ("/OpenAction", "/OCProperties") if key in pdf.Root)


def attachments(pdf: pikepdf.Pdf) -> Iterator[str]:
    """6.8: every embedded file names itself twice, its kind, its relation and its dates, and is associated."""
    files = pdf.Root.Names.EmbeddedFiles.Names if "/Names" in pdf.Root else []
    associated = [str(file.get("/UF")) for file in pdf.Root.get("/AF", [])]
    for file in list(files)[1::2]:
        missing = [key for key in ("/F", "/UF", "/AFRelationship", "/Desc") if key not in file]
        data = file.EF.F
        missing += [key for key in ("/Subtype", "/Params") if key not in data]
        missing += [] if "/ModDate" in data.get("/Params", {}) else ["/ModDate"]
        yield from missing
        if associated.count(str(file.get("/UF"))) != 1:
            yield "not once in /AF"


# Fonts and glyphs


def fonts(pdf: pikepdf.Pdf) -> Iterator[str]:
    """6.2.11: every font is embedded, is a subset under a name of its own, and says what it is read as."""
    for font in dictionaries(pdf):
        if font.get("/Type") != "/Font":
            continue
        if font.Subtype == "/CIDFontType2":
            yield from (key for key in ("/CIDToGIDMap", "/CIDSystemInfo", "/W") if key not in font)
            if "/FontFile2" not in font.FontDescriptor:
                yield "not embedded"
            if not re.fullmatch(r"/[A-Z]{6}\+.+", str(font.BaseFont)):
                yield f"no subset: {font.BaseFont}"
        elif font.Subtype != "/Type0" or "/ToUnicode" not in font or font.Encoding != "/Identity-H":
            yield f"{font.Subtype} font"


def glyphs(pdf: pikepdf.Pdf) -> Iterator[str]:
    """6.2.11.5, 6.2.11.7, 6.2.11.8: every glyph shown is there, as wide as said, and stands for a character."""
    known: dict[Any, _Glyphs] = {}
    for resources, content in _contents(pdf):
        font: Any = None
        for operands, operator in content:
            if str(operator) == "Tf":
                font = resources.Font[str(operands[0])]
            elif str(operator) in ("Tj", "TJ", "'", '"'):
                shown = operands[0] if str(operator) != '"' else operands[2]
                pieces = shown if isinstance(shown, pikepdf.Array) else [shown]
                texts = [bytes(piece) for piece in pieces if isinstance(piece, pikepdf.String)]
                glyph = known.setdefault(font.objgen, _Glyphs(font))
                yield from glyph.faults(b"".join(texts))


class _Glyphs:
    """What an embedded font has and says."""

    def __init__(self, font: Any) -> None:
        below = font.DescendantFonts[0]
        self._font = TTFont(io.BytesIO(bytes(below.FontDescriptor.FontFile2.read_bytes())), lazy=True)
        self._widths = dict(_widths(below.W))
        self._texts = dict(_texts(bytes(font.ToUnicode.read_bytes()).decode()))
        self._seen: set[int] = set()

    def faults(self, text: bytes) -> Iterator[str]:
        if len(text) % 2:
            yield "half a code"
        metrics, per_em = self._font["hmtx"], self._font["head"].unitsPerEm
        names = self._font.getGlyphOrder()
        for code in {int.from_bytes(text[at : at + 2], "big") for at in range(0, len(text) - 1, 2)} - self._seen:
            self._seen.add(code)
            if code == 0 or code >= len(names):
                yield f"no glyph {code}"
                continue
            if abs(metrics[names[code]][0] * 1000 / per_em - self._widths.get(code, -1)) > 1:
                yield f"glyph {code} is not as wide as said"
            if not self._texts.get(code, "").strip("\0\ufeff\ufffe"):
                yield f"glyph {code} stands for nothing"


def _widths(array: Any) -> Iterator[tuple[int, float]]:
    items = list(array)
    while items:
        first, then = int(items.pop(0)), items.pop(0)
        if isinstance(then, pikepdf.Array):
            yield from ((first + number, float(width)) for number, width in enumerate(then))
        else:
            width = float(items.pop(0))
            yield from ((code, width) for code in range(first, int(then) + 1))


def _texts(cmap: str) -> Iterator[tuple[int, str]]:
    for block in re.findall(r"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for code, text in re.findall(r"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]*)>", block):
            yield int(code, 16), bytes.fromhex(text).decode("utf-16-be", "replace")


def _contents(pdf: pikepdf.Pdf) -> Iterator[tuple[Any, Any]]:
    """Resources and instructions of every page, and of every form that is drawn anywhere."""
    for page in pdf.pages:
        yield page.Resources, pikepdf.parse_content_stream(page)
    for one in dictionaries(pdf):
        if isinstance(one, Stream) and one.get("/Subtype") == "/Form" and "/Font" in one.get("/Resources", {}):
            yield one.Resources, pikepdf.parse_content_stream(one)


# Tags


def declared_accessible(pdf: pikepdf.Pdf) -> Iterator[str]:
    """UA 7.1, 7.2: tagged, in a language, under its title; pages are read in the order of their structure."""
    if pdf.Root.get("/MarkInfo", {}).get("/Marked") is not True or pdf.Root.MarkInfo.get("/Suspects") is True:
        yield "not marked"
    if str(pdf.Root.get("/Lang", "")) != "ko":
        yield "no language"
    if pdf.Root.get("/ViewerPreferences", {}).get("/DisplayDocTitle") is not True:
        yield "the title is not shown"
    yield from (f"page {n} has no order" for n, page in enumerate(pdf.pages, 1) if page.get("/Tabs") != "/S")


def all_is_tagged(pdf: pikepdf.Pdf) -> Iterator[str]:
    """UA 7.1: whatever a page shows is in the structure or marked as an artifact."""
    for number, page in enumerate(pdf.pages, 1):
        depth, inside = 0, []
        for operands, operator in pikepdf.parse_content_stream(page):
            word = str(operator)
            if word in ("BDC", "BMC"):
                tagged = word == "BDC" and "/MCID" in (operands[1] if isinstance(operands[1], Dictionary) else {})
                inside.append(tagged or str(operands[0]) == "/Artifact")
                depth += 1
            elif word == "EMC":
                inside.pop()
            elif word in PAINTS and not any(inside):
                yield f"page {number}: {word} outside of the structure"


def every_mark_has_its_element(pdf: pikepdf.Pdf) -> Iterator[str]:
    """14.7: each marked piece of a page is found from the structure's parent tree, and the tree names real elements."""
    tree = list(pdf.Root.StructTreeRoot.ParentTree.Nums)
    parents = {int(tree[at]): tree[at + 1] for at in range(0, len(tree), 2)}
    for number, page in enumerate(pdf.pages, 1):
        marks = {
            int(operands[1].MCID)
            for operands, operator in pikepdf.parse_content_stream(page)
            if str(operator) == "BDC" and isinstance(operands[1], Dictionary) and "/MCID" in operands[1]
        }
        listed = parents.get(int(page.get("/StructParents", -1)), [])
        if marks and max(marks) >= len(listed):
            yield f"page {number}: a mark without an element"


def structure(pdf: pikepdf.Pdf) -> Iterator[str]:
    """UA 7.1, 7.3 to 7.6: standard kinds in their places, headings in steps, cells with heads, pictures told."""
    found = elements(pdf)
    headings = []
    headed = any(one.S == "/TD" and "/Headers" in str(one.get("/A", "")) for one in found)
    for one in found:
        kind = str(one.S)
        if kind not in STRUCTURE:
            yield f"kind {kind}"
        if kind in INSIDE and str(one.P.get("/S")) not in INSIDE[kind]:
            yield f"{kind} in {one.P.get('/S')}"
        if kind == "/TH" and "/Scope" not in str(one.get("/A", "")) and not ("/ID" in one and headed):
            yield "a head of nothing"
        if kind == "/Figure" and not str(one.get("/Alt", "")):
            yield "a picture without words"
        if re.fullmatch("/H[1-6]", kind):
            headings.append(int(kind[2:]))
    if 1 not in headings or any(level > 1 and level - 1 not in headings for level in headings):
        yield f"headings {sorted(set(headings))}"


def fields(pdf: pikepdf.Pdf) -> Iterator[str]:
    """UA 7.18, A 6.3, 6.4: fields that are drawn as they are, named for readers, printed, and in the structure."""
    form = pdf.Root.AcroForm
    yield from (key for key in ("/NeedAppearances", "/XFA") if key in form)
    owners = {one.K.Obj.objgen: one for one in elements(pdf) if one.S == "/Form" and "/Obj" in one.K}
    for one in widgets(pdf):
        name, flags = str(one.T), int(one.F)
        if not str(one.get("/TU", "")):
            yield f"{name}: no name for readers"
        if not flags & PRINT or flags & HIDDEN:
            yield f"{name}: flags {flags}"
        if list(one.Rect) == [0, 0, 0, 0]:
            continue  # an archive time stamp: nothing is shown, nothing is read
        if not isinstance(one.get("/AP", {}).get("/N"), Stream):
            yield f"{name}: no appearance"
        if one.objgen not in owners or "/StructParent" not in one:
            yield f"{name}: not in the structure"
        elif owners[one.objgen].K.Type != Name.OBJR:
            yield f"{name}: its element holds more than itself"


RULES: tuple[Rule, ...] = (
    identified, filters, metadata, colours, nothing_runs, attachments, fonts, glyphs, declared_accessible,
    all_is_tagged, every_mark_has_its_element, structure, fields,
)  # fmt: skip
