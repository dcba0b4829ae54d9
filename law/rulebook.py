"""The rulebook: every parameter of law, dated and cited, under one SHA-256.

``load("normal")`` is the law as it stands. ``load("demo")`` is the same law with an overlay of periods only, so
that a case of years can be walked through in a minute; its hash differs and ``time_shortened`` is true.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from domain.errors import Invalid, UnknownThing
from domain.model import canonical_json
from law.calendar import Calendar, Period, parse_period
from law.parameters import Family, Row, Unit, plain, read_families
from law.strict_yaml import LawDataError, read

HERE = Path(__file__).parent
PARAMETERS = HERE / "parameters"
RULEBOOKS = HERE / "rulebooks"
NORMAL = "normal"
OVERLAY_KEYS = {"name", "base", "description", "periods"}


@dataclass(frozen=True)
class Rulebook:
    """Families by name, the overlay of periods, and the digest of both. Immutable; equal hash, equal law."""

    name: str
    families: Mapping[str, Family]
    overlay: Mapping[str, str]
    calendar: Calendar
    sha256: str

    @property
    def time_shortened(self) -> bool:
        return bool(self.overlay)

    def family(self, name: str) -> Family:
        if name not in self.families:
            raise LawDataError(f"no parameter family {name!r}")
        return self.families[name]

    def find(self, family: str, as_of: date) -> Row | None:
        """The row in force on ``as_of``, or None where the rulebook has no value for that day."""
        return self.family(family).row(as_of)

    def row(self, family: str, as_of: date) -> Row:
        """The row in force on ``as_of``. Invalid (``date_outside_rulebook``) where there is none."""
        row = self.find(family, as_of)
        if row is None:
            raise Invalid(
                "date_outside_rulebook",
                ko=f"{as_of} 기준의 법령 자료({family})가 없습니다. 다른 기준일을 넣어 주십시오.",
                en=f"The rulebook has no {family} for {as_of}. Use another date.",
                field="as_of",
            )
        return row

    def value(self, family: str, as_of: date, key: object = None) -> Any:
        """The value on ``as_of``; with ``key``, that entry of a table. UnknownThing for an unknown key."""
        value = self.row(family, as_of).value
        if key is None:
            return value
        if not isinstance(value, Mapping) or key not in value:
            raise UnknownThing(
                "unknown_table_key",
                ko=f"{family} 표에 없는 항목입니다: {key}",
                en=f"{family} has no entry {key}.",
            )
        return value[key]

    def has_period(self, name: str, as_of: date | None = None) -> bool:
        return name in self.overlay or self._period_row(name, as_of).value is not None

    def period(self, name: str, as_of: date | None = None) -> Period:
        """The period ``name``; without ``as_of`` the one in force last. LawDataError where the law leaves it open."""
        row = self._period_row(name, as_of)
        iso = self.overlay.get(name, row.value)
        if iso is None:
            raise LawDataError(f"{name}: no fixed period ({row.note})")
        return parse_period(name, iso, rolls=self.family(name).rolls, calendar=self.calendar, cite=row.cite)

    def _period_row(self, name: str, as_of: date | None) -> Row:
        family = self.family(name)
        if family.unit is not Unit.DURATION:
            raise LawDataError(f"{name} is not a period")
        return family.rows[-1] if as_of is None else self.row(name, as_of)


@lru_cache(maxsize=4)
def load(name: str) -> Rulebook:
    """The rulebook ``name`` of this program version. UnknownThing for a name that has no file."""
    return build(name, PARAMETERS, RULEBOOKS)


def build(name: str, parameters: Path, rulebooks: Path) -> Rulebook:
    """Read and check all files. LawDataError for wrong data."""
    families = read_families(parameters)
    overlay = _overlay(name, rulebooks, families)
    calendar = _calendar(families["public_holidays"])
    book = Rulebook(name, families, overlay, calendar, _digest(families, overlay))
    _check_periods(book)
    return book


def _overlay(name: str, rulebooks: Path, families: Mapping[str, Family]) -> Mapping[str, str]:
    if name == NORMAL:
        return MappingProxyType({})
    path = rulebooks / f"{name}.yaml"
    if not name.isidentifier() or not path.is_file():
        raise UnknownThing("unknown_rulebook", ko="없는 규칙집 이름입니다.", en="There is no rulebook of this name.")
    raw = read(path)
    if not isinstance(raw, dict) or set(raw) != OVERLAY_KEYS or raw["name"] != name or raw["base"] != NORMAL:
        raise LawDataError(f"{path}: an overlay has exactly {sorted(OVERLAY_KEYS)}, its own name and base {NORMAL!r}")
    for period, iso in raw["periods"].items():
        if period not in families or families[period].unit is not Unit.DURATION:
            raise LawDataError(f"{path}: {period!r} is not a period; an overlay may change periods only")
        if not isinstance(iso, str):
            raise LawDataError(f"{path}: {period!r} needs an ISO 8601 duration")
    return MappingProxyType(dict(raw["periods"]))


def _calendar(family: Family) -> Calendar:
    days = frozenset(day for row in family.rows for day in row.value)
    last = family.rows[-1].until
    if family.unit is not Unit.DATES or last is None or not all(type(day) is date for day in days):
        raise LawDataError("public_holidays must be lists of dates with an end")
    return Calendar(days, family.rows[0].since, last)


def _check_periods(book: Rulebook) -> None:
    for family in book.families.values():
        if family.unit is not Unit.DURATION:
            continue
        for iso in [*(row.value for row in family.rows), book.overlay.get(family.name)]:
            if iso is not None:
                _parsed(family, iso, book.calendar)


def _parsed(family: Family, iso: str, calendar: Calendar) -> Period:
    try:
        return parse_period(family.name, iso, rolls=family.rolls, calendar=calendar, cite="")
    except (ValueError, TypeError) as error:
        raise LawDataError(str(error)) from error


def _digest(families: Mapping[str, Family], overlay: Mapping[str, str]) -> str:
    """SHA-256 over the parsed content (not over spaces and comments): values, dates, citations, overlay."""
    content = {
        name: [family.unit, family.trigger, family.rolls, [_row_content(row) for row in family.rows]]
        for name, family in families.items()
    }
    return hashlib.sha256(canonical_json({"families": content, "overlay": dict(overlay)})).hexdigest()


def _row_content(row: Row) -> list[Any]:
    until = row.until.isoformat() if row.until else None
    cited = [row.cite, row.source, row.confidence, row.verified.isoformat()]
    return [row.since.isoformat(), until, plain(row.value), *cited]
