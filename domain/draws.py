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
    SCREENED = "screened"  # root 2 over the screened entries is stamped; the balls may be drawn
    SELECTED = "selected"  # nonce opened, winners and wait-list selected, proof published
    PUBLISHED = "published"  # the agency holds the list of winners


class DrawView(Model):
    """Where a draw stands. ``receipt_closes_at``: before that nobody can close it."""

    notice_id: str
    state: DrawState
    receipt_closes_at: datetime
    winners: int = 0


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


class DigitsOutcome(StrEnum):
    WAITING = "waiting"  # the other person has not typed yet
    AGREED = "agreed"
    DIFFER = "differ"  # both type again


class DigitsTyped(Model):
    """``typed``: who has typed so far, by role; empty when both have to type again."""

    outcome: DigitsOutcome
    typed: dict[str, UUID] = {}


class Drawn(Model):
    """A finished selection. ``proof`` names the published document."""

    proof: Sha256
    winners: int
    waiting: int


class WaitListEnd(Model):
    """Until when lapsed homes go to the wait-list."""

    at: datetime


class Lapsed(Model):
    """An award has lapsed; ``next_award_id`` has got its home, None where nobody waits."""

    next_award_id: UUID | None = None
