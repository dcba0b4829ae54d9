"""Contract terms to PDF/A-3a + PDF/UA-1. The same terms give the same bytes, on any day and in any process."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from html import unescape
from pathlib import Path
from threading import Lock
from typing import Any

import jinja2
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from contracts import fonts, korean, stamps
from contracts.attachments import attachments, made_at
from contracts.fields import declare_ua, make_signature_fields
from contracts.qr import qr_picture
from domain.contracts import ContractTerms
from domain.draft_rules import SHARING
from domain.errors import OnjipError
from domain.korean import day, moment, month, unit, won, won_in_words
from domain.other_drafts import PAYMENTS
from domain.words import Authority, ContractKind, LeaseKind, Power
from law.forms import contents, form

TEMPLATES = Path(__file__).with_name("templates")
LEASE_KINDS = {
    LeaseKind.NEW: "신규 계약", LeaseKind.AGREED: "합의에 의한 재계약",
    LeaseKind.DEMANDED: "갱신요구권 행사에 의한 갱신",
}  # fmt: skip
AUTHORITIES = {
    Authority.PARENT: "법정대리인 친권자", Authority.GUARDIAN: "법정대리인 후견인",
    Authority.ATTORNEY: "위임받은 대리인",
}  # fmt: skip
POWERS = {
    Power.SELL: "매도하는 계약을 맺는 일", Power.BUY: "매수하는 계약을 맺는 일", Power.LET: "임대하는 계약을 맺는 일",
    Power.RENT: "임차하는 계약을 맺는 일", Power.RECEIVE_MONEY: "대금·보증금을 받는 일",
    Power.HAND_OVER: "부동산과 열쇠·서류를 넘기거나 받는 일", Power.REGISTER: "등기 신청에 필요한 서류를 갖추는 일",
}  # fmt: skip
SOURCES = {
    "title": "등기기록", "ledger": "건축물대장", "price": "공시가격", "law": "법령 계산", "terms": "계약 내용",
    "register": "등록부", "broker": "개업공인중개사의 확인",
}  # fmt: skip
CODE_GROUP = 8  # letters of the verify code that stand together on paper

# Pango and fontconfig keep state per process; layouts take turns.
_LAYOUT = Lock()
_TAGS = re.compile(r"<[^>]*>")


def render(terms: ContractTerms, *, draft: bool = False) -> tuple[bytes, int]:
    """Unsigned PDF and its page count. Raises Invalid for a missing content or a character without a glyph.

    ``draft``: to be read, not signed: each page says so.
    """
    contents.check(terms, draft=draft)
    html = page_source(terms, draft=draft)
    fonts.check_text(unescape(_TAGS.sub("", html)))
    with _LAYOUT, no_warnings():
        document = HTML(string=html, base_url=None).render(
            stylesheets=[_stylesheet()], font_config=_font_config(), pdf_forms=False, pdf_variant="pdf/a-3a"
        )
        declare_ua(document.metadata)
        data: bytes = document.write_pdf(
            pdf_variant="pdf/a-3a",
            attachments=attachments(terms),
            finisher=partial(make_signature_fields, stamped=stamps.characters(terms)),
        )
        _check_fonts(document)
    return data, len(document.pages)


def page_source(terms: ContractTerms, *, draft: bool = False) -> str:
    """The HTML of one contract, before layout."""
    chosen = form.of(terms.kind)
    code = terms.verify_code
    return korean.keep_words(
        _templates()
        .get_template("contract.html")
        .render(
            terms=terms,
            form=chosen,
            draft=draft,
            parts_of=[part for part in chosen.parts if _concerns(part.block, terms)],
            serial=str(terms.contract_id).upper()[:13],
            digest=terms.digest(),
            code=" ".join(code[at : at + CODE_GROUP] for at in range(0, len(code), CODE_GROUP)),
            qr=qr_picture(terms.verify_url()) if code else "",
            stamp=f"{made_at(terms):%Y-%m-%dT%H:%M:%SZ}",
        )
    )


def _concerns(block: str, terms: ContractTerms) -> bool:
    """A contract without a broker has no explanation; the explanation of a sale has no lease in it."""
    needed = {"explanation": terms.explanation, "lease": terms.lease, "rent": terms.lease}
    return block not in needed or needed[block] is not None


@cache
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words = (won, won_in_words, day, month, moment, unit, form.role_name)
    environment.globals.update({word.__name__: word for word in words})
    environment.globals.update(
        payments=PAYMENTS, lease_kinds=LEASE_KINDS, authorities=AUTHORITIES, power_names=POWERS, sources=SOURCES,
        shared=SHARING, titles={kind.value: form.of(kind).title for kind in ContractKind},
    )  # fmt: skip
    return environment


@cache
def _font_config() -> FontConfiguration:
    return FontConfiguration()


@cache
def _stylesheet() -> CSS:
    return CSS(string=(TEMPLATES / "contract.css").read_text("utf-8"), font_config=_font_config())


def _check_fonts(document: Any) -> None:
    """Another font in the file means that some character fell back: the text check and the layout disagree."""
    strangers = {font.family for font in document.fonts.values()} - set(fonts.FAMILIES)
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
