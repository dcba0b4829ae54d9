"""One combined application: several lines, each filed at its own agency on its own receipt."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime

from domain.model import Model
from domain.words import Agency, SupplyKind


class LineState(StrEnum):
    ACCEPTED = "accepted"  # committed here; not yet at the agency
    FILED = "filed"  # the agency's receipt (접수증) has arrived
    REFUSED = "refused"  # the agency refused for good


class Line(Model):
    """One wish: a notice, a house type, a supply kind."""

    notice_id: str
    model_no: str
    supply_kind: SupplyKind


class SelectionFacts(Model):
    """What the selection needs of one applicant, as judged on the notice date. No names."""

    local: bool
    homeless: bool
    points: int | None = None  # 0–84, private general supply
    account_opened: str | None = None  # ISO date, tie-break
    homeless_three_years: bool = False  # public general supply
    amount_recognised: int = 0  # won, public general supply
    payments_recognised: int = 0
    priority: int = 0  # tier inside a special supply, 0 first
    rank: int = 1  # general supply: 1순위 or 2순위
    homes: int = 0  # counted homes of the household (lots: none first, then one)
    points_eligible: bool = True  # not left out of the points system (제28조제6항)
    first_order: bool = False  # newlywed: a child of this marriage (제41조제1항제2호)
    children: int = 0  # minor children, decides inside a tier of newlywed supply
    band: int = 2  # where not local: 1 in the province of the home, 2 elsewhere (제34조)
    born_on: str | None = None  # ISO date: the older first, where the law says so (다자녀)
    floor: int = 0  # wish for the lowest floor: 0 none, 1 aged or disabled, 2 three minor children (제51조)


class Intake(Model):
    """Body of one filing at an agency's intake. ``applicant_ref`` is the register's handle of the person."""

    reference: str
    notice_no: str
    model_no: str
    supply_kind: SupplyKind
    applicant_ref: str
    household_refs: tuple[str, ...] = ()
    relation_to_head: str = "self"
    facts: SelectionFacts
    decision_sha256: str
    unknown: tuple[str, ...] = ()  # register items that were down: completed later (promise 5)


class AgencyReceipt(Model):
    """접수증: the agency's number and minute."""

    agency: Agency
    number: str
    received_at: datetime
    ticket: str
    receipt_jws: str


class ReceivedEntry(Model):
    """One received application as the agency hands it to the selection operator after closing."""

    ticket: str
    holder: str  # pseudonym of the person inside one notice
    household: str  # pseudonym of the household inside one notice
    model_no: str
    supply_kind: SupplyKind
    facts: SelectionFacts
    received_at: AwareDatetime


class ReceivedPage(Model):
    """Some of the received list, in order of receipt; no ``items`` where it has ended.

    ``received`` counts the whole list; ``last`` is where the next page begins.
    """

    received: int
    items: tuple[ReceivedEntry, ...]
    last: int
