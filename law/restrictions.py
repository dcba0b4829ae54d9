"""What an earlier win does to a later one, and what becomes of a winner found ineligible.

주택공급에 관한 규칙 제28조⑥, 제54조, 제55조, 제55조의2, 제58조. Checked 2026-11-23.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from domain.decisions import Decision
from domain.facts import PastWin
from domain.words import HousingKind
from law.calendar import add_months
from law.household import Applicant, missing_wins
from law.parameters import Row
from law.reasons import Judgement
from law.rulebook import Rulebook
from law.wish import Wish


def rewin(wish: Wish) -> Decision:
    """재당첨 제한 (제54조): after some wins nobody of the household may win another home for years.

    Private homes outside regulated areas are open to everybody. A win whose kind of home the register does not
    state is *cannot tell* while the longest ban of the table could still run.
    """
    judgement = Judgement("rewin", wish.day, wish.rulebook)
    row = wish.rulebook.row("rewin_ban", wish.day)
    if wish.notice.housing_kind is HousingKind.PRIVATE and not wish.notice.regulated:
        ko, en = "비규제지역 민영주택은 재당첨 제한이 없음", "Open to everybody: private home outside regulated areas"
        judgement.test("rewin.open", row, True, ko=ko, en=en)
        return judgement.decision({"open_from": None})
    verdicts = [_barred(win, wish) for win in _wins(wish.applicant)]
    until = max((day for barred, day in verdicts if barred and day), default=None)
    unknown = any(barred is None for barred, _ in verdicts)
    missing = [*missing_wins(wish.applicant), *(["past_wins.home_classes"] if unknown else [])]
    judgement.test(
        "rewin.barred", row, False if until else None if missing else True,
        ko="재당첨 제한기간 중인 세대원이 없는지", en="Nobody of the household is barred by an earlier win",
        facts={"open_from": until.isoformat() if until else None}, missing=missing,
    )  # fmt: skip
    return judgement.decision({"open_from": until})


def special_once_test(judgement: Judgement, wish: Wish) -> None:
    """제55조: one special supply per household in a lifetime; where 제55조의3 might except it: cannot tell."""
    row, wins = wish.rulebook.row("special_once", wish.day), _wins(wish.applicant)
    missing = list(missing_wins(wish.applicant))
    if any(win.special is None for win in wins):
        missing.append("past_wins.special")
    special = [win for win in wins if win.special]
    passed: bool | None = False if special else None if missing else True
    if special and _may_be_excepted(wish, special, row):
        passed, missing = None, ["special.exception"]
    judgement.test(
        "special.once", row, passed,
        ko="세대에 특별공급 당첨 이력이 없는지", en="The household has had no special supply before", missing=missing,
    )  # fmt: skip


def points_eligible(wish: Wish) -> Decision:
    """제28조제6항제2호: nobody of the household won by points within the period."""
    judgement = Judgement("points_eligible", wish.day, wish.rulebook)
    row, period = wish.rulebook.row("rewin_points_ban", wish.day), wish.rulebook.period("rewin_points_ban", wish.day)
    recent = [win.by_points for win in _wins(wish.applicant) if wish.day <= period.ends_on(win.won_on)]
    missing = list(missing_wins(wish.applicant))
    if None in recent:
        missing.append("past_wins.by_points")
    judgement.test(
        "points.recent_win", row, False if True in recent else None if missing else True,
        ko="최근 가점제로 당첨된 세대원이 없는지", en="Nobody of the household recently won by points", missing=missing,
    )  # fmt: skip
    return judgement.decision()


def ineligible_until(won_on: date, *, capital: bool, regulated: bool, rulebook: Rulebook) -> date:
    """제58조제3항: last notice date for which a cancelled winner stays barred, by the area of the next home."""
    table = rulebook.value("ineligible_ban", won_on)
    months: int = table["regulated" if regulated else "capital" if capital else "other"]
    return add_months(won_on, months)


def keeps_win(*, competition: bool, qualified: bool, recomputed: int | None, cut_off: int | None) -> bool | None:
    """제58조제4항: an ineligible winner is kept where the corrected standing would have won.

    Without competition the rank's qualification is enough; with it, the recomputed points must reach the cut-off.
    Not for those found by the operator's search (제57조제7항). None: the numbers are missing.
    """
    if not competition:
        return qualified
    return None if recomputed is None or cut_off is None else qualified and recomputed >= cut_off


def first_of_couple(one: tuple[datetime, date], other: tuple[datetime, date]) -> int | None:
    """제55조의2제1항: whose win stands when both spouses win on one day: (received at, birth date) of each.

    0 or 1: the earlier receipt to the minute, then the earlier birth. None where both are equal (the law is silent).
    """
    first, second = (_minute(one[0]), one[1]), (_minute(other[0]), other[1])
    return None if first == second else int(second < first)


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _wins(applicant: Applicant) -> tuple[PastWin, ...]:
    return tuple(win for _, person in applicant.persons for win in (person.past_wins.wins if person.past_wins else ()))


def _barred(win: PastWin, wish: Wish) -> tuple[bool | None, date | None]:
    row: Row | None = wish.rulebook.find("rewin_ban", win.won_on)
    if row is None:
        return None, None
    if win.home_classes is None:
        return (None if wish.day < add_months(win.won_on, 12 * max(row.value.values())) else False), None
    until = _ban_end(win.won_on, (row.value[name] for name in win.home_classes))
    return until is not None and wish.day < until, until


def _may_be_excepted(wish: Wish, special: Iterable[PastWin], row: Row) -> bool:
    """제55조의3: a win before the marriage, or a child born since the day of the article."""
    marriage, born_since = wish.applicant.marriage, row.value["birth_exception_from"]
    married_on = marriage.registered_on if marriage else None
    before = married_on is not None and all(win.won_on < married_on for win in special)
    child = any(member.relation == "child" and member.birth_date >= born_since for member in wish.applicant.members)
    return before or child


def _ban_end(won_on: date, years: Iterable[int]) -> date | None:
    """First day on which a new win is possible again; the longest ban counts (제2항)."""
    longest = max(years, default=0)
    return add_months(won_on, 12 * longest) if longest else None
