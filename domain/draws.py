"""The draw of a notice as procedures see it. Lists travel as digests of stored documents."""

from __future__ import annotations

from datetime import datetime
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
    VOID = "void"  # the nonce was not revealed, while nobody could know the result


class DrawView(Model):
    """Where a draw stands. ``receipt_closes_at``: before that nobody can close it."""

    notice_id: str
    state: DrawState
    receipt_opens_at: datetime
    receipt_closes_at: datetime
    winners: int = 0


class CountAt(Model):
    """The moment for which applications are counted."""

    notice_id: str
    at: datetime


class DrawCarry(Model):
    """One act at the receiving agency under one reference of ours."""

    notice_id: str
    reference: str
    award_id: UUID | None = None  # only this award is told, else all winners


class Digits(Model):
    """Digits that one person typed for one role."""

    notice_id: str
    person_id: UUID
    role: str
    digits: str
    observers: tuple[str, ...] = ()


class DigitsOutcome(StrEnum):
    WAITING = "waiting"  # the other person has not typed yet
    AGREED = "agreed"
    DIFFER = "differ"  # both type again


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


class Revealed(Model):
    """``state``: revealed; screened where too few custodians ever will hand their shares over; void."""

    state: DrawState


class RecordRef(Model):
    """One sealed statement about a draw. ``format``: of its body; ``number``: among those of the format, from 1."""

    notice_id: str
    format: str
    number: int = 1


class WaitListEnd(Model):
    """Until when lapsed homes go to the wait-list."""

    at: datetime


class Lapsed(Model):
    """An award has lapsed; ``next_award_id`` has got its home, None where nobody waits."""

    next_award_id: UUID | None = None
