"""The rules of drafts that need nothing but the draft: each once. What they say stands in ``domain.draft_refusals``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from domain.contracts import Instalment, Party
from domain.draft_refusals import refuse
from domain.facts import BuildingLedger, Holder, Title
from domain.korean import masked
from domain.notices import Notice, Payment
from domain.words import PartyRole, Won

BROKERS = (PartyRole.SELLER_BROKER, PartyRole.BUYER_BROKER)
GIVERS = (PartyRole.SELLER, PartyRole.SUPPLIER, PartyRole.LESSOR, PartyRole.PRINCIPAL)
TAKERS = (PartyRole.BUYER, PartyRole.LESSEE, PartyRole.ATTORNEY)
SHARING = (PartyRole.SELLER, PartyRole.BUYER, PartyRole.LESSOR)
NOT_OWNER = {
    PartyRole.SELLER: "seller_not_owner", PartyRole.LESSOR: "lessor_not_owner",
    PartyRole.PRINCIPAL: "principal_not_owner",
}  # fmt: skip


def check_people(parties: Sequence[Party], *roles: PartyRole) -> None:
    """``roles`` are all there, nobody stands on both sides or is named twice, brokers are registered, and a witness
    (입회인) is nobody of the contract and signs after all of them."""
    if not set(roles) <= {party.role for party in parties}:
        raise refuse("party_missing")
    fields = [party.field for party in parties]
    if len(set(fields)) != len(fields) or any(party.order < 1 for party in parties):
        raise refuse("order_ambiguous")
    givers = {party.person_id for party in parties if party.role in GIVERS}
    takers = {party.person_id for party in parties if party.role in TAKERS}
    if givers & takers:
        raise refuse("same_person_twice")
    for broker in (party for party in parties if party.role in BROKERS):
        if broker.person_id in givers | takers:
            raise refuse("broker_is_party")
        if not broker.registration_no:
            raise refuse("broker_unregistered")
    _check_witnesses(parties)
    if len({party.person_id for party in parties}) < len(parties):
        raise refuse("person_named_twice")


def check_shares(parties: Sequence[Party]) -> None:
    """What each side gives or takes is the whole (민법 제262조)."""
    for role in SHARING:
        if not are_whole([party.share for party in parties if party.role is role]):
            raise refuse("shares_not_whole")


def _check_witnesses(parties: Sequence[Party]) -> None:
    witnesses = [party for party in parties if party.role is PartyRole.WITNESS]
    bound = [party for party in parties if party.role is not PartyRole.WITNESS]
    people = {person for party in bound for person in (party.person_id, party.signer.person_id)}
    if any(one.person_id in people for one in witnesses):
        raise refuse("witness_is_party")
    if any(one.order <= party.order for one in witnesses for party in bound):
        raise refuse("witness_not_last")


def are_whole(shares: Sequence[str]) -> bool:
    """Whether these parts of one thing make it up; nobody's do."""
    try:
        parts = [Fraction(share) for share in shares]
    except (ValueError, ZeroDivisionError):
        return False
    return not parts or (sum(parts) == 1 and min(parts) > 0)


def shares_of(said: Sequence[str | None]) -> tuple[str, ...]:
    """What each takes, in equal parts where nobody's is said (민법 제262조제2항). Raises Invalid for anything else."""
    if not any(said):
        return (f"1/{len(said)}",) * len(said)
    shares = tuple(share for share in said if share is not None)
    if len(shares) < len(said) or not are_whole(shares):
        raise refuse("shares_not_whole")
    return shares


def check_owner(
    parties: Iterable[Party], title: Title, owner_refs: Sequence[str], role: PartyRole = PartyRole.SELLER
) -> None:
    """Those of ``role`` own it by the register, with the register's shares; who sells or lets, all of them together
    (민법 제263조–제265조). Who gives a power may be one of several."""
    givers = [party for party in parties if party.role is role]
    names, known = Counter(one.name for one in title.holders), {one.ref for one in title.holders}
    said = Counter(party.name for party in givers)
    stranger = None not in known and not set(owner_refs) <= known
    if said - names or stranger:
        raise refuse(NOT_OWNER[role])
    if role is PartyRole.PRINCIPAL:
        return
    missing = ", ".join(masked(name) for name in (names - said).elements())
    if missing:
        raise refuse("owner_missing", named=(missing, missing))
    if _by_name(title.holders) != _by_name(givers):
        raise refuse("share_differs")


def _by_name(people: Iterable[Holder | Party]) -> list[tuple[str, Fraction]]:
    return sorted((one.name, Fraction(one.share)) for one in people)


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
