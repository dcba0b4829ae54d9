"""The law for everybody: its rules and parameters to read, and questions that are answered and forgotten.

No account is needed and nothing is kept. What somebody states here comes from no register and binds nobody. Facts
travel in bodies, never in addresses.
"""

from __future__ import annotations

import hashlib
from collections import deque
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, BeforeValidator, Field, JsonValue, StringConstraints

from api.desk import LawDesk
from api.inputs import Flag, Slug, Strict
from api.services import Door, Services
from domain.decisions import Decision, Flip
from domain.errors import UnknownThing
from law.answer import FIRST_DAY, LAST_DAY, answer, question, read_day
from law.catalogue import describe, find_rule, read_facts, rules
from law.counterfactual import flips
from law.parameters import plain
from law.what_if import WhatIf, what_if

router = APIRouter(prefix="/api/v1/law", tags=["law"])
CACHE_S = 3600
RuleName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.]{0,79}$")]
DayText = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
MOST_DEEP, MOST_ITEMS = 8, 100  # of one question: a household, its homes and its payments, with room


def _modest(facts: object) -> object:
    """Nothing that would cost more to look at than to answer."""
    left = deque([(facts, 0)])
    while left:
        value, depth = left.popleft()
        if not isinstance(value, dict | list):
            continue
        if depth >= MOST_DEEP or (isinstance(value, list) and len(value) > MOST_ITEMS):
            raise ValueError("too many facts")
        left.extend((inner, depth + 1) for inner in (value.values() if isinstance(value, dict) else value))
    return facts


Facts = Annotated[dict[str, JsonValue], BeforeValidator(_modest), Field(max_length=200)]
Named = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_.]{0,79}$")]


class RulebookOut(BaseModel):
    """The law of this service: equal hash, equal law."""

    name: str
    sha256: str
    time_shortened: bool
    first_day: date
    last_day: date
    rules: int
    families: int


class RuleLine(BaseModel):
    name: str
    ko: str
    en: str
    article: str
    trigger: str
    unit: str


class RulesOut(BaseModel):
    rulebook: str
    items: list[RuleLine]


class ValueOut(BaseModel):
    """One parameter of law as it was in force on a day."""

    family: str
    description: str
    as_of: date
    value: Any
    since: date
    until: date | None
    law: str
    article: str
    source: str
    confidence: str
    verified: date
    note: str


class Ask(Strict):
    """A question: facts by the names and types that the rule's schema lists; any of them may be left out."""

    rule: RuleName
    as_of: DayText
    facts: Facts = {}
    flips: Flag = False


class Answer(BaseModel):
    """``binding`` is always false here: only decisions on register facts, in a case, bind."""

    decision: Decision
    flips: list[Flip]
    binding: bool = False


class Suppose(Strict):
    """The same question twice: ``changes`` are facts that differ the second time, ``then`` another day."""

    rule: RuleName
    as_of: DayText
    facts: Facts = {}
    changes: Annotated[Facts, Field(min_length=1)]
    then: DayText | None = None


@router.get("", name="rulebook", response_model=RulebookOut)
async def show_rulebook(request: Request, services: Door) -> Response:
    """Which law this is."""
    book = services.rulebook
    told = RulebookOut(
        name=book.name, sha256=book.sha256, time_shortened=book.time_shortened, first_day=FIRST_DAY,
        last_day=LAST_DAY, rules=len(rules()), families=len(book.families),
    )  # fmt: skip
    return _cached(request, told.model_dump(mode="json"))


@router.get("/rules", name="rules", response_model=RulesOut)
async def list_rules(request: Request, services: Door) -> Response:
    """Every rule by its name."""
    items = [RuleLine.model_validate(rule, from_attributes=True).model_dump() for rule in rules().values()]
    return _cached(request, {"rulebook": services.rulebook.sha256, "items": items})


@router.get("/rules/{name}", name="rule")
async def show_rule(request: Request, name: Named) -> Response:
    """One rule with the JSON Schema of its facts and of its value."""
    return _cached(request, describe(find_rule(name)))


@router.get("/parameters/{family}", name="parameter", response_model=ValueOut)
async def show_parameter(
    request: Request, family: Annotated[Slug, Path()], as_of: Annotated[DayText, Query()], services: Door
) -> Response:
    """A parameter of law on a day, with its citation. A null value is a gap that the data state."""
    if family not in services.rulebook.families:
        raise UnknownThing("unknown_family", ko="없는 법령 자료입니다.", en="There is no such parameter of law.")
    day = read_day(as_of)
    found, row = services.rulebook.family(family), services.rulebook.row(family, day)
    told = ValueOut(
        family=family, description=found.description, as_of=day, value=plain(row.value), since=row.since,
        until=row.until, law=row.law, article=row.article, source=row.source, confidence=row.confidence,
        verified=row.verified, note=row.note,
    )  # fmt: skip
    return _cached(request, told.model_dump(mode="json"))


@router.post("/evaluations", name="evaluate")
async def evaluate(body: Ask, services: Door, desk: LawDesk, response: Response) -> Answer:
    """Apply one rule to stated facts; with ``flips`` also what would turn a no into a yes."""
    response.headers["Cache-Control"] = "no-store"
    return await desk.work(_answer, services, body)


@router.post("/what-if", name="whatif")
async def suppose(body: Suppose, services: Door, desk: LawDesk, response: Response) -> WhatIf:
    """Before and after a change of facts or of the day, side by side."""
    response.headers["Cache-Control"] = "no-store"
    return await desk.work(_compare, services, body)


def _answer(services: Services, body: Ask) -> Answer:
    asked = question(services.rulebook, body.rule, body.as_of, dict(body.facts))
    decision = answer(asked)
    turns = flips(asked.rule, asked.case, decision) if body.flips else ()
    return Answer(decision=decision, flips=list(turns))


def _compare(services: Services, body: Suppose) -> WhatIf:
    # Both sets of facts must be possible by themselves.
    asked = question(services.rulebook, body.rule, body.as_of, dict(body.facts))
    day = body.then or body.as_of
    question(services.rulebook, body.rule, day, {**body.facts, **body.changes})
    return what_if(asked, read_facts(asked.rule, body.changes), read_day(day))


def _cached(request: Request, told: Any) -> Response:
    """It may be kept for a while, and is not sent again while nothing has changed (RFC 9110, 13.1.2)."""
    answer = JSONResponse(told)
    mark = f'"{hashlib.sha256(answer.body).hexdigest()[:32]}"'
    answer.headers.update({"ETag": mark, "Cache-Control": f"public, max-age={CACHE_S}"})
    held = {one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")}
    if held & {mark, "*"}:
        return Response(status_code=304, headers={name: answer.headers[name] for name in ("ETag", "Cache-Control")})
    return answer
