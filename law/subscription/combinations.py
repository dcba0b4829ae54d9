"""Which applications of one household may stand side by side.

주택공급에 관한 규칙 제4조① (국민주택 and land-lease homes: one applicant per household, spouses excepted; 민영주택: one
per adult), 제25조①, 제55조, 제55조의2. Checked 2026-11-23. Three readings are disputed and are switches: both
spouses in one public notice, special with general supply, two notices with one announcement date.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import combinations, product
from typing import Annotated, Literal

from pydantic import Field

from domain.words import HousingKind, SupplyKind
from law.rules import Case, Fact, rule
from law.vocabulary import Stated

ARTICLE = "주택공급에 관한 규칙 제4조제1항, 제25조제1항, 제55조, 제55조의2"
SPECIAL = "주택공급에 관한 규칙 제55조, 제55조의2"
Id = Annotated[str, Field(min_length=1, max_length=80)]
Reading = Literal["allowed", "refused"]


class Application(Stated):
    """One application line. ``person`` is a pseudonym; all persons of one case belong to one household."""

    person: Id
    notice_id: Id
    model_no: str = ""
    supply_kind: SupplyKind
    housing_kind: HousingKind
    announcement_date: date
    rental: bool = False  # public rental home that is not sold later
    land_lease: bool = False
    pre: bool = False  # pre-subscription (사전청약)
    bars: bool | None = None  # a win of it bars the household (제54조제1항); None: not stated
    regulated: bool | None = None  # 투기과열지구 or 청약과열지역; None: not stated

    @property
    def special(self) -> bool:
        return self.supply_kind is not SupplyKind.GENERAL

    @property
    def public(self) -> bool:
        return self.housing_kind is HousingKind.PUBLIC


wanted = Fact[tuple[Application, ...]](
    "wanted", "지금 하려는 신청", "applications to be filed now", kind=tuple[Application, ...]
)
filed = Fact[tuple[Application, ...]](
    "filed", "세대가 이미 한 신청", "applications of the household that stand already", kind=tuple[Application, ...],
    default=(),
)  # fmt: skip
spouses = Fact[tuple[tuple[str, str], ...]](
    "spouses", "부부인 사람", "pairs of persons who are married", kind=tuple[tuple[str, str], ...], default=()
)
couple_public_same_notice = Fact[str | None](
    "couple_public_same_notice", "국민주택 한 공고에 부부가 각각 신청 (해석)",
    "reading: both spouses in one public notice", kind=Reading | None, default=None,
)  # fmt: skip
special_with_general = Fact[str | None](
    "special_with_general", "한 공고의 특별공급과 일반공급 동시 신청 (해석)",
    "reading: special and general supply of one notice by one person", kind=Reading | None, default=None,
)  # fmt: skip
same_announcement_one_person = Fact[str | None](
    "same_announcement_one_person", "당첨일이 같은 두 공고에 한 사람이 신청 (해석)",
    "reading: one person in two notices with one announcement date", kind=Reading | None, default=None,
)  # fmt: skip
SWITCHES = (couple_public_same_notice, special_with_general, same_announcement_one_person)


@rule(
    "combination", wanted, filed, spouses, *SWITCHES,
    ko="함께 신청할 수 있는지", en="The applications may be filed together", article=ARTICLE,
)  # fmt: skip
def combination(case: Case) -> bool:
    """What is wanted now, among itself and against what is filed; filed lines are not judged among themselves."""
    tested: list[bool | None] = []
    for one, other in pairs(case):
        for look in (_twice_in_one_method, _same_day, _second_member, _second_special):
            tested.extend(look(case, one, other))
    if all(tested):
        row = case.row("one_per_person")
        case.test("combination.allowed", row, lambda: True, ko="함께 신청할 수 있습니다.", en="May be filed together.")
    return case.verdict()


def pairs(case: Case) -> Iterator[tuple[Application, Application]]:
    """Each wanted line with each other wanted one, and with each one filed before."""
    new, old = case[wanted], case[filed]
    yield from combinations(new, 2)
    yield from product(new, old)


def together(case: Case, one: Application, other: Application) -> bool:
    """Are the two persons married to each other?"""
    couples = case[spouses]
    return (one.person, other.person) in couples or (other.person, one.person) in couples


def _twice_in_one_method(case: Case, one: Application, other: Application) -> Iterator[bool | None]:
    """제4조①, 제25조①: one person once in each supply method of a notice."""
    if one.person != other.person or one.notice_id != other.notice_id:
        return
    two_methods = one.special != other.special
    row = case.row("special_with_general" if two_methods else "one_per_person")
    yield case.test(
        "combination.twice", row,
        lambda: two_methods and case.reading("special_with_general", special_with_general) == "allowed",
        ko="한 사람은 한 공고의 같은 공급방법(일반·특별)에 한 번만 신청할 수 있습니다.",
        en="One person may apply once in each supply method of a notice.",
    )  # fmt: skip


def _same_day(case: Case, one: Application, other: Application) -> Iterator[bool | None]:
    """Notices: one person's applications to two homes with one announcement date are all void."""
    if one.person != other.person or one.notice_id == other.notice_id:
        return
    if one.announcement_date != other.announcement_date:
        return
    name = "same_announcement_one_person"
    yield case.test(
        "combination.same_day", case.row(name),
        lambda: case.reading(name, same_announcement_one_person) == "allowed",
        ko="당첨자 발표일이 같은 두 공고에 한 사람이 신청하면 모두 무효가 됩니다. 하나만 고르십시오.",
        en="Two applications of one person with the same announcement date are both void. Choose one.",
    )  # fmt: skip


def _second_member(case: Case, one: Application, other: Application) -> Iterator[bool | None]:
    """제4조①1, ①2 단서: one applicant per household, spouses excepted (since 2024-03-25, not for public rental)."""
    per_household = one.public or other.public or one.land_lease or other.land_lease
    if one.person == other.person or one.notice_id != other.notice_id or not per_household:
        return

    def allowed() -> bool:
        homes = case.row("couple_exception").value
        if not together(case, one, other):
            return False
        if not homes["public_rental" if one.rental or other.rental else "public_sale"]:
            return False
        public = one.public or other.public
        return not public or case.reading("couple_public_same_notice", couple_public_same_notice) == "allowed"

    yield case.test(
        "combination.household", case.row("one_per_household"), allowed,
        ko="국민주택과 토지임대주택은 1세대 1명만 신청할 수 있습니다(배우자는 예외).",
        en="For a public or land-lease home one member of a household may apply (the spouse excepted).",
    )  # fmt: skip


def _second_special(case: Case, one: Application, other: Application) -> Iterator[bool | None]:
    """제55조: special supply of one notice goes to one person of a household; couples settle by 제55조의2."""
    if one.person == other.person or one.notice_id != other.notice_id or not (one.special and other.special):
        return
    if one.public or other.public:
        return  # told by the rule for households

    def allowed() -> bool:
        return case.row("couple_double").value == "first_received" and together(case, one, other)

    yield case.test(
        "combination.special", SPECIAL, allowed,
        ko="특별공급은 1세대 1주택 기준으로 세대에서 한 사람만 신청할 수 있습니다(배우자는 예외).",
        en="Special supply: one member of a household may apply (the spouse excepted).",
    )  # fmt: skip
