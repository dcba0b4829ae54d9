"""What cannot be true of a household as it was typed: by the field to be corrected, in words without values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from api.stated import EXPECTED_WITHIN, Household
from law import plausible, vocabulary
from law.rulebook import Rulebook
from law.subscription.lines import line
from law.terms import Term

# Days that lie behind everybody who types them.
PAST = (
    "birth_date", "region_since", "marriage_registered_on", "parents_since", "disposed_on", "account_opened_on",
    "spouse_birth_date", "spouse_account_opened_on",
)  # fmt: skip
OF_A_SPOUSE = ("marriage_registered_on", "spouse_birth_date", "spouse_account_opened_on", "spouse_income_monthly")
TERM = re.compile(r"\b[a-z]+(?:_[a-z]+)+(?![a-z])")
Fault = tuple[str, str, str]  # field, Korean, English


def faults(household: Household, today: date, book: Rulebook) -> list[Fault]:
    """The first fault of each field."""
    found: dict[str, Fault] = {}
    for fault in (*_typed(household, today), *_together(household, today, book)):
        found.setdefault(fault[0], fault)
    return list(found.values())


def _typed(one: Household, today: date) -> Iterator[Fault]:
    for name in PAST:
        day = getattr(one, name)
        if day is not None and day > today:
            yield name, "오늘보다 늦은 날짜입니다. 확인해 주십시오.", "This day is still to come. Please check it."
    for name, last in (("children", today + EXPECTED_WITHIN), ("parents", today)):
        if any(day > last for day in getattr(one, name) or ()):
            yield name, "너무 먼 날짜입니다. 확인해 주십시오.", "This day is too far ahead. Please check it."
    if one.married is False:
        for name in OF_A_SPOUSE:
            if getattr(one, name):
                yield (
                    name, "혼인하지 않았다고 고르셨습니다. 이 칸을 비우거나 혼인 여부를 고쳐 주십시오.",
                    "You chose not married. Leave this empty, or change that answer.",
                )  # fmt: skip
    if one.disposed_on and one.homes != "none":
        yield (
            "disposed_on", "‘지금은 없음’을 고른 때에만 적습니다.", "Only where you chose that there is none now.",
        )  # fmt: skip


def _together(one: Household, today: date, book: Rulebook) -> Iterator[Fault]:
    for fault in plausible.faults(line, one.facts(today), today, book):
        ko, en = _spoken(fault.ko, 0), _spoken(fault.en, 1)
        yield _field(fault.where, one, today), f"{ko}. 확인해 주십시오.", f"{en[:1].upper()}{en[1:]}. Please check it."


def _field(where: str, one: Household, today: date) -> str:
    """The input that a place in the facts was read from."""
    name, _, rest = where.partition(".")
    if name == "members":
        index = int(rest.partition(".")[0])
        members = one.facts(today)["members"]
        if members[index].relation == "parent":
            return "parents_since" if rest.endswith("since") else "parents"
        return "children" if members[index].relation == "child" else "spouse_birth_date"
    if name == "addresses":
        return "region" if rest.endswith("region") else "region_since"
    return {"homes": "disposed_on", "counted_homes": "homes", "never_owned": "homes"}.get(name, name)


def _spoken(sentence: str, language: int) -> str:
    """Names of facts as people know them."""

    def word(name: str) -> str:
        term = getattr(vocabulary, name, None)
        return (term.ko, term.en)[language] if isinstance(term, Term) else name

    return TERM.sub(lambda found: word(found[0]), sentence)
