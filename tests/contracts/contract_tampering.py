"""What somebody does to a sealed file without any key: bytes changed in place, and revisions behind the last one.

The classes are those of the published attacks on PDF signatures: universal forgery (USF: the signature's own entries
are spoiled), wrapping (SWA: the range of bytes is moved), incremental saving (ISA), shadow and overlay attacks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from contract_attacks import Name, field_named, flip
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

Edit = Callable[[bytes], bytes]
Revision = Callable[[IncrementalPdfFileWriter], None]
CONTENTS, RANGE = b"/Contents <", b"/ByteRange ["


# In place


def in_the_seal(pdf: bytes) -> bytes:
    """One hexadecimal digit of the platform's CMS."""
    seal = pdf.rindex(CONTENTS, 0, pdf.index(b"/FieldMDP"))
    return flip(pdf, seal + len(CONTENTS) + 1_300)


def in_the_last_token(at: int) -> Edit:
    """One hexadecimal digit of the archive time stamp: no signature covers these bytes."""
    return lambda pdf: flip(pdf, pdf.rindex(CONTENTS) + len(CONTENTS) + at)


def _replaced(pdf: bytes, start: int, end: int, new: bytes) -> bytes:
    assert len(new) <= end - start
    return pdf[:start] + new.ljust(end - start) + pdf[end:]


def contents(new: bytes, *, last: bool = False) -> Edit:
    """USF: the first or last signature's ``/Contents`` is something else; nothing moves."""

    def edit(pdf: bytes) -> bytes:
        start = (pdf.rindex(CONTENTS) if last else pdf.index(CONTENTS)) + len(CONTENTS) - 1
        end = pdf.index(b">", start) + 1
        return _replaced(pdf, start, end, b"<" + b"0" * (end - start - 2) + b">" if new == b"zeros" else new)

    return edit


def byte_range(new: bytes, *, last: bool = False) -> Edit:
    """USF and SWA: the range of bytes is something else; nothing moves."""

    def edit(pdf: bytes) -> bytes:
        start = (pdf.rindex(RANGE) if last else pdf.index(RANGE)) + len(RANGE) - 1
        end = pdf.index(b"]", start) + 1
        room = end + len(pdf[end:]) - len(pdf[end:].lstrip(b" "))
        return _replaced(pdf, start, room, new)

    return edit


def wrapped(pdf: bytes) -> bytes:
    """SWA: what was covered last is repeated behind other content, and the range leads to the copy."""
    start = pdf.index(RANGE) + len(RANGE)
    end = pdf.index(b"]", start)
    zero, first, second, length = (int(number) for number in pdf[start:end].split())
    moved = len(pdf)
    copy = pdf[second : second + length]
    return byte_range(b"[%d %d %d %d]" % (zero, first, moved, length))(pdf) + copy


def without_xref(pdf: bytes) -> bytes:
    """ISA: another first page, but no table that says where it is."""
    return pdf + b"1 0 obj\n<</Type /Pages/Kids [9 0 R]/Count 1>>\nendobj\n%%EOF\n"


def with_a_bogus_trailer(pdf: bytes) -> bytes:
    """ISA: a trailer that leads nowhere."""
    update = b"1 0 obj\n<</Type /Pages/Kids [9 0 R]/Count 1>>\nendobj\n"
    return pdf + update + b"trailer\n<</Root 2 0 R/Size 3>>\nstartxref\n4\n%%EOF\n"


def with_a_hybrid_table(pdf: bytes) -> bytes:
    """ISA: a table whose second half only some readers see."""
    at = len(pdf)
    previous = pdf[pdf.rindex(b"startxref") + 9 :].split()[0]
    table = b"xref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 700/Root 2 0 R/XRefStm 15/Prev %s>>\n" % previous
    return pdf + table + b"startxref\n%d\n%%%%EOF\n" % at


IN_PLACE: list[tuple[str, Edit, set[str]]] = [
    ("a byte of the first page", lambda pdf: flip(pdf, pdf.index(b"stream\n") + 4000), {"intact", "readable", "terms"}),
    ("the header", lambda pdf: flip(pdf, 7), {"readable", "intact"}),
    ("a byte of the seal", in_the_seal, {"intact", "readable"}),
    ("the last token's certificate", in_the_last_token(1_300), {"intact", "archived", "readable"}),
    ("the last token's time", in_the_last_token(200), {"intact", "archived", "readable"}),
    ("the last token's end", in_the_last_token(3_000), {"intact", "archived", "readable"}),
    ("USF: Contents of zeros", contents(b"zeros"), {"readable", "intact"}),
    ("USF: Contents empty", contents(b"<>"), {"readable", "intact"}),
    ("USF: Contents null", contents(b"null"), {"readable", "intact"}),
    ("USF: Contents a number", contents(b"0"), {"readable", "intact"}),
    ("USF: the last Contents of zeros", contents(b"zeros", last=True), {"readable", "intact"}),
    ("USF: the last Contents null", contents(b"null", last=True), {"readable", "intact"}),
    ("USF: ByteRange missing", lambda pdf: pdf.replace(b"/ByteRange", b"/ByteRangX", 1), {"readable", "intact"}),
    ("USF: ByteRange null", byte_range(b"null"), {"readable", "intact"}),
    ("USF: ByteRange short", byte_range(b"[0 100]"), {"readable", "intact"}),
    ("USF: ByteRange empty", byte_range(b"[]"), {"readable", "intact"}),
    ("USF: ByteRange of zeros", byte_range(b"[0 0 0 0]"), {"readable", "intact"}),
    ("USF: ByteRange negative", byte_range(b"[0 -100 200 300]"), {"readable", "intact"}),
    ("USF: ByteRange without end", byte_range(b"[0 100 200 9999999999]"), {"readable", "intact"}),
    ("USF: ByteRange of text", byte_range(b"[0 (a) 200 300]"), {"readable", "intact"}),
    ("USF: the last ByteRange null", byte_range(b"null", last=True), {"readable", "intact"}),
    ("USF: the last ByteRange of zeros", byte_range(b"[0 0 0 0]", last=True), {"readable", "intact"}),
    ("USF: another SubFilter", lambda pdf: pdf.replace(b"CAdES.deta", b"CAdES.betA", 1), {"complete", "intact"}),
    ("USF: another Type", lambda pdf: pdf.replace(b"/Type /Sig\n", b"/Type /Sog\n", 1), {"intact", "readable"}),
    ("SWA: the range leads to a copy", wrapped, {"readable", "intact"}),
    ("SWA: the range leaves more out", byte_range(b"[0 1000 200000 100]"), {"readable", "intact"}),
    ("SWA: a third piece", byte_range(b"[0 10 20 10 40 10]"), {"readable", "intact"}),
    ("ISA: no table", without_xref, {"readable", "archived"}),
    ("ISA: a bogus trailer", with_a_bogus_trailer, {"readable"}),
    ("ISA: a hybrid table", with_a_hybrid_table, {"readable"}),
    ("no end of file", lambda pdf: pdf[:-200], {"readable"}),
    ("bytes after the end", lambda pdf: pdf + b"\n% 1,000", {"archived", "readable"}),
    ("another file behind", lambda pdf: pdf + pdf, {"readable", "intact", "archived"}),
    ("another file before", lambda pdf: pdf + b"\n" + pdf[9:], {"readable", "intact", "archived"}),
    ("noise before the header", lambda pdf: b"%junk\n" + pdf, {"readable", "intact"}),
]  # fmt: skip


# Behind the last revision


def over_page(writer: IncrementalPdfFileWriter) -> None:
    stream = generic.StreamObject(stream_data=b"1 0 0 rg 100 100 200 200 re f")
    writer.add_stream_to_page(0, writer.add_object(stream))


def note(writer: IncrementalPdfFileWriter) -> None:
    annotation = generic.DictionaryObject(
        {Name("/Type"): Name("/Annot"), Name("/Subtype"): Name("/FreeText"), Name("/F"): generic.NumberObject(4),
         Name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (100, 500, 300, 600))),
         Name("/DA"): generic.TextStringObject("/F 12 Tf"), Name("/Contents"): generic.TextStringObject("1,000원")}
    )  # fmt: skip
    writer.register_annotation(writer.root["/Pages"]["/Kids"].raw_get(0), writer.add_object(annotation))


def new_title(writer: IncrementalPdfFileWriter) -> None:
    info = writer.trailer.raw_get("/Info")
    info.get_object()[Name("/Title")] = generic.TextStringObject("다른 계약서")
    writer.mark_update(info)


def new_xmp(writer: IncrementalPdfFileWriter) -> None:
    place = writer.root.raw_get("/Metadata")
    _rewrite(writer, place, lambda data: data.replace("공급".encode(), "증여".encode()))


def new_attachment(writer: IncrementalPdfFileWriter) -> None:
    names = writer.root["/Names"]["/EmbeddedFiles"]["/Names"]
    _rewrite(writer, names[1]["/EF"].raw_get("/F"), lambda data: data.replace(b'"price":892340001', b'"price":1'))


def one_attachment_more(writer: IncrementalPdfFileWriter) -> None:
    names = writer.root["/Names"]["/EmbeddedFiles"]["/Names"]
    names += [generic.TextStringObject("other.json"), names.raw_get(1)]
    writer.update_container(names)


def without_evidence(writer: IncrementalPdfFileWriter) -> None:
    del writer.root["/DSS"]
    writer.update_root()


def less_evidence(writer: IncrementalPdfFileWriter) -> None:
    store = writer.root["/DSS"]
    store[Name("/OCSPs")] = generic.ArrayObject(list(store["/OCSPs"])[:-1])
    writer.update_container(store)


def with_script(writer: IncrementalPdfFileWriter) -> None:
    writer.root[Name("/OpenAction")] = generic.DictionaryObject(
        {Name("/S"): Name("/JavaScript"), Name("/JS"): generic.TextStringObject("app.alert(1)")}
    )
    writer.update_root()


def one_page_less(writer: IncrementalPdfFileWriter) -> None:
    pages = writer.root["/Pages"]
    pages[Name("/Kids")] = generic.ArrayObject(list(pages["/Kids"])[:-1])
    pages[Name("/Count")] = generic.NumberObject(len(pages["/Kids"]))
    writer.update_container(pages)


def a_page_twice(writer: IncrementalPdfFileWriter) -> None:
    pages = writer.root["/Pages"]
    pages[Name("/Kids")] = generic.ArrayObject([pages["/Kids"].raw_get(0), *list(pages["/Kids"])])
    pages[Name("/Count")] = generic.NumberObject(len(pages["/Kids"]))
    writer.update_container(pages)


def a_page_cropped(writer: IncrementalPdfFileWriter) -> None:
    page = writer.root["/Pages"]["/Kids"][0]
    page[Name("/CropBox")] = generic.ArrayObject(map(generic.NumberObject, (0, 400, 595, 842)))
    writer.update_container(page)


def other_stamp(writer: IncrementalPdfFileWriter) -> None:
    """Shadow: the look of the buyer's signature, replaced."""
    place = field_named(writer, "buyer_1")["/AP"].raw_get("/N")
    _rewrite(writer, place, lambda _: b"0 0 1 rg 0 0 90 40 re f")


def another_value(writer: IncrementalPdfFileWriter) -> None:
    """Shadow: the buyer's field shows to the supplier's signature."""
    buyer = field_named(writer, "buyer_1")
    buyer[Name("/V")] = field_named(writer, "supplier_2").raw_get("/V")
    writer.update_container(buyer)


def no_value(writer: IncrementalPdfFileWriter) -> None:
    buyer = field_named(writer, "buyer_1")
    del buyer["/V"]
    writer.update_container(buyer)


def another_name(writer: IncrementalPdfFileWriter) -> None:
    buyer = field_named(writer, "buyer_1")
    buyer[Name("/T")] = generic.TextStringObject("buyer_9")
    writer.update_container(buyer)


def a_moved_field(writer: IncrementalPdfFileWriter) -> None:
    buyer = field_named(writer, "buyer_1")
    buyer[Name("/Rect")] = generic.ArrayObject(map(generic.NumberObject, (0, 0, 500, 800)))
    writer.update_container(buyer)


def another_signature_object(writer: IncrementalPdfFileWriter) -> None:
    """SWA: the signature dictionary itself, again with a range that leaves out more."""
    place = field_named(writer, "buyer_1").raw_get("/V")
    place.get_object()[Name("/ByteRange")] = generic.ArrayObject(map(generic.NumberObject, (0, 100, 5000, 100)))
    writer.mark_update(place)


def one_field_more(writer: IncrementalPdfFileWriter) -> None:
    append_signature_field(writer, SigFieldSpec("evil", box=(100, 500, 300, 600)))


def other_glyphs(writer: IncrementalPdfFileWriter) -> None:
    """Shadow: the font program, with which every page says something else."""
    _rewrite(writer, _descriptor(writer).raw_get("/FontFile2"), lambda data: data[:-100] + bytes(100))


def other_text(writer: IncrementalPdfFileWriter) -> None:
    """Shadow: what is read out and copied."""
    font = next(iter(_fonts(writer)))
    _rewrite(writer, font.raw_get("/ToUnicode"), lambda data: data.replace(b"beginbfchar", b"beginbfchaR", 1))


def without_walls(writer: IncrementalPdfFileWriter) -> None:
    """The catalogue no longer says that the file is certified."""
    del writer.root["/Perms"]
    writer.update_root()


def hidden_layers(writer: IncrementalPdfFileWriter) -> None:
    layers = generic.DictionaryObject({Name("/OCGs"): generic.ArrayObject()})
    writer.root[Name("/OCProperties")] = layers
    writer.update_root()


def looks_made_by_the_reader(writer: IncrementalPdfFileWriter) -> None:
    """Every reader draws the fields itself, as it likes."""
    form = writer.root["/AcroForm"]
    form[Name("/NeedAppearances")] = generic.BooleanObject(True)
    writer.update_container(form)


LATER: list[tuple[Revision, str]] = [
    (over_page, "changed_page"), (note, "changed_notes"), (new_title, "changed_title"), (new_xmp, "changed_title"),
    (new_attachment, "changed_attachment"), (one_attachment_more, "changed_attachment"),
    (without_evidence, "changed_evidence"), (with_script, "changed_actions"),
    (one_page_less, "changed_pages"), (a_page_twice, "changed_pages"), (a_page_cropped, "changed_page"),
    (other_stamp, "changed_signature"), (a_moved_field, "changed_signature"), (other_glyphs, "changed_page"),
    (other_text, "changed_page"), (hidden_layers, "changed_other"),
]  # fmt: skip
# What is told without looking for changes.
LATER_AT_ONCE: list[tuple[Revision, set[str]]] = [
    (less_evidence, {"evidence"}), (another_value, {"signer", "additions"}), (no_value, {"complete"}),
    (another_name, {"fields", "complete"}), (another_signature_object, {"order", "intact"}),
    (one_field_more, {"fields"}), (looks_made_by_the_reader, {"fields"}), (without_walls, {"certified"}),
]  # fmt: skip


def _rewrite(writer: IncrementalPdfFileWriter, place: Any, change: Edit) -> None:
    stream = place.get_object()
    stream._data, stream._encoded_data = change(stream.data), None
    writer.mark_update(place)


def _fonts(writer: IncrementalPdfFileWriter) -> list[Any]:
    fonts = writer.root["/Pages"]["/Kids"][0]["/Resources"]["/Font"]
    return [fonts[name] for name in sorted(fonts)]


def _descriptor(writer: IncrementalPdfFileWriter) -> Any:
    return _fonts(writer)[0]["/DescendantFonts"][0]["/FontDescriptor"]
