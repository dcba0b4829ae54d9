"""What a contract draft is refused for: each rule once, with its article and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import NamedTuple

from domain.contracts import Instalment, Party
from domain.errors import Invalid
from domain.facts import BuildingLedger, Title
from domain.notices import Notice, Payment
from domain.words import PartyRole, Won

BROKERS = (PartyRole.SELLER_BROKER, PartyRole.BUYER_BROKER)
GIVERS = (PartyRole.SELLER, PartyRole.SUPPLIER)


class Refusal(NamedTuple):
    field: str
    article: str
    ko: str
    en: str


# Articles checked against the texts in force on 2026-01-01.
REFUSALS = {
    "party_missing": Refusal(
        "parties", "민법 제563조", "계약 당사자가 빠졌습니다.", "A party to the contract is missing."
    ),
    "order_ambiguous": Refusal(
        "parties.order", "공인중개사법 제26조제2항", "당사자의 서명 순서가 겹치거나 없습니다.",
        "Two parties share one signature field, or an order is missing. Give each an order of its own.",
    ),
    "seller_is_buyer": Refusal(
        "parties", "민법 제563조", "매도인과 매수인이 같은 사람일 수 없습니다.",
        "Seller and buyer cannot be the same person.",
    ),
    "broker_is_party": Refusal(
        "parties", "공인중개사법 제33조제1항제6호", "개업공인중개사는 중개의뢰인과 직접 거래할 수 없습니다.",
        "A broker may not deal with the own client.",
    ),
    "broker_unregistered": Refusal(
        "parties.registration_no", "공인중개사법 제9조", "개업공인중개사의 등록번호가 없습니다.",
        "The broker's registration number is missing.",
    ),
    "shares_not_whole": Refusal(
        "parties.share", "민법 제262조", "지분의 합이 1이 되어야 합니다.", "The shares do not add up to 1."
    ),
    "seller_not_owner": Refusal(
        "parties.seller", "부동산등기법 제29조제7호",
        "매도인이 등기기록의 소유자와 다릅니다. 등기사항증명서를 확인해 주십시오.",
        "The seller is not the owner on the register. Check the register extract.",
    ),
    "registers_disagree": Refusal(
        "property.exclusive_area", "부동산등기법 제29조제11호",
        "등기기록과 건축물대장의 전유면적이 다릅니다. 먼저 표시를 바로잡아 주십시오.",
        "Register and building ledger disagree on the area. Correct the description first.",
    ),
    "payments_missing": Refusal(
        "payments", "주택공급에 관한 규칙 제59조제3항제4호", "납부 금액과 시기가 공고에 없습니다.",
        "The notice has no payment schedule.",
    ),
    "parts_out_of_order": Refusal(
        "payments", "주택공급에 관한 규칙 제60조제1항",
        "입주금은 계약금 1회, 중도금(1회부터 차례로), 잔금 1회의 순서로 적어 주십시오.",
        "Name one deposit, then the instalments numbered from 1, then one balance.",
    ),
    "days_out_of_order": Refusal(
        "payments", "주택공급에 관한 규칙 제60조제4항", "입주금의 납부일이 계약금, 중도금, 잔금의 순서가 아닙니다.",
        "The days of payment are not in the order of the payments.",
    ),
    "due_day_missing": Refusal(
        "payments.due_on", "주택공급에 관한 규칙 제59조제3항제4호",
        "계약금과 중도금에는 납부일이 있어야 합니다. 날짜를 적어 주십시오.",
        "The deposit and every instalment need a day on which they are due. Name it.",
    ),
    "move_in_missing": Refusal(
        "move_in", "주택공급에 관한 규칙 제59조제3항제1호", "입주예정월이 없습니다. 입주할 달을 적어 주십시오.",
        "The notice does not say when people can move in. Name the month.",
    ),
    "move_in_past": Refusal(
        "move_in", "주택공급에 관한 규칙 제21조제3항제26호", "입주예정월이 공고일보다 앞섭니다. 다시 적어 주십시오.",
        "The month of moving in is before the notice. Correct it.",
    ),
    "homes_missing": Refusal(
        "house_types", "주택공급에 관한 규칙 제21조제3항제3호", "공급할 주택이 한 세대도 없습니다.",
        "The notice offers no home at all.",
    ),
    "payments_do_not_sum": Refusal(
        "payments", "공인중개사법 시행령 제22조제1항제4호", "지급액의 합이 거래금액과 다릅니다.",
        "The payments do not add up to the price.",
    ),
    "payments_out_of_order": Refusal(
        "payments", "공인중개사법 시행령 제22조제1항제4호", "계약금으로 시작하여 잔금으로 끝나야 합니다.",
        "The schedule must start with the deposit and end with the balance.",
    ),
    "dates_out_of_order": Refusal(
        "payments.due_on", "공인중개사법 시행령 제22조제1항제4호", "지급일과 계약일의 순서를 확인해 주십시오.",
        "The due dates are out of order, or before the contract.",
    ),
    "handover_before_contract": Refusal(
        "handover_on", "공인중개사법 시행령 제22조제1항제5호", "인도일은 계약일보다 앞설 수 없습니다.",
        "Handover cannot precede the contract.",
    ),
    "supplier_differs": Refusal(
        "parties.supplier", "주택공급에 관한 규칙 제59조제1항", "공고의 사업주체와 계약의 사업주체가 다릅니다.",
        "The supplier is not the one of the notice.",
    ),
    "unit_unknown": Refusal(
        "unit", "주택공급에 관한 규칙 제59조제3항제3호", "공고에 없는 동·호입니다.", "The notice has no such unit."
    ),
    "option_unknown": Refusal(
        "options", "주택공급에 관한 규칙 제21조제3항제14호", "공고에 없는 선택품목입니다.",
        "The notice offers no such option.",
    ),
    "conditions_missing": Refusal(
        "conditions", "주택공급에 관한 규칙 제59조제3항",
        "공급계약에 담을 조건이 공고에 없습니다. 없는 것은 '해당 없음'이라고 적어 주십시오.",
        "The notice lacks conditions of the supply contract. Say 'none' for what there is none of.",
    ),
    "not_dissolvable": Refusal(
        "supersedes", "민법 제543조", "해제계약은 다시 해제할 수 없습니다.", "A dissolution cannot be dissolved."
    ),
    "refund_exceeds_price": Refusal(
        "refund", "민법 제548조제1항", "돌려줄 금액이 계약 금액보다 큽니다.", "The refund exceeds the price."
    ),
}  # fmt: skip


def refuse(code: str, field: str = "") -> Invalid:
    """``field``: the very place, where the rule is about one of several."""
    rule = REFUSALS[code]
    return Invalid(code, field=field or rule.field, article=rule.article, ko=rule.ko, en=rule.en)


def check_people(parties: Sequence[Party], *roles: PartyRole) -> None:
    """``roles`` are all there, nobody stands on both sides, brokers are registered, shares are whole."""
    if not set(roles) <= {party.role for party in parties}:
        raise refuse("party_missing")
    fields = [party.field for party in parties]
    if len(set(fields)) != len(fields) or any(party.order < 1 for party in parties):
        raise refuse("order_ambiguous")
    givers = {party.person_id for party in parties if party.role in GIVERS}
    takers = {party.person_id for party in parties if party.role is PartyRole.BUYER}
    if givers & takers:
        raise refuse("seller_is_buyer")
    for broker in (party for party in parties if party.role in BROKERS):
        if broker.person_id in givers | takers:
            raise refuse("broker_is_party")
        if not broker.registration_no:
            raise refuse("broker_unregistered")
    for role in (PartyRole.SELLER, PartyRole.BUYER):
        _check_shares([party.share for party in parties if party.role is role])


def _check_shares(texts: Sequence[str]) -> None:
    try:
        shares = [Fraction(text) for text in texts]
    except (ValueError, ZeroDivisionError):
        raise refuse("shares_not_whole") from None
    if shares and (sum(shares) != 1 or min(shares) <= 0):
        raise refuse("shares_not_whole")


def check_owner(parties: Iterable[Party], title: Title, seller_refs: Sequence[str]) -> None:
    """The sellers are exactly the register's owners (several owners are separated by commas there)."""
    sellers = sorted(party.name for party in parties if party.role is PartyRole.SELLER)
    owners = sorted(name.strip() for name in title.owner.split(","))
    stranger = bool(seller_refs) and title.owner_ref is not None and title.owner_ref not in seller_refs
    if sellers != owners or stranger:
        raise refuse("seller_not_owner")


def check_registers_agree(title: Title, ledger: BuildingLedger) -> None:
    """A transfer is dismissed when register and ledger describe the unit differently."""
    try:
        same = Decimal(title.exclusive_area) == Decimal(ledger.exclusive_area)
    except InvalidOperation:
        same = False
    if not same:
        raise refuse("registers_disagree")


def in_order(parts: Sequence[Instalment | Payment]) -> bool:
    """One deposit, instalments numbered from 1, one balance: each sum has a name of its own by which it is paid."""
    named = [("deposit", 1), *(("instalment", number) for number in range(1, len(parts) - 1)), ("balance", 1)]
    return len(parts) > 1 and [(part.kind, part.number) for part in parts] == named


def check_offer(notice: Notice) -> None:
    """A notice is refused before anybody applies where its winners could not be given a contract."""
    if not any(units for house in notice.house_types for units in house.units.values()):
        raise refuse("homes_missing")
    if not in_order(notice.payments):
        raise refuse("parts_out_of_order")
    _check_due_days(notice.payments)
    _check_move_in(notice)
    said = notice.conditions.model_dump() if notice.conditions else {}
    if not said:
        raise refuse("conditions_missing")
    for name, text in said.items():
        if not text:
            raise refuse("conditions_missing", f"conditions.{name}")


def _check_due_days(parts: Sequence[Payment]) -> None:
    """Only the balance may go without a day: it falls due at move-in (제60조제4항제4호)."""
    before = date.min
    for place, part in enumerate(parts):
        if part.due_on is None and part.kind != "balance":
            raise refuse("due_day_missing", f"payments.{place}.due_on")
        day = part.due_on or before
        if day < before:
            raise refuse("days_out_of_order", f"payments.{place}.due_on")
        before = day


def _check_move_in(notice: Notice) -> None:
    if notice.move_in is None:
        raise refuse("move_in_missing")
    if notice.move_in < f"{notice.notice_date:%Y%m}":
        raise refuse("move_in_past")


def check_schedule(payments: Sequence[Instalment], total: Won, made_on: date) -> None:
    if sum(payment.amount for payment in payments) != total or not payments:
        raise refuse("payments_do_not_sum")
    if not in_order(payments):
        raise refuse("payments_out_of_order")
    if not _days_in_order(payments) or any(one.due_on and one.due_on < made_on for one in payments):
        raise refuse("dates_out_of_order")


def _days_in_order(parts: Sequence[Instalment | Payment]) -> bool:
    days = [part.due_on for part in parts if part.due_on is not None]
    return days == sorted(days)
