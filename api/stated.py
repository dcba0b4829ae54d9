"""What somebody tells about the own household, without an account: it binds nobody and is kept nowhere.

Whatever is left empty is unknown, and the answer says where it would matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from api.inputs import Day, Flag, Money, Strict
from law.vocabulary import Home, Member, Stay

MOST_CHILDREN, MOST_PARENTS = 10, 4
# A child expected within this time was on its way on the notice date; one expected later was not.
EXPECTED_WITHIN = timedelta(days=300)
RegionCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{5}$")]
Payments = Annotated[int, Field(strict=True, ge=0, le=1000)]
Years = Annotated[int, Field(strict=True, ge=0, le=80)]
HELD = {"one": 1, "more": 2}  # more: two is where no rule asks for a further one


class Household(Strict):
    """Facts as a person says them. None: left empty."""

    birth_date: Day | None = None
    region: RegionCode | None = None
    region_since: Day | None = None
    head: Flag | None = None
    married: Flag | None = None
    marriage_registered_on: Day | None = None
    children: Annotated[tuple[Day, ...], Field(max_length=MOST_CHILDREN)] | None = None
    parents: Annotated[tuple[Day, ...], Field(max_length=MOST_PARENTS)] | None = None
    parents_since: Day | None = None  # on the same register
    homes: Literal["none", "never", "one", "more"] | None = None
    disposed_on: Day | None = None  # the last home was given up
    won_before: Flag | None = None
    account_opened_on: Day | None = None
    account_payments: Payments | None = None
    account_amount: Money | None = None
    account_deposit: Money | None = None
    spouse_birth_date: Day | None = None
    spouse_account_opened_on: Day | None = None
    income_monthly: Money | None = None
    spouse_income_monthly: Money | None = None
    property_value: Money | None = None
    car_value: Money | None = None
    net_assets: Money | None = None
    tax_years: Years | None = None
    working: Flag | None = None

    def over(self, before: Household) -> Household:
        """``before`` with what is filled in here."""
        told = self.model_dump(exclude_none=True)
        if told.get("homes") == "none" and before.homes == "never":
            told["homes"] = "never"  # as it is
        if told.get("homes") in HELD:
            told["disposed_on"] = None
        return before.model_copy(update=told)

    def facts(self, on: date) -> dict[str, Any]:
        """The facts of a case that is judged as of ``on``, by their names in law."""
        plain = self.model_dump(include=set(PLAIN), exclude_none=True)
        return plain | dict(self._built(on))

    def _built(self, on: date) -> Iterator[tuple[str, Any]]:
        if self.region and self.region_since:
            yield "addresses", (Stay(region=self.region, since=self.region_since),)
        if self.married is False:
            yield from (("marriage_registered_on", None), ("spouse_birth_date", None))
            yield from (("spouse_account_opened_on", None), ("spouse_income_monthly", 0))
        if self.children is not None and self.parents is not None:
            yield "members", (*self._spouse(), *children(self.children, on), *self._parents())
        if self.won_before is False:
            yield "wins", ()
        yield from self._homes()

    def _spouse(self) -> Iterator[Member]:
        if self.married and self.spouse_birth_date:
            yield Member(relation="spouse", birth_date=self.spouse_birth_date, married=True)

    def _parents(self) -> Iterator[Member]:
        for born in self.parents or ():
            yield Member(relation="parent", birth_date=born, on_register_since=self.parents_since)

    def _homes(self) -> Iterator[tuple[str, Any]]:
        if self.homes == "never":
            yield "homes", ()
        elif self.homes == "none" and self.disposed_on:
            # Which home it was does not matter any more, only until when it was held.
            yield "homes", (_given_up(self.disposed_on, self.birth_date),)
        elif self.homes is not None:
            yield "counted_homes", HELD.get(self.homes, 0)
            yield "never_owned", False


PLAIN = (
    "birth_date", "head", "married", "marriage_registered_on", "account_opened_on", "account_payments",
    "account_amount", "account_deposit", "spouse_birth_date", "spouse_account_opened_on", "income_monthly",
    "spouse_income_monthly", "property_value", "car_value", "net_assets", "tax_years", "working",
)  # fmt: skip


def children(born: tuple[date, ...], on: date) -> Iterator[Member]:
    """As they stood on that day: born, expected, or not there yet."""
    for day in born:
        if day <= on:
            yield Member(relation="child", birth_date=day, married=False, on_register_since=day)
        elif day <= on + EXPECTED_WITHIN:
            yield Member(relation="child", birth_date=day, unborn=True)


def _given_up(on: date, owner_born: date | None) -> Home:
    """An ordinary home that no exception leaves out."""
    held_since = owner_born if owner_born and owner_born <= on else min(on, date(1950, 1, 1))
    return Home(
        region="11110", exclusive_area="85", official_price=0, kind="apartment", acquired_on=held_since, disposed_on=on
    )
