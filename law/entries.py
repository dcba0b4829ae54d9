"""The entries of a draw and what becomes of them.

Public parts only: pools, points and tie-breakers as dense positions; no dates, sums, regions or names.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TypeVar

from domain.applications import ReceivedEntry
from domain.errors import Invalid
from domain.model import Model
from domain.words import SupplyKind

Value = TypeVar("Value", str, int)


class Entry(Model):
    """The public part of one application. Tie-breakers are dense positions (0 best), never dates or sums."""

    ticket: str
    holder: str  # pseudonym of the person inside one notice
    model_no: str
    supply_kind: SupplyKind
    excluded: str | None = None  # code of an exclusion that the law makes before selection
    local: bool
    homes: int  # 0: without a home, 1, 2 (two and more)
    rank: int = 1
    points: int | None = None
    points_eligible: bool = True
    account_position: int = 0  # the older the account the smaller
    long_homeless: bool = False
    amount_position: int = 0
    payments_position: int = 0
    tier: int = 0
    first_order: bool = False
    children: int = 0


class Result(StrEnum):
    WON = "won"
    WAIT_LISTED = "wait_listed"
    LOST = "lost"
    EXCLUDED = "excluded"


class Selected(Model):
    """What became of one ticket. ``via``: the pool that decided; ``position``: its order there, from 1."""

    ticket: str
    result: Result
    via: str
    position: int | None = None
    wait_list_no: int | None = None
    unit: str | None = None


def make_entries(received: Iterable[ReceivedEntry], excluded: dict[str, str] | None = None) -> tuple[Entry, ...]:
    """Public parts sorted by ticket. ``excluded``: ticket → code. Invalid for a ticket received twice."""
    rows = sorted(received, key=lambda row: row.ticket)
    if len({row.ticket for row in rows}) != len(rows):
        raise Invalid("ticket_twice", ko="같은 접수번호가 두 번 있습니다.", en="A ticket stands twice in the list.")
    accounts = _dense(row.facts.account_opened or "9999" for row in rows)
    amounts = _dense(-row.facts.amount_recognised for row in rows)
    payments = _dense(-row.facts.payments_recognised for row in rows)
    return tuple(
        Entry(
            ticket=row.ticket, holder=row.holder, model_no=row.model_no, supply_kind=row.supply_kind,
            excluded=(excluded or {}).get(row.ticket), local=row.facts.local,
            homes=0 if row.facts.homeless else max(1, min(2, row.facts.homes)), rank=row.facts.rank,
            points=row.facts.points, points_eligible=row.facts.points_eligible and row.facts.points is not None,
            account_position=account, long_homeless=row.facts.homeless_three_years, amount_position=amount,
            payments_position=paid, tier=row.facts.priority, first_order=row.facts.first_order,
            children=row.facts.children,
        )
        for row, account, amount, paid in zip(rows, accounts, amounts, payments, strict=True)
    )  # fmt: skip


def _dense(values: Iterable[Value]) -> list[int]:
    listed = list(values)
    place = {value: position for position, value in enumerate(sorted(set(listed)))}
    return [place[value] for value in listed]
