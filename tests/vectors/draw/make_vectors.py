"""Writes the test vectors of the draw again: ``python -m tests.vectors.draw.make_vectors`` in the repository's root.

Only needed when the protocol changes; every other change of a file is a fault.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from domain.applications import ReceivedEntry, SelectionFacts
from domain.notices import HouseType, Notice
from domain.words import Agency, HousingKind, SupplyKind
from law.drawing import hashing
from law.drawing.proof import Levels
from law.drawing.rows import tickets
from law.drawing.selection import withhold_results
from law.drawing.transcript import Ceremony, Envelope, Transcript, body_sha256, root1_digest, root2_digest, run
from tests.law.drawing.draw_world import CEREMONY, CHECKS, DIGITS, PROGRAM, SECRET, document, head_of, make_rows
from tests.vectors.draw.tampered import CHANGES, changed, codes

HERE = Path(__file__).parent
KINDS = ("newlywed", "first_home", "multi_child", "elderly_parents", "newborn", "recommended")


def number(*words: object) -> int:
    """A number made of words, the same on every machine."""
    return int.from_bytes(hashlib.sha256(repr(words).encode()).digest()[:6], "big")


def notice(types: list[dict[str, Any]], as_of: date = date(2026, 10, 1), **terms: Any) -> Notice:
    opens = datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC) + timedelta(days=10)
    house_types = tuple(
        HouseType(
            model_no=f"{place:02}", name=f"{place:02}", exclusive_area=one.get("area", "84.9"), price=8 * 10**8,
            units={SupplyKind(kind): count for kind, count in one["units"].items()},
            unit_numbers=one.get("names", ()), lowest_floor=one.get("low", ()),
        )
        for place, one in enumerate(types, start=1)
    )  # fmt: skip
    common: dict[str, Any] = {
        "id": "vector-1", "agency": Agency.APPLYHOME, "number": "2026000001", "name": "시험 단지", "supplier": "시험",
        "supplier_public": False, "housing_kind": "private", "region": "41290", "region_name": "과천시",
        "address": "시험", "capital_area": True, "regulated": True, "overheated": True, "notice_date": as_of,
        "receipt_opens_at": opens, "receipt_closes_at": opens + timedelta(hours=8),
        "announcement_date": as_of + timedelta(days=20), "house_types": house_types,
    }  # fmt: skip
    merged = {**common, **terms}
    return Notice.model_validate({**merged, "housing_kind": HousingKind(merged["housing_kind"])})


def applied(salt: str, place: int, model: str, kind: str, **facts: Any) -> ReceivedEntry:
    """A made-up application: every fact follows from its place in the list."""
    pick = lambda what, most: number(salt, place, what) % most  # noqa: E731 - read aloud
    homes = (0, 0, 0, 1, 2)[pick("homes", 5)]
    made: dict[str, Any] = {
        "local": pick("local", 2) == 0, "band": 1 + pick("band", 2), "homes": homes, "homeless": homes == 0,
        "points": pick("points", 85), "points_eligible": homes == 0, "rank": 1 + (pick("rank", 9) == 0),
        "account_opened": f"{2000 + pick('year', 20)}-{1 + pick('month', 12):02}-01", "priority": pick("tier", 3),
        "children": pick("children", 4), "first_order": pick("first", 2) == 0,
        "homeless_three_years": pick("long", 2) == 0, "amount_recognised": pick("amount", 300) * 100_000,
        "payments_recognised": pick("payments", 250), "born_on": f"{1960 + pick('born', 40)}-06-15",
        "floor": (0, 0, 0, 1, 2)[pick("floor", 5)],
    }  # fmt: skip
    return ReceivedEntry(
        ticket=hashlib.sha256(f"{salt} ticket {place}".encode()).hexdigest()[:32],
        holder=f"{salt} holder {pick('holder', 10**9) if pick('own', 4) else place // 2}", household="x",
        model_no=model, supply_kind=SupplyKind(kind), facts=SelectionFacts.model_validate({**made, **facts}),
        received_at=datetime(2026, 10, 12, 0, place % 60, tzinfo=UTC),
    )  # fmt: skip


def crowd(salt: str, count: int, models: int, kinds: tuple[str, ...], **facts: Any) -> list[ReceivedEntry]:
    found = []
    for place in range(count):
        kind = "general" if number(salt, place, "kind") % 3 else kinds[number(salt, place, "which") % len(kinds)]
        tier = {"priority": 0} if kind in ("multi_child", "elderly_parents", "recommended") else {}
        model = f"{1 + number(salt, place, 'model') % models:02}"
        found.append(applied(salt, place, model, kind, **{**facts, **tier}))
    return found


def small() -> dict[str, Any]:
    names = tuple(f"101-{floor}0{line}" for floor in range(1, 7) for line in (1, 2))
    types = [{"units": {"general": 6, "newlywed": 3, "first_home": 2, "multi_child": 1}, "names": names,
              "low": names[:2]}]  # fmt: skip
    received = crowd("small", 60, 1, ("newlywed", "first_home", "multi_child"))
    excluded = {received[3].ticket: "applied_twice", received[40].ticket: "rewin"}
    head = head_of(notice(types))
    made = make_rows(head, received, excluded, SECRET)
    done = run(head, made.rows, CEREMONY, PROGRAM)
    levels = Levels(made.rows, withhold_results(head, made.rows, done.selection))
    fixed, seed = done.body.fixed(), bytes.fromhex(done.body.seed)
    some = [one.ticket for one in made.openings[:: len(made.openings) // 5]]
    pools = [pool for pool in done.selection.pools if pool]
    return {
        "secret": SECRET.hex(), "received": [one.model_dump(mode="json") for one in received], "excluded": excluded,
        "head": head.model_dump(mode="json"), "head_sha256": head.digest(),
        "rows": base64.b64encode(made.rows.tobytes()).decode(),
        "leaves1": hashing.leaves(tickets(made.rows), 16)[:64].hex(),
        "leaves2": hashing.row_leaves(made.rows.tobytes())[:64].hex(),
        "root1_digest": root1_digest(head, fixed.root1, fixed.count).hex(),
        "root2_digest": root2_digest(head, fixed).hex(),
        "pool_keys": {pool: hashing.pool_key(seed, pool).hex() for pool in pools},
        "lots": {
            pool: {ticket: hashing.lot(seed, pool, bytes.fromhex(ticket)).hex() for ticket in some} for pool in pools
        },
        "results": base64.b64encode(done.selection.results.tobytes()).decode(), "result_pools": done.selection.pools,
        "transcript": unsealed(done.body), "body_sha256": body_sha256(done.body),
        "proofs": [
            levels.proof(one.ticket, one).model_dump(mode="json") for one in made.openings if one.ticket in some
        ],
    }  # fmt: skip


def unsealed(body: Any) -> dict[str, Any]:
    """A transcript without seal and time stamps: they cannot repeat."""
    return Transcript(body=body, envelope=Envelope(body_sha256=body_sha256(body))).model_dump(mode="json")


def edges() -> Iterator[dict[str, Any]]:
    ceremony: Ceremony = CEREMONY
    cases: list[tuple[str, Notice, list[ReceivedEntry], dict[str, str]]] = []

    def case(name: str, terms: Notice, received: list[ReceivedEntry], excluded: dict[str, str] | None = None) -> None:
        cases.append((name, terms, received, excluded or {}))

    general = [{"units": {"general": 5}}]
    case("nobody applied", notice(general), [])
    case("one ticket", notice(general), [applied("one", 0, "01", "general")])
    case("fewer people than homes", notice([{"units": {"general": 50, "newlywed": 9}}]),
         crowd("few", 30, 1, ("newlywed",)))  # fmt: skip
    everybody = crowd("out", 12, 1, ("newlywed",))
    case("everybody left out", notice([{"units": {"general": 5, "newlywed": 2}}]), everybody,
         {one.ticket: "rewin" for one in everybody})  # fmt: skip
    case("one person in every entry", notice([{"units": {"general": 5, "newlywed": 2}}]),
         [one.model_copy(update={"holder": "same"}) for one in crowd("same", 9, 1, ("newlywed",))])  # fmt: skip
    case("equal points and accounts", notice(general),
         crowd("equal", 40, 1, ("newlywed",), points=60, account_opened="2010-01-01"))  # fmt: skip
    many = {"units": {"general": 7, **dict.fromkeys(KINDS, 3)}}
    case("every kind, three types", notice([many] * 3), crowd("kinds", 300, 3, KINDS))
    case("large site in a province", notice([many], large_site=True), crowd("large", 200, 1, KINDS))
    case("large site in a city", notice([many], large_site=True, region="11680"), crowd("city", 200, 1, KINDS))
    case("not regulated, mayor's share", notice(
        [{"units": {"general": 33}}], regulated=False, overheated=None, points_share_pct=40
    ), crowd("m", 120, 1, ("youth",)))  # fmt: skip
    case("no lots for the homeless first", notice(
        [{"units": {"general": 9}}], regulated=False, overheated=None, region="47110", capital_area=False,
    ), crowd("n", 60, 1, ("newlywed",)))  # fmt: skip
    case("public homes by amount and by payments", notice(
        [{"units": {"general": 9, "newlywed": 3}}, {"units": {"general": 9, "newlywed": 3}, "area": "39.9"}],
        housing_kind="public", supplier_public=True,
    ), crowd("public", 150, 2, ("newlywed",)))  # fmt: skip
    case("five newborn parts of 2025", notice(
        [{"units": {"general": 3, "newlywed": 11}}], date(2025, 6, 2)), crowd("five", 150, 1, ("newlywed",))
    )  # fmt: skip
    case("pools of four are withheld, of five shown", notice([{"units": {"general": 2, "newlywed": 2}}]), [
        *[applied("w", n, "01", "general") for n in range(5)],
        *[applied("w", 9 + n, "01", "newlywed") for n in range(4)],
    ])  # fmt: skip
    names = tuple(f"101-{n}" for n in range(1, 7))
    case("general pool withheld, units and lowest floor",
         notice([{"units": {"general": 2, "newlywed": 4}, "names": names, "low": names[:2]}]),
         [*[applied("v", n, "01", "general") for n in range(4)],
          *[applied("v", 9 + n, "01", "newlywed") for n in range(9)]])  # fmt: skip
    for name, terms, received, excluded in cases:
        head = head_of(terms)
        made = make_rows(head, [one for one in received if one.supply_kind in head.kinds], excluded, SECRET)
        for digits in (DIGITS, "301239876"):
            done = run(head, made.rows, ceremony.model_copy(update={"digits": digits}), PROGRAM)
            yield {
                "name": f"{name}, digits {digits}", "rows": base64.b64encode(made.rows.tobytes()).decode(),
                "results": base64.b64encode(done.selection.results.tobytes()).decode(),
                "result_pools": done.selection.pools, "transcript": unsealed(done.body),
            }  # fmt: skip


def ten_thousand() -> dict[str, Any]:
    types = [{"units": {"general": 60, **dict.fromkeys(KINDS, 6)}} for _ in range(4)]
    head = head_of(notice(types))
    made = make_rows(head, crowd("ten thousand", 10_000, 4, KINDS), {}, SECRET)
    return {"transcript": unsealed(run(head, made.rows, CEREMONY, PROGRAM).body)}


def tampered() -> dict[str, Any]:
    """Changes to a sealed and stamped transcript, each with every code that must be named."""
    names = tuple(f"101-{floor}01" for floor in range(1, 7))
    types = [{"units": {"general": 3, "newlywed": 2, "multi_child": 1}, "names": names}]
    head = head_of(notice(types))
    made = make_rows(head, crowd("tampered", 30, 1, ("newlywed", "multi_child")), {}, SECRET)
    honest = document(run(head, made.rows, CEREMONY, PROGRAM))
    return {
        "transcript": honest,
        "changes": [
            {"name": one.name, "path": one.path, "value": changed(honest, one), "codes": codes(honest, one, CHECKS)}
            for one in CHANGES
        ],
    }  # fmt: skip


def write(name: str, value: object) -> None:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1)
    (HERE / name).write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    write("small.json", small())
    write("edges.json", list(edges()))
    write("ten-thousand.json", ten_thousand())
    write("tampered.json", tampered())
