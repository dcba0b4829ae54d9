"""What the scores of special supply share: brackets, years without a home, years of residence in a province.

다자녀가구 특별공급 배점표, 공공분양 신혼부부 배점표, 신혼희망타운 배점표 (annexes and guidelines, transcribed).
Checked 2026-11-23. "이상" brackets: a full year is reached on its anniversary.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from law.calendar import add_months, full_years
from law.rules import Case, Lacking, rule
from law.subscription.areas import capital
from law.subscription.ownership import OWN, homeless, ownership_history
from law.subscription.stays import home_since
from law.vocabulary import addresses, birth_date, marriage_registered_on, married, notice_region

GUIDE = "다자녀가구 및 노부모부양 주택 특별공급 운용지침 별표 1"


@rule(
    "homeless_since_adult", birth_date, married, marriage_registered_on, ownership_history, homeless,
    ko="성년 이후 무주택기간 기산일", en="Without a home since (counted from majority)", article=GUIDE,
)  # fmt: skip
def homeless_since_adult(case: Case) -> date | None:
    """From the 19th birthday or an earlier marriage, or from the day on which applicant or spouse last sold a home.
    None: with a home."""
    row = case.row("multi_child_points")
    if not case[homeless]:
        return case.state(row, None, ko="무주택이 아닙니다.", en="Not without a home")
    start = add_months(case[birth_date], 12 * row.value["adult_age"])
    if case[married]:
        wedding = case[marriage_registered_on]
        if wedding is None:
            raise Lacking(marriage_registered_on.name)
        start = min(start, wedding)
    sold = [home.disposed_on for home in case[ownership_history] if home.owner in OWN and home.disposed_on]
    since = max([start, *(day for day in sold if day <= case.as_of)])
    return case.state(row, since, ko="{value}부터 무주택", en="Without a home since {value}")


@rule(
    "province_since", addresses, notice_region, capital, ko="해당 시·도 계속 거주 시작일",
    en="Resident in the home's province since", article=GUIDE,
)  # fmt: skip
def province_since(case: Case) -> date | None:
    """Unbroken residence in the province of the home; Seoul, Incheon and Gyeonggi are one. None: lives elsewhere."""
    regions = case.row("regions").value
    names = regions["renamed"]

    def province(region: str) -> str:
        return str(names.get(region[:2], region[:2]))

    wanted = set(regions["capital"]) if case[capital] else {province(case[notice_region])}
    here = [stay for stay in case[addresses] if stay.since <= case.as_of and not _left(stay.until, case.as_of)]
    now = max(here, key=lambda stay: stay.since, default=None)
    if now is None or province(now.region) not in wanted:
        return case.state(GUIDE, None, ko="해당 시·도에 살지 않습니다.", en="Not resident in the province")
    history = case[addresses]
    since = home_since(history, case.as_of, lambda region: province(region) in wanted)
    return case.state(GUIDE, since, ko="{value}부터 거주", en="Resident since {value}")


def bracket(steps: Iterable[Sequence[int]], value: int, less: int = 0) -> int:
    """Points of the first step that ``value`` reaches ("이상"), best first; ``less`` below all of them."""
    return next((points for least, points in steps if value >= least), less)


def up_to(steps: Iterable[Sequence[int]], value: int) -> int:
    """Points of the first step that ``value`` does not exceed ("이하")."""
    return next((points for most, points in steps if value <= most), 0)


def within_years(steps: Iterable[Sequence[int]], since: date, as_of: date) -> int:
    """Points of the first step whose years are not yet over ("이하": the anniversary is within)."""
    return next((points for years, points in steps if as_of <= add_months(since, 12 * years)), 0)


def years(since: date | None, as_of: date) -> int:
    """Full years; 0 without a start."""
    return 0 if since is None else full_years(since, as_of)


def _left(until: date | None, day: date) -> bool:
    return until is not None and until <= day
