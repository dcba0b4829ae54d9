"""The points system (가점제): time without a home, dependants, account; together at most the table's maximum.

주택공급에 관한 규칙 제2조제8호, 별표 1 (from transcriptions), 제10조제6항, 제23조④, 제27조③ for the start of the time
without a home, 부칙 제1287호 제2조 for the spouse's account. Checked 2026-11-23.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal

from law.calendar import add_months, full_years
from law.rules import Advice, Case, Fact, Lacking, rule
from law.subscription.account import account_months, account_since, spouse_account_months, spouse_account_since
from law.subscription.dependants import dependants, dependants_at_least
from law.subscription.ownership import OWN, homeless, ownership_history
from law.vocabulary import birth_date, marriage_registered_on, married, remarried

ANNEX = "주택공급에 관한 규칙 별표 1 제1호"
HOMELESS = f"{ANNEX}가목"
DEPENDANTS = f"{ANNEX}나목"
ACCOUNT = f"{ANNEX}다목"

first_marriage_registered_on = Fact[date](
    "first_marriage_registered_on", "첫 혼인신고일", "day the first marriage was registered", kind=date
)
remarriage_reading = Fact[str | None](
    "remarriage_reading", "재혼한 경우 무주택기간 기산 혼인일에 대한 해석",
    "reading: which marriage starts the time without a home", kind=Literal["first", "latest"] | None, default=None,
)  # fmt: skip
leap_birthday_reading = Fact[str | None](
    "leap_birthday_reading", "2월 29일생의 생일에 대한 해석", "reading: the birthday of one born on 29 February",
    kind=Literal["28_february", "1_march"] | None, default=None,
)  # fmt: skip


@rule(
    "homeless_start", homeless, ownership_history, birth_date, married, marriage_registered_on, remarried,
    first_marriage_registered_on, remarriage_reading, leap_birthday_reading,
    ko="무주택기간 기산일", en="Day from which the time without a home counts", article=HOMELESS,
)  # fmt: skip
def homeless_start(case: Case) -> date | None:
    """The 30th birthday, or an earlier marriage, or the last day applicant or spouse gave up a home that counted.

    None: the household owns a home, or the time has not begun (younger and unmarried).
    """
    row = case.row("points_homeless")
    if not case[homeless]:
        return case.state(row, None, ko="세대가 주택을 소유하고 있습니다.", en="The household owns a home")
    grown = _birthday(case, row.value["start_age"])
    gave_up = _last_disposal(case)
    # A home given up on or after that birthday decides alone: then no marriage is asked about.
    if gave_up is None or gave_up < grown:
        wed = _wedding(case)
        grown = grown if wed is None else min(grown, wed)
    start = grown if gave_up is None else max(grown, gave_up)
    if start > case.as_of:
        return case.state(row, None, ko="무주택기간이 아직 시작되지 않았습니다.", en="The time has not begun")
    return case.state(row, start, ko="무주택기간 기산일 {value}", en="Without a home since {value}")


@rule(
    "homeless_years", homeless_start, ko="무주택기간 (년)", en="Full years without a home", article=HOMELESS,
    unit="years",
)  # fmt: skip
def homeless_years(case: Case) -> int:
    start = case[homeless_start]
    years = 0 if start is None else full_years(start, case.as_of)
    return case.state(HOMELESS, years, ko="무주택기간 만 {value}년", en="{value} full years without a home")


@rule(
    "homeless_points", homeless_start, homeless_years, ko="무주택기간 점수", en="Points for the time without a home",
    article=HOMELESS, unit="points",
)  # fmt: skip
def homeless_points(case: Case) -> int:
    """0 for owners and before the start; then a first step, one more for each full year, up to the highest."""
    row = case.row("points_homeless")
    begun = case[homeless_start] is not None
    points = _bracket(row.value["years"], case[homeless_years]) if begun else row.value["before_start"]
    return case.state(row, points, ko="무주택기간 {value}점", en="{value} points for the time without a home")


@rule(
    "dependant_points", dependants_at_least, dependants, ko="부양가족 점수", en="Points for dependants",
    article=DEPENDANTS, unit="points",
)  # fmt: skip
def dependant_points(case: Case) -> int:
    row = case.row("points_dependants")
    table: tuple[int, ...] = row.value["points"]
    most = len(table) - 1
    certain = 0 if case.given(dependants) else case[dependants_at_least]
    points = table[most if certain >= most else min(case[dependants], most)]
    return case.state(row, points, ko="부양가족 {value}점", en="{value} points for dependants")


@rule(
    "own_account_points", account_since, account_months, ko="본인 통장 점수", en="Points for the applicant's account",
    article=ACCOUNT, unit="points",
)  # fmt: skip
def own_account_points(case: Case) -> int:
    row = case.row("points_account")
    # Whoever states months above none has an account.
    held = (case.given(account_months) and case[account_months] > 0) or case[account_since] is not None
    points = _bracket(row.value["months"], case[account_months]) if held else 0
    return case.state(row, points, ko="본인 통장 {value}점", en="{value} points for the own account")


@rule(
    "spouse_account_points", married, spouse_account_since, spouse_account_months, ko="배우자 통장 점수",
    en="Points for the spouse's account", article="주택공급에 관한 규칙 별표 1 비고", unit="points",
)  # fmt: skip
def spouse_account_points(case: Case) -> int:
    """Half of the spouse's months (notices from 2024-03-25 on), not rounded: the months against twice the bracket."""
    row = case.row("points_spouse_account")
    steps = row.value["half_months"]
    saves = bool(steps) and case[married] and (_stated(case) or case[spouse_account_since] is not None)
    points = _bracket(steps, case[spouse_account_months], times=2) if saves else 0
    return case.state(row, points, ko="배우자 통장 {value}점", en="{value} points for the spouse's account")


@rule(
    "account_points", own_account_points, spouse_account_points, ko="통장 가입기간 점수",
    en="Points for the accounts", article=ACCOUNT, unit="points",
)  # fmt: skip
def account_points(case: Case) -> int:
    """Both spouses' together up to a ceiling; the spouse's is asked only below it."""
    row = case.row("points_spouse_account")
    own, ceiling = case[own_account_points], row.value["ceiling"]
    points = own if own >= ceiling else min(own + case[spouse_account_points], ceiling)
    return case.state(row, points, ko="통장 가입기간 {value}점", en="{value} points for the accounts")


@rule(
    "points", homeless_points, dependant_points, account_points, ko="가점", en="Points", article=ANNEX, unit="points",
    advice=Advice.ACT,
)  # fmt: skip
def points(case: Case) -> int:
    return _total(case, case[account_points])


@rule(
    "points_elderly", homeless_points, dependant_points, own_account_points, ko="노부모부양 특별공급의 가점",
    en="Points in the supply for those who support elderly parents", article="주택공급에 관한 규칙 제46조제2항",
    unit="points",
)  # fmt: skip
def points_elderly(case: Case) -> int:
    """The same points without the spouse's account."""
    return _total(case, case[own_account_points])


def _total(case: Case, accounts: int) -> int:
    row = case.row("points_maximum")
    most: int = row.value
    total = min(case[homeless_points] + case[dependant_points] + accounts, most)
    return case.state(row, total, ko="가점 합계 {value}점", en="{value} points in all")


def _stated(case: Case) -> bool:
    """Were the spouse's months told, and more than none? Then there is an account."""
    return case.given(spouse_account_months) and case[spouse_account_months] > 0


def _birthday(case: Case, age: int) -> date:
    """Day of that age. One born on 29 February has no corresponding day in a common year: 28 February, unless the
    notice is of that very day, where a reading decides."""
    born = case[birth_date]
    if born > case.as_of:
        return date.max
    day = add_months(born, 12 * age)
    if day.day == born.day or case.as_of.month != day.month or case.as_of.day < day.day:
        return day
    later = case.reading("leap_birthday", leap_birthday_reading) == "1_march"
    return day.replace(month=day.month + 1, day=1) if later else day


def _wedding(case: Case) -> date | None:
    """Day of the marriage (혼인신고일) that may start the time; None for the unmarried."""
    if case[remarried] and case.reading("remarriage_start", remarriage_reading) == "first":
        return case[first_marriage_registered_on]
    if not case[married]:
        return None
    day = case[marriage_registered_on]
    if day is None:
        raise Lacking(marriage_registered_on.name)
    return day


def _last_disposal(case: Case) -> date | None:
    """The latest day on which applicant or spouse became homeless; other members' homes do not restart the time."""
    given_up = (
        home.disposed_on for home in case[ownership_history] if home.owner in OWN and home.disposed_on is not None
    )
    return max((day for day in given_up if day <= case.as_of), default=None)


def _bracket(rows: Iterable[Mapping[str, int]], amount: int, times: int = 1) -> int:
    """Points of the highest bracket that ``amount`` has reached ("이상~미만")."""
    return max((row["points"] for row in rows if amount >= row["from"] * times), default=0)
