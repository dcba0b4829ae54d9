"""Consents as procedures see them; the rows hold the truth."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.facts import Item
from domain.model import Model


class ConsentState(StrEnum):
    """The states of ISO/IEC TS 27560."""

    REQUESTED = "requested"
    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    TERMINATED = "terminated"
    INVALIDATED = "invalidated"
    REAFFIRMED = "reaffirmed"


class ConsentView(Model):
    """Where one consent stands now."""

    consent_id: UUID
    state: ConsentState
    ends_at: datetime


class Fetched(Model):
    """End of one round of fetching: every item is stored, or its register said no for good (``refused``)."""

    refused: tuple[Item, ...] = ()


class Renewal(Model):
    """Ask registers again for ``items`` under all living consents of a case; what came ``since`` then is new enough."""

    case_id: UUID
    items: tuple[Item, ...]
    since: datetime


class Collected(Model):
    """Which agreed items are stored now and which are not."""

    stored: tuple[Item, ...]
    missing: tuple[Item, ...]
