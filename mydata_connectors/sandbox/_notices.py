"""Notices as a receiving agency holds them: what a supplier's officer publishes, and the machine-readable terms."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Literal

from pydantic import BaseModel, Field

from mydata_connectors.sandbox import _crowd, _ledger, _people
from mydata_connectors.sandbox._agency import Message, Refused, Reply

SEOUL = timezone(timedelta(hours=9))
Kind = Literal[
    "general", "newlywed", "first_home", "multi_child", "elderly_parents", "newborn", "youth", "recommended",
    "newlywed_town",
]  # fmt: skip
SCHEMA = """
CREATE TABLE IF NOT EXISTS notices (number TEXT PRIMARY KEY, version INTEGER NOT NULL, reference TEXT NOT NULL,
    at TEXT NOT NULL, body TEXT NOT NULL, closed_at TEXT, close_reference TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS entries (seq INTEGER PRIMARY KEY, notice TEXT NOT NULL, number TEXT NOT NULL UNIQUE,
    reference TEXT NOT NULL, ticket TEXT NOT NULL UNIQUE, applicant TEXT NOT NULL, members TEXT NOT NULL,
    relation TEXT NOT NULL, holder TEXT NOT NULL, household TEXT NOT NULL, model TEXT NOT NULL, kind TEXT NOT NULL,
    facts TEXT NOT NULL, received_at TEXT NOT NULL, crowd INTEGER NOT NULL, same_day TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS entries_of_notice ON entries (notice, seq);
CREATE INDEX IF NOT EXISTS entries_by_reference ON entries (reference);
"""


class HouseType(BaseModel):
    model_no: str = Field(pattern=r"^[0-9A-Za-z-]{1,8}$")
    name: str = Field(max_length=40)
    exclusive_area: str = Field(pattern=r"^\d{1,3}(\.\d{1,4})?$")
    price: int = Field(gt=0, lt=10**12)
    units: dict[Kind, int] = Field(min_length=1)
    unit_numbers: tuple[str, ...] = ()


class Notice(BaseModel):
    """What we read of a published notice. Money in won; instants with a zone."""

    number: str = Field(pattern=r"^[0-9A-Za-z-]{4,40}$")
    version: int = Field(1, ge=1)
    name: str = Field(min_length=1, max_length=200)
    housing_kind: Literal["public", "private"]
    supplier: str = Field(min_length=1, max_length=100)
    supplier_public: bool
    approval_no: str | None = None
    region: str = Field(pattern=r"^\d{5}$")
    region_name: str
    address: str
    capital_area: bool
    regulated: bool
    overheated: bool | None = None
    price_capped: bool | None = None
    notice_date: date
    receipt_opens_at: datetime
    receipt_closes_at: datetime
    announcement_date: date
    contract_from: date | None = None
    contract_until: date | None = None
    move_in: str | None = None
    house_types: tuple[HouseType, ...] = Field(min_length=1)
    payments: tuple[dict[str, object], ...] = ()
    deposit_account: dict[str, str] | None = None
    options: tuple[dict[str, object], ...] = ()
    unique_nos: dict[str, str] = {}
    conditions: dict[str, str] | None = None
    wait_list_ratio_pct: int = 500

    def of_type(self, model_no: str) -> HouseType | None:
        return next((row for row in self.house_types if row.model_no == model_no), None)


def publish(admits: Callable[[Notice], bool], url: Callable[[str], str]) -> Callable[..., Reply]:
    """Handler of ``POST /notices``. ``admits``: whether this agency receives applications for such a notice."""

    def handler(message: Message, db: sqlite3.Connection) -> Reply:
        notice, reference = message.read(Notice), str(message.data().get("reference", ""))
        _check(notice, message)
        if not admits(notice):
            raise Refused("not_our_notice", "this agency does not receive applications for it")
        known = find(db, notice.number)
        if known is not None and notice.version <= known.version:
            raise Refused("version_known", "this version is published already")
        if known is not None and known.receipt_opens_at <= datetime.now(UTC):
            raise Refused("receipt_has_opened", "a notice is not changed after receipt has opened")
        at = store(db, notice, reference)
        _ledger.act(
            db, kind="notice", reference=reference, number=f"{notice.number}-{notice.version}",
            body_sha256=message.body_sha256,
        )  # fmt: skip
        return Reply(_published(notice.number, notice.version, at, url))

    return handler


def _check(notice: Notice, message: Message) -> None:
    """Only an officer of the supplier publishes; a private supplier needs the mayor's approval (제20조)."""
    officer = _people.by_ref(message.subject_ref)
    works = officer is not None and any(
        role.role == "officer" and role.active and notice.supplier.startswith(role.organisation)
        for role in officer.roles
    )
    if not works:
        raise Refused("not_an_officer", "only an officer of the supplier publishes its notice")
    if not notice.supplier_public and not (notice.approval_no or "").strip():
        raise Refused("approval_missing", "a private supplier needs the mayor's approval")
    opens, closes = notice.receipt_opens_at, notice.receipt_closes_at
    if opens.tzinfo is None or closes.tzinfo is None or not opens < closes or closes <= datetime.now(UTC):
        raise Refused("receipt_window", "receipt must open before it closes, and close in the future")
    if notice.announcement_date < closes.astimezone(SEOUL).date():
        raise Refused("announcement_date", "winners are announced after receipt has closed")
    if any(count < 0 for row in notice.house_types for count in row.units.values()):
        raise Refused("units", "a number of homes is negative")


def store(db: sqlite3.Connection, notice: Notice, reference: str) -> str:
    """Keeps the notice and lets its other applicants come to our own counter. Answers the instant."""
    at = _ledger.stamp()
    db.execute(
        "INSERT INTO notices (number, version, reference, at, body) VALUES (?,?,?,?,?) ON CONFLICT (number) DO UPDATE"
        " SET version = excluded.version, reference = excluded.reference, at = excluded.at, body = excluded.body",
        (notice.number, notice.version, reference, at, notice.model_dump_json()),
    )
    db.execute("DELETE FROM entries WHERE notice = ?", (notice.number,))
    for crowd in _crowds(notice):
        db.executemany(_crowd.INSERT, crowd.rows(notice.receipt_opens_at, notice.receipt_closes_at))
    return at


def _crowds(notice: Notice) -> Iterator[_crowd.Crowd]:
    public = notice.housing_kind == "public"
    for row in notice.house_types:
        specials = sum(count for kind, count in row.units.items() if kind != "general")
        for kind, units in row.units.items():
            left_over = specials if kind == "general" else 0
            yield _crowd.Crowd(notice.number, row.model_no, kind, units, left_over, public)


def find(db: sqlite3.Connection, number: str) -> Notice | None:
    row = db.execute("SELECT body FROM notices WHERE number = ?", (number,)).fetchone()
    return None if row is None else Notice.model_validate_json(row["body"])


def every(db: sqlite3.Connection) -> list[Notice]:
    """All notices, newest notice date first."""
    found = [Notice.model_validate_json(row["body"]) for row in db.execute("SELECT body FROM notices")]
    return sorted(found, key=lambda notice: (notice.notice_date, notice.number), reverse=True)


def lookup(url: Callable[[str], str]) -> Callable[..., Reply]:
    def handler(message: Message, db: sqlite3.Connection) -> Reply:
        rows = db.execute("SELECT number, version, at FROM notices WHERE reference = ?", (_reference(message),))
        return Reply({"items": [_published(row["number"], row["version"], row["at"], url) for row in rows]})

    return handler


def _published(number: str, version: int, at: str, url: Callable[[str], str]) -> dict[str, object]:
    return {"number": number, "version": version, "at": at, "url": url(number)}


def terms(message: Message, db: sqlite3.Connection) -> Reply:
    """What the published formats do not hold: our proposal of a machine-readable notice."""
    number = message.params["number"]
    notice = find(db, number)
    if notice is None:
        raise Refused("unknown_notice", "no such notice", status=404)
    at = db.execute("SELECT at FROM notices WHERE number = ?", (number,)).fetchone()["at"]
    kept = json.loads(notice.model_dump_json(exclude={"house_types"}))
    types = [json.loads(row.model_dump_json(exclude={"name", "exclusive_area"})) for row in notice.house_types]
    note = "proposed machine-readable notice (입주자모집공고 기계판독 제안 형식); not a published format"
    return Reply({"format": "proposed-notice-terms/1", "note": note, **kept, "house_types": types, "published_at": at})


def _reference(message: Message) -> str:
    reference = message.query.get("reference", "")
    if not re.fullmatch(r"[0-9A-Za-z_-]{1,80}", reference):
        raise Refused("bad_reference", "a reference is letters and digits", status=400, origin="caller")
    return reference
