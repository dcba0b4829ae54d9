"""What the operator's search of winners reports to the supplier (제57조⑦).

주택공급에 관한 규칙 제57조⑦⑧. Checked 2026-11-23. The first item is searched for the winner alone, the others for the
household too. A report is no verdict: the supplier hears the winner first (⑧); item 5 reports every win cancelled
within the year, although 제58조③ bars for less in some regions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from domain.words import SupplyKind
from law.rules import Case, Fact, Rule, rule
from law.subscription.first_rank import first_rank
from law.subscription.periods import counted_from
from law.subscription.restrictions import disturbance_ban, in_data, rewin, special_once
from law.subscription.shares import points_eligible
from law.subscription.winners import pre_winner, wants_pre
from law.vocabulary import supply_kind, wins

ARTICLE = "주택공급에 관한 규칙 제57조제7항"

won_in_first_rank = Fact[bool](
    "won_in_first_rank", "제1순위로 신청해 당첨됐는지", "won in the first rank", kind=bool, default=False
)
won_by_points = Fact[bool]("won_by_points", "가점제로 당첨됐는지", "won by points", kind=bool, default=False)
reserved_elsewhere = Fact[bool](
    "reserved_elsewhere", "공공주택 입주예약자인지", "holds a reservation of public housing (입주예약자)", kind=bool,
    default=False,
)  # fmt: skip
pre_home_after_win = Fact[bool](
    "pre_home_after_win", "다른 주택에 당첨된 뒤 사전당첨 주택의 입주자로 선정됐는지",
    "selected for the pre-subscribed home after a win elsewhere", kind=bool, default=False,
)  # fmt: skip
relief_taken = Fact[str | None](
    "relief_taken", "이전 당첨에 쓴 특례 (제55조의3제2항·제3항)", "relief that an earlier win used",
    kind=Literal["premarital", "birth"] | None, default=None,
)  # fmt: skip


@rule(
    "search_findings", disturbance_ban, won_in_first_rank, first_rank, won_by_points, points_eligible, supply_kind,
    special_once, rewin, wins, pre_winner, wants_pre, reserved_elsewhere, pre_home_after_win, relief_taken,
    ko="전산검색에 걸리는 항목", en="Items that the search reports", article=ARTICLE,
)  # fmt: skip
def search_findings(case: Case) -> tuple[str, ...]:
    """Items of 제57조⑦ that are found. ``as_of`` is the notice date of the home that was won."""
    row = case.row("winner_search")
    items = row.value["items"]
    found = tuple(name for name in items if FOUND[name](case))
    shown = ", ".join(items[name] for name in found) or "–"
    ko = f"제57조제7항의 항목: {shown if found else '없음'}"
    return case.state(row, found, ko=ko, en=f"Items of 제57조제7항: {shown}")


def _cancelled_within_the_year(case: Case) -> bool:
    """Item 5, for the person: reported whatever the region."""
    for win in case[wins]:
        if win.member != "self" or not win.cancelled_as_ineligible or win.won_on > case.as_of:
            continue
        row = case.row("ineligible_flag", on=in_data(case, "ineligible_flag", win.won_on))
        if case.as_of <= counted_from(case.book.period("ineligible_flag", row.since), win.won_on).last:
            return True
    return False


def _of_kind(case: Case, relief: str) -> bool:
    """Items 9 and 10: a relief of 제55조의3 used before, and again a win in a kind that it opens once."""
    return case[supply_kind].value in case.row("special_once").value[relief]


def _refused(claimed: Fact[bool], needed: Rule[bool]) -> Callable[[Case], bool]:
    """Won in a way that the rule does not open."""
    return lambda case: case[claimed] and not case[needed]


FOUND: Mapping[str, Callable[[Case], bool]] = {
    "order_ban": lambda case: not case[disturbance_ban],
    "first_rank": _refused(won_in_first_rank, first_rank),
    "points": _refused(won_by_points, points_eligible),
    "special_twice": lambda case: case[supply_kind] is not SupplyKind.GENERAL and not case[special_once],
    "rewin": lambda case: not case[rewin],
    "cancelled_win": _cancelled_within_the_year,
    "pre_winner_twice": lambda case: case[wants_pre] and case[pre_winner] is not None,
    "reserved_won": lambda case: case[reserved_elsewhere],
    "pre_winner_after_win": lambda case: case[pre_home_after_win],
    "premarital_relief": lambda case: case[relief_taken] == "premarital" and _of_kind(case, "premarital_own"),
    "birth_relief": lambda case: case[relief_taken] == "birth" and _of_kind(case, "birth"),
}
