"""The explanation (중개대상물 확인·설명서) in its fifteen sections, each line with where it comes from.

공인중개사법 제25조, 시행령 제21조①, 시행규칙 제16조 (별지 제20호서식). What a register holds is taken from it; what
only the broker can say is the broker's statement. Checked 2026-11-23.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

from domain.contracts import ContractTerms, ExplainedRow, ExplainedSection
from domain.korean import day, won, won_in_words
from domain.words import ContractKind
from law.forms.form import DATA, Data
from law.strict_yaml import read

BROKER = "broker"
NONE = "해당 없음"


class RowText(Data):
    """``take``: the name of a value below; ``ask``: the key of the broker's statement, in English ``en``."""

    label: str
    take: str | None = None
    ask: str | None = None
    en: str = ""
    only: Literal["sale", "lease"] | None = None


class SectionText(Data):
    title: str
    law: str
    rows: tuple[RowText, ...]
    only: Literal["sale", "lease"] | None = None


@cache
def _sections() -> tuple[SectionText, ...]:
    return tuple(SectionText.model_validate(one) for one in read(DATA / "explanation_rows.yaml")["sections"])


def asked_by_section(kind: ContractKind) -> tuple[tuple[str, tuple[RowText, ...]], ...]:
    """What the broker has to state for a contract of this kind, under the headings of the form."""
    word = _word(kind)
    found = (
        (section.title, tuple(row for row in section.rows if row.ask is not None and row.only in (None, word)))
        for section in _sections() if section.only in (None, word)
    )  # fmt: skip
    return tuple((title, rows) for title, rows in found if rows)


def asked(kind: ContractKind) -> tuple[RowText, ...]:
    return tuple(row for _, rows in asked_by_section(kind) for row in rows)


def sections(terms: ContractTerms) -> tuple[ExplainedSection, ...]:
    """All sections that concern this contract; a statement that the broker has not made leaves its row out."""
    known = _values(terms)
    word = _word(_subject(terms))
    made = []
    for number, section in enumerate(_sections(), 1):
        if section.only in (None, word):
            rows = tuple(row for text in section.rows if text.only in (None, word) for row in _rows(text, terms, known))
            made.append(ExplainedSection(number=number, title=section.title, law=section.law, rows=rows))
    return tuple(made)


def _subject(terms: ContractTerms) -> ContractKind:
    """The kind of the contract that is explained."""
    return ContractKind.LEASE if terms.lease is not None else ContractKind.SALE


def _word(kind: ContractKind) -> str:
    return "lease" if kind is ContractKind.LEASE else "sale"


def _rows(text: RowText, terms: ContractTerms, known: dict[str, tuple[str, tuple[str, ...]]]) -> list[ExplainedRow]:
    if text.ask is not None:
        said = terms.explanation.statements.get(text.ask) if terms.explanation else None
        return [ExplainedRow(label=text.label, text=said, source=BROKER)] if said else []
    source, lines = known[text.take or ""]
    return [ExplainedRow(label=text.label, text=line, source=source) for line in lines]


def _values(terms: ContractTerms) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Name → (source, lines)."""
    home, said = terms.property, terms.explanation
    if said is None:
        return {}
    price = "가격 없음" if home.official_price is None else won(home.official_price)
    taken = {
        "lot_address": ("title", home.lot_address),
        "road_address": ("ledger", home.road_address),
        "land_share": ("title", home.land_share),
        "exclusive_area": ("title", f"{home.exclusive_area} ㎡"),
        "structure": ("ledger", home.structure),
        "use": ("ledger", home.use),
        "approved_on": ("ledger", day(home.approved_on) if home.approved_on else "대장에 없음"),
        "violation": ("ledger", VIOLATION[home.violation]),
        "permit_zone": ("broker", said.statements.get("permit_zone", "지정 자료에 따름: 허가구역 아님")),
        "price": ("terms", f"{won_in_words(terms.price)} ({won(terms.price)})"),
        "official_price": ("price", price),
        "taxes": ("law", said.taxes or NONE),
        "fee": ("law", f"{won_in_words(said.brokerage_fee)} ({won(said.brokerage_fee)}), 실비 없음"),
        "fee_basis": ("law", said.brokerage_basis),
        "fee_paid": ("terms", said.brokerage_paid),
        "certificate": ("register", said.deductible_certificate),
        **_of_lease(terms),
    }
    rows = {name: (source, (text or NONE,)) for name, (source, text) in taken.items()}
    return {**rows, "rights": ("title", said.rights or (NONE,))}


def _of_lease(terms: ContractTerms) -> dict[str, tuple[str, str]]:
    lease = terms.lease
    if lease is None:
        return {}
    fee = "없음" if lease.management_fee is None else f"월 {won(lease.management_fee)} ({lease.management_basis})"
    return {
        "fixed_dates": ("terms", lease.fixed_dates),
        "unpaid_taxes": ("terms", lease.unpaid_taxes),
        "management_fee": ("terms", fee),
    }


VIOLATION = {None: "대장에서 확인하지 못함", False: "아님", True: "위반건축물로 적혀 있음"}
