"""What no field of a form may accept, by the kind of field."""

from __future__ import annotations

Value = str | list[str] | None  # None: the field is not sent at all
LONG, NUL = "가" * 5000, "a\x00b"
OPTIONAL: tuple[Value, ...] = (LONG, NUL)
TEXT: tuple[Value, ...] = (None, "", "   ", *OPTIONAL)
OTHER: tuple[Value, ...] = ("other", *OPTIONAL)
CHOICE: tuple[Value, ...] = (None, "", "other", *OPTIONAL)
ANY_NUMBER: tuple[Value, ...] = ("사천", "1.5", "-1", "0x10", "٣", "9" * 40, "9" * 5000, NUL)
NUMBER: tuple[Value, ...] = (None, "", *ANY_NUMBER)
ANY_DAY: tuple[Value, ...] = ("2026-13-40", "내일", "1899-12-31", "2101-01-01", NUL)
DAY: tuple[Value, ...] = (None, "", *ANY_DAY)
