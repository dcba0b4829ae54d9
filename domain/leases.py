"""The report of a lease (주택 임대차 계약의 신고): what is signed and filed, what the agency answers, who does what."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from domain.contracts import PropertyTerms
from domain.model import Model
from domain.words import Authority, LeaseKind, Sha256, Won


class LeaseParty(Model):
    """Lessor or lessee. ``agent_ref``: who has signed the contract for the party, and by which authority."""

    role: Literal["lessor", "lessee"]
    identity_ref: str
    name: str
    address: str = ""
    agent_ref: str | None = None
    authority: Authority | None = None


class LeaseBroker(Model):
    name: str
    organisation: str
    registration_no: str


class LeaseReport(Model):
    """주택 임대차 계약 신고서 (규칙 제6조의2①, 별지 제5호의2서식): all of it from the sealed contract.

    ``part`` and ``part_area`` (m²) are what is let. ``renewal``: new | agreed | demanded; ``former_*``: the sums that a
    renewal changes. The contract itself goes with it, named by ``contract_sha256``.
    """

    reference: str
    contract_sha256: Sha256
    contract_date: date
    property: PropertyTerms
    part: str
    part_area: str
    deposit: Won
    monthly_rent: Won
    starts_on: date
    ends_on: date
    renewal: LeaseKind
    former_deposit: Won | None = None
    former_rent: Won | None = None
    parties: tuple[LeaseParty, ...]
    brokers: tuple[LeaseBroker, ...] = ()


class LeaseReportState(Model):
    """How the agency has a report. The certificate (신고필증) and the fixed date (확정일자) come together."""

    number: str
    state: Literal["received", "certified"]
    certificate_no: str | None = None
    fixed_date_no: str | None = None
    fixed_on: date | None = None


class LeaseReportStart(Model):
    """``contract_id``: of the sealed lease."""

    contract_id: UUID


class LeaseReportView(Model):
    """What the procedure needs. ``wanted``: one of the parties is to approve the report (also where the data do not
    settle whether the law asks for it). ``remind_at``: when the parties are reminded; ``late_at``: when it is late."""

    contract_id: UUID
    case_id: UUID
    wanted: bool
    remind_at: tuple[datetime, ...] = ()
    late_at: datetime | None = None


class LeaseReminder(Model):
    """``number``: counted from 1; ``late``: the last day has passed."""

    contract_id: UUID
    number: int
    late: bool = False


class LeaseFiling(Model):
    """Carry the report that was signed under ``approval``."""

    contract_id: UUID
    approval: str
    reference: str
