"""Drafts besides sale and supply: lease (임대차), power of attorney (위임장), amendment (변경계약), and the explanation
(중개대상물 확인·설명서) as a paper of its own. Refused here, before a page exists, when law or sums forbid them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from domain.contracts import Change, ContractTerms, Explanation, Instalment, LeaseTerms, Party, PowerTerms
from domain.draft_refusals import refuse
from domain.draft_rules import check_owner, check_people, check_registers_agree, check_schedule, check_shares
from domain.drafts import named_original, property_of
from domain.facts import BuildingLedger, Title
from domain.korean import day, won
from domain.notices import Account
from domain.words import ContractKind, LeaseKind, PartyRole, Power, Sha256, Won

AMENDABLE = (ContractKind.SALE, ContractKind.SUPPLY, ContractKind.LEASE)
OWNERS_POWERS = {Power.SELL, Power.LET}
PAYMENTS = {"deposit": "계약금", "instalment": "중도금", "balance": "잔금", "refund": "반환금"}


class Books(NamedTuple):
    """What the registers say about the property of a draft."""

    title: Title
    ledger: BuildingLedger
    ledger_sha256: Sha256 | None = None
    official_price: Won | None = None


def lease_terms(
    contract_id: UUID,
    *,
    books: Books,
    deposit: Won,
    payments: Sequence[Instalment],
    lease: LeaseTerms,
    parties: Sequence[Party],
    made_on: date,
    handover_on: date,
    explanation: Explanation | None = None,
    account: Account | None = None,
    special_clauses: Sequence[str] = (),
    switches: Sequence[str] = (),
    lessor_refs: Sequence[str] = (),
    time_shortened: bool = False,
) -> ContractTerms:
    """임대차계약: the lessor is the owner on the register, and the schedule pays exactly the deposit.

    Raises Invalid with field and article (``domain.draft_refusals``).
    """
    check_people(parties, PartyRole.LESSOR, PartyRole.LESSEE)
    check_owner(parties, books.title, lessor_refs, PartyRole.LESSOR)
    check_shares(parties)
    check_registers_agree(books.title, books.ledger)
    check_schedule(payments, deposit, made_on)
    if handover_on < made_on:
        raise refuse("handover_before_contract")
    check_lease(lease, made_on)
    return ContractTerms(
        contract_id=contract_id,
        kind=ContractKind.LEASE,
        made_on=made_on,
        property=property_of(books.title, books.ledger, books.official_price, books.ledger_sha256),
        parties=tuple(parties),
        price=deposit,
        payments=tuple(payments),
        account=account,
        handover_on=handover_on,
        special_clauses=tuple(special_clauses),
        switches=tuple(switches),
        explanation=explanation,
        time_shortened=time_shortened,
        lease=lease,
    )


def check_lease(lease: LeaseTerms, made_on: date) -> None:
    """Raises Invalid where days, rent or the lease before do not fit together."""
    if not lease.starts_on < lease.ends_on or (lease.kind is LeaseKind.NEW and lease.starts_on < made_on):
        raise refuse("term_out_of_order")
    if lease.monthly_rent and lease.rent_day is None:
        raise refuse("rent_day_missing")
    if lease.kind is not LeaseKind.NEW and lease.former is None:
        raise refuse("former_lease_missing")


def power_terms(
    contract_id: UUID,
    *,
    books: Books,
    principal: Party,
    agent: Party,
    power: PowerTerms,
    made_on: date,
    special_clauses: Sequence[str] = (),
    principal_refs: Sequence[str] = (),
    time_shortened: bool = False,
) -> ContractTerms:
    """위임장: who lets somebody sell or let a home is its owner on the register.

    Raises Invalid with field and article (``domain.draft_refusals``).
    """
    check_people((principal, agent), PartyRole.PRINCIPAL, PartyRole.ATTORNEY)
    if not power.powers:
        raise refuse("power_empty")
    if power.valid_until < made_on:
        raise refuse("power_expired", "power.valid_until")
    if OWNERS_POWERS & set(power.powers):
        check_owner((principal,), books.title, principal_refs, PartyRole.PRINCIPAL)
    check_registers_agree(books.title, books.ledger)
    return ContractTerms(
        contract_id=contract_id,
        kind=ContractKind.POWER,
        made_on=made_on,
        property=property_of(books.title, books.ledger, books.official_price, books.ledger_sha256),
        parties=(principal, agent),
        price=0,
        special_clauses=tuple(special_clauses),
        time_shortened=time_shortened,
        power=power,
    )


def explanation_terms(contract_id: UUID, explained: ContractTerms) -> ContractTerms:
    """The explanation of a drafted contract as a paper of its own, to be read before anybody signs (제25조①)."""
    return ContractTerms(
        contract_id=contract_id,
        kind=ContractKind.EXPLANATION,
        made_on=explained.made_on,
        property=explained.property,
        parties=explained.parties,
        price=explained.price,
        explanation=explained.explanation,
        lease=explained.lease,
        time_shortened=explained.time_shortened,
        site=explained.site,
        verify_code=explained.verify_code,
        extra={"explains": str(explained.contract_id), "explains_digest": explained.digest()},
    )


def amendment_terms(
    contract_id: UUID,
    *,
    original: ContractTerms,
    reason: str,
    made_on: date,
    price: Won | None = None,
    payments: Sequence[Instalment] | None = None,
    handover_on: date | None = None,
    special_clauses: Sequence[str] | None = None,
    lease: Mapping[str, Any] | None = None,
) -> ContractTerms:
    """변경계약: the contract as it stands after the change, and each change in words. ``None`` stays as it is.

    Other parties or another property make another contract. ``lease``: fields of ``LeaseTerms`` by name.
    Raises Invalid with field and article (``domain.draft_refusals``).
    """
    if original.kind not in AMENDABLE:
        raise refuse("not_amendable")
    if made_on < original.made_on:
        raise refuse("dates_out_of_order", "made_on")
    wanted = {
        "price": price, "payments": payments, "handover_on": handover_on, "special_clauses": special_clauses,
        "lease": original.lease.model_copy(update=dict(lease)) if original.lease and lease else None,
    }  # fmt: skip
    after = original.model_copy(update={name: value for name, value in wanted.items() if value is not None})
    check_schedule(after.payments, after.price + after.option_price, original.made_on)
    if after.handover_on and after.handover_on < original.made_on:
        raise refuse("handover_before_contract")
    if after.lease is not None:
        check_lease(after.lease, original.made_on)
    changes = tuple(_changes(original, after))
    if not changes:
        raise refuse("nothing_changed")
    return after.model_copy(
        update={
            "contract_id": contract_id,
            "kind": ContractKind.AMENDMENT,
            "version": 1,
            "made_on": made_on,
            "parties": original.bound(),
            "payments": tuple(after.payments),
            "special_clauses": tuple(after.special_clauses),
            "switches": (),
            "explanation": None,
            "supersedes": original.contract_id,
            "changes": changes,
            "extra": named_original(original, reason),
            "verify_code": "",
        }
    )


def _changes(before: ContractTerms, after: ContractTerms) -> Iterator[Change]:
    """What differs, in the words of the page. Payments are compared by their names."""
    yield from _differing("보증금" if before.lease else "거래금액", won(before.price), won(after.price))
    old, new = _payments(before), _payments(after)
    for name in dict.fromkeys((*old, *new)):
        yield from _differing(name, old.get(name, NOTHING), new.get(name, NOTHING))
    yield from _differing("인도일", day(before.handover_on), day(after.handover_on))
    if before.lease and after.lease:
        yield from _differing("차임", won(before.lease.monthly_rent), won(after.lease.monthly_rent))
        yield from _differing("임대차기간", _term(before.lease), _term(after.lease))
    for text in before.special_clauses:
        yield from _differing("특약", text, text if text in after.special_clauses else NOTHING)
    for text in after.special_clauses:
        yield from _differing("특약", text if text in before.special_clauses else NOTHING, text)


NOTHING = "없음"


def _differing(subject: str, before: str, after: str) -> Iterator[Change]:
    if before != after:
        yield Change(subject=subject, before=before, after=after)


def _payments(terms: ContractTerms) -> dict[str, str]:
    return {
        f"{PAYMENTS[one.kind]}{f' {one.number}차' if one.kind == 'instalment' else ''}":
            f"{won(one.amount)}, {day(one.due_on)}"
        for one in terms.payments
    }  # fmt: skip


def _term(lease: LeaseTerms) -> str:
    return f"{day(lease.starts_on)} ~ {day(lease.ends_on)}"
