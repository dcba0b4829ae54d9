"""Reading what agencies really send: numbers as text, text as numbers, blanks for nothing, five forms of a date.

Whatever cannot be read raises ``AgencyDown`` with the code ``agency_unreadable`` (the agency may be asked again);
nothing here raises anything else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import NoReturn, TypeVar

from pydantic import BaseModel, JsonValue, ValidationError

from domain.errors import AgencyDown
from domain.time import SEOUL
from mydata_connectors.xml_tree import BadXml, tree

M = TypeVar("M", bound=BaseModel)
NOTHING = ("", "-", "null")
DEEPEST = 60  # levels of nesting that an honest answer never reaches
LONGEST_NUMBER = 20  # digits
DAY = re.compile(r"(\d{4})[-.]?(\d{2})[-.]?(\d{2})")
MONTH = re.compile(r"(\d{4})\s*[-.년]?\s*(\d{1,2})\s*월?")
MOMENT = re.compile(r"(\d{4})[-.]?(\d{2})[-.]?(\d{2})[ T]?(\d{2}):?(\d{2})(?::?(\d{2}))?")
HOUSE_TYPE = re.compile(r"0*(\d+(?:\.\d+)?)\s*([A-Za-z]*)")


def unreadable(what: str) -> NoReturn:
    """``what`` names the part that could not be read, never its content."""
    raise AgencyDown(
        "agency_unreadable",
        ko="기관의 답을 읽을 수 없습니다. 자동으로 다시 시도합니다.",
        en=f"The agency's answer cannot be read ({what}). We try again by ourselves.",
    )


def read(data: bytes) -> JsonValue:
    """The answer as a JSON value. XML (which agencies send although JSON was asked) becomes nested objects."""
    stripped = data.lstrip(b"\xef\xbb\xbf \t\r\n")
    if stripped.startswith(b"<"):
        return _read_xml(stripped)
    try:
        value: JsonValue = json.loads(stripped)
        _check_depth(value)
    except (ValueError, RecursionError):
        unreadable("json")
    return value


def _check_depth(value: JsonValue, level: int = 0) -> None:
    if level > DEEPEST:
        unreadable("depth")
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            _check_depth(item, level + 1)


def _read_xml(data: bytes) -> JsonValue:
    try:
        return tree(data, deepest=DEEPEST)
    except BadXml:
        unreadable("xml")


class Row:
    """One record: keys in any case (guides and payloads disagree), blanks and "-" read as nothing."""

    def __init__(self, fields: Mapping[str, JsonValue]) -> None:
        self.fields = {name.upper(): value for name, value in fields.items()}

    def text(self, *names: str) -> str:
        """The first of ``names`` that holds something, trimmed; "" when none does."""
        for name in names:
            value = self.fields.get(name.upper())
            if isinstance(value, str | int | float) and not isinstance(value, bool):
                found = str(value).strip()
                if found not in NOTHING:
                    return found
        return ""

    def need(self, *names: str) -> str:
        return self.text(*names) or unreadable(names[0])

    def count(self, *names: str) -> int:
        """A whole number; nothing is 0. Takes 4, "4", "2,182", "2182.00"."""
        found = self.text(*names)
        return whole(found, names[0]) if found else 0

    def day(self, *names: str) -> date | None:
        """A date in any of the agencies' forms; None for nothing."""
        found = self.text(*names)
        return day(found, names[0]) if found else None

    def need_day(self, *names: str) -> date:
        return self.day(*names) or unreadable(names[0])

    def month(self, *names: str) -> str | None:
        """ "YYYYMM" from "202502", "1993.05" or "2024년 01월"; None for nothing or for free text."""
        match = MONTH.fullmatch(self.text(*names))
        return f"{match[1]}{int(match[2]):02d}" if match else None

    def yes(self, *names: str) -> bool:
        """True for "Y" (odcloud, LH) and "true" (MyData sends booleans as text)."""
        value = self.fields.get(names[0].upper())
        return value is True or self.text(*names).upper() in ("Y", "TRUE")


def rows(value: JsonValue) -> list[Row]:
    """Records out of a list, a single object standing for a list of one, or nothing ("", null)."""
    if isinstance(value, dict):
        return [Row(value)]
    if isinstance(value, list):
        return [Row(item) for item in value if isinstance(item, dict)]
    if value is None or value == "":
        return []
    unreadable("rows")


def table(value: JsonValue, what: str) -> dict[str, JsonValue]:
    """``value`` as an object."""
    return value if isinstance(value, dict) else unreadable(what)


def whole(text: str, what: str) -> int:
    number = decimal(text, what)
    return int(number) if number == number.to_integral_value() else unreadable(what)


def decimal(text: str, what: str) -> Decimal:
    """A plain decimal with optional thousands commas. No exponent, no NaN."""
    plain = text.replace(",", "")
    if len(plain) > LONGEST_NUMBER or not re.fullmatch(r"-?\d+(\.\d+)?", plain, re.ASCII):
        unreadable(what)
    try:
        return Decimal(plain)
    except InvalidOperation:  # pragma: no cover - the pattern leaves nothing to refuse
        unreadable(what)


def area(text: str, what: str) -> str:
    """m² as the shortest decimal string: "084.9800" → "84.98"."""
    number = decimal(text.strip(), what)
    return format(number.normalize(), "f")


def house_type(text: str) -> tuple[str, str]:
    """(m² exclusive, letters) of 청약홈's HOUSE_TY: "084.9840A" → ("84.984", "A"), "059.8000 " → ("59.8", "")."""
    match = HOUSE_TYPE.fullmatch(text.strip())
    if match is None:
        unreadable("HOUSE_TY")
    return area(match[1], "HOUSE_TY"), match[2].upper()


def won_of_ten_thousands(text: str, what: str) -> int:
    """만원 to won: "80,720" → 807200000."""
    return whole(text, what) * 10_000


def day(text: str, what: str) -> date:
    """ "2026-10-19", "2026.10.19" or "20261019"."""
    match = DAY.fullmatch(text)
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else unreadable(what)
    except ValueError:
        unreadable(what)


def moment(text: str, what: str) -> datetime:
    """ "2024.04.22 10:00" or "20240416110846" on a Seoul clock, as UTC."""
    match = MOMENT.fullmatch(text.strip())
    if match is None:
        unreadable(what)
    try:
        year, month, of_month, hour, minute, second = (int(part or 0) for part in match.groups())
        return datetime(year, month, of_month, hour, minute, second, tzinfo=SEOUL).astimezone(UTC)
    except (ValueError, OverflowError):
        unreadable(what)


def span(text: str, what: str) -> tuple[datetime, datetime]:
    """ "2024.04.22 10:00 ~ 2024.04.22 17:00" as two instants, UTC."""
    parts = text.split("~")
    if len(parts) != 2:
        unreadable(what)
    return moment(parts[0], what), moment(parts[1], what)


def parse(model: type[M], value: object, what: str) -> M:
    """``value`` as ``model``; what does not fit is unreadable, and its content stays out of the error."""
    try:
        return model.model_validate(value)
    except (ValidationError, RecursionError):
        unreadable(what)
