"""The household (세대) of an applicant, who is of age, and how many persons count for the income tables.

주택공급에 관한 규칙 제2조제2호의2·제2호의3·제3호·제3호의2, 제40조②③, 제43조①4; 민법 제4조, 제762조 (the unborn count
where the article says so). Checked 2026-11-23. Siblings and lodgers stand on the register but do not belong.
"""

from __future__ import annotations

from datetime import date

from law.calendar import full_years
from law.parameters import Row
from law.rules import Case, Fact, Lacking, rule
from law.subscription.approval import approval_row
from law.vocabulary import Member, approval_applied_on, birth_date, head, housing_kind, married, members

RULES = "주택공급에 관한 규칙"
HOUSEHOLD_ARTICLE = f"{RULES} 제2조제2호의3"
ASCENDANTS = frozenset({"parent", "grandparent", "spouse_parent", "spouse_grandparent"})
SPOUSE_SIDE = frozenset({"spouse_parent", "spouse_grandparent"})

on_resident_register = Fact[bool](
    "on_resident_register", "세대별 주민등록표에 등재되어 있는지", "entered on a household's resident register",
    kind=bool, default=True,
)  # fmt: skip
minor_head_in_care = Fact[bool](
    "minor_head_in_care", "자녀를 양육하거나 형제자매를 부양하는 미성년 세대주인지 (같은 주민등록표)",
    "minor head of a household who raises a child or supports siblings on the same register",
    kind=bool, default=False,
)  # fmt: skip
lives_with_spouse_family = Fact[bool](
    "lives_with_spouse_family", "배우자의 직계존속이나 직계비속의 배우자를 세대원에 포함할지 (2018-12-11 전)",
    "spouse's ascendants and descendants' spouses counted (before 2018-12-11)", kind=bool,
)  # fmt: skip


@rule(
    "adult", birth_date, head, minor_head_in_care, ko="성년자인지", en="Of age, or a minor head in charge of a family",
    article=f"{RULES} 제2조제2호의2",
)  # fmt: skip
def adult(case: Case) -> bool:
    row = case.row("adult_age")

    def of_age() -> bool:
        if full_years(case[birth_date], case.as_of) >= row.value:
            return True
        return case[minor_head_in_care] and case[head]

    case.test(
        "adult.age", row, of_age,
        ko="공고일 현재 성년자이거나, 자녀 양육·형제자매 부양 중인 미성년 세대주인지",
        en="Of age on the notice date, or a minor head who raises a child or supports siblings",
    )  # fmt: skip
    return case.verdict()


@rule(
    "household_members", members, on_resident_register, lives_with_spouse_family, approval_applied_on, housing_kind,
    ko="세대원 (본인 제외)", en="Members of the household, the applicant apart", article=HOUSEHOLD_ARTICLE,
)  # fmt: skip
def household_members(case: Case) -> tuple[Member, ...]:
    """Those of the register who belong to the 세대; nobody where the applicant stands on no register."""
    row = case.row("household_relations")
    if not case[on_resident_register]:
        return case.state(row, (), ko="주민등록표에 없어 세대를 이루지 않습니다.", en="On no register: no household")
    if any(member.relation in row.value["changed"] for member in case[members]):
        row = approval_row(case, "household_relations")
    kept = tuple(member for member in case[members] if not member.unborn and _belongs(case, member, row))
    return case.state(row, kept, ko="본인 외 세대원 {value}명", en="Members, the applicant apart: {value}")


def _belongs(case: Case, member: Member, row: Row) -> bool:
    if member.relation in row.value["unsure"]:
        return case[lives_with_spouse_family]
    return member.relation in row.value["belongs"]


@rule(
    "household_size", household_members, married, ko="가구원 수", en="Size of the household",
    article=f"{RULES} 제2조제2호의3, 제41조", unit="persons",
)  # fmt: skip
def household_size(case: Case) -> int:
    """Applicant, spouse (also one registered apart) and the members on the register; the unborn apart."""
    others = sum(member.relation != "spouse" for member in case[household_members])
    size = 1 + others + _spouse(case)
    return case.state(HOUSEHOLD_ARTICLE, size, ko="가구원 {value}명", en="Household of {value}")


def _spouse(case: Case) -> int:
    listed = any(member.relation == "spouse" for member in case[household_members])
    return 1 if listed or case[married] else 0


@rule(
    "unborn_children", members, ko="태아 수", en="Children not yet born", article=f"{RULES} 제40조제2항·제3항",
    unit="persons",
)  # fmt: skip
def unborn_children(case: Case) -> int:
    """Stated with a pregnancy certificate; one whose birth date has passed is on the register or does not count."""
    count = sum(member.relation == "child" and member.unborn for member in case[members])
    return case.state(f"{RULES} 제40조제3항", count, ko="태아 {value}명", en="{value} not yet born")


@rule(
    "household_size_with_unborn", household_size, unborn_children, ko="태아를 포함한 가구원 수",
    en="Size of the household with the unborn", article=f"{RULES} 제40조제2항", unit="persons",
)  # fmt: skip
def household_size_with_unborn(case: Case) -> int:
    size = case[household_size] + case[unborn_children]
    return case.state(f"{RULES} 제40조제2항", size, ko="태아를 포함해 {value}명", en="{value} with the unborn")


@rule(
    "household_size_first_home", household_members, married, unborn_children, ko="생애최초 특별공급의 가구원 수",
    en="Size of the household for the first-home supply", article=f"{RULES} 제43조제1항제4호", unit="persons",
)  # fmt: skip
def household_size_first_home(case: Case) -> int:
    """Ascendants count only after a year on the same register; the unborn as in the ministry's guideline."""
    row = case.row("first_home_ascendant_years")
    kept = [member for member in case[household_members] if member.relation != "spouse"]
    years: int = row.value
    long_enough = sum(member.relation not in ASCENDANTS or _years_here(case, member) >= years for member in kept)
    size = 1 + long_enough + _spouse(case) + case[unborn_children]
    return case.state(row, size, ko="가구원 {value}명", en="Household of {value}")


def _years_here(case: Case, member: Member) -> int:
    if member.on_register_since is None:
        raise Lacking(
            members.name, ko="직계존속이 같은 주민등록표에 오른 날이 필요합니다.",
            en="The day since when the ascendant is on the register is needed.",
        )  # fmt: skip
    return full_years(member.on_register_since, case.as_of)


@rule(
    "minor_children", members, ko="미성년 자녀 수", en="Minor children", article=f"{RULES} 제40조제1항", unit="persons",
)  # fmt: skip
def minor_children(case: Case) -> int:
    """Born children under the age of majority; a minor who has married counts as of age (민법 제826조의2)."""
    row = case.row("adult_age")
    count = sum(
        member.relation == "child" and not member.unborn and not member.married
        and _minor(member.birth_date, case.as_of, row.value) for member in case[members]
    )  # fmt: skip
    return case.state(row, count, ko="미성년 자녀 {value}명", en="{value} minor children")


@rule(
    "minor_children_with_unborn", minor_children, unborn_children, ko="태아를 포함한 미성년 자녀 수",
    en="Minor children, the unborn included", article=f"{RULES} 제40조제1항·제3항", unit="persons",
)  # fmt: skip
def minor_children_with_unborn(case: Case) -> int:
    count = case[minor_children] + case[unborn_children]
    return case.state(f"{RULES} 제40조제3항", count, ko="태아를 포함해 {value}명", en="{value} with the unborn")


@rule(
    "single_head", head, household_members, ko="단독세대주인지", en="Head of a household, alone on the register",
    article=f"{RULES} 제2조제3호의2",
)  # fmt: skip
def single_head(case: Case) -> bool:
    """A head alone: neither spouse nor ascendants or descendants on the register (nor one registered apart)."""
    case.test("single_head.head", f"{RULES} 제2조제3호의2", lambda: case[head], ko="세대주인지", en="Head")
    case.test(
        "single_head.alone", f"{RULES} 제2조제3호의2",
        lambda: not any(not member.with_spouse_only for member in case[household_members]),
        ko="주민등록표에 배우자와 직계존비속이 없는지", en="No spouse, ascendant or descendant on the register",
    )  # fmt: skip
    return case.verdict()


def _minor(birth: date, on: date, majority: int) -> bool:
    return birth <= on and full_years(birth, on) < majority
