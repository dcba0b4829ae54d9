"""One line in, one line out: the answer to a question, or what is wrong with it."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any

import typer

from domain.errors import OnjipError
from law.answer import answer, question
from law.counterfactual import flips as flips_of
from law.lines import Line
from law.rulebook import Rulebook


def respond(book: Rulebook, line: Line, *, flips: bool = False) -> dict[str, Any]:
    """``{"id","outcome","value","reasons","missing","rulebook"}``, or ``{"id","error"}``; never an exception."""
    if line.fault is not None:
        return _error(line.id, line.fault)
    try:
        return {"id": line.id, **_answered(book, line.asked, flips=flips)}
    except OnjipError as error:
        return _error(line.id, error)
    except RecursionError as error:
        _report(error)
        return _error(line.id, OnjipError())


def _answered(book: Rulebook, stated: dict[str, Any], *, flips: bool) -> dict[str, Any]:
    asked = question(book, stated["rule"], stated["as_of"], stated["facts"], stated.get("sources"))
    decision = answer(asked)
    told = decision.model_dump(mode="json", include={"outcome", "value", "reasons", "missing", "rulebook"})
    if flips:
        told["flips"] = [flip.model_dump(mode="json") for flip in flips_of(asked.rule, asked.case, decision)]
    return told


def _error(name: str | int | None, error: OnjipError) -> dict[str, Any]:
    if error.__cause__ is not None:
        _report(error.__cause__)
    return {"id": name, "error": {"code": error.code, "message": f"{error.ko} · {error.en}"}}


def _report(cause: BaseException) -> None:
    """Where a rule broke, for its author: no message, which could quote a fact."""
    place = traceback.extract_tb(cause.__traceback__)[-1]
    typer.echo(f"{type(cause).__name__} · {Path(place.filename).name}:{place.lineno}", err=True)
