"""No log line holds a resident number, a phone number, a token, or a value under a private key."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from domain.errors import AgencyDown
from onjip import telemetry

RRN = st.from_regex(r"[0-9]{6}[- ]?[1-4][0-9]{6}", fullmatch=True)
AROUND = st.text(st.characters(exclude_categories=("Nd", "Cs")), max_size=20)
PRIVATE_KEYS = st.sampled_from(
    [
        "name",
        "birth_date",
        "birthDate",
        "rrn",
        "phone",
        "address",
        "token",
        "applicant_name",
        "PIN",
        "Authorization",
        "이름",
    ]
)
SECRET = "김하늘"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """The log as it would be written; standard logging is put back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    stream = io.StringIO()
    telemetry.configure("test", stream)
    yield stream
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def last(lines: io.StringIO) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(lines.getvalue().splitlines()[-1])
    return parsed


@given(before=AROUND, number=RRN, after=AROUND)
def test_resident_numbers_are_masked_in_any_text(before: str, number: str, after: str) -> None:
    assert number not in telemetry.scrub_text(f"{before}{number}{after}")


@given(number=st.integers(10**12, 10**13 - 1))
def test_resident_numbers_are_masked_as_integers_too(number: int) -> None:
    assert telemetry.scrub_value({"deep": [number]}) == {"deep": [telemetry.MASK]}


def nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(inner, min_size=1, max_size=3) | st.dictionaries(st.sampled_from(["a", "b"]), inner, min_size=1)


@given(value=st.recursive(st.builds(lambda key: {key: SECRET}, PRIVATE_KEYS), nested, max_leaves=5))
def test_private_keys_are_masked_at_any_depth(value: object) -> None:
    assert SECRET not in json.dumps(telemetry.scrub_value(value), ensure_ascii=False)


@given(st.text(max_size=80))
def test_scrubbing_twice_changes_nothing_more(text: str) -> None:
    once = telemetry.scrub_text(text)
    assert telemetry.scrub_text(once) == once


@pytest.mark.parametrize(
    "kept",
    [
        "5d41402abc4b2a76b9719d911017c592ae1234567890123fae1234567890123f",
        "a1b2c3d4-1234-4234-8234-567890123456",
        "41290-2019-00123",
    ],
)
def test_digests_and_ids_stay_readable(kept: str) -> None:
    assert telemetry.scrub_text(f"blob {kept} stored") == f"blob {kept} stored"


@pytest.mark.parametrize("gone", ["010-1234-5678", "01012345678", "Bearer abc.def", "eyJhbGciOi.eyJzdWIi.c2ln"])
def test_phones_and_tokens_are_masked(gone: str) -> None:
    assert gone not in telemetry.scrub_text(f"seen {gone} here")


def test_structured_line(lines: io.StringIO) -> None:
    structlog.get_logger("onjip.test").info("application_filed", name=SECRET, digest="ab", note="890412-2345678")
    line = last(lines)
    assert (line["event"], line["process"], line["digest"]) == ("application_filed", "test", "ab")
    assert (line["name"], line["note"]) == (telemetry.MASK, telemetry.MASK)


def test_lines_of_libraries_are_scrubbed(lines: io.StringIO) -> None:
    logging.getLogger("some.library").warning("sent %s", "8904122345678")
    assert last(lines)["event"] == f"sent {telemetry.MASK}"


def test_objects_are_named_not_printed(lines: io.StringIO) -> None:
    class Applicant(BaseModel):
        who: str

    structlog.get_logger().info("seen", thing=Applicant(who=SECRET))
    assert SECRET not in lines.getvalue()
    assert last(lines)["thing"] == "<Applicant>"


def test_exceptions_keep_type_place_and_code_only(lines: io.StringIO) -> None:
    class Strict(BaseModel):
        age: int

    try:
        try:
            Strict.model_validate({"age": SECRET})
        except ValidationError as invalid:
            raise AgencyDown from invalid
    except AgencyDown:
        structlog.get_logger().exception("call_failed")
        logging.getLogger("library").exception("failed")
    assert SECRET not in lines.getvalue()
    outer, inner = last(lines)["error"]
    assert outer["error_code"] == "agency_down"
    assert inner["type"].endswith("ValidationError")
    assert "message" not in inner
    assert "test_telemetry.py" in inner["at"][0]
