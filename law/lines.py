"""Questions as lines of JSON: what is wrong with a line is said, and which line it was where that can be told."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import IO, Any, NamedTuple

from domain.errors import Malformed, TooLarge

MOST_BYTES = 1_000_000
MOST_DEPTH = 32
MOST_ID = 200
NEEDED = ("id", "rule", "as_of", "facts")
KEYS = frozenset({*NEEDED, "sources"})
LINE = "JSONL"
# The id of a line that cannot be read as JSON, where it stands first.
FIRST_ID = re.compile(rb'\s*\{\s*"id"\s*:\s*("(?:[^"\\\x00-\x1f]|\\.){0,200}"|-?[0-9]{1,15}(?=[\s,}]))')


class Line(NamedTuple):
    """A line's own name, and its object, or what is wrong with it."""

    id: str | int | None
    asked: dict[str, Any]
    fault: Malformed | TooLarge | None = None


def read_lines(stream: IO[bytes]) -> Iterator[Line]:
    """Every line of ``stream``, in order, as soon as it is there. An oversized one is skipped without being kept."""
    while raw := stream.readline(MOST_BYTES + 1):
        if len(raw) > MOST_BYTES:
            start, ended = raw, raw.endswith(b"\n")
            while not ended and (raw := stream.readline(MOST_BYTES)):
                ended = raw.endswith(b"\n")
            yield Line(_first_id(start), {}, _too_large())
        else:
            yield read_line(raw)


def read_line(raw: bytes) -> Line:
    """One question. Its keys are there and no others; their values are not yet looked into."""
    faults: list[Malformed] = []
    try:
        asked = _loads(raw.decode("utf-8-sig").strip(), faults)
    except RecursionError:
        return Line(_first_id(raw), {}, _too_deep())
    except ValueError:
        # UnicodeDecodeError and JSONDecodeError too; their texts quote what was sent.
        return Line(_first_id(raw), {}, _not_json())
    if not isinstance(asked, dict):
        return Line(None, {}, _malformed("not_an_object", "한 줄은 JSON 객체여야 합니다.", "Not a JSON object."))
    name = asked.get("id")
    fault = next(iter(faults), None) or _depth_fault(asked) or _id_fault(asked) or _keys_fault(asked)
    return Line(name if _is_id(name) else None, asked, fault)


def loads(raw: bytes) -> Any:
    """One JSON document, as strictly as a line. Malformed."""
    faults: list[Malformed] = []
    try:
        value = _loads(raw.decode("utf-8-sig"), faults)
    except RecursionError:
        raise _too_deep() from None
    except ValueError:
        raise _not_json() from None
    if fault := next(iter(faults), None) or _depth_fault(value):
        raise fault
    return value


def _loads(text: str, faults: list[Malformed]) -> Any:
    """JSON without what Python adds to it: no NaN, no infinity, no key twice, no half of a character."""

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(found)
        if len(made) != len(found):
            faults.append(_malformed("duplicate_key", "같은 이름이 두 번 있습니다.", "A key stands there twice."))
        return made

    def number(text: str) -> float:
        value = float(text)
        if not math.isfinite(value):
            constant(text)
        return value

    def constant(_: str) -> None:
        faults.append(_malformed("not_a_number", "NaN과 무한대는 쓸 수 없습니다.", "NaN and infinity are no JSON."))

    value = json.loads(text, object_pairs_hook=pairs, parse_float=number, parse_constant=constant)
    # A lone surrogate cannot be written out again; only an escape can bring one.
    if "\\ud" in text.lower():
        json.dumps(value, ensure_ascii=False).encode()
    return value


def _depth_fault(value: Any) -> Malformed | None:
    level = [value]
    for _ in range(MOST_DEPTH):
        level = [item for one in level for item in _inside(one)]
        if not level:
            return None
    return _too_deep()


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _id_fault(asked: dict[str, Any]) -> Malformed | None:
    if "id" not in asked:
        return _malformed("no_id", "id가 없습니다.", "There is no id.", "id")
    if not _is_id(asked["id"]):
        return _malformed(
            "bad_id",
            f"id는 {MOST_ID}자까지의 글자 또는 정수입니다.",
            f"id is text of up to {MOST_ID} characters or an integer.",
            "id",
        )
    return None


def _is_id(value: Any) -> bool:
    if isinstance(value, str):
        return 0 < len(value) <= MOST_ID
    return type(value) is int and abs(value) < 10**15


def _keys_fault(asked: dict[str, Any]) -> Malformed | None:
    if missing := [key for key in NEEDED if key not in asked]:
        names = ", ".join(missing)
        return _malformed("missing_key", f"빠진 항목: {names}", f"Missing: {names}", missing[0])
    if set(asked) - KEYS:
        names = ", ".join((*NEEDED, "sources"))
        return _malformed("unexpected_key", f"쓸 수 있는 항목: {names}", f"The keys are: {names}")
    return None


def _first_id(raw: bytes) -> str | int | None:
    match = FIRST_ID.match(raw.removeprefix(b"\xef\xbb\xbf"))
    if match is None:
        return None
    try:
        value = json.loads(match.group(1))
        json.dumps(value, ensure_ascii=False).encode()
    except ValueError:
        return None
    return value if _is_id(value) else None


def _malformed(code: str, ko: str, en: str, field: str | None = None) -> Malformed:
    return Malformed(code, ko=ko, en=en, field=field)


def _not_json() -> Malformed:
    return _malformed("not_json", "JSON으로 읽을 수 없습니다.", "Not readable as JSON.")


def _too_deep() -> Malformed:
    return _malformed("too_deep", f"{MOST_DEPTH}단계보다 깊습니다.", f"Nested deeper than {MOST_DEPTH} levels.")


def _too_large() -> TooLarge:
    return TooLarge(
        "line_too_long", ko=f"한 줄은 {MOST_BYTES:,}바이트까지입니다.", en=f"A line has at most {MOST_BYTES:,} bytes."
    )
