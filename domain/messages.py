"""Messages into and out of workflows: one in, one out; fields are only added, with defaults."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from domain.contracts import LeaseTerms, PowerTerms
from domain.draws import Order
from domain.model import Model
from domain.words import Authority, ContractKind, PartyRole, Sha256


class NoticeSyncStart(Model):
    """Look at every notice board once (a schedule repeats it). ``patience_s``: how long a board may stay silent."""

    run: str = ""
    patience_s: float = 20.0


class ConsentStart(Model):
    consent_id: UUID


class AssessStart(Model):
    """Judge one person of a case for the named notices. ``run`` makes a repeated wish another workflow."""

    case_id: UUID
    person_id: UUID
    notice_ids: tuple[str, ...]
    run: str


class VerifyStart(Model):
    """Verify an uploaded document in the documents worker."""

    verification_id: UUID


class Renewal(Model):
    """A contract whose newest file needs another archive time stamp; the present one ends at ``believed_until``."""

    contract_id: UUID
    believed_until: datetime


class ArchiveStart(Model):
    """Look once through all sealed files whose archive time stamp ends within ``ahead`` (a schedule repeats it).

    ``patience``: how long a time-stamp authority may be down. ``after``, ``renewed`` and ``failed``: where the run
    before this one left off.
    """

    ahead: timedelta = timedelta(days=180)
    patience: timedelta = timedelta(hours=1)
    after: Renewal | None = None
    renewed: int = 0
    failed: int = 0


class ApplicationStart(Model):
    application_id: UUID


class DrawStart(Model):
    """``reveal_within``: how long the custodians of the nonce may take before the draw is void."""

    notice_id: str
    reveal_within: timedelta = timedelta(days=1)


class ReserveStart(Model):
    """The first round of the wait-list of one notice."""

    notice_id: str


class AwardStart(Model):
    award_id: UUID


class WinnerStart(Model):
    """A home that the wait-list gave by number has been contracted."""

    notice_id: str
    award_id: UUID


class DraftPayment(Model):
    kind: str
    number: int = 1
    amount: int
    due_on: date | None = None


class DraftPermit(Model):
    """What the broker found out about a land-transaction permit zone (토지거래허가구역), which no register here tells.

    ``zone``: the lot lies in one. ``land_zone``: its 용도지역, a word of ``law.sale.permit``. ``number``: the permit.
    """

    zone: bool | None = None
    land_zone: str | None = None
    number: str | None = None


class DraftAgent(Model):
    """Who acts for the party of ``role``. ``power_id``: the sealed power of attorney, of one who acts by mandate.

    ``principal_id``: for whom, where several stand in the role; otherwise for the first of them.
    """

    role: PartyRole
    person_id: UUID
    authority: Authority
    power_id: UUID | None = None
    principal_id: UUID | None = None


class DraftTaker(Model):
    """One who buys together with the first buyer. ``share``: of the property; None: equal parts."""

    person_id: UUID
    share: str | None = None


class DraftStart(Model):
    """A wish for a draft; everything that a register holds is fetched, not sent.

    ``seller_id`` gives and ``buyer_id`` takes: in a lease lessor and lessee, in a power of attorney principal and
    agent. ``broker_id`` drafts: a broker, or the principal. ``price``: of a lease, its deposit. ``handover_on``: the
    day of the balance where it is not said. ``co_seller_ids`` own it with the seller, by the register's shares;
    ``co_buyers`` buy it with the buyer, who takes ``buyer_share``. ``witness_id``: 입회인.
    """

    contract_id: UUID
    case_id: UUID
    broker_id: UUID
    unique_no: str
    price: int
    payments: tuple[DraftPayment, ...]
    seller_id: UUID
    buyer_id: UUID
    other_broker_id: UUID | None = None
    special_clauses: tuple[str, ...] = ()
    statements: dict[str, str] = {}
    permit: DraftPermit | None = None
    kind: ContractKind = ContractKind.SALE
    switches: tuple[str, ...] = ()
    handover_on: date | None = None
    agents: tuple[DraftAgent, ...] = ()
    lease: LeaseTerms | None = None
    power: PowerTerms | None = None
    co_seller_ids: tuple[UUID, ...] = ()
    buyer_share: str | None = None
    co_buyers: tuple[DraftTaker, ...] = ()
    witness_id: UUID | None = None


class PreviewStart(Model):
    """Print a draft to be read. ``paper``: the contract itself, or its explanation."""

    contract_id: UUID
    terms_sha256: Sha256
    paper: Literal["contract", "explanation"] = "contract"


class SigningPeriods(Model):
    """``patience``: how long a contract waits for its next person before it ends by itself.

    Whose turn it is, is reminded ``remind_after`` the beginning of the turn. By hand: not before ``remind_gap`` has
    passed since the last time, and in one turn not more than ``reminders_most`` times in all.
    ``lease``: how long a prepared revision is one person's, when others of the same order wait to sign too.
    """

    patience: timedelta = timedelta(days=30)
    remind_after: tuple[timedelta, ...] = (timedelta(days=3), timedelta(days=7), timedelta(days=14))
    remind_gap: timedelta = timedelta(days=1)
    reminders_most: int = 6
    lease: timedelta = timedelta(minutes=5)


class ContractStart(Model):
    """``version``: the draft that is meant, where one is. ``periods``: where they are not those of the settings."""

    contract_id: UUID
    version: int | None = None
    periods: SigningPeriods | None = None


class AmendedStart(Model):
    """A sealed amendment, to the procedure of its transfer."""

    contract_id: UUID
    price_changed: bool


class TransferStart(Model):
    transfer_id: UUID


class Act(Model):
    """A person's act without further content: explain, invite, sign, close, refile …"""

    person_id: UUID


class SignAct(Act):
    """Ready to sign. ``certificate``: SHA-256 of that of the own device; empty: the remote signing service is asked."""

    certificate: str = ""


class ReasonAct(Act):
    """Decline to sign; withdraw a contract, or take its draft back, before everybody has signed."""

    reason: str


class EditAct(Act):
    """Another version of a draft. ``version``: the one that was read. What is None stays as it is."""

    version: int
    price: int | None = None
    payments: tuple[DraftPayment, ...] | None = None
    handover_on: date | None = None
    special_clauses: tuple[str, ...] | None = None
    statements: dict[str, str] | None = None


class ApproveAct(Act):
    """The person is ready to sign a body that waits for them (report, tax, bond, mandate, application …)."""

    kind: str


class DigitsAct(Act):
    """Digits of the balls, typed blind. ``role``: officer or operator. ``observers``: who watched, in what office."""

    role: str
    digits: str
    observers: tuple[str, ...] = ()


class RecordedDigitsAct(DigitsAct):
    """Digits as the recording of the balls shows them. ``recording_sha256``: of the recording."""

    recording_sha256: Sha256
    reason: str


class OrderAct(Act):
    """The operator enters an order that annuls the draw."""

    order: Order


class ConfirmOrderAct(Act):
    """The supplier's officer confirms the order with this digest."""

    order_sha256: Sha256


class LapseAct(Act):
    """A winner did not contract or was found ineligible: the unit goes to the wait-list."""

    award_id: UUID
    reason: str


class OpenRoundAct(Act):
    """An officer opens the first round of the wait-list. ``until``: how long those who wait may join."""

    until: datetime


class AcceptAct(Act):
    """A winner takes the home and chooses options of the notice, by code."""

    option_codes: tuple[str, ...] = ()


class ExplainAct(Act):
    """A winner's explanation (소명) of a finding, with the digest of a document."""

    text: str
    document_sha256: str | None = None


class JudgeAct(Act):
    """A human's decision on a winner after explanation (개인정보 보호법 제37조의2③). ``eligible`` as decided."""

    eligible: bool
    reason: str


class ActAnswer(Model):
    """What the person sees at once. ``state`` is the new state of the thing acted on."""

    state: str
    ko: str
    en: str
