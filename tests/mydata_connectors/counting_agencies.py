"""Three small agencies that count, run by the real launcher: what the base promises is tested on them.

``rtms`` knows no idempotency, ``wetax`` does, ``residents`` asks for consent; every other name is the real one.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys

from pydantic import BaseModel, Field

from mydata_connectors.sandbox import _app, _ledger
from mydata_connectors.sandbox.__main__ import main
from mydata_connectors.sandbox._agency import Agency, Message, Page, Refused, Reply, Signed, View, Visit
from mydata_connectors.sandbox._consent import consent_for
from mydata_connectors.sandbox._context import AgencyContext
from mydata_connectors.sandbox._people import Person

SCHEMA = "CREATE TABLE IF NOT EXISTS things (number TEXT PRIMARY KEY, reference TEXT NOT NULL, at TEXT NOT NULL);"


class Thing(BaseModel):
    reference: str = Field(min_length=1)
    price: int


def file(message: Message, db: sqlite3.Connection) -> Reply:
    thing = message.read(Thing)
    number, at = f"T-{_ledger.next_number(db, 'thing')}", _ledger.stamp()
    db.execute("INSERT INTO things VALUES (?,?,?)", (number, thing.reference, at))
    _ledger.act(db, kind="thing", reference=thing.reference, number=number, body_sha256=message.body_sha256)
    if thing.price == 0:
        raise Refused("price_missing", "the price is not stated")
    if thing.price < 0:
        raise ZeroDivisionError
    return Reply({"number": number, "at": at})


def find(message: Message, db: sqlite3.Connection) -> Reply:
    rows = db.execute("SELECT number, at FROM things WHERE reference = ?", (message.query.get("reference", ""),))
    return Reply({"items": [dict(row) for row in rows]})


async def ponder(message: Message) -> None:
    await asyncio.sleep(2.1)


def extract(message: Message, db: sqlite3.Connection) -> Reply:
    return Reply({"jti": message.prepared["jti"]})


def home(visit: Visit, db: sqlite3.Connection) -> View:
    return View("목록", "<p>…</p>", data={"who": visit.person.login})


def counting(*, idempotent: bool) -> _app.Maker:
    def agency(ctx: AgencyContext) -> Agency:
        signed = (
            Signed("POST", "/things", file, purposes=("thing",)),
            Signed("POST", "/things/pondered", file, purposes=("thing",), prepare=ponder),
            Signed("GET", "/things", find, purposes=("lookup",)),
            Signed("GET", "/things/own", find, purposes=("lookup",), clients=("bank",)),
            Signed("GET", "/extracts", extract, purposes=("test",), prepare=consent_for(ctx, "household")),
        )
        pages = (Page("GET", "/people", home), Page("GET", "/people/court", home, admits=_is_registrar))
        return Agency("시험 기관", "Test agency", idempotent, signed, pages, schema=SCHEMA)

    return agency


def _is_registrar(person: Person) -> bool:
    return person.has_role("registrar")


MAKERS = {
    "rtms": counting(idempotent=False), "wetax": counting(idempotent=True), "residents": counting(idempotent=True),
}  # fmt: skip

if __name__ == "__main__":
    sys.exit(main(lambda name: MAKERS.get(name) or _app.maker(name)))
