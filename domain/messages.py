"""Messages into and out of workflows: one in, one out; fields are only added, with defaults."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from domain.model import Model


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

    document_sha256: str


class ApplicationStart(Model):
    application_id: UUID


class DrawStart(Model):
    """``reveal_within``: how long the custodians of the nonce may take before the draw is void."""

    notice_id: str
    reveal_within: timedelta = timedelta(days=1)


class AwardStart(Model):
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


class DraftStart(Model):
    """A broker's wish for a sale draft; everything that a register holds is fetched, not sent."""

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


class ContractStart(Model):
    """``patience``: how long the contract waits for its next person before it ends by itself."""

    contract_id: UUID
    patience: timedelta = timedelta(days=30)


class TransferStart(Model):
    transfer_id: UUID


class Act(Model):
    """A person's act without further content: explain, invite, sign, close, refile …"""

    person_id: UUID


class DeclineAct(Act):
    reason: str


class ApproveAct(Act):
    """The person is ready to sign a body that waits for them (report, tax, bond, mandate, application …)."""

    kind: str


class DigitsAct(Act):
    """Digits of the balls, typed blind. ``role``: officer or operator. ``observers``: who watched, in what office."""

    role: str
    digits: str
    observers: tuple[str, ...] = ()


class LapseAct(Act):
    """A winner did not contract or was found ineligible: the unit goes to the wait-list."""

    award_id: UUID
    reason: str


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
