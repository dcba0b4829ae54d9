"""The report of a lease as the law has it for one contract: whether, until when, by whom, and what it says.

부동산 거래신고 등에 관한 법률 제6조의2; 시행규칙 제6조의2①③, 제6조의5. Checked 2026-11-23.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from activities.deal_law import BROKERS, BUILDINGS
from domain.contracts import ContractTerms, Party
from domain.decisions import Decision
from domain.leases import LeaseBroker, LeaseParty, LeaseReport
from domain.time import now, seoul_midnight
from domain.words import Authority, LeaseKind, PartyRole
from law.rulebook import Rulebook
from law.rules import Case, decide
from law.sale.lease import lease_report, lease_report_due
from store import contracts
from store.tables.contracts import ContractRow

PARTIES = (PartyRole.LESSOR, PartyRole.LESSEE)
REMIND_DAYS_BEFORE = (7, 1)  # ours, not the law's
REMIND_AT = timedelta(hours=9)  # in Seoul


def lease_decision(terms: ContractTerms, rulebook: Rulebook) -> tuple[Decision, date | None]:
    """Whether it is reported, as of the contract date, and the last day; None where holidays are not known so far."""
    case = _case(terms, rulebook)
    due: date | None = case.judge(lease_report_due).value
    return decide(lease_report, case), due


def _case(terms: ContractTerms, rulebook: Rulebook) -> Case:
    """A building that the ledger does not call a home may still be lived in: then nobody here can tell."""
    lease = terms.lease
    if lease is None:
        raise LookupError("a lease has the terms of one")
    former = lease.former
    stated = {
        "lease_deposit": terms.price,
        "monthly_rent": lease.monthly_rent,
        "property_region": terms.property.region or None,
        "leased_as_home": True if _is_home(terms.property.use) else None,
        "only_extended": lease.kind is not LeaseKind.NEW and former is not None
        and (former.deposit, former.monthly_rent) == (terms.price, lease.monthly_rent),
    }  # fmt: skip
    facts = {name: value for name, value in stated.items() if value is not None}
    return Case(terms.made_on, rulebook, facts, {name: {"contract": terms.digest()} for name in facts})


def _is_home(use: str) -> bool:
    return use in BUILDINGS or use.endswith("주택")


def moments(due_on: date | None) -> Iterator[datetime]:
    """Reminders that lie ahead."""
    if due_on is not None:
        for days in REMIND_DAYS_BEFORE:
            moment = seoul_midnight(due_on - timedelta(days=days)) + REMIND_AT
            if moment > now():
                yield moment


def approvers(terms: ContractTerms) -> dict[UUID, PartyRole]:
    """Whose signature is enough, and as what; one who represents several parties signs once."""
    return {_approver(party): party.role for party in reversed(reporters(terms))}


def reporters(terms: ContractTerms) -> list[Party]:
    return [party for party in terms.parties if party.role in PARTIES]


def _approver(party: Party) -> UUID:
    """A representative by law acts for the party. Who was only let to make the contract would need a mandate for the
    report (규칙 제6조의5): then the party approves."""
    by_law = party.agent is not None and party.agent.authority is not Authority.ATTORNEY
    return party.signer.person_id if by_law else party.person_id


def people(terms: ContractTerms) -> set[UUID]:
    return {one for party in reporters(terms) for one in (party.person_id, party.signer.person_id)}


def lease_body(contract: ContractRow, refs: dict[UUID, str], ref: str) -> LeaseReport:
    """주택 임대차 계약 신고서, nothing of it typed (규칙 제6조의2①)."""
    terms = contracts.terms_of(contract)
    lease = terms.lease
    if lease is None or contract.document_sha256 is None:
        raise LookupError("only a sealed lease is reported")
    former = lease.former
    return LeaseReport(
        reference=ref, contract_sha256=contract.document_sha256, contract_date=terms.made_on, property=terms.property,
        part=lease.part, part_area=lease.part_area, deposit=terms.price, monthly_rent=lease.monthly_rent,
        starts_on=lease.starts_on, ends_on=lease.ends_on, renewal=lease.kind,
        former_deposit=former.deposit if former else None, former_rent=former.monthly_rent if former else None,
        parties=tuple(_party(party, refs) for party in reporters(terms)),
        brokers=tuple(
            LeaseBroker(
                name=one.name, organisation=one.organisation or "", registration_no=one.registration_no or ""
            )
            for one in terms.parties if one.role in BROKERS
        ),
    )  # fmt: skip


def _party(party: Party, refs: dict[UUID, str]) -> LeaseParty:
    agent = party.agent
    return LeaseParty(
        role="lessor" if party.role is PartyRole.LESSOR else "lessee", identity_ref=refs[party.person_id],
        name=party.name, address=party.address, agent_ref=refs[agent.person_id] if agent else None,
        authority=agent.authority if agent else None,
    )  # fmt: skip
