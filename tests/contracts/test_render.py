"""Rendering: the same bytes everywhere, everything the law demands, no missing glyph, no ignored warning."""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import contract_samples as samples
import pikepdf
import pytest
from weasyprint import CSS

from contracts import korean
from contracts.qr import qr_picture
from contracts.render import no_warnings, page_source, render
from domain.contracts import ContractTerms
from domain.errors import Invalid, OnjipError
from domain.words import ContractKind
from law.forms import contents, form
from law.forms.writing import written

CHILD = """
import hashlib, pickle, sys
from contracts.render import render
print(hashlib.sha256(render(pickle.loads(sys.stdin.buffer.read()))[0]).hexdigest())
"""


def page_text(pdf: bytes) -> str:
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


@pytest.fixture(scope="module")
def sale_pdf() -> bytes:
    return render(samples.sale())[0]


def test_another_process_makes_the_same_bytes(sale_pdf: bytes) -> None:
    environment = os.environ | {"PYTHONHASHSEED": "77", "TZ": "America/New_York"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", CHILD], input=pickle.dumps(samples.sale()), capture_output=True,
        check=True, env=environment, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.stdout.decode().strip() == hashlib.sha256(sale_pdf).hexdigest()
    assert render(samples.sale())[0] == sale_pdf


def test_another_version_is_another_file(sale_pdf: bytes) -> None:
    assert render(samples.sale(version=2))[0] != sale_pdf


@pytest.mark.parametrize("terms", [make() for make in samples.ALL], ids=lambda t: t.kind.value)
def test_every_kind_has_a_field_per_party(terms: ContractTerms) -> None:
    pdf, pages = render(terms)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        names = [str(field.T) for field in opened.Root.AcroForm.Fields]
        assert len(opened.pages) == pages
        assert opened.attachments["contract.json"].get_file().read_bytes() == terms.canonical()
    assert sorted(names) == sorted([*(party.field for party in terms.parties), "platform"])


def test_the_page_says_what_was_agreed() -> None:
    text = page_source(samples.sale()).replace(korean.WORD_JOINER, "")
    for expected in ("부동산 매매계약서", "금 일십이억삼천오백만원정", "1,235,000,000원", "1342-1996-052417",
                     "공제증서 제2026-13-004821호", samples.sale().digest(), "한빛은행 110-482-915377"):  # fmt: skip
        assert expected in text
    assert "time shortened" not in text
    assert "time shortened" in page_source(samples.supply())


def test_the_code_stands_as_paths_and_in_words(sale_pdf: bytes) -> None:
    """The QR code is no picture of pixels; who cannot see it is told where it leads."""
    with pikepdf.open(io.BytesIO(sale_pdf)) as opened:
        assert not [
            one for one in opened.objects if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Image"
        ]
        figures = [one for one in opened.objects if isinstance(one, pikepdf.Dictionary) and one.get("/S") == "/Figure"]
        assert [f"{samples.SITE}/verify/{samples.CODE}" in str(one.Alt) for one in figures] == [True]
    assert qr_picture("a") != qr_picture("b")
    assert qr_picture("a").startswith("data:image/svg+xml")


def test_a_contract_without_a_code_has_no_picture() -> None:
    terms = samples.sale().model_copy(update={"verify_code": "", "site": ""})
    assert "<img" not in page_source(terms)


def test_what_people_write_is_text_not_markup() -> None:
    source = page_source(samples.sale(special_clauses=("<img src='file:///etc/passwd'>",)))
    assert "<img src='file" not in source
    assert source.count("<img") == 1  # the QR code


@pytest.mark.parametrize(
    ("character", "named"),
    [("😀", "😀 (U+1F600)"), ("𓀀", "𓀀 (U+13000)"), ("\x07", ": (U+0007)"), ("\u202e", ": (U+202E)")],
    ids=["emoji", "hieroglyph", "control", "bidi"],
)
def test_a_missing_glyph_is_named(character: str, named: str) -> None:
    with pytest.raises(Invalid) as caught:
        render(samples.sale(special_clauses=(f"특약 {character}",)))
    assert caught.value.code == "character_not_printable"
    assert named in caught.value.ko
    assert caught.value.article


def test_rare_characters_of_names_and_places_are_printed() -> None:
    """Every Hangul syllable, and Chinese characters that the Korean typeface lacks."""
    name, place = "김뷁샾햏", "서울특별시 종로구 瑌珢洞 龘路 1"
    buyer = samples.BUYER.model_copy(update={"name": name, "address": place})
    pdf, _ = render(samples.sale(parties=(samples.SELLER, buyer, *samples.SALE_PARTIES[2:])))
    text = "".join(page_text(pdf).split())
    assert name in text
    assert "".join(place.split()) in text


def test_what_weasyprint_ignores_is_an_error() -> None:
    with pytest.raises(OnjipError, match="WeasyPrint"), no_warnings():
        CSS(string="p { word-brake: keep-all }")


def said_nothing(field: str) -> ContractTerms:
    return samples.supply(conditions=samples.CONDITIONS.model_copy(update={field: ""}))


def changed(terms: ContractTerms, **changes: Any) -> ContractTerms:
    return terms.model_copy(update=changes)


def without(name: str) -> ContractTerms:
    return samples.lease(lease=samples.LEASED.model_copy(update={name: ""}))


def unsaid(number: int) -> ContractTerms:
    """A sale whose explanation has nothing in one section."""
    terms = samples.sale()
    assert terms.explanation is not None
    sections = [one.model_copy(update={"rows": ()}) if one.number == number else one for one in
                terms.explanation.sections]  # fmt: skip
    return changed(terms, explanation=terms.explanation.model_copy(update={"sections": tuple(sections)}))


def no_registration(terms: ContractTerms) -> ContractTerms:
    *people, broker = terms.parties
    return changed(terms, parties=(*people, broker.model_copy(update={"registration_no": None})))


HOMELESS = samples.BUYER.model_copy(update={"address": ""})
HALF = samples.BUYER.model_copy(update={"share": "1/2"})
NO_BUILDING = samples.sale().property.model_copy(update={"building": ""})
LEASED = samples.LEASED.model_copy(update={"ends_on": samples.LEASED.starts_on})
RENEWED = samples.LEASED.model_copy(update={"kind": "agreed"})
MISSING = [
    ("시행령 제22조제1항제1호", changed(samples.sale(), parties=(samples.SELLER,))),
    ("시행령 제22조제1항제1호", changed(samples.sale(), parties=(samples.SELLER, HOMELESS))),
    ("부동산등기법 제48조제4항", changed(samples.sale(), parties=(samples.SELLER, HALF))),
    ("시행령 제22조제1항제2호", changed(samples.sale(), property=NO_BUILDING)),
    ("시행령 제22조제1항제3호", changed(samples.sale(), made_on=None)),
    ("시행령 제22조제1항제4호", changed(samples.sale(), payments=samples.PAYMENTS[:2])),
    ("시행령 제22조제1항제5호", changed(samples.sale(), handover_on=None)),
    ("시행령 제22조제1항제6호", changed(samples.sale(), property=samples.sale().property.model_copy(
        update={"unique_no": None, "land_share": ""}))),
    ("시행령 제22조제1항제7호", changed(samples.sale(), special_clauses=("",))),
    ("시행령 제22조제1항제8호", changed(samples.sale(), explanation=None)),
    ("시행령 제22조제1항제9호", changed(samples.sale(), clauses=())),
    ("공인중개사법 제26조제2항·제25조제4항", no_registration(samples.sale())),
    *[("시행령 제21조제1항", unsaid(number)) for number in (1, 2, 3, *range(5, 16))],
    ("제59조제3항", changed(samples.supply(), parties=(samples.OFFICER,))),
    ("제59조제3항제1호", samples.supply(notice=samples.NOTICE.model_copy(update={"move_in": None}))),
    ("제59조제3항제1호의2", changed(samples.supply(), clauses=())),
    ("제59조제3항제1호의3", said_nothing("resale_limit")),
    ("제59조제3항제2호", said_nothing("guarantee")),
    ("제59조제3항제2호의2", said_nothing("surface_right")),
    ("제59조제3항제3호", said_nothing("land_area")),
    ("제59조제3항제4호", changed(samples.supply(), payments=())),
    ("제59조제3항제5호", said_nothing("late_fee")),
    ("제59조제3항제6호", said_nothing("delay_damages")),
    ("제59조제3항제7호", said_nothing("loan")),
    ("제59조제3항제8호", said_nothing("defects")),
    ("제59조제3항제9호", said_nothing("cancellation")),
    ("제59조제3항제13호", said_nothing("bond")),
    ("민법 제543조", changed(samples.dissolution(), supersedes=None)),
    ("민법 제548조", changed(samples.dissolution(), extra={"original_digest": "ab" * 32})),
    ("민법 제105조", changed(samples.amendment(), changes=())),
    ("주택임대차보호법 제30조", without("part")),
    ("주택임대차보호법 제30조, 민법 제618조", changed(samples.lease(), lease=samples.LEASED.model_copy(
        update={"rent_day": None}))),
    ("주택임대차보호법 제30조", without("management_basis")),
    ("주택임대차보호법 제4조, 제30조", changed(samples.lease(), lease=LEASED)),
    ("주택임대차보호법 제6조의3", changed(samples.lease(), lease=RENEWED)),
    ("주택임대차보호법 제3조의7제2호", without("unpaid_taxes")),
    ("주택임대차보호법 제3조의7제1호", without("fixed_dates")),
    ("주택임대차보호법 제30조, 민법 제623조", without("repairs")),
    ("민법 제114조, 제680조", changed(samples.power(), parties=samples.power().parties[:1])),
    ("민법 제118조", changed(samples.power(), power=None)),
    ("공인중개사법 시행령 제21조제1항", changed(samples.explanation(), explanation=None)),
]  # fmt: skip


@pytest.mark.parametrize(("article", "terms"), MISSING, ids=[str(n) for n in range(len(MISSING))])
def test_a_mandatory_content_is_demanded_with_its_article(article: str, terms: ContractTerms) -> None:
    with pytest.raises(Invalid) as caught:
        render(terms)
    assert caught.value.code == "contract_content_missing"
    assert (caught.value.article or "").endswith(article)
    assert caught.value.ko != caught.value.en


def test_every_mandatory_content_is_missed_once() -> None:
    known = set(contents.TESTS) | {f"said:{name}" for name in type(samples.CONDITIONS).model_fields}
    wanted = {item.needs for kind in ContractKind for item in form.of(kind).contents}
    missed = {item.needs for article, terms in MISSING for item in form.of(terms.kind).contents
              if item.article.endswith(article)}  # fmt: skip
    assert wanted <= known
    assert wanted == missed


@pytest.mark.parametrize("make", samples.ALL, ids=lambda make: make.__name__)
def test_what_stands_in_a_form_is_written_once(make: Any) -> None:
    """Clauses are data of the contract; writing them again changes nothing."""
    terms = make()
    assert written(terms) == terms
    assert all("{" not in line for clause in terms.clauses for line in (*clause.text, clause.law, terms.opening))
