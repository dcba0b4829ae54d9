"""Forms: read strictly, answered once (a hidden key), and shown again with what was typed when something is wrong."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import Response
from pydantic import ValidationError
from starlette.datastructures import FormData

from api.access import Me
from api.idempotency import PATTERN
from api.inputs import RULES
from api.pages.view import View
from domain.errors import AskPerson, FixInput, GiveUp, Malformed, OnjipError, Wait
from store.idempotency import Key

OWN = ("csrf", "key")  # of the form itself, not of its content
WHOLE = re.compile(r"^[0-9][0-9,]{0,30}$")


@dataclass(frozen=True)
class Posted:
    """What a person sent with one form."""

    form: FormData
    key: Key

    def text(self, name: str) -> str | None:
        """None where nothing was typed."""
        value = self.form.get(name)
        return value.strip() or None if isinstance(value, str) else None

    def texts(self, name: str) -> list[str]:
        return [value for value in self.form.getlist(name) if isinstance(value, str)]

    def number(self, name: str) -> int | str | None:
        """A whole number, with or without commas; what is none stays text, so that its check can say so."""
        typed = self.text(name)
        return int(typed.replace(",", "")) if typed and WHOLE.match(typed) else typed

    def lines(self, name: str) -> list[str]:
        """One entry per line."""
        return [line.strip() for line in (self.text(name) or "").splitlines() if line.strip()]

    def ticked(self, name: str) -> bool:
        return self.text(name) is not None

    @property
    def values(self) -> dict[str, str | list[str]]:
        """For showing the form again."""
        names = [name for name in self.form if name not in OWN]
        return {name: found[0] if len(found := self.texts(name)) == 1 else found for name in names if self.texts(name)}


async def posted(request: Request, person: Me) -> Posted:
    form = await request.form()
    key = form.get("key")
    if not isinstance(key, str) or not PATTERN.match(key):
        raise Malformed("form_incomplete", ko="화면을 새로 고친 뒤 다시 시도해 주십시오.", en="Please reload the page.")
    return Posted(form, Key(person.id, f"{request.method} {request.url.path}", key))


Form = Annotated[Posted, Depends(posted)]


@dataclass(frozen=True)
class Fault:
    """One thing to correct. ``field``: the input's name, empty where it is about the whole form."""

    field: str
    ko: str
    en: str


@dataclass(frozen=True)
class Refused:
    """Why a form was not accepted; nothing has happened."""

    status: int
    faults: Sequence[Fault]
    article: str | None = None
    by_field: Mapping[str, Fault] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_field", {fault.field: fault for fault in reversed(self.faults) if fault.field})


def refused_by(error: OnjipError, inputs: Mapping[str, str]) -> Refused:
    name = inputs.get(error.field, error.field) if error.field else ""
    return Refused(error.status, (Fault(name, error.ko, error.en),), error.article)


def refused_body(wrong: ValidationError, inputs: Mapping[str, str]) -> Refused:
    """The first fault of each input. ``inputs``: place in the body → name of the input that it was read from."""
    faults: dict[str, Fault] = {}
    for one in wrong.errors(include_url=False, include_input=False):
        place = ".".join(str(part) for part in one["loc"])
        name = inputs.get(place, place.split(".")[0])
        faults.setdefault(name, Fault(name, *_sentence(one["type"], one["msg"])))
    return Refused(422, tuple(faults.values()))


KINDS = {
    "missing": ("입력해 주십시오.", "Please fill this in."),
    "string_too_short": ("입력해 주십시오.", "Please fill this in."),
    "string_type": ("입력해 주십시오.", "Please fill this in."),
    "string_too_long": ("너무 깁니다. 줄여 주십시오.", "This is too long."),
    "string_pattern_mismatch": ("형식이 올바르지 않습니다. 예시를 확인해 주십시오.", "See the example for its form."),
    "int_type": ("숫자로 입력해 주십시오.", "Please write a whole number."),
    "greater_than_equal": ("너무 작은 값입니다.", "This is too small."),
    "less_than_equal": ("너무 큰 값입니다.", "This is too large."),
    "too_short": ("하나 이상 골라 주십시오.", "Please choose at least one."),
    "too_long": ("너무 많습니다.", "These are too many."),
    "literal_error": ("하나를 골라 주십시오.", "Please choose one."),
    "enum": ("하나를 골라 주십시오.", "Please choose one."),
    "bool_type": ("하나를 골라 주십시오.", "Please choose one."),
}
OTHERWISE = ("입력값을 확인해 주십시오.", "Please check what you entered.")
DATE = ("날짜를 고르거나 2026-11-23처럼 입력해 주십시오.", "Please write the date like 2026-11-23.")


def _sentence(kind: str, message: str) -> tuple[str, str]:
    if kind == "value_error":
        return RULES.get(message.removeprefix("Value error, "), DATE if "date" in message else OTHERWISE)
    return DATE if kind.startswith(("date", "datetime", "timezone")) else KINDS.get(kind, OTHERWISE)


async def carry_out(
    view: View,
    form: Posted,
    work: Callable[[], Awaitable[Response]],
    again: Callable[[Refused], Awaitable[Response]],
    inputs: Mapping[str, str] | None = None,
) -> Response:
    """Do what the form asks. A refusal shows its page ``again``; what is not done yet may be asked again with its key.

    ``inputs``: place in the body (or ``field`` of the error) → name of the input.
    """
    try:
        return await work()
    except Wait as error:
        retry = str(math.ceil(error.retry_after or 1))
        values = [(name, value) for name, value in form.form.multi_items() if isinstance(value, str)]
        return view.page(
            "waiting.html", status=error.status, headers={"Retry-After": retry}, error=error, values=values
        )
    except ValidationError as wrong:
        return await again(refused_body(wrong, inputs or {}))
    except (FixInput, AskPerson, GiveUp) as error:
        return await again(refused_by(error, inputs or {}))


def read(answer: Response) -> dict[str, Any]:
    """The answer of a JSON route that a page has used."""
    found: dict[str, Any] = json.loads(bytes(answer.body))
    return found
