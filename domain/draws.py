"""The draw of a notice as procedures see it. Lists travel as digests of stored documents."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from domain.model import Model
from domain.words import Sha256


class DrawState(StrEnum):
    """How far the ceremony has come; each step is bound to the one before."""

    COMMITTED = "committed"  # the nonce's commitment stands in the notice
    CLOSED = "closed"  # root 1 over the received tickets is stamped
    SCREENED = "screened"  # root 2 over the screened list is stamped; the custodians are asked for the nonce
    REVEALED = "revealed"  # the nonce is open; the balls may be drawn
    SELECTED = "selected"  # winners and wait-list selected; the record is sealed and published next
    PUBLISHED = "published"  # the record is open, the agency holds the list of winners
    VOID = "void"  # ended before anybody could know a result that stands (VoidReason)
    ANNULLED = "annulled"  # by the order of an authority; what was published stays where it is


class VoidReason(StrEnum):
    """Why a draw is void. Its words stand in the published record."""

    NONCE_NOT_REVEALED = "nonce_not_revealed"  # too few shares came in before the balls
    BEACON_PASSED = "beacon_passed"  # the fixed round was out before the digits were stamped


class Authority(StrEnum):
    """Who can order that a draw is annulled (주택법 제94조; a court by its decision)."""

    MINISTRY = "ministry"  # 국토교통부장관
    LOCAL_GOVERNMENT = "local_government"  # 지방자치단체의 장: 시장·군수·구청장, 시·도지사
    COURT = "court"  # 법원


class Order(Model):
    """An order that annuls a draw. ``reason``: in words that may be published; ``document_sha256``: of its document."""

    authority: Authority
    name: str
    number: str
    ordered_on: date
    reason: str
    document_sha256: Sha256


class DrawView(Model):
    """Where a draw stands. ``receipt_closes_at``: before that nobody can close it."""

    notice_id: str
    state: DrawState
    receipt_opens_at: datetime
    receipt_closes_at: datetime
    winners: int = 0
    beacon_at: datetime | None = None  # when the fixed round of a public random source comes out


class CountAt(Model):
    """The moment for which applications are counted."""

    notice_id: str
    at: datetime


class DrawCarry(Model):
    """One act at the receiving agency under one reference of ours."""

    notice_id: str
    reference: str
    award_id: UUID | None = None  # only this award is told, else all winners
    reserve: bool = False  # those of the wait-list's first round are told
    correction: int = 0  # of which correction the winners are; 0: of the draw, and taken back by an order


class Digits(Model):
    """Digits that one person typed for one role. ``purpose``: which balls they are (``CeremonyRow``)."""

    notice_id: str
    person_id: UUID
    role: str
    digits: str
    observers: tuple[str, ...] = ()
    purpose: str = "draw"


class RecordedDigits(Digits):
    """Digits typed again from the recording of the balls."""

    recording_sha256: Sha256
    reason: str


class DigitsOutcome(StrEnum):
    WAITING = "waiting"  # the other person has not typed yet
    AGREED = "agreed"
    DIFFER = "differ"  # both type again
    UNCHANGED = "unchanged"  # both typed from the recording what stands already


class DigitsTyped(Model):
    """``typed``: who has typed so far, by role; empty when both have to type again."""

    outcome: DigitsOutcome
    typed: dict[str, UUID] = {}


class Made(Model):
    """A finished selection. ``body``: the bytes that the operator seals."""

    body: Sha256


class Drawn(Model):
    """A published draw. ``proof`` names the document."""

    proof: Sha256
    winners: int
    waiting: int


class RecordRef(Model):
    """One sealed statement about a draw. ``format``: of its body; ``number``: among those of the format, from 1."""

    notice_id: str
    format: str
    number: int = 1


class Revealed(Model):
    """``state``: revealed; screened where too few custodians ever will hand their shares over; void, with what is
    stated about it."""

    state: DrawState
    record: RecordRef | None = None


class Correction(Model):
    """Digits read again from the recording. ``body_sha256``, ``listing_sha256``, ``seal``: of the transcript that will
    be in force, once they are made."""

    number: int
    digits: str
    recording_sha256: Sha256
    reason: str
    body_sha256: Sha256 | None = None
    listing_sha256: Sha256 | None = None
    seal: str | None = None


class Superseded(Model):
    """A transcript that was corrected: its document and its list stay."""

    body_sha256: Sha256
    transcript_sha256: Sha256
    listing_sha256: Sha256
    until: datetime


class Corrected(Model):
    """``record``: what is published about the correction; None where the draw was annulled before it took effect."""

    record: RecordRef | None = None


class Entered(Model):
    """An order that one person has entered; another one confirms it."""

    order: Order
    person_id: UUID
    at: datetime


class EnterOrder(Model):
    """The operator enters an order. Entered again, it takes the place of one that nobody has confirmed."""

    notice_id: str
    person_id: UUID
    order: Order


class ConfirmOrder(Model):
    """The supplier's officer confirms the very order whose digest (``Order.digest``) this is."""

    notice_id: str
    person_id: UUID
    order_sha256: Sha256


class Annulment(Model):
    """``record``: what is published about it. ``contracts``: supply contracts that the order finds made; people
    dissolve them."""

    record: RecordRef
    contracts: int


class AgencyNo(Model):
    """Why the agency does not change its list of winners; without ``code`` it has."""

    notice_id: str
    code: str = ""
    ko: str = ""
    en: str = ""


class WaitListEnd(Model):
    """``over``: the wait-list has ended; else ``at`` is when to look again."""

    at: datetime
    over: bool = False


class Lapsed(Model):
    """An award has lapsed; ``next_award_id`` has got its home, None where nobody waits. ``kept``: for the first round
    of the wait-list."""

    next_award_id: UUID | None = None
    kept: bool = False
