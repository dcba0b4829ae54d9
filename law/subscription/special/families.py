"""Marriage and children as the supplies for newlyweds and first homes see them.

주택공급에 관한 규칙 제41조①1가·다·2, ④1가·2, 제43조①2, 부칙 제565호 제5조; 공공주택 특별법 시행규칙 별표 6, 별표
6의3 (annexes, transcribed). Checked 2026-11-23. The anniversary itself still lies within the years of a marriage.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from law.calendar import add_months, full_years
from law.rules import Advice, Case, Fact, Lacking, rule
from law.subscription.ownership import ownership_history
from law.subscription.special.common import dated_row
from law.vocabulary import approval_applied_on, housing_kind, marriage_registered_on, married, members

RULES = "주택공급에 관한 규칙"
ANNEX = "공공주택 특별법 시행규칙 별표 6 제2호나목"
Held = Literal["none", "sold_before", "held"]

engaged = Fact[bool](
    "engaged", "예비신혼부부 (입주 전까지 혼인 증명)", "engaged, marriage to be proved before moving in", Advice.SHOWN,
    kind=bool, default=False,
)  # fmt: skip
single_parent = Fact[bool](
    "single_parent", "한부모가족인지", "single parent (한부모가족)", Advice.SHOWN, kind=bool, default=False
)
legitimated_child = Fact[bool](
    "legitimated_child", "혼인 중의 출생자로 인정되는 혼인 외의 출생자가 있는지 (민법 제855조제2항)",
    "child born before the marriage that counts as born in it", kind=bool, default=False,
)  # fmt: skip


@rule(
    "marriage_within", married, marriage_registered_on, approval_applied_on, housing_kind, ko="신혼부부 혼인기간",
    en="Married for no longer than the years of the article", article=f"{RULES} 제41조제1항제1호가목",
)  # fmt: skip
def marriage_within(case: Case) -> bool:
    row = dated_row(case, "newlywed")
    case.test(
        "marriage_within.years", row, lambda: case[married] and _within(case, row.value["marriage_years"]),
        ko=f"공고일 현재 혼인신고일부터 {row.value['marriage_years']}년 이내인지",
        en=f"Married for at most {row.value['marriage_years']} years on the notice date",
    )  # fmt: skip
    return case.verdict()


@rule(
    "marriage_ownership", ownership_history, marriage_registered_on, approval_applied_on, housing_kind,
    ko="혼인신고일부터의 주택 소유", en="Homes held since the marriage was registered",
    article=f"{RULES} 제41조제1항제1호다목, 부칙(제565호) 제5조",
)  # fmt: skip
def marriage_ownership(case: Case) -> Held:
    """From 2018-12-11 to 2025-03-30: ``held`` shuts out; ``sold_before`` (of old, and years without) only delays."""
    row = dated_row(case, "newlywed")
    asked = row.value["homeless_since_marriage"]
    found: Held = "none"
    if asked and (since := _wedding(case)):
        later = [one for one in case[ownership_history] if one.disposed_on is None or one.disposed_on > since]
        sold = [one.disposed_on for one in later if one.disposed_on is not None]
        if later:
            old = len(sold) == len(later) and max(sold) < asked["sold_before"]
            found = "sold_before" if old and full_years(max(sold), case.as_of) >= asked["years"] else "held"
    return case.state(row, found, ko="혼인신고일 이후 소유: {value}", en="Held since the marriage: {value}")


@rule(
    "newlywed_first_order", married, members, marriage_registered_on, legitimated_child, single_parent,
    marriage_ownership, ko="신혼부부 제1순위인지", en="First order among newlyweds",
    article=f"{RULES} 제41조제1항제2호",
)  # fmt: skip
def newlywed_first_order(case: Case) -> bool:
    """A child born, expected or adopted in this marriage, or counted as born in it; in public sale also the child of a
    single parent."""
    cite = f"{RULES} 제41조제1항제2호가목"

    def child_of_marriage() -> bool:
        if case[legitimated_child] or case[single_parent]:
            return True
        if not case[married]:
            return False
        children = [one for one in case[members] if one.relation == "child"]
        if not children:
            return False
        since = _wedding(case)
        if since is None:
            raise Lacking(marriage_registered_on.name)
        return any(one.unborn or one.adopted or since <= one.birth_date <= case.as_of for one in children)

    case.test(
        "newlywed_first_order.child", cite, child_of_marriage,
        ko="혼인기간 중 출산·임신·입양한 자녀 또는 혼인 중 출생자로 인정되는 자녀가 있는지",
        en="A child born, expected or adopted in this marriage",
    )  # fmt: skip
    case.test(
        "newlywed_first_order.homeless", cite, lambda: case[marriage_ownership] == "none",
        ko="혼인신고일부터 계속 무주택인지 (아니면 제2순위)", en="No home since the marriage (else second order)",
    )  # fmt: skip
    return case.verdict()


@rule(
    "has_family", married, members, ko="혼인 중이거나 자녀가 있는지", en="Married or with a child",
    article=f"{RULES} 제43조제1항제2호",
)  # fmt: skip
def has_family(case: Case) -> bool:
    """Notices count unmarried children only, of any age; so does this rule."""
    case.test(
        "has_family.any", f"{RULES} 제43조제1항제2호",
        lambda: case[married] or any(one.relation == "child" and not one.married for one in case[members]),
        ko="혼인 중이거나 미혼 자녀가 있는지", en="Married, or with an unmarried child",
    )  # fmt: skip
    return case.verdict()


@rule(
    "public_couple", married, marriage_registered_on, members, engaged, single_parent,
    ko="공공분양 신혼부부·예비신혼부부·한부모가족인지", en="Newlyweds, engaged or single parent for public sale",
    article=ANNEX,
)  # fmt: skip
def public_couple(case: Case) -> bool:
    """Married up to seven years or with a child below seven; engaged; or a single parent of a child below seven."""
    row = case.row("public_newlywed")
    age, years = row.value["child_below_age"], row.value["marriage_years"]

    def belongs() -> bool:
        if case[engaged]:
            return True
        if case[single_parent]:
            return child_up_to(case, age - 1)
        return case[married] and (child_up_to(case, age - 1) or _within(case, years))

    case.test(
        "public_couple.any", row, belongs,
        ko="혼인 7년 이내이거나 6세 이하 자녀를 둔 부부, 예비신혼부부, 6세 이하 자녀를 둔 한부모가족인지",
        en="Married up to seven years or with a child up to six, engaged, or a single parent of a child up to six",
    )  # fmt: skip
    return case.verdict()


@rule(
    "town_recent", married, marriage_registered_on, members, engaged, single_parent,
    ko="신혼희망타운 1단계 우선공급 대상인지", en="Belongs to the first part of a newlywed town",
    article="공공주택 특별법 시행규칙 별표 6의3 제2호",
)  # fmt: skip
def town_recent(case: Case) -> bool:
    """Engaged, married up to two years, or with a child up to two (below three)."""
    row = case.row("newlywed_town")

    def recent() -> bool:
        if case[engaged] or child_up_to(case, row.value["recent_child_age"]):
            return True
        return case[married] and not case[single_parent] and _within(case, row.value["recent_years"])

    case.test(
        "town_recent.any", row, recent,
        ko="예비신혼부부이거나, 혼인 2년 이내이거나, 2세 이하 자녀가 있는지",
        en="Engaged, married up to two years, or with a child up to two",
    )  # fmt: skip
    return case.verdict()


def child_up_to(case: Case, age: int) -> bool:
    """A child of at most that age (만 나이), the unborn included."""
    return any(
        one.relation == "child"
        and (one.unborn or (one.birth_date <= case.as_of and full_years(one.birth_date, case.as_of) <= age))
        for one in case[members]
    )


def _within(case: Case, years: int) -> bool:
    since = _wedding(case)
    if since is None:
        raise Lacking(marriage_registered_on.name)
    return since <= case.as_of <= add_months(since, 12 * years)


def _wedding(case: Case) -> date | None:
    return case[marriage_registered_on]
