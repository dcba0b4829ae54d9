"""Dependants (부양가족) of the points system, member by member.

주택공급에 관한 규칙 별표 1 제1호나목 (from transcriptions), 제23조②10. Checked 2026-11-23. The spouse counts also when
registered apart. Ascendants count with a head of household who has lived with them for years, unless one of a couple
owns a home; unmarried children, from a certain age on only after a year on the register; grandchildren without parents.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from law.calendar import full_years
from law.parameters import Row
from law.rules import Case, Fact, Lacking, rule
from law.subscription.household import ASCENDANTS
from law.subscription.ownership import homes_held
from law.vocabulary import Home, Member, Stated, head, homes_unseen, married, members

ARTICLE = "주택공급에 관한 규칙 별표 1 제1호나목"
A_COUPLE = 2
Reading = Literal["allowed", "not_allowed"]

ascendant_spouse_owns_home = Fact[bool](
    "ascendant_spouse_owns_home", "다른 주민등록표에 있는 직계존속의 배우자가 주택을 소유하는지",
    "spouse of an ascendant, registered elsewhere, owns a home", kind=bool, default=False,
)  # fmt: skip
ascendant_with_spouse_reading = Fact[str | None](
    "ascendant_with_spouse_reading", "따로 사는 배우자와 등재된 직계존속에 대한 해석",
    "reading: ascendants on the register of a spouse who lives apart", kind=Reading | None, default=None,
)  # fmt: skip
ascendant_home_reading = Fact[str | None](
    "ascendant_home_reading", "제53조에 해당하는 주택을 소유한 직계존속에 대한 해석",
    "reading: ascendants whose home is excepted by 제53조", kind=Reading | None, default=None,
)  # fmt: skip


class Dependant(Stated):
    """``counted`` None: cannot tell before ``missing`` is known. ``why``: code of what decided."""

    relation: str
    birth_date: date
    counted: bool | None
    why: str
    missing: tuple[str, ...] = ()


@rule(
    "dependant_members", members, head, homes_held, homes_unseen, ascendant_spouse_owns_home,
    ascendant_with_spouse_reading, ascendant_home_reading,
    ko="세대원별 부양가족 여부", en="Which members are dependants", article=ARTICLE,
)  # fmt: skip
def dependant_members(case: Case) -> tuple[Dependant, ...]:
    """Every member but the spouse, in the order of the register."""
    row = case.row("points_dependants")
    found = tuple(_judged(case, member, row) for member in case[members] if member.relation != "spouse")
    return case.state(
        row, found, ko="배우자를 제외한 세대원 {value}명 판정", en="{value} members judged, the spouse apart"
    )


@rule(
    "dependants_at_least", dependant_members, members, married, ko="확인된 부양가족 수",
    en="Dependants that are certain", article=ARTICLE, unit="persons",
)  # fmt: skip
def dependants_at_least(case: Case) -> int:
    """Enough where they already reach the highest step of the table."""
    certain = sum(one.counted is True for one in case[dependant_members])
    listed = any(member.relation == "spouse" for member in case[members])
    return case.state(
        ARTICLE, certain + int(listed or case[married]), ko="확인된 부양가족 {value}명", en="{value} certain"
    )


@rule(
    "dependants", dependants_at_least, dependant_members, ko="부양가족 수", en="Number of dependants", article=ARTICLE,
    unit="persons",
)  # fmt: skip
def dependants(case: Case) -> int:
    """The exact number. Lacking while it is open for a member whether he or she counts."""
    count = case[dependants_at_least]
    missing = dict.fromkeys(name for one in case[dependant_members] for name in one.missing)
    if missing:
        raise Lacking(
            *missing,
            ko="부양가족인지 판단하지 못한 세대원이 있습니다.",
            en="It is open whether a member is a dependant",
        )
    return case.state(ARTICLE, count, ko="부양가족 {value}명", en="{value} dependants")


def _judged(case: Case, member: Member, row: Row) -> Dependant:
    try:
        why = _against(case, member, row)
    except Lacking as lack:
        told = Dependant(
            relation=member.relation, birth_date=member.birth_date, counted=None, why="open", missing=lack.names
        )
    else:
        told = Dependant(
            relation=member.relation, birth_date=member.birth_date, counted=why is None, why=why or "dependant"
        )
    return told


def _against(case: Case, member: Member, row: Row) -> str | None:
    """What speaks against counting the member; None: a dependant."""
    if member.unborn or member.birth_date > case.as_of:
        return "unborn"
    if member.relation in ASCENDANTS:
        against = _ascendant(case, member, row)
    elif member.relation == "child" or (member.relation == "grandchild" and member.parents_dead):
        against = _child(case, member, row)
    else:
        return "relation"
    if against is None and member.abroad_days > case.row("dependant_abroad").value:
        # Known from guide pages only, and they differ by age and by how far back they look.
        raise Lacking("law:dependant_abroad")
    return against


def _ascendant(case: Case, member: Member, row: Row) -> str | None:
    if not case[head]:
        return "not_head"
    if member.with_spouse_only and case.reading("ascendant_with_spouse", ascendant_with_spouse_reading) != "allowed":
        return "with_spouse_only"
    if member.on_register_since is None:
        raise Lacking(members.name)
    if full_years(member.on_register_since, case.as_of) < row.value["ascendant_years"]:
        return "too_short"
    return "owns_home" if _couple_owns(case, member.relation) else None


def _couple_owns(case: Case, relation: str) -> bool:
    """Does the ascendant or that ascendant's spouse own a home? 제53조제6호 (60 and older) does not help here."""
    held = [home for home in case[homes_held] if home.owner == relation]
    if held and sum(other.relation == relation for other in case[members]) > A_COUPLE:
        raise Lacking(homes_held.name)  # two couples of one relation: the facts do not say whose home it is
    if any(not _perhaps_excepted(case, home) for home in held):
        return True
    if held and case.reading("ascendant_excepted_home", ascendant_home_reading) != "allowed":
        return True
    if relation in case[homes_unseen]:
        raise Lacking(homes_unseen.name)
    return case[ascendant_spouse_owns_home]


def _perhaps_excepted(case: Case, home: Home) -> bool:
    """Claimed as an exception, or so small or cheap that 제53조제5호·제9호 might take it out."""
    area = Decimal(home.exclusive_area)
    if home.exception is not None or area <= Decimal(case.row("tiny_home").value["area_max"]):
        return True
    limits = (case.row(family).value for family in ("cheap_small_home", "cheap_other_home"))
    return any(
        limit["area_max"] is not None and area <= Decimal(limit["area_max"]) and home.official_price <= limit["capital"]
        for limit in limits
    )


def _child(case: Case, member: Member, row: Row) -> str | None:
    age = full_years(member.birth_date, case.as_of)
    if member.married or member.divorced:
        return "married"
    if member.married is None and age >= row.value["marriage_age"]:
        raise Lacking(members.name)
    if age < row.value["child_age"]:
        return None
    if member.on_register_since is None:
        raise Lacking(members.name)
    return None if full_years(member.on_register_since, case.as_of) >= row.value["child_years"] else "too_short"
