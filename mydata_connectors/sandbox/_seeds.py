"""The notices of ``data/notices.yaml`` with today's dates: open from yesterday to the day after tomorrow."""

from __future__ import annotations

import sqlite3
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml

from mydata_connectors.sandbox import _notices
from mydata_connectors.sandbox._notices import SEOUL, Notice

DATA = Path(__file__).parent / "data"
FLOORS = 12  # storeys of an invented building; every storey has one home of a type


def load(name: str) -> dict[str, Any]:
    """One seed file."""
    value: dict[str, Any] = yaml.safe_load((DATA / f"{name}.yaml").read_text("utf-8"))
    return value


def seed_notices(agency: str, db: sqlite3.Connection) -> None:
    today = datetime.now(SEOUL).date()
    for row in load("notices")[agency]:
        _notices.store(db, notice(row, today), reference="")


def notice(row: dict[str, Any], today: date) -> Notice:
    """A notice of the seed file as it stands on ``today``."""
    announced = today + timedelta(days=row["announced_after"])
    contract = announced + timedelta(days=18)
    approval = row["approval_no"]
    return Notice.model_validate(
        {
            **{name: row[name] for name in Notice.model_fields if name in row},
            "number": row["number"].format(year=today.year),
            "approval_no": approval and approval.format(year=today.year),
            "notice_date": today - timedelta(days=12),
            "receipt_opens_at": _at(today - timedelta(days=1), time(9, 0)),
            "receipt_closes_at": _at(today + timedelta(days=2), time(17, 30)),
            "announcement_date": announced,
            "contract_from": contract,
            "contract_until": contract + timedelta(days=2),
            "move_in": f"{today.year + row['move_in_years']}{today.month:02d}",
            "house_types": [_type(entry) for entry in row["house_types"]],
            "payments": [_payment(entry, contract) for entry in row["payments"]],
            "deposit_account": row["account"],
        }
    )


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, SEOUL)


def _type(entry: dict[str, Any]) -> dict[str, Any]:
    return {**entry, "unit_numbers": units_from(entry["first_unit"], sum(entry["units"].values()))}


def units_from(first: str, count: int) -> list[str]:
    """ "101-301", 4 → 101-301, 101-401, … and the next line of homes when the roof is reached."""
    dong, ho = first.split("-")
    floor, line = int(ho) // 100, int(ho) % 100
    storeys = FLOORS - floor + 1
    return [f"{dong}-{floor + n % storeys}{line + n // storeys:02d}" for n in range(count)]


def _payment(entry: list[Any], contract: date) -> dict[str, Any]:
    kind, share, months = entry
    due = None if months is None else (contract + timedelta(days=30 * months)).isoformat()
    return {"kind": kind, "number": 1, "share_bp": share, "due_on": due}
