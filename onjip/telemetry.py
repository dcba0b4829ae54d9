"""Structured logs: one JSON object a line, and no personal data in any of them.

Three nets, since a log line outlives every consent:
1. a value under a key that names a person's data or a secret is replaced, at any depth;
2. in every text, what looks like a resident number (13 digits), a phone number or a bearer token is replaced;
3. of an exception only type, place and codes are kept. Its message only where the type is known to quote no value
   (a database or validation error quotes the row).
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Mapping
from types import TracebackType
from typing import IO, Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from domain.errors import OnjipError

MASK = "***"

# Words of a key that make its value personal or secret. A key is split at _, -, . and capitals.
PRIVATE_WORDS = frozenset({
    "name", "names", "birthdate", "birthday", "birth", "rrn", "ci", "di", "phone", "mobile", "tel", "telephone",
    "address", "addresses", "email", "mail", "token", "tokens", "password", "secret", "secrets", "pin",
    "cookie", "cookies", "authorization", "jwt", "jws", "jwk", "credential", "credentials", "account",
    "accounts", "holder", "owner", "signature", "otp", "session", "csrf", "key", "이름", "성명", "주소", "생년월일",
    "주민등록번호", "전화번호",
})  # fmt: skip
# Keys of ours and of the libraries that end in such a word but name things, not people.
PLAIN_KEYS = frozenset({"logger_name", "process_name", "thread_name", "workflow_name", "child_name", "key_id"})

_PATTERNS = (
    # 13 digits, with or without the dash or space after the sixth; not inside a longer number.
    re.compile(r"(?<!\d)\d{6}[-–\s]?\d{7}(?!\d)"),
    re.compile(r"(?<!\d)01[016789][-.\s]?\d{3,4}[-.\s]?\d{4}(?!\d)"),
    re.compile(r"\beyJ[\w-]+\.[\w-]*\.[\w-]*"),  # a compact JWS
    re.compile(r"(?i)\b(?:bearer|basic)\s+[\w.~+/=-]+"),
)
_DIGEST = re.compile(r"(?<![0-9A-Za-z])([0-9a-f]{64})(?![0-9A-Za-z])")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+|[가-힣]+")

# Exceptions whose messages quote no value of the data.
SPEAKING = (OnjipError, OSError, ImportError, NameError, AttributeError, TypeError, NotImplementedError)
FRAMES = 12


def configure(process: str, stream: IO[str] | None = None, level: int = logging.INFO) -> None:
    """Send structlog and standard logging, scrubbed, to ``stream`` (standard error by default)."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.add_logger_name,
        _about(process),
        exceptions_without_values,
        scrub,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False, default=_unprintable),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for chatty in ("httpx", "httpcore", "uvicorn.access", "fontTools", "weasyprint"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def _about(process: str) -> Processor:
    def add(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {"process": process, **event}

    return add


def scrub(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Nets 1 and 2 over the whole event."""
    internal = {key: event.pop(key) for key in ("_record", "_from_structlog") if key in event}
    return {**{key: _scrub_entry(key, value) for key, value in event.items()}, **internal}


def _scrub_entry(key: object, value: object) -> object:
    return MASK if private(str(key)) and value is not None else scrub_value(value)


def scrub_value(value: object) -> object:
    """``value`` as plain JSON values, masked. Anything that is no JSON value is named by its type only."""
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return MASK if scrub_text(str(value)) != str(value) else value
    if isinstance(value, str):
        return scrub_text(value)
    if isinstance(value, Mapping):
        return {scrub_text(str(key)): _scrub_entry(key, item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [scrub_value(item) for item in value]
    return _unprintable(value)


def scrub_text(text: str) -> str:
    """``text`` with resident numbers, phone numbers and bearer tokens masked."""
    # Every second piece is a digest: one in seventy holds 13 digits in a row by chance, and says nothing of a person.
    pieces = _DIGEST.split(text)
    for pattern in _PATTERNS:
        pieces[::2] = [pattern.sub(MASK, piece) for piece in pieces[::2]]
    return "".join(pieces)


def private(key: str) -> bool:
    """Whether ``key`` names a person's data or a secret."""
    return key.lower() not in PLAIN_KEYS and any(word.lower() in PRIVATE_WORDS for word in _WORD.findall(key))


def exceptions_without_values(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Net 3: replaces ``exc_info`` by ``error``."""
    exc_info = event.pop("exc_info", None)
    event.pop("stack_info", None)
    if exc_info is True:
        exc_info = sys.exc_info()[1]
    if isinstance(exc_info, tuple):
        exc_info = exc_info[1]
    if isinstance(exc_info, BaseException):
        event["error"] = describe(exc_info)
    return event


def describe(error: BaseException) -> list[dict[str, Any]]:
    """The chain of an exception, the outermost first: types, codes and places."""
    chain: list[dict[str, Any]] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        chain.append(_describe_one(current))
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return chain


def _describe_one(error: BaseException) -> dict[str, Any]:
    told: dict[str, Any] = {"type": f"{type(error).__module__}.{type(error).__qualname__}"}
    if isinstance(error, SPEAKING):
        told["message"] = scrub_text(str(error))
    for code in ("code", "type", "sqlstate", "constraint_name", "status_code"):
        value = getattr(error, code, None)
        if isinstance(value, str | int):
            told[f"error_{code}"] = scrub_value(value)
    return {**told, "at": _places(error.__traceback__)}


def _places(trace: TracebackType | None) -> list[str]:
    frames = [frame for frame in traceback.extract_tb(trace) if not frame.filename.startswith("<frozen")]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-FRAMES:]]


def _unprintable(value: object) -> str:
    """Ids and dates as text; of anything else the type only, since its text may quote a person."""
    if type(value).__module__ in ("uuid", "datetime", "pathlib", "decimal", "enum"):
        return scrub_text(str(value))
    return f"<{type(value).__name__}>"
