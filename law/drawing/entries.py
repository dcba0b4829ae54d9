"""From received applications to the rows of a draw: public parts in columns, private parts behind a commitment.

A row holds only what its own pool decides by. What that rests on (dates, sums, region, reasons) is the private part;
with its salt it is given to the applicant alone, who can show what stands behind the row, and nobody can guess it
from the commitment.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Sequence
from datetime import UTC, date
from hashlib import sha256
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.applications import ReceivedEntry, SelectionFacts
from domain.errors import Invalid
from domain.model import Model, canonical_json
from domain.words import HousingKind
from law.drawing.hashing import tagged
from law.drawing.rows import (
    COMMITMENT,
    FIRST_ORDER,
    LONG_HOMELESS,
    NO_POINTS,
    POINTS_ELIGIBLE,
    TICKET,
    Index,
    Rows,
    dense,
    empty,
    in_order,
)
from law.drawing.terms import Head, Key

SALT = 16
LATEST = date.max.toordinal()  # no account or no date: the youngest of all
HOLDER = np.dtype("S16")  # of a hash: a person is compared by it while the list is made
# What positions are made of, once all of a pool are known: days, won or numbers of payments; the smallest is the first.
POSITIONS = ("account", "savings", "older")
MEASURES = np.dtype([(name, "i8") for name in POSITIONS])


class Opening(Model):
    """What opens the commitment of one row: for the applicant only."""

    ticket: str
    salt: str
    private: dict[str, object]

    def commitment(self) -> bytes:
        """ValueError for a salt that is not of the length asked for."""
        salt = bytes.fromhex(self.salt)
        if len(salt) != SALT:
            raise ValueError("salt")
        return tagged("private", salt, canonical_json(self.private))


class Screened(NamedTuple):
    """A received application, and what screening says: a code of the head's exclusions, "" where it takes part."""

    entry: ReceivedEntry
    code: str


class RowMaker:
    """Rows of a list that comes in pages: what is in memory are columns, never the applications.

    ``count``: length of the list. ``secret``: the salts are made of it, so that the same list gives the same bytes.
    """

    def __init__(self, head: Head, count: int, secret: bytes) -> None:
        self._head, self._secret = head, secret
        self._rows, self._measures, self._holders = empty(count), np.zeros(count, MEASURES), np.zeros(count, HOLDER)
        self._at = 0

    def add(self, page: Sequence[Screened]) -> None:
        """The next applications in the order of their tickets. Invalid: one that does not fit the notice."""
        here = slice(self._at, self._at + len(page))
        self._at = here.stop
        rows, measures = self._rows[here], self._measures[here]
        if len(rows) != len(page):
            raise _not_the_list()
        try:
            _open_parts(self._head, page, rows)
            _details(self._head, [one.entry.facts for one in page], rows, measures)
        except (KeyError, ValueError, OverflowError):
            raise Invalid(
                "bad_entry", ko="공고에 맞지 않는 접수가 있습니다.", en="An application does not fit the notice."
            ) from None
        self._holders[here] = [sha256(one.entry.holder.encode()).digest()[: HOLDER.itemsize] for one in page]
        commitments = b"".join(opening(one.entry, self._secret).commitment() for one in page)
        rows["commitment"] = np.frombuffer(commitments, f"V{COMMITMENT}")

    def rows(self) -> Rows:
        """Once, at the end. Invalid: a ticket twice or out of order, or another number of applications."""
        rows = self._rows
        if self._at != len(rows) or not in_order(rows):
            raise _not_the_list()
        rows["holder"] = _numbered(self._holders)
        for mine in _pools(self._head, rows).values():
            for name in POSITIONS:
                rows[name][mine] = dense(self._measures[name][mine])
        return rows


def opening(one: ReceivedEntry, secret: bytes) -> Opening:
    """The private part of one application and its salt."""
    salt = hmac.new(secret, bytes.fromhex(one.ticket), sha256).digest()[:SALT]
    private = {"facts": one.facts.model_dump(mode="json"), "received_at": one.received_at.astimezone(UTC).isoformat()}
    return Opening(ticket=one.ticket, salt=salt.hex(), private=private)


def _not_the_list() -> Invalid:
    return Invalid(
        "bad_list", ko="명단의 접수번호가 겹치거나 순서·건수가 맞지 않습니다.",
        en="A ticket stands twice in the list, or order or number are wrong.",
    )  # fmt: skip


def _open_parts(head: Head, page: Sequence[Screened], rows: Rows) -> None:
    models = {one.model_no: number for number, one in enumerate(head.basis.types)}
    kinds = {kind: number for number, kind in enumerate(head.kinds)}
    names = [bytes.fromhex(one.entry.ticket) for one in page]
    if any(len(name) != TICKET or name.hex() != one.entry.ticket for name, one in zip(names, page, strict=True)):
        raise ValueError("ticket")
    rows["ticket"] = np.frombuffer(b"".join(names), f"V{TICKET}")
    rows["model"] = [models[one.entry.model_no] for one in page]
    rows["kind"] = [kinds[one.entry.supply_kind] for one in page]
    rows["excluded"] = [head.exclusions.index(one.code) for one in page]


def _numbered(holders: NDArray[np.bytes_]) -> NDArray[np.int64]:
    """Number of each person, from 0 in the order in which they come."""
    _, first, person = np.unique(holders, return_index=True, return_inverse=True)
    number = np.empty(len(first), np.int64)
    number[np.argsort(first)] = np.arange(len(first))
    return number[person]


def _pools(head: Head, rows: Rows) -> dict[tuple[int, int], Index]:
    """Places of the rows by house type and kind."""
    pool = rows["model"].astype(np.int64) * len(head.kinds) + rows["kind"]
    numbers = np.unique(pool).tolist()
    return {divmod(number, len(head.kinds)): np.flatnonzero(pool == number) for number in numbers}


def _details(head: Head, facts: Sequence[SelectionFacts], rows: Rows, measures: NDArray[np.void]) -> None:
    """Pool by pool, and of each only the columns that its pool decides by: what decides nothing is not published."""
    for (model, kind), mine in _pools(head, rows).items():
        for name, values in _columns(head, model, kind, [facts[at] for at in mine.tolist()]):
            (measures if name in POSITIONS else rows)[name][mine] = values


def _columns(head: Head, model: int, kind: int, facts: Sequence[SelectionFacts]) -> Iterator[tuple[str, Any]]:
    keys = general_keys(head, model) if kind == 0 else special_keys(head, kind)
    one = head.basis.types[model]
    scored = Key.POINTS in keys or Key.SCORE in keys
    yield "flags", _flags(facts, keys, eligible=kind == 0 and scored)
    yield "band", [0 if fact.local else _within(fact.band, 1, 2) for fact in facts]
    yield "points", [NO_POINTS if fact.points is None or not scored else _points(fact) for fact in facts]
    if kind == 0:
        yield "rank", [_within(fact.rank, 1, 2) for fact in facts]
        if head.law.lottery_homeless_pct:
            yield "homes", [0 if fact.homeless else max(1, min(2, fact.homes)) for fact in facts]
    else:
        yield "tier", [_within(fact.priority, 0, 254) for fact in facts]
    if Key.CHILDREN in keys:
        yield "children", [min(fact.children, 255) for fact in facts]
    if one.lowest_floor:
        yield "floor", [_within(fact.floor, 0, 2) for fact in facts]
    if Key.ACCOUNT in keys:
        yield "account", [_day(fact.account_opened) for fact in facts]
    if Key.OLDER in keys:
        yield "older", [_day(fact.born_on) for fact in facts]
    if Key.SAVINGS in keys:
        by_payments = head.law.types[one.model_no].by_payments
        yield "savings", [-(fact.payments_recognised if by_payments else fact.amount_recognised) for fact in facts]


def general_keys(head: Head, model: int) -> frozenset[Key]:
    """What decides in general supply of a house type, in the words of the special supplies."""
    if head.basis.housing_kind is HousingKind.PUBLIC:
        return frozenset({Key.LOCAL, Key.SAVINGS})
    if not head.law.types[head.basis.types[model].model_no].points_pct:
        return frozenset({Key.LOCAL})
    return frozenset({Key.LOCAL, Key.POINTS, *([Key.ACCOUNT] if head.law.tie_by_account else [])})


def special_keys(head: Head, kind: int) -> frozenset[Key]:
    return frozenset(key for tier in head.law.tiers[head.kinds[kind]] for key in tier.keys)


def _flags(facts: Sequence[SelectionFacts], keys: frozenset[Key], *, eligible: bool) -> list[int]:
    by_points = POINTS_ELIGIBLE * eligible
    homeless, first = LONG_HOMELESS * (Key.SAVINGS in keys), FIRST_ORDER * (Key.FIRST_ORDER in keys)
    return [
        by_points * (fact.points_eligible and fact.points is not None)
        + homeless * fact.homeless_three_years + first * fact.first_order
        for fact in facts
    ]  # fmt: skip


def _day(said: str | None) -> int:
    """Days by which dates are compared; none is the latest of all."""
    return date.fromisoformat(said).toordinal() if said else LATEST


def _points(fact: SelectionFacts) -> int:
    return _within(fact.points or 0, 0, NO_POINTS - 1)


def _within(value: int, least: int, most: int) -> int:
    if not least <= value <= most:
        raise ValueError("out of bounds")
    return value
