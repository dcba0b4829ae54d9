"""Facts that cannot be true together, or cannot be true at all: refused before any rule is asked.

Only what nobody can live: born after the day that is judged, married before birth, sold before bought, two addresses
at once. What is unusual but lawful passes. Facts later than ``as_of`` pass too where the law can simply not count them
(the same facts are judged as of other days).
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple, Union, get_args, get_origin, get_type_hints

from domain.errors import Invalid
from domain.model import Model
from law.rulebook import Rulebook
from law.rules import Rule
from law.vocabulary import Abroad, Deposit, Home, Member, Region, Stay

# The first must not come after the second: (first, second). Names of facts that are dates.
ORDER = (
    ("birth_date", "marriage_registered_on"),
    ("birth_date", "account_opened_on"),
    ("spouse_birth_date", "marriage_registered_on"),
    ("spouse_birth_date", "spouse_account_opened_on"),
)
# A person who is judged has been born.
BORN = ("birth_date", "spouse_birth_date")
# Nobody who is alive was born before the first; no deadline of today ends after the second.
FIRST_DAY, LAST_DAY = date(1850, 1, 1), date(2150, 12, 31)
MOST = 10**15  # as ``Won``
OWN_ASCENDANTS = frozenset({"parent", "grandparent"})
REGION_RULES = frozenset({"home_region"})  # rules whose text is a region code, where they are given
SPOUSES_ASCENDANTS = frozenset({"spouse_parent", "spouse_grandparent"})


class Fault(NamedTuple):
    """Where it stands and what is wrong with it, in words without any value."""

    where: str
    ko: str
    en: str
    code: str = "impossible_facts"


def check(rule: Rule[Any], facts: Mapping[str, Any], as_of: date, book: Rulebook) -> None:
    """Invalid: ``impossible_facts`` or ``unknown_region``, with the place of the first fault."""
    fault = next(faults(rule, facts, as_of, book), None)
    if fault is not None:
        raise Invalid(fault.code, ko=f"{fault.ko} ({fault.where})", en=f"{fault.en} ({fault.where})", field=fault.where)


def faults(rule: Rule[Any], facts: Mapping[str, Any], as_of: date, book: Rulebook) -> Iterator[Fault]:
    """Every fault of ``facts``, which are values of the terms' own types."""
    for name, value in facts.items():
        term = rule.closure.get(name)
        yield from _dates(name, value)
        kind = Region if name in REGION_RULES else term.type if term else None
        yield from _regions(name, kind, value, book, as_of)
        if isinstance(term, Rule):
            yield from _amount(name, value)
    yield from _persons(facts, as_of)
    for number, member in _items(facts, "members", Member):
        yield from _member(f"members.{number}", member, facts)
    for number, home in _items(facts, "homes", Home):
        yield from _home(f"homes.{number}", home, facts)
    yield from _stays(facts)
    for number, away in _items(facts, "stays_abroad", Abroad):
        if away.back_on is not None and away.back_on < away.left_on:
            yield Fault(f"stays_abroad.{number}", "출국 전에 귀국할 수 없습니다", "back before departure")
    yield from _account(facts)


# -- one kind of fault each --------------------------------------------------------------------------------------


def _persons(facts: Mapping[str, Any], as_of: date) -> Iterator[Fault]:
    for name in BORN:
        if _is_after(facts.get(name), as_of):
            yield Fault(name, "기준일에 아직 태어나지 않았습니다", "not yet born on the day that is judged")
    for first, second in ORDER:
        if _is_after(facts.get(first), facts.get(second)):
            yield Fault(second, f"{first}보다 빠를 수 없습니다", f"cannot be earlier than {first}")
    spouses = [number for number, member in _items(facts, "members", Member) if member.relation == "spouse"]
    if len(spouses) > 1:
        yield Fault(f"members.{spouses[1]}", "배우자는 한 사람입니다", "there is one spouse at most")
    if spouses and facts.get("married") is False:
        yield Fault(f"members.{spouses[0]}", "미혼인데 배우자가 있습니다", "a spouse of one who is not married")


def _member(where: str, member: Member, facts: Mapping[str, Any]) -> Iterator[Fault]:
    own, spouses = facts.get("birth_date"), facts.get("spouse_birth_date")
    born = member.birth_date
    if member.on_register_since is not None and member.on_register_since < born:
        yield Fault(f"{where}.on_register_since", "출생 전에 등재될 수 없습니다", "on the register before birth")
    if member.relation in OWN_ASCENDANTS and own is not None and born >= own:
        yield Fault(f"{where}.birth_date", "직계존속이 본인보다 어립니다", "an ascendant younger than the applicant")
    if member.relation in SPOUSES_ASCENDANTS and spouses is not None and born >= spouses:
        yield Fault(f"{where}.birth_date", "직계존속이 배우자보다 어립니다", "an ascendant younger than the spouse")
    # A child may be the spouse's own: elder than both is what cannot be.
    if member.relation == "child" and own is not None and born <= min(own, spouses or own):
        yield Fault(f"{where}.birth_date", "자녀가 부모보다 나이가 많습니다", "a child elder than the parents")


def _home(where: str, home: Home, facts: Mapping[str, Any]) -> Iterator[Fault]:
    if home.disposed_on is not None and home.disposed_on < home.acquired_on:
        yield Fault(f"{where}.disposed_on", "취득 전에 처분할 수 없습니다", "disposed of before it was acquired")
    if home.owner == "self" and _is_after(facts.get("birth_date"), home.acquired_on):
        yield Fault(f"{where}.acquired_on", "출생 전에 취득할 수 없습니다", "acquired before birth")


def _stays(facts: Mapping[str, Any]) -> Iterator[Fault]:
    stays = list(_items(facts, "addresses", Stay))
    for number, stay in stays:
        if stay.until is not None and stay.until < stay.since:
            yield Fault(f"addresses.{number}", "전입 전에 전출할 수 없습니다", "left before moving in")
        if _is_after(facts.get("birth_date"), stay.since):
            yield Fault(f"addresses.{number}", "출생 전의 주소입니다", "an address before birth")
    ordered = sorted(stays, key=lambda item: item[1].since)
    for (_, before), (number, after) in pairwise(ordered):
        if before.until is None or after.since < before.until:
            yield Fault(f"addresses.{number}", "같은 때에 주소가 둘입니다", "two addresses at the same time")


def _account(facts: Mapping[str, Any]) -> Iterator[Fault]:
    opened = facts.get("account_opened_on")
    for name, value in facts.items():
        if not isinstance(value, tuple):
            continue
        for number, one in enumerate(value):
            if isinstance(one, Deposit) and _is_after(opened, one.paid_on):
                yield Fault(
                    f"{name}.{number}.paid_on", "가입 전에 납입할 수 없습니다", "paid before the account was opened"
                )


def _dates(where: str, value: Any) -> Iterator[Fault]:
    for place, day in _leaves(where, value):
        if isinstance(day, date) and not FIRST_DAY <= day <= LAST_DAY:
            yield Fault(place, "있을 수 없는 날짜입니다", "a date that cannot be")


def _amount(where: str, value: Any) -> Iterator[Fault]:
    """A result that is given instead of worked out has no bounds of its own in its type."""
    if isinstance(value, int) and not 0 <= value <= MOST:
        yield Fault(where, "음수이거나 너무 큰 값입니다", "negative or too large")


def _leaves(where: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Model):
        for name in type(value).model_fields:
            yield from _leaves(f"{where}.{name}", getattr(value, name))
    elif isinstance(value, tuple | list):
        for number, item in enumerate(value):
            yield from _leaves(f"{where}.{number}", item)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _leaves(where, item)
    else:
        yield where, value


# -- region codes ------------------------------------------------------------------------------------------------


def _regions(where: str, kind: Any, value: Any, book: Rulebook, as_of: date, *, past: bool = False) -> Iterator[Fault]:
    """Every value of the type ``Region``, at any depth. What is past may carry a code that is too old for the table."""
    if value is None or kind is None:
        return
    if isinstance(value, str):
        if Region in _choices(kind) and not is_region(value, book, as_of, province_only=past):
            yield Fault(where, "없는 지역 코드입니다", "there is no such region code", "unknown_region")
    elif isinstance(value, Model):
        gone = getattr(value, "until", None) is not None or getattr(value, "disposed_on", None) is not None
        for name, hint in _hints(type(value)).items():
            yield from _regions(f"{where}.{name}", hint, getattr(value, name), book, as_of, past=gone)
    elif isinstance(value, tuple | list):
        inner = next((get_args(one)[0] for one in _choices(kind) if get_origin(one) in (tuple, list)), None)
        for number, item in enumerate(value):
            yield from _regions(f"{where}.{number}", inner, item, book, as_of, past=past)


def is_region(code: str, book: Rulebook, as_of: date, *, province_only: bool = False) -> bool:
    """Has the 5-digit code been in use? A city with wards also has a code of its own."""
    province = book.row("region_codes", as_of).value.get(code[:2])
    if province is None or province_only:
        return province is not None
    digits = code[2:]
    return digits in province["districts"] or (digits.endswith("0") and _has_wards(digits, province["districts"]))


def _has_wards(digits: str, districts: tuple[str, ...]) -> bool:
    # 수원시 is 41110, its wards are 41111 to 41117.
    return len(digits) == 3 and any(district[:2] == digits[:2] and district != digits for district in districts)


@cache
def _hints(model: type[Model]) -> dict[str, Any]:
    return get_type_hints(model, include_extras=True)


@cache
def _choices(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) if get_origin(kind) in (Union, types.UnionType) else (kind,)


# -- small ---------------------------------------------------------------------------------------------------------


def _items(facts: Mapping[str, Any], name: str, kind: type[Any]) -> Iterator[tuple[int, Any]]:
    for number, item in enumerate(facts.get(name) or ()):
        if isinstance(item, kind):
            yield number, item


def _is_after(first: Any, second: Any) -> bool:
    return isinstance(first, date) and isinstance(second, date) and first > second
