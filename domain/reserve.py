"""The first round of a wait-list as procedures see it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.draws import RecordRef
from domain.messages import OpenRoundAct
from domain.model import Model


class RoundState(StrEnum):
    OPEN = "open"  # people join
    CLOSING = "closing"  # the time to join is over; the list is being fixed
    FIXED = "fixed"  # the list is stamped; the balls come next
    DONE = "done"  # the homes are allotted, or nobody had joined
    ANNULLED = "annulled"  # with the draw, by the order of an authority


class FreeHome(Model):
    """A home that is on offer, and the award that has lapsed. ``lowest``: may be asked for (제51조)."""

    award_id: UUID
    model_no: str
    special: bool
    unit: str
    lowest: bool = False


class OpenRound(Model):
    notice_id: str
    act: OpenRoundAct


class RoundView(Model):
    """Where the round stands. ``record``: what is stated about it, once it is done."""

    state: RoundState
    until: datetime
    record: RecordRef | None = None
