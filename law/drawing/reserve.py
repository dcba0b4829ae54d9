"""The first round of the wait-list: lapsed homes in the order of the wait-list numbers, their units by lot.

주택공급에 관한 규칙 제26조⑤⑥, 제26조의2④⑤, 제51조. Checked 2026-11-23. Who takes part is fixed and time-stamped before
the balls are drawn; everything after follows from that list, the transcript of the draw, and the digits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Literal

from pydantic import AwareDatetime

from domain.contracts import Finding
from domain.model import Model
from domain.words import Sha256
from law.ceremony import check_digits
from law.drawing import hashing
from law.drawing.findings import finding
from law.drawing.rows import MASKED, WAITS, WON
from law.drawing.statements import Beside, Statement
from law.drawing.transcript import Body, body_sha256, inline_bytes, read_listing
from law.drawing.verify import MOST_NAMED, moment_of, tried

FORMAT: Final = "onjip-draw-reserve"
FIRST, SECOND = 1, 2  # wishes for the lowest floor (제51조)


class Home(Model):
    """A home that is free again. ``special``: of special supply; ``lowest``: may be asked for (제51조)."""

    model_no: str
    special: bool
    unit: str
    lowest: bool = False


class Joined(Model):
    """A ticket that takes part. ``wait``: its number on its wait-list; ``holder``: its person, numbered in this list
    from 0; ``floor``: wish for the lowest floor, told only where such a home of the type is free."""

    ticket: str
    model_no: str
    special: bool
    wait: int
    holder: int
    floor: int = 0


class Listed(Model):
    """What is stamped before the balls. ``until``: the end of the time to join."""

    until: AwareDatetime
    homes: tuple[Home, ...]
    joined: tuple[Joined, ...]


class Allotted(Model):
    ticket: str
    unit: str


def in_order(until: AwareDatetime, homes: Iterable[Home], joined: Iterable[Joined]) -> Listed:
    """House types by number, special before general; homes by unit, tickets by their number on the wait-list."""
    return Listed(
        until=until,
        homes=tuple(sorted(homes, key=lambda one: (one.model_no, not one.special, one.unit))),
        joined=tuple(sorted(joined, key=lambda one: (one.model_no, not one.special, one.wait))),
    )


def stamp_digest(transcript_sha256: str, listed: Listed) -> bytes:
    """What the time stamp before the balls covers."""
    return hashing.tagged("reserve-list", *_fixed(transcript_sha256, listed))


def seed_of(transcript_sha256: str, listed: Listed, digits: str) -> bytes:
    return hashing.tagged("reserve", *_fixed(transcript_sha256, listed), digits.encode())


def _fixed(transcript_sha256: str, listed: Listed) -> tuple[bytes, ...]:
    return bytes.fromhex(transcript_sha256), bytes.fromhex(listed.digest()), len(listed.joined).to_bytes(8, "big")


def allot(listed: Listed, seed: bytes) -> tuple[Allotted, ...]:
    """Special homes to the special wait-lists first; what they leave goes with the general homes to the general ones
    (제26조의2⑤). A person gets one home. Sorted by ticket."""
    found: list[Allotted] = []
    left: dict[str, list[Home]] = {}
    having: set[int] = set()
    models = sorted({one.model_no for one in listed.homes})
    for special in (True, False):
        for model in models:
            homes = [one for one in listed.homes if one.model_no == model and one.special is special]
            homes += left.pop(model, [])
            waiting = [one for one in listed.joined if one.model_no == model and one.special is special]
            chosen = _first(waiting, len(homes), having)
            pool = f"reserve-special:{model}" if special else f"reserve:{model}"
            given = _units(chosen, homes, seed, pool)
            found += given
            taken = {one.unit for one in given}
            left[model] = [one for one in homes if one.unit not in taken]
    return tuple(sorted(found, key=lambda one: one.ticket))


def _first(waiting: Iterable[Joined], homes: int, having: set[int]) -> list[Joined]:
    """By number; who has got a home is passed over, and noted in ``having``."""
    chosen: list[Joined] = []
    for one in waiting:
        if len(chosen) < homes and one.holder not in having:
            having.add(one.holder)
            chosen.append(one)
    return chosen


def _units(chosen: Iterable[Joined], homes: Sequence[Home], seed: bytes, pool: str) -> list[Allotted]:
    """People by lot, homes by lot: first the lowest floors to those who wished for them, then the rest in turn."""
    people = sorted(chosen, key=lambda one: hashing.lot(seed, pool, bytes.fromhex(one.ticket)))
    free = sorted(homes, key=lambda one: hashing.lot(seed, pool, one.unit.encode()))
    low = [one for one in free if one.lowest]
    wishing = [one for wish in (FIRST, SECOND) for one in people if one.floor == wish]
    given = {one.ticket: home.unit for one, home in zip(wishing, low, strict=False)}
    taken = set(given.values())
    rest = iter([home.unit for home in free if home.unit not in taken])
    return [Allotted(ticket=one.ticket, unit=given.get(one.ticket) or next(rest)) for one in people]


class Reserve(Statement):
    """The round, whole. Where nobody joined there are no digits, no seed and nothing allotted.

    ``body_sha256``: of the transcript whose wait-list this is; ``list_stamp``: RFC 3161 token, base64.
    """

    format: Literal["onjip-draw-reserve"] = FORMAT
    body_sha256: Sha256
    listed: Listed
    list_stamp: str
    digits: str | None = None
    typed_by: tuple[str, ...] = ()
    observers: tuple[str, ...] = ()
    seed: Sha256 | None = None
    allotted: tuple[Allotted, ...] = ()

    def findings(self, beside: Beside) -> Iterator[Finding]:
        """All that follows from the list and the digits is worked out again; with the transcript beside it, who waits
        there and which homes were won there."""
        listed = self.listed
        stamped = moment_of(beside.checks, self.list_stamp, lambda: stamp_digest(self.body_sha256, listed))
        yield finding("stated", _orderly(listed) and self.number == 1)
        yield finding("reserve_stamp", stamped is not None and stamped >= listed.until)
        yield finding("times", stamped is not None and (beside.sealed_at is None or stamped <= beside.sealed_at))
        yield from self._drawn() if listed.joined else self._not_drawn()
        if beside.bodies:
            named = [body for body in beside.bodies if self._names(body)]
            yield finding("named_body", bool(named))
            for body in named:
                yield from self._compared(body)

    def _names(self, body: Body) -> bool:
        return body_sha256(body) == self.body_sha256 and body.head.basis.notice_id == self.notice_id

    def _drawn(self) -> Iterator[Finding]:
        seed = seed_of(self.body_sha256, self.listed, self.digits or "")
        yield finding("seed", bool(self.digits) and seed.hex() == self.seed)
        yield finding("allotted", tried(lambda: allot(self.listed, seed)) == self.allotted)

    def _not_drawn(self) -> Iterator[Finding]:
        yield finding("allotted", not (self.digits or self.typed_by or self.seed or self.allotted))

    def _compared(self, body: Body) -> Iterator[Finding]:
        head = body.head
        if self.digits is not None:
            yield finding("digits", tried(lambda: check_digits(self.digits or "", head.law.ceremony)) == self.digits)
            yield finding("typed_by", self.typed_by == head.law.typed_by)
        data = inline_bytes(body.listing)
        if data is not None:  # else the list is a file of its own, which is checked with the transcript
            known = _Known(body, data)
            yield finding("reserve_homes", known.won(self.listed.homes))
            strangers = list(known.strangers(self.listed))
            yield finding("reserve_list", not strangers)
            for ticket in strangers[:MOST_NAMED]:
                yield finding("reserve_ticket", False, ticket)


def _orderly(listed: Listed) -> bool:
    """In their order, nothing twice, and persons numbered as they come."""
    units = [(one.model_no, one.unit) for one in listed.homes]
    places = [(one.model_no, one.special, one.wait) for one in listed.joined]
    tickets = [one.ticket for one in listed.joined]
    first_seen = list(dict.fromkeys(one.holder for one in listed.joined))
    once = all(len(set(names)) == len(names) for names in (units, places, tickets))
    same = listed == in_order(listed.until, listed.homes, listed.joined)
    return once and same and bool(units) and first_seen == list(range(len(first_seen)))


class _Known:
    """What the list of the draw says of tickets and homes."""

    def __init__(self, body: Body, data: bytes) -> None:
        self._head = body.head
        self._rows, said = read_listing(data, body.count, body.pools)
        self._results = said.results
        self._place = {name.tobytes(): at for at, name in enumerate(self._rows["ticket"])}

    def won(self, homes: Iterable[Home]) -> bool:
        """Each of these homes went to a winner of its house type, in general or special supply as stated."""
        said = set()
        for row, result in zip(self._rows, self._results, strict=True):
            if result["result"] == WON and result["unit"]:
                one = self._head.basis.types[int(row["model"])]
                unit = one.unit_numbers[int(result["unit"]) - 1]
                said.add((one.model_no, bool(row["kind"]), unit, unit in one.lowest_floor))
        return {(one.model_no, one.special, one.unit, one.lowest) for one in homes} <= said

    def strangers(self, listed: Listed) -> Iterator[str]:
        """Tickets that do not wait as is said of them, or are another's."""
        low = {one.model_no for one in listed.homes if one.lowest}
        here: dict[int, int] = {}  # number of a person in the draw → in this list
        there: dict[int, int] = {}
        for one in listed.joined:
            at = self._place.get(bytes.fromhex(one.ticket))
            if at is None or not self._waits(at, one, low=one.model_no in low):
                yield one.ticket
                continue
            person = int(self._rows["holder"][at])
            if here.setdefault(person, one.holder) != one.holder or there.setdefault(one.holder, person) != person:
                yield one.ticket

    def _waits(self, at: int, one: Joined, *, low: bool) -> bool:
        row, result = self._rows[at], self._results[at]
        same = (self._head.basis.types[int(row["model"])].model_no, bool(row["kind"])) == (one.model_no, one.special)
        wish = one.floor == (int(row["floor"]) if low else 0) or bool(low and row["flags"] & MASKED)
        return bool(result["result"] == WAITS) and int(result["wait"]) == one.wait and same and wish
