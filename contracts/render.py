"""Contract terms to PDF/A-3a + PDF/UA-1. The same terms give the same bytes, on any day and in any process."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from html import unescape
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Any

import jinja2
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from contracts import contents, fonts, korean
from contracts.attachments import attachments, made_at
from contracts.fields import declare_ua, make_signature_fields
from domain.contracts import ContractTerms
from domain.errors import OnjipError

TEMPLATES = Path(__file__).with_name("templates")
SUBTITLES = {
    "sale": "집합건물의 매매",
    "supply": "입주자모집공고에 따른 공급",
    "dissolution": "당사자의 합의에 따른 해제",
}

# Pango and fontconfig keep state per process; layouts take turns.
_LAYOUT = Lock()
_TAGS = re.compile(r"<[^>]*>")


def render(terms: ContractTerms) -> tuple[bytes, int]:
    """Unsigned PDF and its page count. Raises Invalid for a missing content or a character without a glyph."""
    contents.check(terms)
    html = page_source(terms)
    fonts.check_text(unescape(_TAGS.sub("", html)))
    with _LAYOUT, no_warnings():
        document = HTML(string=html, base_url=None).render(
            stylesheets=[_stylesheet()], font_config=_font_config(), pdf_forms=False, pdf_variant="pdf/a-3a"
        )
        declare_ua(document.metadata)
        data: bytes = document.write_pdf(
            pdf_variant="pdf/a-3a", attachments=attachments(terms), finisher=make_signature_fields
        )
        _check_fonts(document)
    return data, len(document.pages)


def page_source(terms: ContractTerms) -> str:
    """The HTML of one contract, before layout."""
    template = _templates().get_template(f"{terms.kind.value}.html")
    numbers = count(1)
    return korean.keep_words(
        template.render(
            terms=terms,
            title=korean.TITLES[terms.kind],
            titles=korean.TITLES,
            subtitle=SUBTITLES[terms.kind.value],
            serial=str(terms.contract_id).upper()[:13],
            digest=terms.digest(),
            stamp=f"{made_at(terms):%Y-%m-%dT%H:%M:%SZ}",
            payments=korean.PAYMENTS,
            statements=korean.STATEMENTS,
            next_article=lambda: next(numbers),
        )
    )


def stamp_page(text: dict[str, Any]) -> bytes:
    """One small page: what a signature field shows once it is signed."""
    html = _templates().get_template("stamp.html").render(text)
    fonts.check_text(unescape(_TAGS.sub("", html.partition("<body>")[2])))
    with _LAYOUT, no_warnings():
        data: bytes = HTML(string=html, base_url=None).write_pdf(font_config=_font_config())
    return data


@cache
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words = (
        korean.won, korean.won_in_words, korean.day, korean.month, korean.moment, korean.role_name, korean.unit,
    )  # fmt: skip
    environment.globals.update({word.__name__: word for word in words})
    return environment


@cache
def _font_config() -> FontConfiguration:
    return FontConfiguration()


@cache
def _stylesheet() -> CSS:
    return CSS(string=(TEMPLATES / "contract.css").read_text("utf-8"), font_config=_font_config())


def _check_fonts(document: Any) -> None:
    """A second font in the file means that some character fell back: the text check and the layout disagree."""
    strangers = {font.family for font in document.fonts.values()} - {fonts.FAMILY}
    if strangers:
        raise OnjipError("render_failed", en=f"The layout used foreign fonts: {', '.join(sorted(strangers))}")


@contextmanager
def no_warnings() -> Iterator[None]:
    """WeasyPrint only logs what it ignores; an ignored rule or a missing library is an error here."""
    heard: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            heard.append(record.getMessage())

    listener = Listener(logging.WARNING)
    logger = logging.getLogger("weasyprint")
    logger.addHandler(listener)
    try:
        yield
    finally:
        logger.removeHandler(listener)
    if heard:
        raise OnjipError("render_failed", en=f"WeasyPrint: {heard[0]}")
