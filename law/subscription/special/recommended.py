"""Special supply on the recommendation of an institution (기관추천).

주택공급에 관한 규칙 제35조, 제36조, 제48조, 제55조. Checked 2026-11-23. The institution decides who goes first;
here only what the Rules ask of everybody. Groups are the keys of the table ``recommended``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.words import HousingKind
from law.rules import Advice, Case, Fact, Lacking, rule
from law.subscription.first_rank import first_rank
from law.subscription.home_exceptions import public_rental
from law.subscription.ownership import homeless
from law.subscription.special.common import area_test, special_account
from law.vocabulary import exclusive_area, housing_kind

ARTICLE = "주택공급에 관한 규칙 제35조제1항, 제36조"

recommended_group = Fact[str](
    "recommended_group", "기관추천 대상 구분", "group of the recommended person (key of the table)", kind=str
)
on_institution_list = Fact[bool](
    "on_institution_list", "추천기관이 사업주체에 통보한 명단에 있는지", "on the institution's list", kind=bool
)
low_birth_home = Fact[bool](
    "low_birth_home", "저출산 시책 승인을 받은 85㎡ 초과 민영주택인지", "large private home approved for birth policy",
    Advice.ACT, kind=bool, default=False,
)  # fmt: skip


@rule(
    "recommended_exempt_once", recommended_group, housing_kind, ko="특별공급 횟수 제한을 받지 않는 추천 대상인지",
    en="Group without the limit of one special supply", article="주택공급에 관한 규칙 제55조",
)  # fmt: skip
def recommended_exempt_once(case: Case) -> bool:
    row = case.row("recommended")
    case.test(
        "recommended.once", row, lambda: case[housing_kind].value not in _group(case)["once"],
        ko="횟수 제한의 예외인지", en="Excepted from the limit",
    )  # fmt: skip
    return case.verdict()


@rule(
    "special_recommended", recommended_group, on_institution_list, housing_kind, exclusive_area, low_birth_home,
    public_rental, homeless, special_account, first_rank, ko="기관추천 특별공급 자격",
    en="Eligible for the special supply on recommendation", article=ARTICLE,
)  # fmt: skip
def special_recommended(case: Case) -> bool:
    row, group = case.row("recommended"), _group(case)
    kind = case[housing_kind]
    case.test(
        "recommended.group", row, lambda: group[kind.value] is not None,
        ko="이 종류의 주택에서 추천할 수 있는 대상인지", en="A group of the article for this kind of housing",
    )  # fmt: skip
    case.test(
        "recommended.list", row, lambda: case[on_institution_list],
        ko="추천기관의 명단에 있는지", en="On the institution's list",
    )  # fmt: skip
    if group["rental_only"] and kind is HousingKind.PUBLIC:
        case.test(
            "recommended.rental", row, lambda: case[public_rental],
            ko="공공임대주택인지 (이 대상은 임대만)", en="A public rental home (this group: rental only)",
        )  # fmt: skip
    if kind is HousingKind.PRIVATE and not case[low_birth_home]:
        area_test(case, row, row.value["area_max_private"])
    if group["homeless"]:
        case.require(homeless)
    if group["first_rank"]:
        case.require(first_rank)
    elif kind.value in group["account"]:
        case.require(special_account)
    return case.verdict()


def _group(case: Case) -> Mapping[str, Any]:
    """The line of the table. Lacking for a word that is no key of it."""
    groups: Mapping[str, Mapping[str, Any]] = case.row("recommended").value["groups"]
    name = case[recommended_group]
    if name not in groups:
        raise Lacking(
            recommended_group.name, ko="표에 없는 추천 대상입니다.",
            en="Not a group of the table",
        )  # fmt: skip
    return groups[name]
