"""Which homes of the household count on the notice date (주택소유 여부 판정기준).

주택공급에 관한 규칙 제2조제4호, 제53조: every member is looked at; one very small home, or one small and cheap home,
is as if none; homes of ascendants from a certain age do not count. Checked 2026-11-23. The other exceptions of 제53조
(inheritance, rural homes, ruins …) need documents and are not decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from domain.facts import OwnedHome
from law.calendar import full_years
from law.household import Applicant, missing_items, unseen_adults
from law.parameters import Row
from law.reasons import Judgement
from law.residence import is_capital
from law.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Owned:
    """``count`` None: cannot tell. ``at_least`` holds even then. ``missing`` names the facts."""

    count: int | None
    at_least: int
    missing: tuple[str, ...]
    row: Row

    def below(self, limit: int) -> bool | None:
        """Does the household own fewer than ``limit`` homes?"""
        if self.at_least >= limit:
            return False
        return None if self.count is None else self.count < limit


def owned(applicant: Applicant, as_of: date, rulebook: Rulebook) -> Owned:
    """Counted homes of the household on ``as_of``."""
    row = rulebook.row("small_home", as_of)
    missing = _missing(applicant, as_of, rulebook)
    homes = _held(applicant, as_of)
    if len(homes) == 1:
        exempt = _exempt(homes[0], row.value, is_capital(homes[0].region, as_of, rulebook))
        if exempt is None:
            return Owned(None, 0, (*missing, "home_ownership.kind"), row)
        if exempt:
            return Owned(None if missing else 0, 0, missing, row)
    return Owned(None if missing else len(homes), len(homes), missing, row)


def homeless_test(judgement: Judgement, applicant: Applicant, as_of: date) -> bool | None:
    """Record the test 무주택세대구성원 (제2조제4호)."""
    homes = owned(applicant, as_of, judgement.rulebook)
    return judgement.test(
        "household.homeless", homes.row, homes.below(1),
        ko="공고일 현재 세대원 전원이 무주택인지", en="No member of the household owns a home on the notice date",
        facts={"homes": homes.at_least}, missing=homes.missing,
    )  # fmt: skip


def _held(applicant: Applicant, as_of: date) -> list[OwnedHome]:
    """Homes held by applicant and spouse; one held jointly counts once."""
    held: dict[object, OwnedHome] = {}
    for _, person in applicant.persons:
        for home in person.home_ownership.homes if person.home_ownership else ():
            if home.acquired_on <= as_of and (home.disposed_on is None or as_of < home.disposed_on):
                held[home.home_ref or home] = home
    return list(held.values())


def _missing(applicant: Applicant, as_of: date, rulebook: Rulebook) -> tuple[str, ...]:
    missing = list(missing_items(applicant, "home_ownership"))
    if applicant.household is None:
        missing.append("household")
    exempt_age = rulebook.value("ascendant_home", as_of, "age")
    young_parent = any(
        member.relation == "parent" and full_years(member.birth_date, as_of) < exempt_age
        for member in applicant.members
    )
    for relation in dict.fromkeys(unseen_adults(applicant, as_of, rulebook)):
        if relation != "parent" or young_parent:
            missing.append(f"{relation}.home_ownership")
    return tuple(missing)


def _exempt(home: OwnedHome, table: Mapping[str, Any], capital: bool) -> bool | None:
    """Is this one home as if none (제5호, 제9호)? None where only the unknown kind of home decides."""
    area = Decimal(home.exclusive_area)
    if area <= Decimal(table["tiny_area"]):
        return True
    small, wide = (_within(home, area, table.get(key), capital) for key in ("small", "non_apartment"))
    if table.get("non_apartment") is None or home.kind == "apartment":
        return small
    if home.kind is not None:
        return wide
    return small if small == wide else None


def _within(home: OwnedHome, area: Decimal, limit: Mapping[str, Any] | None, capital: bool) -> bool:
    if limit is None:
        return False
    ceiling: int = limit["capital" if capital else "other"]
    return area <= Decimal(limit["area_max"]) and home.official_price <= ceiling
