"""From received applications to the rows of a draw: public parts in columns, private parts behind a commitment.

A row holds only what its own pool decides by. What that rests on (dates, sums, region, reasons) is the private part;
with its salt it is given to the applicant alone, who can show what stands behind the row, and nobody can guess it
from the commitment.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.applications import ReceivedEntry, SelectionFacts
from domain.errors import Invalid
from domain.model import Model, canonical_json
from domain.words import HousingKind
from law.drawing.hashing import tagged
from law.drawing.rows import (
    FIRST_ORDER,
    LONG_HOMELESS,
    NO_POINTS,
    POINTS_ELIGIBLE,
    TICKET,
    Index,
    Rows,
    dense,
    empty,
)
from law.drawing.terms import Head, Key

SALT = 16
LATEST = "9999-12-31"  # no account or no date: the youngest of all


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


class Made(NamedTuple):
    """Rows sorted by ticket, and their openings in the same order."""

    rows: Rows
    openings: list[Opening]


def make_rows(head: Head, received: Sequence[ReceivedEntry], excluded: Mapping[str, str], secret: bytes) -> Made:
    """``excluded``: ticket → code of the head's exclusions. ``secret``: the salts are made of it, so that the same list
    gives the same bytes. Invalid: a ticket twice, or an application that does not fit the notice."""
    entries = sorted(received, key=lambda one: one.ticket)
    if len({one.ticket for one in entries}) != len(entries):
        raise Invalid("ticket_twice", ko="같은 접수번호가 두 번 있습니다.", en="A ticket stands twice in the list.")
    rows = empty(len(entries))
    if not entries:
        return Made(rows, [])
    try:
        _open_parts(head, entries, excluded, rows)
        _details(head, [one.facts for one in entries], rows)
    except (KeyError, ValueError, OverflowError):
        raise Invalid(
            "bad_entry", ko="공고에 맞지 않는 접수가 있습니다.", en="An application does not fit the notice."
        ) from None
    openings = [_opening(one, secret) for one in entries]
    rows["commitment"] = np.frombuffer(b"".join(one.commitment() for one in openings), "V32")
    return Made(rows, openings)


def _open_parts(head: Head, entries: Sequence[ReceivedEntry], excluded: Mapping[str, str], rows: Rows) -> None:
    models = {one.model_no: number for number, one in enumerate(head.basis.types)}
    kinds = {kind: number for number, kind in enumerate(head.kinds)}
    names = [bytes.fromhex(one.ticket) for one in entries]
    if any(len(name) != TICKET or name.hex() != one.ticket for name, one in zip(names, entries, strict=True)):
        raise ValueError("ticket")
    rows["ticket"] = np.frombuffer(b"".join(names), f"V{TICKET}")
    rows["model"] = [models[one.model_no] for one in entries]
    rows["kind"] = [kinds[one.supply_kind] for one in entries]
    rows["excluded"] = [head.exclusions.index(excluded.get(one.ticket, "")) for one in entries]
    holders: dict[str, int] = {}
    rows["holder"] = [holders.setdefault(one.holder, len(holders)) for one in entries]


def _details(head: Head, facts: Sequence[SelectionFacts], rows: Rows) -> None:
    """Pool by pool, and of each only the columns that its pool decides by: what decides nothing is not published."""
    pool = rows["model"].astype(np.int64) * len(head.kinds) + rows["kind"]
    for number in np.unique(pool).tolist():
        model, kind = divmod(number, len(head.kinds))
        mine: Index = np.flatnonzero(pool == number)
        for name, values in _columns(head, model, kind, [facts[at] for at in mine.tolist()]):
            rows[name][mine] = values


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
        yield "account", dense(np.array([fact.account_opened or LATEST for fact in facts]))
    if Key.OLDER in keys:
        yield "older", dense(np.array([fact.born_on or LATEST for fact in facts]))
    if Key.SAVINGS in keys:
        yield "savings", dense(_savings(facts, by_payments=head.law.types[one.model_no].by_payments))


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


def _savings(facts: Sequence[SelectionFacts], *, by_payments: bool) -> NDArray[np.int64]:
    values = [fact.payments_recognised if by_payments else fact.amount_recognised for fact in facts]
    return -np.array(values, np.int64)


def _points(fact: SelectionFacts) -> int:
    return _within(fact.points or 0, 0, NO_POINTS - 1)


def _within(value: int, least: int, most: int) -> int:
    if not least <= value <= most:
        raise ValueError("out of bounds")
    return value


def _opening(one: ReceivedEntry, secret: bytes) -> Opening:
    salt = hmac.new(secret, bytes.fromhex(one.ticket), hashlib.sha256).digest()[:SALT]
    private = {"facts": one.facts.model_dump(mode="json"), "received_at": one.received_at.isoformat()}
    return Opening(ticket=one.ticket, salt=salt.hex(), private=private)
