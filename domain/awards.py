"""An award from its check to its supply contract, as procedures see it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain.model import Model
from domain.words import Outcome


class AwardView(Model):
    """``search_until``: how long registers may take to answer the search on winners (제52조제6항)."""

    award_id: UUID
    case_id: UUID
    search_until: datetime


class AwardSearch(Model):
    """Whether the registers have ``answered`` the search in time."""

    award_id: UUID
    answered: bool


class AwardFound(Model):
    """What the check found. ``explain_until``: end of the winner's time to explain, where the outcome is not yes."""

    outcome: Outcome
    explain_until: datetime | None = None


class Explained(Model):
    """A winner's explanation (소명), kept with the award."""

    award_id: UUID
    person_id: UUID
    text: str
    document_sha256: str | None = None


class Judged(Model):
    """A human's decision on a winner (개인정보 보호법 제37조의2제3항)."""

    award_id: UUID
    officer_id: UUID
    eligible: bool
    reason: str


class Accepted(Model):
    """The winner takes the home, with the options of the notice that they want."""

    award_id: UUID
    person_id: UUID
    option_codes: tuple[str, ...] = ()


class ContractBy(Model):
    """Until when the deposit must have been paid (제59조제2항)."""

    at: datetime


class SupplyRefused(Model):
    """Why the supply contract of an award could not be drafted; ``number`` counts the attempts."""

    award_id: UUID
    number: int
    code: str
    article: str = ""
    ko: str = ""
    en: str = ""


class AwardEnd(Model):
    """How an award ended: ``contracted`` | ``ineligible`` | ``lapsed`` | ``annulled``."""

    award_id: UUID
    state: str
