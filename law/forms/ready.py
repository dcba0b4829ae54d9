"""The last gate of a draft: what no single part of it shows, checked; then it is written out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from domain.contracts import Agent, ContractTerms, LeaseTerms, Party
from domain.draft_refusals import refuse
from domain.draft_rules import BROKERS, GIVERS
from domain.words import Authority, ContractKind, LeaseKind, PartyRole, Power, Won
from law.forms import form
from law.forms.explaining import asked
from law.forms.writing import is_brokered, written

PER_MILLE = 1_000
# What an agent of each party must be given (민법 제118조).
NEEDED = {
    PartyRole.SELLER: Power.SELL, PartyRole.BUYER: Power.BUY, PartyRole.LESSOR: Power.LET, PartyRole.LESSEE: Power.RENT,
}  # fmt: skip


def ready(terms: ContractTerms) -> ContractTerms:
    """``terms`` written out. Raises Invalid: agents, minors, a renewal's raise, an explanation with gaps."""
    _check_agents(terms.parties, terms.made_on)
    if terms.kind is ContractKind.LEASE and terms.lease is not None:
        _check_raise(terms.lease, terms.price)
    _check_statements(terms)
    return written(terms)


def _check_agents(parties: Sequence[Party], day: date) -> None:
    """민법 제5조, 제114조, 제124조. A representative by law is declared; one by mandate names the power of attorney."""
    adult = form.limit("adult_age").value
    for party in parties:
        minor = party.birth_date is not None and _age(party.birth_date, day) < adult
        if minor and (party.agent is None or party.agent.authority is Authority.ATTORNEY):
            raise refuse("minor_without_agent")
        if party.agent is not None and party.agent.authority is Authority.ATTORNEY and not party.agent.power_sha256:
            raise refuse("power_missing")
    for party in parties:
        if party.agent is not None and party.agent.person_id in _acting_against(parties, party):
            raise refuse("agent_of_both")


def _acting_against(parties: Sequence[Party], party: Party) -> set[object]:
    """Everybody of the other side, their agents, and the brokers (공인중개사법 제33조제1항제6호)."""
    mine = party.role in GIVERS
    others = [one for one in parties if one.role in BROKERS or (one.role in GIVERS) != mine]
    return {one.person_id for one in others} | {one.agent.person_id for one in others if one.agent is not None}


def _age(born: date, day: date) -> int:
    """Full years; a birthday counts from its first moment (민법 제158조)."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _check_raise(lease: LeaseTerms, deposit: Won) -> None:
    """A renewal on demand raises neither deposit nor rent by more than the limit, unless the other one falls."""
    former = lease.former
    if lease.kind is not LeaseKind.DEMANDED or former is None:
        return
    limit = PER_MILLE + form.limit("lease_raise_per_mille").value
    pairs = ((deposit, former.deposit), (lease.monthly_rent, former.monthly_rent))
    if any(now < before for now, before in pairs):
        return  # converted from one into the other: 제7조의2 holds, whose rate no register here tells
    if any(now * PER_MILLE > before * limit for now, before in pairs):
        raise refuse("rent_raised_too_much")


def _check_statements(terms: ContractTerms) -> None:
    if is_brokered(terms) and terms.explanation is not None:
        check_statements(ContractKind.LEASE if terms.lease else ContractKind.SALE, terms.explanation.statements)


def check_statements(kind: ContractKind, said: Mapping[str, str]) -> None:
    """Invalid naming what the broker has not stated for a contract of this kind."""
    missing = [row for row in asked(kind) if not said.get(row.ask or "")]
    if missing:
        named = (", ".join(row.label for row in missing), ", ".join(row.en for row in missing))
        raise refuse("explanation_incomplete", f"statements.{missing[0].ask}", named=named)


def check_power(power: ContractTerms, party: Party, agent: Agent, unique_no: str, day: date) -> None:
    """The power of attorney that ``agent`` shows lets act for ``party`` about this property today. Raises Invalid."""
    people = {one.role: one.person_id for one in power.parties}
    given = power.power
    covered = (
        given is not None
        and people.get(PartyRole.PRINCIPAL) == party.person_id
        and people.get(PartyRole.ATTORNEY) == agent.person_id
        and power.property.unique_no == unique_no
        and NEEDED.get(party.role) in given.powers
        and power.digest() == agent.power_sha256
    )
    if given is None or not covered:
        raise refuse("power_does_not_cover")
    if given.valid_until < day:
        raise refuse("power_expired")
