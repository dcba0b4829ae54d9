"""The register itself: titles (등기기록), what stands in them, and the numbers that prove a right (등기필정보)."""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Mapping
from typing import Any

from mydata_connectors.sandbox import _ledger, _people
from mydata_connectors.sandbox._agency import Refused
from mydata_connectors.sandbox._people import Person

SCHEMA = """
CREATE TABLE IF NOT EXISTS titles (unique_no TEXT PRIMARY KEY, lot_address TEXT NOT NULL, building TEXT NOT NULL,
    dong TEXT NOT NULL, ho TEXT NOT NULL, exclusive_area TEXT NOT NULL, land_share TEXT NOT NULL,
    notice_no TEXT NOT NULL DEFAULT '', UNIQUE (lot_address, dong, ho));
CREATE TABLE IF NOT EXISTS rights (unique_no TEXT NOT NULL REFERENCES titles, section TEXT NOT NULL,
    rank INTEGER NOT NULL, purpose TEXT NOT NULL, received_on TEXT NOT NULL, receipt_no TEXT NOT NULL,
    cause TEXT NOT NULL, holder TEXT NOT NULL, holder_ref TEXT, amount INTEGER,
    PRIMARY KEY (unique_no, section, rank));
CREATE TABLE IF NOT EXISTS co_owners (unique_no TEXT NOT NULL, rank INTEGER NOT NULL, holder TEXT NOT NULL,
    holder_ref TEXT NOT NULL, share TEXT NOT NULL, PRIMARY KEY (unique_no, rank, holder_ref));
CREATE TABLE IF NOT EXISTS right_numbers (unique_no TEXT PRIMARY KEY REFERENCES titles, holder TEXT NOT NULL,
    holder_ref TEXT, serial TEXT NOT NULL, passwords TEXT NOT NULL);
"""
PENDING = ("received", "examining", "correction")
SERIAL_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
PASSWORDS = 50
SEEDED = {
    "unique_no": "1143-2019-004521", "lot_address": "경기도 안양시 만안구 안양동 1412", "building": "온마을 래미안",
    "dong": "103동", "ho": "1204호", "exclusive_area": "59.94", "land_share": "36.52/41250.3",
}  # fmt: skip


SHARED = {**SEEDED, "unique_no": "1143-2019-004522", "ho": "1205호", "exclusive_area": "84.91",
          "land_share": "51.74/41250.3"}  # fmt: skip
SHARES = {"hanui": "2/3", "hangyeol": "1/3"}  # by login name


def seed(db: sqlite3.Connection) -> None:
    owner = _people.people()["minjun"]
    add(db, SEEDED)
    number = SEEDED["unique_no"]
    enter(db, number, purpose="소유권보존", received_on="2010-04-02", receipt_no="12345", cause="",
          holder="온마을 재건축정비사업조합", holder_ref=None)  # fmt: skip
    enter(db, number, purpose="소유권이전", received_on="2010-04-21", receipt_no="15310", cause="2010년 3월 15일 매매",
          holder=owner.name, holder_ref=owner.identity_ref)  # fmt: skip
    add(db, SHARED)
    heirs = {_people.people()[login]: share for login, share in SHARES.items()}
    enter(db, SHARED["unique_no"], purpose="소유권이전", received_on="2021-02-18", receipt_no="8411",
          cause="2020년 11월 30일 상속", holder=", ".join(heir.name for heir in heirs), holder_ref=None)  # fmt: skip
    for heir, share in heirs.items():
        row = (SHARED["unique_no"], 1, heir.name, heir.identity_ref, share)
        db.execute("INSERT INTO co_owners VALUES (?,?,?,?,?)", row)


def add(db: sqlite3.Connection, title: Mapping[str, str], notice_no: str = "") -> None:
    names = ("unique_no", "lot_address", "building", "dong", "ho", "exclusive_area", "land_share")
    row = (*(title[name] for name in names), notice_no)
    try:
        db.execute("INSERT INTO titles VALUES (?,?,?,?,?,?,?,?)", row)
    except sqlite3.IntegrityError:
        raise Refused("title_exists", "이미 등기기록이 있습니다. (A title exists already: 등기법 §15)") from None


def enter(
    db: sqlite3.Connection, unique_no: str, *, purpose: str, received_on: str, receipt_no: str, cause: str,
    holder: str, holder_ref: str | None, amount: int | None = None,
) -> None:  # fmt: skip
    """A new line in 갑구, and new numbers for its holder; the last one's numbers are of no use any more."""
    query = "SELECT coalesce(max(rank), 0) + 1 FROM rights WHERE unique_no = ? AND section = '갑구'"
    rank = db.execute(query, (unique_no,)).fetchone()[0]
    row = (unique_no, "갑구", rank, purpose, received_on, receipt_no, cause, holder, holder_ref, amount)
    db.execute("INSERT INTO rights VALUES (?,?,?,?,?,?,?,?,?,?)", row)
    serial = "-".join("".join(secrets.choice(SERIAL_LETTERS) for _ in range(4)) for _ in range(3))
    passwords = {str(n): f"{secrets.randbelow(10_000):04d}" for n in range(1, PASSWORDS + 1)}
    numbers = (unique_no, holder, holder_ref, serial, json.dumps(passwords))
    db.execute("INSERT OR REPLACE INTO right_numbers VALUES (?,?,?,?,?)", numbers)


def view(db: sqlite3.Connection, unique_no: str) -> dict[str, Any] | None:
    """등기사항증명서. ``sha256`` is of its content, whenever it is issued; None when there is no such title."""
    row = db.execute("SELECT * FROM titles WHERE unique_no = ?", (unique_no,)).fetchone()
    if row is None:
        return None
    query = "SELECT * FROM rights WHERE unique_no = ? ORDER BY section, rank"
    rights = [_right(right) for right in db.execute(query, (unique_no,))]
    last = db.execute(f"{query} DESC LIMIT 1", (unique_no,)).fetchone()
    content = {
        "unique_no": unique_no, "lot_address": row["lot_address"], "building": row["building"], "dong": row["dong"],
        "ho": row["ho"], "exclusive_area": row["exclusive_area"], "land_share": row["land_share"],
        "owner": last["holder"], "owner_ref": last["holder_ref"], "owners": _owners(db, last), "rights": rights,
    }  # fmt: skip
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    digest = hashlib.sha256(canonical).hexdigest()
    pending = bool(pending_numbers(db, unique_no))
    return {**content, "pending": pending, "issued_at": _ledger.stamp(), "sha256": digest}


def _owners(db: sqlite3.Connection, last: sqlite3.Row) -> list[dict[str, Any]]:
    """Each one with a share (등기법 §48④); of a single owner, who is named above, nothing more."""
    query = (
        "SELECT holder AS name, holder_ref AS ref, share FROM co_owners WHERE unique_no = ? AND rank = ? ORDER BY rowid"
    )
    return [dict(row) for row in db.execute(query, (last["unique_no"], last["rank"]))]


def _right(row: sqlite3.Row) -> dict[str, Any]:
    names = ("section", "purpose", "received_on", "receipt_no", "cause", "holder", "amount")
    return {"rank": str(row["rank"]), "cancelled": False, **{name: row[name] for name in names}}


def pending_numbers(db: sqlite3.Connection, unique_no: str) -> list[str]:
    """Receipt numbers of applications in process for this title, in the order of receipt."""
    marks = ",".join("?" * len(PENDING))
    query = f"SELECT number FROM applications WHERE unique_no = ? AND state IN ({marks}) ORDER BY rowid"  # noqa: S608
    return [row["number"] for row in db.execute(query, (unique_no, *PENDING))]


def is_right_proof(db: sqlite3.Connection, unique_no: str, proof: Mapping[str, Any]) -> bool:
    """Serial and one of the numbered passwords of who is registered now."""
    row = db.execute("SELECT serial, passwords FROM right_numbers WHERE unique_no = ?", (unique_no,)).fetchone()
    if row is None or not secrets.compare_digest(str(row["serial"]).encode(), str(proof["serial"]).encode()):
        return False
    password = json.loads(row["passwords"]).get(str(proof["password_no"]), "")
    return bool(password) and secrets.compare_digest(password.encode(), str(proof["password"]).encode())


def numbers_of(db: sqlite3.Connection, person: Person) -> list[dict[str, Any]]:
    """등기필정보 of the person's own titles, and of those of the organisation that the person works for."""
    rows = db.execute("SELECT * FROM right_numbers ORDER BY rowid").fetchall()
    own = [r for r in rows if r["holder_ref"] == person.identity_ref or (
        r["holder_ref"] is None and person.works_for(r["holder"]))]  # fmt: skip
    return [{"unique_no": r["unique_no"], "serial": r["serial"], "passwords": json.loads(r["passwords"])} for r in own]


def preserve(db: sqlite3.Connection, approval: Mapping[str, Any], organisation: str, today: str) -> list[str]:
    """소유권보존 of every unit of an approved building, from the building ledger (등기법 §65 1호). Unique numbers."""
    numbers = []
    receipt = next_receipt(db, today[:4])
    for unit in approval["units"]:
        number = unit["unique_no"] or f"1346-{today[:4]}-{_ledger.next_number(db, 'title'):06d}"
        title = {
            "unique_no": number, "lot_address": approval["lot_address"], "building": approval["name"],
            "dong": unit["dong"], "ho": unit["ho"], "exclusive_area": unit["area"], "land_share": unit["land_share"],
        }  # fmt: skip
        add(db, title, approval["notice"])
        enter(db, number, purpose="소유권보존", received_on=today, receipt_no=receipt, cause="", holder=organisation,
              holder_ref=None)  # fmt: skip
        numbers.append(number)
    return numbers


def next_receipt(db: sqlite3.Connection, year: str) -> str:
    """One sequence for the whole country and year (등기규칙 §22②)."""
    return f"{year}-{_ledger.next_number(db, f'receipt{year}'):06d}"
