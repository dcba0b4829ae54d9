"""Homes that count as if not owned (주택소유 여부 판정기준).

주택공급에 관한 규칙 제53조, 부칙 제565호 제3조, 제1211호 제2조, 제1272호 제2조, 제1319호 제3조제7호, 제1423호 제2조.
Checked 2026-11-23. Rights to a home count since 2018-12-11. Items 5, 6 and 9 follow from the facts; the others are
claimed with a document (``Home.exception``). Items 5 and 9 ask that the household owns this home only: homes that
another item takes out do not stand in the way (our reading).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from domain.words import HousingKind, SupplyKind
from law.calendar import full_years
from law.parameters import Row
from law.rules import Advice, Case, Fact, Lacking
from law.subscription.approval import approval_row
from law.subscription.household import ASCENDANTS, household_members
from law.vocabulary import Home, approval_applied_on, homes, housing_kind, supply_kind

public_rental = Fact[bool](
    "public_rental", "공공임대주택인지", "public rental home", Advice.ACT, kind=bool, default=False
)
RIGHT_TO_OTHER = "right_to_other"  # claimed: the right is to a home that is no apartment (item 9 나목)
EXCEPTION_TERMS = (
    household_members, supply_kind, housing_kind, approval_applied_on, public_rental, homes,
)  # fmt: skip


def counting(case: Case, held: Sequence[Home], *, history: bool = False) -> list[Home]:
    """Those of ``held`` that count, with a reason for each that does not.

    ``history``: homes held at any time; then one home is the only one if no other was held beside it.
    """
    rest = [home for home in held if not _taken_out(case, home)]
    return [home for home in rest if not (_alone(home, rest, case.as_of, history) and _small(case, home))]


def exempt_ascendants(case: Case, relation: str) -> bool:
    """Does item 6 take out the homes of all members of this relation?"""
    row = case.row("ascendant_home")
    ages = [full_years(m.birth_date, case.as_of) for m in case[household_members] if m.relation == relation]
    old = [age >= row.value["age"] for age in ages]
    if not any(old) or not _ascendants_exempt_here(case, row):
        return False
    if not all(old):
        raise Lacking(
            homes.name, ko="어느 직계존속이 소유한 주택인지 필요합니다 (60세 이상 여부).",
            en="Which of the ascendants owns the home decides (60 or older).",
        )  # fmt: skip
    return True


def _ascendants_exempt_here(case: Case, row: Row) -> bool:
    return not case[public_rental] and case[supply_kind].value not in row.value["not_for"]


def _taken_out(case: Case, home: Home) -> bool:
    if home.kind == "right" and not _right_counts(case, home):
        return True
    if home.exception is not None and _claimed(case, home, home.exception):
        return True
    if home.owner in ASCENDANTS and exempt_ascendants(case, home.owner):
        return _out(
            case, case.row("ascendant_home"), home, "ascendant", "60세 이상 직계존속의 주택", "ascendant over 60"
        )
    return False


def _right_counts(case: Case, home: Home) -> bool:
    row = approval_row(case, "home_rights")
    since = row.value["reported_from"]
    counts = since is not None and home.acquired_on >= since
    if not counts:
        _out(case, row, home, "old_right", "주택으로 보지 않는 종전의 분양권등", "right from before rights counted")
    return counts


def _claimed(case: Case, home: Home, key: str) -> bool:
    """A claimed exception whose conditions the facts do not contradict."""
    row = case.row("home_exceptions")
    terms = row.value.get(key)
    if terms is not None:
        if terms.get("outside_capital") and _capital(case, home):
            return False
        if terms.get("right_only") and home.kind != "right":
            return False
        return _out(
            case, f"{row.law} {terms['item']}", home, key, "서류로 소명하는 예외", "exception shown by a document"
        )
    if key == "auction_tenant":
        return _auction_tenant(case, home)
    return key == "rented_home_bought" and _rented_bought(case, home)


def _auction_tenant(case: Case, home: Home) -> bool:
    row = approval_row(case, "auction_tenant_home")
    if case[public_rental] or not _within(case, home, row.value, home.official_price):
        return False
    return _out(
        case, row, home, "auction_tenant", "보증금을 돌려받지 못해 낙찰받은 임차주택", "tenant's home bought at auction"
    )


def _rented_bought(case: Case, home: Home) -> bool:
    row = case.row("rented_home_bought")
    first, last = row.value["bought_from"], row.value["bought_until"]
    if first is None or home.owner != "self" or home.kind == "apartment" or not first <= home.acquired_on <= last:
        return False
    if home.paid_price is None or home.kind is None:
        raise Lacking(homes.name, ko="주택의 종류와 취득가격이 필요합니다.", en="Kind and price of the home needed")
    if not _within(case, home, row.value, home.paid_price):
        return False
    return _out(case, row, home, "rented_home_bought", "거주하던 임차주택을 취득", "rented home bought by its tenant")


def _alone(home: Home, rest: Sequence[Home], as_of: date, history: bool) -> bool:
    if not history or _held_on(home, as_of):
        others: Sequence[Home] = [other for other in rest if _held_on(other, as_of)]
    else:
        others = [other for other in rest if _overlap(home, other)]
    return all(other is home for other in others)


def _small(case: Case, home: Home) -> bool:
    """Items 5 and 9. Where only the unknown kind of building decides: Lacking."""
    tiny = case.row("tiny_home")
    if Decimal(home.exclusive_area) <= Decimal(tiny.value["area_max"]):
        return _out(case, tiny, home, "tiny", "20㎡ 이하의 한 채", "one home of 20 m² at most")
    if case[public_rental]:
        return False
    if _cheap(case, home):
        return True
    wide = case.row("cheap_other_home")
    apartment = home.kind == "apartment" or (home.kind == "right" and home.exception != RIGHT_TO_OTHER)
    if apartment or not _within(case, home, wide.value, home.official_price):
        return False
    if home.kind is None:
        raise Lacking(homes.name, ko="아파트인지에 따라 다릅니다.", en="Whether it is an apartment decides.")
    return _out(case, wide, home, "cheap_other", "소형·저가 비아파트 한 채", "one small and cheap home, no apartment")


def _cheap(case: Case, home: Home) -> bool:
    now = case.row("cheap_small_home")
    if not any(_within(case, home, row.value, home.official_price) for row in (now, *_earlier(case, now))):
        return False  # neither law would let it pass: nothing more need be asked
    row = approval_row(case, "cheap_small_home")
    if not _within(case, home, row.value, home.official_price):
        return False
    if row.value["only_general_private"] and not _general_private(case):
        return False
    return _out(case, row, home, "cheap", "소형·저가주택 한 채", "one small and cheap home")


def _earlier(case: Case, now: Row) -> list[Row]:
    return [row for row in case.book.family(now.family).rows if row.since < now.since]


def _general_private(case: Case) -> bool:
    return case[housing_kind] is HousingKind.PRIVATE and case[supply_kind] is SupplyKind.GENERAL


def _within(case: Case, home: Home, limit: Mapping[str, Any], price: int) -> bool:
    if limit["area_max"] is None or Decimal(home.exclusive_area) > Decimal(limit["area_max"]):
        return False
    ceiling: int = limit["capital" if _capital(case, home) else "other"]
    return price <= ceiling


def _capital(case: Case, home: Home) -> bool:
    return home.region[:2] in case.row("regions").value["capital"]


def _held_on(home: Home, day: date) -> bool:
    return home.acquired_on <= day and (home.disposed_on is None or day < home.disposed_on)


def _overlap(one: Home, other: Home) -> bool:
    return (other.disposed_on is None or one.acquired_on < other.disposed_on) and (
        one.disposed_on is None or other.acquired_on < one.disposed_on
    )


def _out(case: Case, cite: Row | str, home: Home, code: str, *words: str) -> bool:
    """Record why a home does not count; ``words`` in Korean and in English."""
    ko, en = words
    case.state(
        cite, f"{home.region}/{home.exclusive_area}㎡", code=f"home_exceptions.{code}",
        ko=f"소유하지 않은 것으로 봅니다 ({ko}): {{value}}", en=f"As if not owned ({en}): {{value}}",
    )  # fmt: skip
    return True
