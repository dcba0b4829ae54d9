"""What goes with a transfer application: which document, when, from whom, and how each channel takes it.

부동산등기규칙 제44조, 제46조, 제60조–제62조, 제67조, 제111조, 제123조, 제124조; 부동산등기법 제50조②, 제51조. Checked
2026-11-23. Documents that the registrar sees through the government's shared systems need not be filed (제46조⑥) if the
person concerned agrees. Paper certificates are at most three months old (제62조).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from domain.words import ContractKind, Outcome
from law.rules import Case, Fact, Term, Trigger, rule
from law.sale.facts import channel, contract_kind
from law.vocabulary import Stated

ARTICLE = "부동산등기규칙 제46조, 제60조부터 제62조까지, 제67조, 제124조"
Form = Literal["original", "scan", "number", "shared", "signature"]


def _claim(name: str, ko: str, en: str) -> Fact[bool]:
    return Fact[bool](name, ko, en, kind=bool, default=False)


by_scrivener = _claim("by_scrivener", "자격자대리인이 신청", "filed by a scrivener or attorney")
seller_corporate = _claim("seller_corporate", "법인인 매도인", "the seller is a company")
buyer_corporate = _claim("buyer_corporate", "법인인 매수인", "the buyer is a company")
needs_sale_list = _claim(
    "needs_sale_list", "부동산이 2개 이상이거나 여러 매도인과 여러 매수인 사이의 매매",
    "two properties or more, or several sellers and several buyers",
)  # fmt: skip
needs_permit_proof = _claim(
    "needs_permit_proof", "토지거래허가를 받은 계약", "the contract had a land-transaction permit"
)
farmland_sold = _claim("farmland_sold", "농지", "farmland is sold")
held_in_trust = _claim("held_in_trust", "신탁된 부동산", "the property is held in trust")
title_key_lost = _claim("title_key_lost", "등기필정보가 없음", "the seller's title key (등기필정보) is lost")
land_right_special = _claim(
    "land_right_special",
    "대지권에 규약·공정증서가 필요",
    "the land right rests on by-laws or a notarial deed (제46조제2항)",
)
information_shared = _claim(
    "information_shared", "행정정보 공동이용 동의", "the parties agree to shared government information (제46조제6항)"
)
CONDITIONS: dict[str, Term[bool]] = {
    "by_scrivener": by_scrivener, "needs_sale_list": needs_sale_list,
    "needs_permit_proof": needs_permit_proof, "farmland_sold": farmland_sold, "held_in_trust": held_in_trust,
    "title_key_lost": title_key_lost, "land_right_special": land_right_special,
}  # fmt: skip


class Attachment(Stated):
    """One document. ``form``: as what this channel takes it; ``shared``: the registrar looks it up."""

    document: str
    ko: str
    en: str
    from_whom: str
    form: Form
    article: str
    paper_valid_months: int | None = None


@rule(
    "electronic_filing_open", title_key_lost, ko="전자신청을 할 수 있는지",
    en="The transfer can be filed electronically", article="부동산등기규칙 제67조, 제68조", trigger=Trigger.FILING,
)  # fmt: skip
def electronic_filing_open(case: Case) -> bool:
    """Needs the seller's title key; a party filing for itself cannot act for the other (each must be registered)."""
    article = "부동산등기규칙 제67조제2항"
    case.test(
        "electronic.title_key", article, lambda: not case[title_key_lost],
        ko="매도인의 등기필정보가 있는지", en="The seller has the title key",
    )  # fmt: skip
    return case.verdict()


@rule(
    "transfer_attachments", channel, contract_kind, by_scrivener, seller_corporate, buyer_corporate, needs_sale_list,
    needs_permit_proof, farmland_sold, held_in_trust, title_key_lost, land_right_special, information_shared,
    electronic_filing_open, ko="소유권이전등기 첨부정보", en="What goes with the application for the transfer",
    article=ARTICLE, trigger=Trigger.FILING,
)  # fmt: skip
def transfer_attachments(case: Case) -> tuple[Attachment, ...]:
    row = case.row("transfer_attachments")
    way = case[channel]
    if way == "electronic" and case.require(electronic_filing_open) is Outcome.NO:
        return ()
    found = tuple(
        Attachment(
            document=name, ko=entry["ko"], en=entry["en"], from_whom=entry["from_whom"],
            form=_form(case, entry, way), article=entry["article"], paper_valid_months=entry.get("months"),
        )
        for name, entry in row.value.items()
        if _wanted(case, entry, way)
    )  # fmt: skip
    return case.state(row, found, ko="첨부정보 {value}건", en="Documents: {value}")


def _wanted(case: Case, entry: Any, way: str) -> bool:
    if way not in entry["forms"]:
        return False
    checks: dict[str, Callable[[], bool]] = {
        "always": lambda: True,
        "title_key_held": lambda: not case[title_key_lost],
        "a_company": lambda: case[seller_corporate] or case[buyer_corporate],
        "a_person_sells": lambda: not case[seller_corporate],
        "a_company_sells": lambda: case[seller_corporate],
        "supply": lambda: case[contract_kind] is ContractKind.SUPPLY,
        "resale": lambda: case[contract_kind] is not ContractKind.SUPPLY,
    }
    when = entry["when"]
    return checks[when]() if when in checks else case[CONDITIONS[when]]


def _form(case: Case, entry: Any, way: str) -> Form:
    """Shared information replaces a paper only where the rule lets the registrar look it up."""
    form: Form = entry["forms"][way]
    return "shared" if entry.get("shareable") and case[information_shared] else form
