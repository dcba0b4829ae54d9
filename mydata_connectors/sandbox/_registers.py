"""What the registers about people have in common: one item about one consenting person, with a document number.

The consent is checked by ``_consent`` before anything is read; a person of whom nothing is recorded is a signed
business refusal (``no_record``), not an empty answer.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from mydata_connectors.sandbox import _ledger, _people
from mydata_connectors.sandbox._agency import Agency, Message, Refused, Reply, Signed
from mydata_connectors.sandbox._consent import consent_for
from mydata_connectors.sandbox._context import AgencyContext
from mydata_connectors.sandbox._notices import SEOUL
from mydata_connectors.sandbox._seeds import load

PURPOSES = ("subscription", "eligibility", "winner_check")  # for which a register answers the platform
SCHEMA = """
CREATE TABLE IF NOT EXISTS issued (number TEXT PRIMARY KEY, item TEXT NOT NULL, at TEXT NOT NULL);
"""
Records = Mapping[str, Mapping[str, Any]]
Answerer = Callable[[Message, sqlite3.Connection], Reply]


def records(name: str) -> Records:
    """The seed file of a register, by the reference of the person."""
    return {_people.identity_ref(login): value for login, value in load(name).items()}


def today() -> str:
    return datetime.now(SEOUL).date().isoformat()


def day_before(days: int) -> str:
    return (datetime.now(SEOUL).date() - timedelta(days=days)).isoformat()


def answer(
    db: sqlite3.Connection, item: str, value: object, *, as_of: str = "", extra: Mapping[str, object] | None = None
) -> Reply:
    """A document with a number of its own: what, as of when, issued when."""
    number, at = issue(db, item)
    document = {"item": item, "as_of": as_of or today(), "issued_at": at, "document_no": number, "value": value}
    return Reply({**document, **(extra or {})})


def issue(db: sqlite3.Connection, item: str) -> tuple[str, str]:
    """A new document number, and when."""
    at = _ledger.stamp()
    number = f"{datetime.now(SEOUL):%Y%m%d}-{_ledger.next_number(db, 'document'):07d}"
    db.execute("INSERT INTO issued VALUES (?,?,?)", (number, item, at))
    return number, at


def of_person(kept: Records, message: Message) -> Mapping[str, Any]:
    """What the register holds of the person whom the message is about."""
    found = kept.get(message.subject_ref)
    if found is None:
        raise Refused("no_record", "nothing is recorded about this person")
    return found


def item_asked(message: Message) -> str:
    return message.params["item"]


def fact_line(ctx: AgencyContext, handler: Answerer) -> Signed:
    """``POST /facts/{item}`` under consent. Reading twice does no harm, so no reply is stored (nor the data in it)."""
    return Signed(
        "POST", "/facts/{item}", handler, purposes=PURPOSES, idempotent=False, prepare=consent_for(ctx, item_asked)
    )


def register(ctx: AgencyContext, title_ko: str, title_en: str, file: str, items: tuple[str, ...]) -> Agency:
    """A register that answers ``items`` as they stand in its seed file."""
    kept = records(file)

    def fact(message: Message, db: sqlite3.Connection) -> Reply:
        person, item = of_person(kept, message), item_asked(message)
        if item not in items or item not in person:
            raise Refused("no_record", "this register does not hold it")
        return answer(db, item, _with_refs(person[item]))

    return Agency(title_ko, title_en, idempotent=True, signed=(fact_line(ctx, fact),), schema=SCHEMA)


def _with_refs(value: Any) -> Any:
    """Seed files name people by ``login``; the wire names them by reference."""
    if isinstance(value, list):
        return [_with_refs(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    named = {name: _with_refs(entry) for name, entry in value.items() if name != "login"}
    return named | ({"identity_ref": _people.identity_ref(value["login"])} if "login" in value else {})
