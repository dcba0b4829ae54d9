"""The lowest floor for those who ask for it (최하층 우선배정).

주택공급에 관한 규칙 제51조, 부칙 of 2016-05-19 제3조. Checked 2026-11-23. Old and disabled people come before families
with several minor children; a lowest floor that costs more than the one above is not given by preference.
"""

from __future__ import annotations

from law.calendar import full_years
from law.rules import Advice, Case, Fact, rule
from law.subscription.approval import approval_row
from law.subscription.household import household_members, minor_children
from law.vocabulary import Count, approval_applied_on, birth_date, housing_kind

ARTICLE = "주택공급에 관한 규칙 제51조"

building_floors = Fact[int](
    "building_floors", "건물 층수", "floors of the building", Advice.NEVER, "floors", kind=Count
)
wants_lowest_floor = Fact[bool](
    "wants_lowest_floor", "최하층 희망 여부", "asks for the lowest floor", Advice.ACT, kind=bool, default=False
)
lowest_floor_dearer = Fact[bool](
    "lowest_floor_dearer", "최하층 분양가격이 바로 위층보다 높은지", "lowest floor dearer than the next one up",
    kind=bool, default=False,
)  # fmt: skip
disabled_in_household = Fact[bool](
    "disabled_in_household", "세대에 장애인등록증이 있는 사람이 있는지", "registered disabled person in the household",
    kind=bool, default=False,
)  # fmt: skip


@rule(
    "lowest_floor_group", birth_date, household_members, minor_children, disabled_in_household, approval_applied_on,
    housing_kind, ko="최하층 우선배정 순서", en="Group for the lowest floor: 1 before 2; 0 none", article=ARTICLE,
)  # fmt: skip
def lowest_floor_group(case: Case) -> int:
    """The winner or a member of the household: old or disabled 1, enough minor children 2."""
    row = approval_row(case, "lowest_floor")
    births = [case[birth_date], *(member.birth_date for member in case[household_members])]
    old = any(full_years(birth, case.as_of) >= row.value["age"] for birth in births)
    if case[disabled_in_household] or old:
        return case.state(row, 1, ko="{value}순위 (65세 이상 또는 장애인)", en="Group {value}: old or disabled")
    children = row.value["children"]
    if children is not None and case[minor_children] >= children:
        return case.state(row, 2, ko="{value}순위 (미성년 자녀 3명 이상)", en="Group {value}: minor children")
    return case.state(row, 0, ko="우선배정 대상이 아닙니다.", en="No preference")


@rule(
    "lowest_floor_preferred", building_floors, wants_lowest_floor, lowest_floor_dearer, lowest_floor_group,
    approval_applied_on, housing_kind, ko="최하층 우선배정 대상인지", en="Is given the lowest floor by preference",
    article=ARTICLE,
)  # fmt: skip
def lowest_floor_preferred(case: Case) -> bool:
    row = approval_row(case, "lowest_floor")
    asked = case.test(
        "lowest_floor.wish", row, lambda: case[wants_lowest_floor], ko="최하층을 희망하는지", en="Asks for it"
    )
    if not asked:
        return case.verdict()
    case.compare(
        "lowest_floor.floors", row, building_floors, ">=", row.value["floors"],
        ko="{value}층 건물, 기준 {limit}층 이상", en="{value} floors, at least {limit} asked",
    )  # fmt: skip
    case.test(
        "lowest_floor.price", row, lambda: not case[lowest_floor_dearer],
        ko="최하층이 바로 위층보다 비싸지 않은지", en="The lowest floor is not dearer than the next",
    )  # fmt: skip
    case.test(
        "lowest_floor.group", row, lambda: case[lowest_floor_group] > 0,
        ko="65세 이상·장애인·미성년 3자녀 중 하나인지", en="Old, disabled, or enough minor children",
    )  # fmt: skip
    return case.verdict()
