"""A second selection, written from docs/draw-protocol.md alone: no columns, no code of ``law.drawing``."""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from typing import Any

Head = dict[str, Any]


@dataclass
class Entry:
    ticket: bytes
    model: int
    kind: int
    excluded: int
    holder: int
    flags: int
    band: int
    homes: int
    rank: int
    points: int
    tier: int
    children: int
    floor: int
    account: int
    savings: int
    older: int
    result: int = 0
    pool: str = ""
    position: int = 0
    wait: int = 0
    unit: int = 0

    @property
    def score(self) -> int:
        return 0 if self.points == 255 else self.points


def read(rows: bytes) -> list[Entry]:
    return [Entry(*struct.unpack(">16sHBBIBBBBBBBBIII", rows[at : at + 44])) for at in range(0, len(rows), 76)]


def ceil(units: int, pct: int) -> int:
    return (units * pct + 99) // 100


class PlainDraw:
    """``head``: the JSON of the transcript's head."""

    def __init__(self, head: Head, rows: bytes, seed: bytes) -> None:
        self.head, self.law, self.seed, self.entries = head, head["law"], seed, read(rows)
        self.winners: set[int] = set()

    def run(self) -> list[tuple[int, str, int, int, int]]:
        for one in self.entries:
            one.result = 3 if one.excluded else 0
        models = list(enumerate(self.head["basis"]["types"]))
        left = [self.special(number, model) for number, model in models]
        homes = [model["units"].get("general", 0) + left[number] for number, model in models]
        for number, model in models:
            self.general(self.of(number, special=False), model["model_no"], homes[number])
        for number, model in models:
            self.waits(number, model, homes[number])
            self.units(number, model)
        for one in self.entries:
            if one.result == 0 and one.holder in self.winners:
                one.result = 4
        return [(one.result, one.pool, one.position, one.wait, one.unit) for one in self.entries]

    def of(self, model: int, *, special: bool) -> list[Entry]:
        return [e for e in self.entries if e.model == model and not e.excluded and (e.kind > 0) == special]

    def losers(self, entries: list[Entry]) -> list[Entry]:
        return [one for one in entries if one.holder not in self.winners]

    def lot(self, pool: str, one: Entry) -> bytes:
        name, parts = b"onjip-draw-2:pool\0", (self.seed, pool.encode())
        key = hashlib.sha256(name + b"".join(len(part).to_bytes(8, "big") + part for part in parts)).digest()
        return hashlib.sha256(b"\3" + key + one.ticket).digest()

    def award(self, pool: str, entries: list[Entry], units: int, key: Any = lambda one: ()) -> int:
        given = 0
        for one in sorted(self.losers(entries), key=lambda one: (*key(one), self.lot(pool, one))):
            if given < units and one.holder not in self.winners:
                given += 1
                self.winners.add(one.holder)
                one.result, one.pool, one.position = 1, pool, given
        return given

    def special(self, number: int, model: dict[str, Any]) -> int:
        left, everybody = 0, self.of(number, special=True)
        for kind, name in list(enumerate(self.head["kinds"]))[1:]:
            units, given = model["units"].get(name, 0), 0
            tiers = self.law["tiers"][name]
            for place, tier in enumerate(tiers):
                share = min(ceil(units, tier["pct"]), units - given) if place < len(tiers) - 1 else units - given
                before = given
                for step, stage in enumerate(self.law["special_stages"]):
                    group = [
                        e for e in everybody
                        if e.kind == kind and e.tier in tier["takes_part"] and e.band <= stage["band"]
                    ]  # fmt: skip
                    places = ceil(share, stage["pct"]) - (given - before)
                    pool = f"special:{model['model_no']}:{name}:{place}:{step}"
                    given += self.award(pool, group, places, lambda e, t=tier: self.special_key(t, e))
            left += units - given
        if self.law["left_by_lot"]:
            left -= self.award(f"left:{model['model_no']}", everybody, left)
        return left

    @staticmethod
    def special_key(tier: dict[str, Any], one: Entry) -> list[int]:
        values = {
            "first_order": [not one.flags & 4], "local": [one.band > 0], "children": [-one.children],
            "score": [-one.score], "points": [-one.score], "account": [one.account], "older": [one.older],
            "savings": [not one.flags & 2, one.savings],
        }  # fmt: skip
        return [value for key in tier["keys"] for value in values[key]]

    def general(self, entries: list[Entry], model: str, units: int) -> None:
        first, second = [e for e in entries if e.rank == 1], [e for e in entries if e.rank != 1]
        given = by_points = 0
        pct = self.law["types"][model]["points_pct"]
        for step, stage in enumerate(self.law["stages"]):
            group, upto = [e for e in first if e.band <= stage["band"]], ceil(units, stage["pct"])
            if self.head["basis"]["housing_kind"] == "public":
                given += self.award(
                    f"sequence:{model}:{step}", group, upto - given, lambda e: (not e.flags & 2, e.savings)
                )
                continue
            eligible = [e for e in group if e.flags & 1]
            tie = self.law["tie_by_account"]
            most = min(ceil(upto, pct) - by_points, upto - given)
            won = self.award(f"points:{model}:{step}", eligible, most, lambda e, t=tie: (-e.score, e.account * t))
            by_points, given = by_points + won, given + won
            given += self.lots(f"lot:{model}:{step}", group, upto - given)
        left, before = units - given, given
        for step, stage in enumerate(self.law["stages"]):
            group = [e for e in second if e.band <= stage["band"]]
            given += self.award(f"rank2:{model}:{step}", group, ceil(left, stage["pct"]) - (given - before))

    def lots(self, pool: str, group: list[Entry], places: int) -> int:
        share, given = self.law["lottery_homeless_pct"], 0
        if not share or len(self.losers(group)) <= places:
            return self.award(f"{pool}:all", group, places)
        for homes, upto in ((0, ceil(places, share)), (1, places), (2, places)):
            given += self.award(f"{pool}:{homes}", [e for e in group if e.homes <= homes], min(upto, places - given))
        return given

    def waits(self, number: int, model: dict[str, Any], homes: int) -> None:
        special, general = self.of(number, special=True), self.of(number, special=False)
        units = sum(count for kind, count in model["units"].items() if kind != "general")
        scored = self.law["types"][model["model_no"]]["points_pct"] > 0

        def key(one: Entry) -> tuple[int, ...]:
            by_points = scored and one.rank == 1 and bool(one.flags & 1)
            return one.rank, not by_points, one.band > 0, -one.score if by_points else 0

        self.wait(f"wait-special:{model['model_no']}", special, units, self.law["wait_special"], lambda one: ())
        self.wait(f"wait:{model['model_no']}", general, homes, self.law["wait"], key)

    def wait(self, pool: str, entries: list[Entry], units: int, size: dict[str, int], key: Any) -> None:
        losers = sorted(self.losers(entries), key=lambda one: (*key(one), self.lot(pool, one)))
        places = ceil(units, size["pct"])
        if len(entries) * 100 < units * size["none_below_pct"]:
            places = 0
        if len(entries) * 100 < units * size["all_below_pct"]:
            places = len(losers)
        for place, one in enumerate(losers[:places], start=1):
            one.result, one.pool, one.wait = 2, pool, place

    def units(self, number: int, model: dict[str, Any]) -> None:
        names, pool = model["unit_numbers"], f"unit:{model['model_no']}"
        winners = [one for one in self.entries if one.model == number and one.result == 1]
        winners.sort(key=lambda one: self.lot(pool, one))
        free = list(range(1, len(names) + 1))
        low = [unit for unit in free if names[unit - 1] in model["lowest_floor"]]
        asking = [one for wish in (1, 2) for one in winners if one.floor == wish]
        for one in [*asking[: len(low)], *[one for one in winners if one not in asking[: len(low)]]]:
            if names:
                one.unit = low.pop(0) if low and one in asking else free[0]
                free.remove(one.unit)
