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

from contracts import contents, korean
from contracts.render import no_warnings, page_source, render
from domain.contracts import ContractTerms
from domain.errors import Invalid, OnjipError

CHILD = """
import hashlib, pickle, sys
from contracts.render import render
print(hashlib.sha256(render(pickle.loads(sys.stdin.buffer.read()))[0]).hexdigest())
"""


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


@pytest.mark.parametrize("terms", [samples.sale(), samples.supply(), samples.dissolution()], ids=lambda t: t.kind.value)
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


def test_what_people_write_is_text_not_markup() -> None:
    source = page_source(samples.sale(special_clauses=("<img src='file:///etc/passwd'>",)))
    assert "<img" not in source


@pytest.mark.parametrize(
    ("character", "named"),
    [("龘", "U+9F98"), ("😀", "U+1F600"), ("\x07", "U+0007"), ("\u202e", "U+202E")],
    ids=["han", "emoji", "control", "bidi"],
)
def test_a_missing_glyph_is_named(character: str, named: str) -> None:
    with pytest.raises(Invalid) as caught:
        render(samples.sale(special_clauses=(f"특약 {character}",)))
    assert caught.value.code == "character_not_printable"
    assert named in caught.value.en


def test_what_weasyprint_ignores_is_an_error() -> None:
    with pytest.raises(OnjipError, match="WeasyPrint"), no_warnings():
        CSS(string="p { word-brake: keep-all }")


def said_nothing(field: str) -> ContractTerms:
    return samples.supply(conditions=samples.CONDITIONS.model_copy(update={field: ""}))


def changed(terms: ContractTerms, **changes: Any) -> ContractTerms:
    return terms.model_copy(update=changes)


MISSING = [
    ("제22조제1항제1호", changed(samples.sale(), parties=(samples.SELLER,))),
    (
        "제22조제1항제1호",
        changed(samples.sale(), parties=(samples.SELLER, samples.BUYER.model_copy(update={"address": ""}))),
    ),
    ("제22조제1항제2호", changed(samples.sale(), property=samples.sale().property.model_copy(update={"building": ""}))),
    ("제22조제1항제4호", changed(samples.sale(), payments=samples.PAYMENTS[:2])),
    ("제22조제1항제5호", changed(samples.sale(), handover_on=None)),
    ("제22조제1항제8호", changed(samples.sale(), explanation=None)),
    ("제59조제3항제1호", samples.supply(notice=samples.NOTICE.model_copy(update={"move_in": None}))),
    ("제59조제3항제1호의3", said_nothing("resale_limit")),
    ("제59조제3항제2호", said_nothing("guarantee")),
    ("제59조제3항제3호", said_nothing("land_area")),
    ("제59조제3항제5호", said_nothing("late_fee")),
    ("제59조제3항제6호", said_nothing("delay_damages")),
    ("제59조제3항제8호", said_nothing("defects")),
    ("제59조제3항제9호", said_nothing("cancellation")),
    ("민법 제543조·제548조", changed(samples.dissolution(), supersedes=None)),
]


@pytest.mark.parametrize(("article", "terms"), MISSING, ids=[str(n) for n in range(len(MISSING))])
def test_a_mandatory_content_is_demanded_with_its_article(article: str, terms: ContractTerms) -> None:
    with pytest.raises(Invalid) as caught:
        render(terms)
    assert caught.value.code == "contract_content_missing"
    assert (caught.value.article or "").endswith(article)


def test_every_mandatory_item_has_a_test() -> None:
    known = set(contents.TESTS) | {f"said:{name}" for name in type(samples.CONDITIONS).model_fields}
    for kind in contents.mandatory().values():
        assert {item.needs for item in kind.items} <= known
        assert kind.verified
