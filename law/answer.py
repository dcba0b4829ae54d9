"""One question in JSON, one decision: the door of the command line and of the API.

Everything that can be wrong with a question ends in an error of ``domain.errors`` with a code and a sentence that
holds no value of the question. Where the data of the law end, the answer is *cannot tell*, never an error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import JsonValue

from domain.decisions import Decision, Reason
from domain.errors import Invalid, Malformed, OnjipError
from domain.words import Outcome
from law import plausible
from law.catalogue import find_rule, named, read_facts
from law.rulebook import Rulebook
from law.rules import Case, Rule, decide
from law.strict_yaml import LawDataError

# The days that the rulebook answers for; ``law check`` proves that every family covers them.
FIRST_DAY, LAST_DAY = date(2015, 12, 29), date(2030, 12, 31)
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Raised inside a rule where a table or the holidays end.
DATA_ENDS = frozenset({"date_outside_rulebook", "date_outside_calendar", "unknown_table_key"})


@dataclass(frozen=True)
class Question:
    """A rule and a case that it can be asked about."""

    rule: Rule[Any]
    case: Case


def question(
    book: Rulebook, name: Any, as_of: Any, facts: Any, sources: Any = None, *, check_together: bool = True
) -> Question:
    """FixInput for a rule, day, fact or source that cannot be taken."""
    rule = find_rule(_text("rule", name))
    day = read_day(as_of)
    stated = _object("facts", facts)
    read = read_facts(rule, stated)
    if check_together:
        plausible.check(rule, read, day, book)
    return Question(rule, Case(day, book, read, _sources(sources, stated)))


def answer(asked: Question) -> Decision:
    """The decision. OnjipError (``rule_failed``) where the rule itself is broken; never any other error."""
    rule, case = asked.rule, asked.case
    try:
        return decide(rule, case)
    except LawDataError as error:
        return _data_end(asked, str(error))
    except OnjipError as error:
        if error.code in DATA_ENDS:
            return _data_end(asked, error.en, error.ko)
        raise
    except Exception as error:
        raise OnjipError(
            "rule_failed",
            ko=f"{rule.name} 규칙을 이 사실에 적용하지 못했습니다. 규칙 이름과 함께 알려 주십시오.",
            en=f"The rule {rule.name} could not be applied to these facts. Please report it with its name.",
        ) from error


def read_day(text: Any) -> date:
    """``as_of`` as a day of the rulebook. Invalid: ``bad_date``, ``date_outside_rulebook``."""
    if not isinstance(text, str) or not DAY.fullmatch(text):
        raise _bad_date()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise _bad_date() from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise Invalid(
            "date_outside_rulebook", field="as_of",
            ko=f"법령 자료는 {FIRST_DAY}부터 {LAST_DAY}까지 있습니다. 그 안의 기준일을 넣어 주십시오.",
            en=f"The rulebook holds the law from {FIRST_DAY} to {LAST_DAY}. Use a date between them.",
        )  # fmt: skip
    return day


def _data_end(asked: Question, en: str, ko: str = "") -> Decision:
    rule, case = asked.rule, asked.case
    missing = (f"law:{rule.name}",)
    reason = Reason(
        code="law.data_ends", rule=rule.name, outcome=Outcome.CANNOT_TELL, article=rule.article, missing=missing,
        ko=ko or f"{rule.ko}: 이 날짜의 법령 자료가 없어 판단하지 않습니다.", en=f"{rule.en}: {en}",
    )  # fmt: skip
    return Decision(
        rule=rule.name, outcome=Outcome.CANNOT_TELL, reasons=(reason,), missing=missing, as_of=case.as_of,
        rulebook=case.book.sha256,
    )  # fmt: skip


def _bad_date() -> Invalid:
    return Invalid(
        "bad_date", ko="기준일(as_of)은 2026-10-01처럼 쓴 있는 날짜여야 합니다.",
        en="as_of must be an existing date, written as 2026-10-01.", field="as_of",
    )  # fmt: skip


def _text(field: str, value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise Malformed("bad_value", ko=f"{field}에는 글자를 넣어 주십시오.", en=f"{field} must be text.", field=field)
    return value


def _object(field: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise Malformed(
            "bad_value",
            ko=f"{field}에는 이름과 값의 묶음을 넣어 주십시오.",
            en=f"{field} must be an object.",
            field=field,
        )
    return value


def _sources(value: Any, stated: Mapping[str, Any]) -> Mapping[str, JsonValue]:
    """Where facts come from: by name of a fact that is stated. What a source says is not looked into."""
    if value is None:
        return {}
    sources = _object("sources", value)
    for name in sources:
        if name not in stated:
            raise Invalid(
                "unexpected_source", field="sources",
                ko=f"facts에 없는 항목의 출처입니다: {named(name)}",
                en=f"sources names a fact that is not stated: {named(name)}",
            )  # fmt: skip
    return sources
