"""Contracts changed: another version of a draft, and a signed one by its amendment. The property, its people and its
day stay as they are."""

from __future__ import annotations

from domain.contracts import ContractTerms, Explanation, Instalment
from domain.draft_refusals import refuse
from domain.draft_rules import check_schedule
from domain.drafts import payment_reference
from domain.messages import DraftPayment, EditAct
from domain.words import Won


def edited(terms: ContractTerms, edit: EditAct, *, fee: tuple[Won, str]) -> ContractTerms:
    """The next version. ``fee``: the brokerage fee for the new price and its basis. Raises Invalid as a draft does."""
    price = terms.price if edit.price is None else edit.price
    payments = terms.payments if edit.payments is None else tuple(_payment(terms, one) for one in edit.payments)
    handover = edit.handover_on or terms.handover_on
    check_schedule(payments, price, terms.made_on)
    if handover is not None and handover < terms.made_on:
        raise refuse("handover_before_contract")
    return terms.model_copy(
        update={
            "version": terms.version + 1,
            "price": price,
            "payments": payments,
            "handover_on": handover,
            "special_clauses": terms.special_clauses if edit.special_clauses is None else edit.special_clauses,
            "switches": terms.switches if edit.special_clauses is None else (),  # their sentences may be gone
            "explanation": terms.explanation and _explanation(terms.explanation, edit, fee),
        }
    )


def again(terms: ContractTerms) -> ContractTerms:
    """The same content as the next version, to be explained and signed anew."""
    explanation = terms.explanation and terms.explanation.model_copy(update={"delivered_at": None})
    return terms.model_copy(update={"version": terms.version + 1, "explanation": explanation})


def as_amended(terms: ContractTerms, amendment: ContractTerms) -> ContractTerms:
    """The contract with what its amendment says; it is still the contract of its own day."""
    names = ("price", "option_price", "payments", "handover_on", "special_clauses", "lease")
    return terms.model_copy(update={name: getattr(amendment, name) for name in names})


def _explanation(old: Explanation, edit: EditAct, fee: tuple[Won, str]) -> Explanation:
    """To be delivered anew: what was explained was another draft (공인중개사법 제25조)."""
    said = old.statements if edit.statements is None else {**old.statements, **edit.statements}
    update = {"statements": said, "brokerage_fee": fee[0], "brokerage_basis": fee[1], "delivered_at": None}
    return old.model_copy(update=update)


def _payment(terms: ContractTerms, one: DraftPayment) -> Instalment:
    memo = payment_reference(terms.contract_id, one.kind, one.number)
    return Instalment(kind=one.kind, number=one.number, amount=one.amount, due_on=one.due_on, reference=memo)
