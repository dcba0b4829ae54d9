"""Property and asset tests of special supply: by lot above the income limit, and of public sale homes.

주택공급에 관한 규칙 제41조①1라2), 제43조①4나·③4나, 제55조의3④; 공공주택 특별법 시행규칙 제13조③, 별표 6 제3호
(annex, transcribed). Checked 2026-11-23. The ceilings of public homes rise with children born since a day
(출산가구).
"""

from __future__ import annotations

from typing import Literal

from domain.words import Won
from law.parameters import Row
from law.rules import Advice, Case, Fact, Lacking, rule
from law.vocabulary import car_value, members, net_assets, property_value, supplier_public

LOTTERY_ARTICLE = "주택공급에 관한 규칙 제41조제1항제1호라목2), 제43조제3항제4호나목"
PUBLIC_ARTICLE = "공공주택 특별법 시행규칙 제13조제3항, 별표 6"
PublicForm = Literal["general", "share", "choice"]

public_form = Fact[str](
    "public_form", "공공분양 유형 (일반형·나눔형·선택형)",
    "form of public sale: general, profit-sharing (나눔형), choice after renting (선택형)", Advice.ACT,
    kind=PublicForm, default="general",
)  # fmt: skip
existing_home_value = Fact[int](
    "existing_home_value", "처분 조건으로 신청하는 기존 주택의 가액", "value of the home that must be sold",
    kind=Won, default=0, unit="won",
)  # fmt: skip
sells_existing_home = Fact[bool](
    "sells_existing_home", "기존 주택 처분 조건 승낙 (제55조의3제5항)", "promises to sell the home held",
    Advice.SHOWN, kind=bool, default=False,
)  # fmt: skip


@rule(
    "counted_property", property_value, sells_existing_home, existing_home_value, supplier_public,
    ko="합산하는 부동산가액", en="Real estate that counts", article="주택공급에 관한 규칙 제55조의3제4항", unit="won",
)  # fmt: skip
def counted_property(case: Case) -> Won:
    """The home that a family with a new child must sell does not count, except for public homes (제55조의3④)."""
    article = "주택공급에 관한 규칙 제55조의3제4항"
    won = case[property_value]
    if case[sells_existing_home] and not case[supplier_public]:
        won = max(0, won - case[existing_home_value])
    return case.state(article, won, ko="합산 부동산가액 {value}원", en="Real estate of {value} won counts")


@rule(
    "lottery_property", counted_property, ko="추첨공급 부동산가액 기준",
    en="Property within the ceiling of the part by lot", article=LOTTERY_ARTICLE,
)  # fmt: skip
def lottery_property(case: Case) -> bool:
    """Asked where income is above the limit: the household's real estate within the mean of 재산등급 29등급."""
    row = case.row("lottery_property_max")
    case.compare(
        "lottery_property.value", row, counted_property, "<=", row.value,
        ko="세대의 부동산가액 합계가 {limit}원 이하인지 ({value}원)", en="Real estate of {value} won, at most {limit}",
    )  # fmt: skip
    return case.verdict()


@rule(
    "birth_allowance", members, ko="출산가구 기준 완화", en="Points added for births",
    article="공공주택 특별법 시행규칙 별표 6 제3호", unit="percent points",
)  # fmt: skip
def birth_allowance(case: Case) -> int:
    """One child born (or expected) since the day of the table, two, or one and an older one (태아 포함)."""
    row = case.row("birth_allowance")
    if not row.value["steps"]:
        return case.state(row, 0, ko="출산가구 완화 {value}%p", en="{value} points for births")
    children = [
        one for one in case[members] if one.relation == "child" and (one.unborn or one.birth_date <= case.as_of)
    ]
    since = row.value["born_from"]
    new = sum(one.unborn or one.birth_date >= since for one in children)
    points: int = row.value["steps"][0 if not new else 1 if len(children) == 1 else 2]
    return case.state(row, points, ko="출산가구 완화 {value}%p", en="{value} points for births")


@rule(
    "public_assets", property_value, car_value, net_assets, birth_allowance, public_form,
    ko="공공분양 자산기준", en="Assets within the ceilings of public sale homes", article=PUBLIC_ARTICLE,
)  # fmt: skip
def public_assets(case: Case) -> bool:
    """일반형: real estate and car; 나눔형 and 선택형: net assets. Ceilings rise with births."""
    relief = str(case[birth_allowance])
    if case[public_form] != "general":
        row = case.row("public_net_assets")
        case.compare(
            "public_assets.net", row, net_assets, "<=", known(row, row.value.get(relief)),
            ko="순자산 {limit}원 이하 ({value}원)", en="Net assets of {value} won, at most {limit}",
        )  # fmt: skip
        return case.verdict()
    row = case.row("public_sale_assets")
    case.compare(
        "public_assets.property", row, property_value, "<=", known(row, row.value["property"].get(relief)),
        ko="부동산가액 {limit}원 이하 ({value}원)", en="Real estate of {value} won, at most {limit}",
    )  # fmt: skip
    case.compare(
        "public_assets.car", row, car_value, "<=", known(row, row.value["car"].get(relief)),
        ko="자동차가액 {limit}원 이하 ({value}원)", en="Car of {value} won, at most {limit}",
    )  # fmt: skip
    return case.verdict()


def known(row: Row, limit: Won | None) -> Won:
    """A ceiling that the data states. Lacking where it could not be confirmed."""
    if limit is None:
        raise Lacking(f"law:{row.family}", ko=f"{row.cite}: {row.source}", en=f"Not confirmed: {row.source}")
    return limit
