"""The examiner's checks, run on an application before it is filed (등기법 제29조). Pure: papers in, results out.

``error``: the registry would refuse it, so it is not filed. ``warning``: it may be filed, and a correction is likely.
Articles checked on 2026-11-23.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from domain.contracts import ContractTerms
from domain.facts import Title
from domain.filings import CheckResult, TransferApplication
from domain.model import Model
from domain.words import Won

ERROR, WARNING = "error", "warning"
PRICE_DIFFERS = "price_differs"


class Papers(Model):
    """Everything that the examiner will have before them."""

    application: TransferApplication
    terms: ContractTerms
    title: Title
    certificate_price: Won
    mandates: tuple[str, ...]  # handles of the principals who have signed one
    documents: tuple[str, ...]  # words of the documents at hand
    needed: tuple[str, ...]  # of those that the packet must hold (등기규칙 제46조)
    permit_beside: bool = False  # a land-transaction permit that is not held here
    tax_paid: bool
    bond_due: Won  # by law, on the city's value
    bond_paid: bool
    fee_paid: bool
    stamp_paid: bool
    registration_due: date
    today: date
    supplement: bool = False  # our own application is the one in process


class Rule(NamedTuple):
    code: str
    met: bool
    level: str
    article: str
    ko: str
    en: str


def examine(papers: Papers) -> tuple[CheckResult, ...]:
    """Every check, in the order in which an examiner reads."""
    rules = (*_title(papers), *_people(papers), *_contract(papers), *_duties(papers), *_enclosures(papers))
    return tuple(
        CheckResult(
            code=rule.code, level="ok" if rule.met else rule.level, ko=rule.ko, en=rule.en, article=rule.article
        )
        for rule in rules
    )


def _title(papers: Papers) -> Iterator[Rule]:
    home, title = papers.application.property, papers.title
    described = (home.unique_no, home.lot_address, home.building) == (
        title.unique_no,
        title.lot_address,
        title.building,
    )
    yield Rule("property_differs", described, ERROR, "등기법 제29조제6호",
               "부동산의 표시가 등기기록과 같습니다.", "The property is described as on the register.")  # fmt: skip
    areas = (home.exclusive_area, home.land_share) == (title.exclusive_area, title.land_share)
    yield Rule("area_differs", areas, ERROR, "등기법 제29조제6호·제11호",
               "전유면적과 대지권이 등기기록과 같습니다.", "Area and land share are the register's.")  # fmt: skip
    free = papers.supplement or not title.pending
    yield Rule("already_pending", free, ERROR, "등기법 제11조제3항",
               "같은 부동산에 먼저 접수된 신청이 없습니다.", "No earlier application is in process.")  # fmt: skip


def _people(papers: Papers) -> Iterator[Rule]:
    parties = papers.application.parties
    owner = all(
        papers.title.owner in (party.organisation, party.name)
        if papers.title.owner_ref is None
        else papers.title.owner_ref == party.identity_ref
        for party in parties
        if party.role == "obligor"
    )
    yield Rule("obligor_differs", owner, ERROR, "등기법 제29조제7호",
               "등기의무자가 등기기록의 소유자입니다.", "The obligor is the registered owner.")  # fmt: skip
    mandates = {party.identity_ref for party in parties} <= set(papers.mandates)
    yield Rule("mandate_missing", mandates, ERROR, "등기규칙 제46조제1항제5호",
               "모든 당사자의 위임장이 서명되어 있습니다.", "Every party has signed a mandate.")  # fmt: skip
    proof = papers.application.right_proof
    given = bool(proof.serial and proof.password)
    yield Rule("right_proof_missing", given, ERROR, "등기법 제50조제2항",
               "등기필정보가 봉인되어 있습니다.", "The title password lies sealed here.")  # fmt: skip


def _contract(papers: Papers) -> Iterator[Rule]:
    application, terms = papers.application, papers.terms
    cause = (application.cause, application.cause_date) == ("매매", terms.made_on)
    yield Rule("cause_differs", cause, ERROR, "등기법 제29조제8호",
               "등기원인과 그 연월일이 계약서와 같습니다.", "Cause and date are the contract's.")  # fmt: skip
    prices = {terms.price, terms.price + terms.option_price}
    yield Rule("contract_price_differs", application.price in prices, ERROR, "등기법 제29조제8호",
               "거래가액이 계약서의 금액입니다.", "The price is the contract's.")  # fmt: skip
    certified = application.price == papers.certificate_price
    yield Rule("application_price_differs", certified, ERROR, "등기규칙 제124조",
               "거래가액이 신고필증과 같습니다.", "The price is the certificate's.")  # fmt: skip
    base = application.tax_base == papers.certificate_price
    yield Rule(PRICE_DIFFERS, base, WARNING, "신고규칙 제3조제3항, 등기규칙 제124조",
               "취득세 과세표준이 신고필증의 거래가격과 같습니다." if base else
               "신고필증의 거래가격에 선택품목 금액이 빠져 과세표준과 다릅니다. 보정을 받을 수 있습니다.",
               "The tax base is the certificate's price." if base else
               "An option's cost is missing from the reported price: expect a correction.")  # fmt: skip


def _duties(papers: Papers) -> Iterator[Rule]:
    application = papers.application
    taxed = papers.tax_paid and bool(application.tax_payment_no)
    yield Rule("tax_unpaid", taxed, ERROR, "등기법 제29조제10호, 지방세법 제20조제4항",
               "취득세를 냈습니다.", "The acquisition tax is paid.")  # fmt: skip
    bond = papers.bond_paid and application.bond_amount >= papers.bond_due
    yield Rule("bond_unpaid", bond, ERROR, "주택도시기금법 제8조",
               "시가표준액에 따른 국민주택채권을 매입했습니다.", "The bond on the city's value is bought.")  # fmt: skip
    yield Rule("fee_unpaid", papers.fee_paid and bool(application.fee_payment_no), ERROR, "등기법 제22조제3항",
               "등기신청수수료를 냈습니다.", "The registration fee is paid.")  # fmt: skip
    yield Rule("stamp_unpaid", papers.stamp_paid, WARNING, "인지세법 제8조",
               "인지세를 냈습니다.", "Stamp duty is paid.")  # fmt: skip
    in_time = papers.today <= papers.registration_due
    yield Rule("registration_late", in_time, WARNING, "등기특별조치법 제2조제1항·제11조",
               "잔금일부터 60일 안입니다." if in_time else "잔금일부터 60일이 지나 과태료가 있을 수 있습니다.",
               "Within 60 days of the balance." if in_time else "After 60 days: a fine may follow.")  # fmt: skip


def _enclosures(papers: Papers) -> Iterator[Rule]:
    complete = set(papers.needed) <= set(papers.documents)
    yield Rule("document_missing", complete, ERROR, "등기법 제29조제9호, 등기규칙 제46조",
               "첨부정보가 모두 있습니다.", "Every enclosure is at hand.")  # fmt: skip
    if papers.permit_beside:
        yield Rule("permit_proof_missing", False, WARNING, "등기규칙 제46조제1항제2호",
                   "토지거래허가를 받은 계약입니다. 허가를 증명하는 서면을 법무사가 따로 붙여야 합니다.",
                   "The contract had a land permit: the scrivener must add its proof.")  # fmt: skip
