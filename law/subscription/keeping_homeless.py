"""Without a home until the keys are handed over (입주할 때까지 무주택 유지).

주택공급에 관한 규칙 제4조②. Checked 2026-11-23. For public homes, general supply counted from the notice; ``as_of`` is
the day on which it is asked, at the latest the day of moving in. Marriage or inheritance after the award do no harm,
nor does it bind one who took the place over after the contract.
"""

from __future__ import annotations

from datetime import date

from domain.words import HousingKind
from law.rules import Case, Fact, Trigger, rule
from law.subscription.ownership import ownership_history
from law.vocabulary import Home, housing_kind

ARTICLE = "주택공급에 관한 규칙 제4조제2항"

notice_posted_on = Fact[date](
    "notice_posted_on", "공급받은 주택의 입주자모집공고일", "notice date of that home", kind=date
)
awarded_on = Fact[date]("awarded_on", "입주자로 선정된 날", "day of the award", kind=date)
home_by_marriage_or_inheritance = Fact[bool](
    "home_by_marriage_or_inheritance", "선정 뒤 결혼 또는 상속으로 주택을 갖게 되었는지",
    "the home came by marriage or inheritance after the award", kind=bool, default=False,
)  # fmt: skip
place_taken_over = Fact[bool](
    "place_taken_over", "공급계약 뒤 입주할 지위를 양수했는지", "took the place over after the contract",
    kind=bool, default=False,
)  # fmt: skip


@rule(
    "homeless_until_move_in", housing_kind, ownership_history, notice_posted_on, awarded_on, place_taken_over,
    home_by_marriage_or_inheritance, ko="입주할 때까지 무주택을 유지하는지", en="Stays without a home until moving in",
    article=ARTICLE, trigger=Trigger.EVENT,
)  # fmt: skip
def homeless_until_move_in(case: Case) -> bool:
    if case[housing_kind] is not HousingKind.PUBLIC or case[place_taken_over]:
        case.test(
            "move_in.bound", ARTICLE, lambda: True,
            ko="국민주택을 선정받은 사람이 아니어서 유지 의무가 없습니다.",
            en="Not bound: no public home, or a place taken over",
        )  # fmt: skip
        return case.verdict()
    case.test(
        "move_in.homeless", ARTICLE, lambda: not any(_harmful(case, home) for home in case[ownership_history]),
        ko="공고일부터 지금까지 세대원이 주택을 소유하지 않았는지", en="No member owned a home since the notice",
    )  # fmt: skip
    return case.verdict()


def _harmful(case: Case, home: Home) -> bool:
    if home.disposed_on is not None and home.disposed_on <= case[notice_posted_on]:
        return False
    excused = case[home_by_marriage_or_inheritance] and home.acquired_on > case[awarded_on]
    return not excused
