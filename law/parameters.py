"""Parameter families: one YAML file each, one value for each day, each value with its citation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from law.strict_yaml import LawDataError, read

REQUIRED = ("law", "article", "source", "confidence", "verified")
FAMILY_KEYS = {"family", "description", "unit", "trigger", "end_on_holiday", "note", "values"}
ROW_KEYS = {"from", "until", "value", "why_empty", "note", *REQUIRED}


Word = TypeVar("Word", bound=StrEnum)


class Unit(StrEnum):
    DURATION = "duration"  # ISO 8601; the only unit that a demo overlay may change
    WON = "won"
    COUNT = "count"
    PERCENT = "percent"
    TABLE = "table"
    DATES = "dates"
    WORD = "word"


class Trigger(StrEnum):
    """Which date of a case selects the value (부칙 and the article say which)."""

    NOTICE = "notice"
    APPROVAL_APPLICATION = "approval_application"
    ANNOUNCEMENT = "announcement"
    WIN = "win"
    CONTRACT = "contract"
    ACQUISITION = "acquisition"
    FILING = "filing"
    ORDER = "order"
    CONSENT = "consent"
    DISSOLUTION = "dissolution"
    SIGNING = "signing"
    DAY = "day"


class Confidence(StrEnum):
    """H: read in the statute. M: two second-hand sources or a transcribed annex. L: one weak source."""

    HIGH = "H"
    MEDIUM = "M"
    LOW = "L"


@dataclass(frozen=True, slots=True)
class Row:
    """One value, in force ``since``..``until`` (both inclusive; ``until`` None: still in force).

    ``value`` None: a stated gap, ``note`` says why.
    """

    family: str
    value: Any
    since: date
    until: date | None
    law: str
    article: str
    source: str
    confidence: Confidence
    verified: date
    note: str

    @property
    def cite(self) -> str:
        return f"{self.law} {self.article}"


@dataclass(frozen=True, slots=True)
class Family:
    name: str
    description: str
    unit: Unit
    trigger: Trigger
    rolls: bool  # durations: an end on a Saturday or holiday moves to the next business day (민법 제161조)
    rows: tuple[Row, ...]

    def row(self, as_of: date) -> Row | None:
        """The row in force on ``as_of``; None where the data begins later or ended earlier."""
        for row in reversed(self.rows):
            if row.since <= as_of:
                return row if row.until is None or as_of <= row.until else None
        return None


def frozen(value: Any) -> Any:
    """Read-only view of a parsed YAML value, all the way down."""
    if isinstance(value, dict):
        return MappingProxyType({key: frozen(item) for key, item in value.items()})
    if isinstance(value, list):
        return tuple(frozen(item) for item in value)
    return value


def plain(value: Any) -> Any:
    """JSON value of a frozen one (for hashing)."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def read_family(path: Path) -> Family:
    """Parse and check one family file. LawDataError names the file and what is wrong."""
    raw = read(path)
    if not isinstance(raw, dict) or raw.get("family") != path.stem:
        raise LawDataError(f"{path}: 'family' must equal the file name {path.stem!r}")
    _only(path, raw, FAMILY_KEYS)
    _need(path, raw, "description", "unit", "trigger", "values")
    unit, trigger = _word(path, Unit, raw["unit"]), _word(path, Trigger, raw["trigger"])
    rolls = _rolls(path, unit, raw.get("end_on_holiday"))
    if not isinstance(raw["values"], list) or not raw["values"]:
        raise LawDataError(f"{path}: 'values' must be a list of dated rows")
    rows = tuple(_row(path, item) for item in raw["values"])
    _cover(path, rows)
    return Family(raw["family"], raw["description"], unit, trigger, rolls, rows)


def read_families(folder: Path) -> Mapping[str, Family]:
    """All families below ``folder``. The same family in two files is refused."""
    families: dict[str, Family] = {}
    for path in sorted(folder.rglob("*.yaml")):
        family = read_family(path)
        if family.name in families:
            raise LawDataError(f"{path}: family {family.name!r} exists already")
        families[family.name] = family
    return MappingProxyType(families)


def _row(path: Path, raw: Any) -> Row:
    if not isinstance(raw, dict):
        raise LawDataError(f"{path}: a value must be a mapping")
    _only(path, raw, ROW_KEYS)
    _need(path, raw, "from", *REQUIRED)
    if "value" not in raw or (raw["value"] is None and not raw.get("why_empty")):
        raise LawDataError(f"{path}: value of {raw['from']} is empty without 'why_empty'")
    if not isinstance(raw["from"], date) or not isinstance(raw["verified"], date):
        raise LawDataError(f"{path}: 'from' and 'verified' must be dates")
    note = raw.get("note") or raw.get("why_empty") or ""
    return Row(
        path.stem, frozen(raw["value"]), raw["from"], raw.get("until"), raw["law"], raw["article"], raw["source"],
        _word(path, Confidence, raw["confidence"]), raw["verified"], note,
    )  # fmt: skip


def _cover(path: Path, rows: tuple[Row, ...]) -> None:
    """Each row must begin the day after the one before ended: no gap, no overlap, one value a day."""
    for before, after in pairwise(rows):
        if before.until is None or after.since <= before.until:
            raise LawDataError(f"{path}: rows from {before.since} and {after.since} overlap")
        if after.since != before.until + timedelta(days=1):
            raise LawDataError(f"{path}: gap between {before.until} and {after.since}")
    last = rows[-1]
    if last.until is not None and last.until < last.since:
        raise LawDataError(f"{path}: row from {last.since} ends before it begins")


def _rolls(path: Path, unit: Unit, word: Any) -> bool:
    if unit is not Unit.DURATION:
        return False
    if word not in ("next_business_day", "stays"):
        raise LawDataError(f"{path}: a duration needs 'end_on_holiday': next_business_day or stays")
    return bool(word == "next_business_day")


def _word(path: Path, kind: type[Word], value: Any) -> Word:
    try:
        return kind(value)
    except ValueError as error:
        raise LawDataError(f"{path}: {value!r} is not one of {', '.join(kind)}") from error


def _only(path: Path, raw: dict[str, Any], known: set[str]) -> None:
    if unknown := set(raw) - known:
        raise LawDataError(f"{path}: unknown keys {sorted(map(str, unknown))}")


def _need(path: Path, raw: dict[str, Any], *keys: str) -> None:
    if missing := [key for key in keys if raw.get(key) in (None, "")]:
        raise LawDataError(f"{path}: missing {', '.join(missing)}")
