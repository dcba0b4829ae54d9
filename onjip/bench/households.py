"""Made-up households in columns, and any of them as the facts of a single case."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from law.columns import NEVER, Households, Members, day_of, number
from law.vocabulary import Home, Member

OLDEST, YOUNGEST = number(date(1945, 1, 1)), number(date(2007, 6, 30))


def make(count: int, as_of: date, seed: int = 1) -> Households:
    """``count`` households in which every register has answered; the same every time."""
    random, now = np.random.default_rng(seed), number(as_of)
    born = random.integers(OLDEST, YOUNGEST, count)
    married = random.random(count) < 0.6
    grown = born + 18 * 366
    wed = np.where(married, random.integers(grown, np.maximum(now, grown) + 1), NEVER)
    homes = random.choice(3, count, p=[0.7, 0.2, 0.1])
    gave_up = np.where(random.random(count) < 0.3, random.integers(grown, np.maximum(now, grown) + 1), NEVER)
    # One in seven had the account as a minor; a tenth holds none.
    minor = random.random(count) < 0.15
    opened = np.where(minor, random.integers(born, born + 19 * 365), random.integers(np.minimum(grown, now), now + 1))
    account = np.where(random.random(count) < 0.9, np.minimum(opened, now), NEVER)
    spouse_born = np.where(married, random.integers(OLDEST, YOUNGEST, count), NEVER)
    saves = married & (random.random(count) < 0.7)
    spouse_account = np.where(saves, random.integers(np.minimum(spouse_born, now), now + 1), NEVER)
    return Households(
        born=born.astype(np.int32), head=random.random(count) < 0.7, married=married, wed=wed.astype(np.int32),
        homes=homes.astype(np.int8), ascendant_owns=random.random(count) < 0.4, gave_up=gave_up.astype(np.int32),
        account=account.astype(np.int32), spouse_born=spouse_born.astype(np.int32),
        spouse_account=spouse_account.astype(np.int32), members=_members(random, count, now),
    )  # fmt: skip


def _members(random: np.random.Generator, count: int, now: int) -> Members:
    household = np.repeat(np.arange(count, dtype=np.int32), random.choice(5, count, p=[0.4, 0.2, 0.2, 0.1, 0.1]))
    size = len(household)
    child = random.random(size) < 0.8
    born = np.where(child, random.integers(number(date(1980, 1, 1)), now, size), random.integers(0, 40_000, size))
    return Members(
        household=household, child=child, born=born.astype(np.int32),
        married=child & (born < now - 20 * 366) & (random.random(size) < 0.3),
        since=random.integers(born, now + 1).astype(np.int32),
    )  # fmt: skip


def facts(all_of: Households, at: int) -> dict[str, Any]:
    """Row ``at`` as the facts of a case."""
    members = all_of.members
    low, high = np.searchsorted(members.household, [at, at + 1])
    listed = [_member(members, number) for number in range(low, high)]
    gave_up, owns = day_of(all_of.gave_up[at]), int(all_of.homes[at])
    homes = [_home(None, number) for number in range(owns)]
    if gave_up is not None:
        homes.append(_home(gave_up, owns))
    return {
        "birth_date": day_of(all_of.born[at]), "head": bool(all_of.head[at]), "married": bool(all_of.married[at]),
        "marriage_registered_on": day_of(all_of.wed[at]), "members": tuple(listed), "homes": tuple(homes),
        "ascendant_spouse_owns_home": bool(all_of.ascendant_owns[at]), "account_opened_on": day_of(all_of.account[at]),
        "spouse_birth_date": day_of(all_of.spouse_born[at]), "housing_kind": "private",
        "spouse_account_opened_on": day_of(all_of.spouse_account[at]),
    }  # fmt: skip


def _member(members: Members, at: int) -> Member:
    child = bool(members.child[at])
    return Member(
        relation="child" if child else "parent", birth_date=_day(members.born[at]), married=bool(members.married[at]),
        on_register_since=_day(members.since[at]),
    )  # fmt: skip


def _home(gave_up: date | None, number: int) -> Home:
    return Home(
        region="11110", exclusive_area="84.9", official_price=900_000_000, kind="apartment", home_ref=str(number),
        acquired_on=date(1950, 1, 1), disposed_on=gave_up,
    )  # fmt: skip


def _day(value: int) -> date:
    day = day_of(value)
    if day is None:
        raise ValueError("no such day")
    return day
