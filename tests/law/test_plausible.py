"""Facts that cannot be true are refused with their place; what is merely unusual passes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.errors import Invalid
from law import vocabulary as v
from law.catalogue import read_facts
from law.plausible import check, is_region
from law.rulebook import Rulebook
from law.rules import Case, Fact, rule

AS_OF = date(2026, 10, 1)
savings = Fact[tuple[v.Deposit, ...]]("savings", "납입", "payments", kind=tuple[v.Deposit, ...])


@rule("given_sum", ko="합계", en="sum", article="법 제1조")
def given_sum(case: Case) -> int:
    return 1


@rule(
    "everything", v.birth_date, v.spouse_birth_date, v.married, v.marriage_registered_on, v.members, v.homes,
    v.addresses, v.stays_abroad, v.account_opened_on, v.account_payments, v.notice_region, savings, given_sum,
    ko="모두", en="everything", article="법 제1조",
)  # fmt: skip
def everything(case: Case) -> bool:
    return True


def home(**other: Any) -> dict[str, Any]:
    known = {"region": "41290", "exclusive_area": "59.9", "official_price": 1, "acquired_on": "2010-01-01"}
    return {"homes": [{**known, **other}]}


def member(**other: Any) -> dict[str, Any]:
    return {"birth_date": "1985-05-05", "members": [{"relation": "child", "birth_date": "2015-01-01", **other}]}


def stays(*found: tuple[str, str, str | None]) -> dict[str, Any]:
    return {"addresses": [{"region": region, "since": since, "until": until} for region, since, until in found]}


IMPOSSIBLE = [
    ("birth_date", {"birth_date": "2026-10-02"}),
    ("marriage_registered_on", {"birth_date": "1990-01-01", "marriage_registered_on": "1989-12-31"}),
    ("marriage_registered_on", {"spouse_birth_date": "1990-01-01", "marriage_registered_on": "1989-12-31"}),
    ("account_opened_on", {"birth_date": "1990-01-01", "account_opened_on": "1989-12-31"}),
    ("savings.0.paid_on", {
        "account_opened_on": "2020-01-02", "savings": [{"due_on": "2020-01-01", "paid_on": "2020-01-01", "won": 1}],
    }),
    ("homes.0.disposed_on", home(disposed_on="2009-12-31")),
    ("homes.0.acquired_on", {"birth_date": "2011-01-01", **home()}),
    ("homes.0.acquired_on", home(acquired_on="0001-01-01")),
    ("homes.0.region", home(region="99999")),
    ("notice_region", {"notice_region": "11999"}),
    ("addresses.1", stays(("41290", "2010-01-01", None), ("11110", "2015-01-01", None))),
    ("addresses.0", stays(("41290", "2010-01-01", "2009-01-01"))),
    ("addresses.0.region", stays(("99110", "1980-01-01", "2009-01-01"))),
    ("stays_abroad.0", {"stays_abroad": [{"left_on": "2020-01-02", "back_on": "2020-01-01"}]}),
    ("members.0.birth_date", member(birth_date="1980-12-01")),
    ("members.0.birth_date", member(relation="parent", birth_date="1985-05-05")),
    ("members.0.birth_date", {"spouse_birth_date": "1985-01-01", **member(relation="spouse_parent")}),
    ("members.0.on_register_since", member(on_register_since="2014-12-31")),
    ("members.0", {"married": False, **member(relation="spouse", birth_date="1985-01-01")}),
    ("members.1", {"members": [{"relation": "spouse", "birth_date": "1985-01-01"}] * 2}),
    ("given_sum", {"given_sum": -1}),
    ("given_sum", {"given_sum": 10**16}),
]  # fmt: skip
POSSIBLE = [
    {"birth_date": "2026-10-01"},
    {"married": False, "marriage_registered_on": "2010-01-01", "birth_date": "1985-01-01"},  # divorced
    {"account_opened_on": None, "account_payments": 3},  # what if there were no account
    member(birth_date="2026-12-01"),  # not counted before it is born
    home(disposed_on="2010-01-01"),
    home(acquired_on="2027-01-01"),  # the same facts are judged as of other days
    home(region="41110"),  # a city with wards, as a whole
    home(region="42110"),  # 춘천시 before 2023-06-11
    home(region="12110"),  # 전남광주통합특별시
    home(region="48160", disposed_on="2011-01-01"),  # given up long ago
    stays(("41290", "2010-01-01", "2015-01-01"), ("11110", "2015-01-01", None)),  # moved on one day
    stays(("49110", "1990-01-01", "1999-01-01")),
    member(birth_date="2027-03-01", unborn=True),
    {"spouse_birth_date": "1970-01-01", **member(birth_date="1984-01-01")},  # the spouse's child
    {"given_sum": 0},
]


def checked(facts: dict[str, Any], book: Rulebook) -> None:
    check(everything, read_facts(everything, facts), AS_OF, book)


@pytest.mark.parametrize(("where", "facts"), IMPOSSIBLE)
def test_what_cannot_be(where: str, facts: dict[str, Any], book: Rulebook) -> None:
    with pytest.raises(Invalid) as refused:
        checked(facts, book)
    assert refused.value.field == where
    assert refused.value.code == ("unknown_region" if "region" in where else "impossible_facts")
    assert not any(letter.isdigit() and letter not in where for letter in refused.value.en)


@pytest.mark.parametrize("facts", POSSIBLE)
def test_what_can_be(facts: dict[str, Any], book: Rulebook) -> None:
    checked(facts, book)


@pytest.mark.parametrize(
    ("code", "known"),
    [
        ("11680", True), ("11000", False), ("36110", True), ("41590", True), ("41597", True), ("28290", True),
        ("28110", True), ("52111", True), ("52110", True), ("45111", True), ("00000", False), ("1100", False),
    ],
)  # fmt: skip
def test_region_codes(code: str, known: bool, book: Rulebook) -> None:
    assert is_region(code, book, AS_OF) is known
