"""How many homes go by points and how many by lot, who takes part in which, and how ties end.

주택공급에 관한 규칙 제28조제2항, 제4항, 제6항–제8항; 부칙 제268호 제1조, 제450호 제2조, 제565호 제2조, 제1196호 제3조.
Checked 2026-11-23. Private homes in first rank only. Shares of homes are rounded up (소수점 이하는 올림).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from domain.words import HousingKind
from law.parameters import Row
from law.rules import Advice, Case, Fact, Lacking, rule
from law.subscription.approval import approval_row
from law.subscription.areas import adjusted, capital, metropolitan, overheated, regulated
from law.subscription.ownership import counted_homes
from law.vocabulary import (
    approval_applied_on,
    exclusive_area,
    greenbelt_site,
    housing_kind,
    units,
    wins,
    wins_unseen,
)

HUNDRED = 100
ARTICLE = "주택공급에 관한 규칙 제28조제2항·제4항"
LOTS = "주택공급에 관한 규칙 제28조제8항"
Percent = Annotated[int, Field(ge=0, le=HUNDRED)]
TRIGGER = (approval_applied_on, housing_kind)

mayor_points_share = Fact[int | None](
    "mayor_points_share", "시장·군수·구청장이 공고한 가점제 비율", "share by points that the mayor has announced",
    Advice.NEVER, "percent", kind=Percent | None, default=None,
)  # fmt: skip
public_construction_rental = Fact[bool](
    "public_construction_rental", "공공건설임대주택 여부", "publicly built rental home", Advice.ACT, kind=bool,
    default=False,
)  # fmt: skip
will_dispose = Fact[bool](
    "will_dispose", "기존 주택을 처분하기로 서약했는지", "has promised to sell the home owned", Advice.ACT, kind=bool,
    default=False,
)  # fmt: skip


@rule(
    "points_share", *TRIGGER, exclusive_area, public_construction_rental, greenbelt_site, capital, overheated,
    adjusted, mayor_points_share,
    ko="가점제 비율 (%)", en="Share of homes that go by points, percent", article=ARTICLE, unit="percent",
)  # fmt: skip
def points_share(case: Case) -> int:
    if case[housing_kind] is HousingKind.PUBLIC:
        return case.state(ARTICLE, 0, ko="국민주택에는 가점제가 없습니다.", en="Public homes do not go by points")
    row, area = approval_row(case, "points_share"), Decimal(case[exclusive_area])
    band = next(b for b in row.value["bands"] if b["area_max"] is None or area <= Decimal(b["area_max"]))
    large = band["area_max"] is None
    if large and case[public_construction_rental]:
        return _share(case, row, row.value["large_rental"])
    by_area = _by_designation(case, band)
    if case[greenbelt_site] and case[capital]:
        return _share(case, row, _on_green_belt(case, row, band, by_area))
    if by_area is not None:
        return _share(case, row, by_area)
    elsewhere = row.value["elsewhere"]
    if area > Decimal(elsewhere["area_max"]):
        return _share(case, row, 0)
    fixed = elsewhere["fixed"]
    return _share(case, row, _announced(case, row, elsewhere["up_to"]) if fixed is None else fixed)


@rule(
    "points_units", points_share, units, ko="가점제 세대수", en="Homes that go by points", article=ARTICLE,
    unit="homes",
)  # fmt: skip
def points_units(case: Case) -> int:
    """Of the general units, rounded up."""
    share = case[points_share]
    number = 0 if share == 0 else -(-_general(case) * share // HUNDRED)
    return case.state(ARTICLE, number, ko="가점제 {value}세대", en="{value} homes go by points")


@rule(
    "lottery_units", points_units, units, ko="추첨제 세대수", en="Homes that go by lot", article=ARTICLE, unit="homes",
)  # fmt: skip
def lottery_units(case: Case) -> int:
    """What the points leave. Losers of the points take part without a further application (제28조제7항)."""
    number = _general(case) - case[points_units]
    return case.state(ARTICLE, number, ko="추첨제 {value}세대", en="{value} homes go by lot")


@rule(
    "lottery_homeless_share", *TRIGGER, regulated, capital, metropolitan, ko="추첨제 무주택 우선 비율 (%)",
    en="Share of lots for households without a home, percent", article=LOTS, unit="percent",
)  # fmt: skip
def lottery_homeless_share(case: Case) -> int:
    row = approval_row(case, "lottery_homeless_share")
    if case[housing_kind] is HousingKind.PUBLIC:
        return case.state(LOTS, 0, ko="국민주택에는 적용되지 않습니다.", en="Not for public homes")
    if row.value == 0:
        return _lots(case, row, 0)
    return _lots(case, row, row.value if _any(case, capital, metropolitan, regulated) else 0)


@rule(
    "lottery_homeless_units", lottery_homeless_share, lottery_units, ko="추첨제 무주택세대 우선 세대수",
    en="Homes drawn first among households without a home", article=f"{LOTS}제1호", unit="homes",
)  # fmt: skip
def lottery_homeless_units(case: Case) -> int:
    """Rounded up."""
    share = case[lottery_homeless_share]
    number = 0 if share == 0 else -(-case[lottery_units] * share // HUNDRED)
    return case.state(
        f"{LOTS}제1호", number, ko="무주택세대 우선 추첨 {value}세대", en="{value} homes for the homeless first"
    )


@rule(
    "lottery_rest_units", lottery_homeless_units, lottery_units, ko="추첨제 나머지 세대수",
    en="Homes drawn after those", article=f"{LOTS}제2호", unit="homes",
)  # fmt: skip
def lottery_rest_units(case: Case) -> int:
    """And what the first stage leaves over comes on top."""
    number = case[lottery_units] - case[lottery_homeless_units]
    return case.state(f"{LOTS}제2호", number, ko="나머지 추첨 {value}세대", en="{value} homes drawn after those")


@rule(
    "lottery_stage", *TRIGGER, lottery_homeless_share, counted_homes, will_dispose, ko="추첨제 참여 단계",
    en="First stage of the lots in which the applicant takes part", article=LOTS,
)  # fmt: skip
def lottery_stage(case: Case) -> int:
    """1: without a home; 2: with those who own one (from 2018-12-11 to 2023-02-27 only on a promise to sell it);
    3: everybody of first rank. Where no share is kept for the homeless all take part at once."""
    row = approval_row(case, "lottery_disposal")
    if case[lottery_homeless_share] == 0:
        return case.state(row, 1, ko="단계 없이 함께 추첨합니다.", en="One stage for all")
    homes = case[counted_homes]
    stage = 1 if homes == 0 else 2 if homes == 1 and (row.value != "promise" or case[will_dispose]) else 3
    return case.state(row, stage, ko="{value}단계부터 추첨에 참여", en="Takes part from stage {value} on")


@rule(
    "points_eligible", *TRIGGER, points_share, exclusive_area, public_construction_rental, greenbelt_site, capital,
    regulated, counted_homes, wins, wins_unseen,
    ko="가점제 적용 대상", en="May be chosen by points", article="주택공급에 관한 규칙 제28조제6항",
)  # fmt: skip
def points_eligible(case: Case) -> bool:
    """Left out: households with a home (not where the mayor's share rules) and with a recent win by points."""
    row = approval_row(case, "points_exclusion")
    case.test(
        "points.offered", ARTICLE, lambda: case[points_share] > 0,
        ko="가점제로 공급하는 주택이 있는지", en="Homes go by points here",
    )  # fmt: skip
    case.test(
        "points.home", row, lambda: _mayors_area(case) or case[counted_homes] < row.value["homes_below"],
        ko="세대가 주택을 소유하지 않았는지", en="The household owns no home",
    )  # fmt: skip
    if row.value["win_by_points"]:
        case.test(
            "points.win", case.row("rewin_points_ban"), lambda: not _won_by_points(case),
            ko="과거 2년 이내 가점제로 당첨된 세대원이 없는지",
            en="Nobody of the household won by points within two years",
        )  # fmt: skip
    return case.verdict()


@rule(
    "points_tie", ko="가점 동점 처리", en="How equal points are decided",
    article="주택공급에 관한 규칙 제28조제7항",
)  # fmt: skip
def points_tie(case: Case) -> Literal["lot", "longer_account_then_lot"]:
    """From notices of 2024-03-25 on the longer account, then lot (부칙 제1287호 제4조); before only lot."""
    row = case.row("tie_by_account")
    word: Literal["lot", "longer_account_then_lot"] = row.value
    by_account = word == "longer_account_then_lot"
    ko = "동점이면 통장 가입기간이 긴 사람, 같으면 추첨" if by_account else "동점이면 추첨"
    en = "Equal points: the longer account, then lot" if by_account else "Equal points: lot"
    return case.state(row, word, ko=ko, en=en)


def _by_designation(case: Case, band: Mapping[str, Any]) -> int | None:
    """The stricter designation rules where an area has both."""
    share: int
    if case[overheated]:
        share = band["overheated"]
        return share
    if case[adjusted]:
        share = band["adjusted"]
        return share
    return None


def _on_green_belt(case: Case, row: Row, band: Mapping[str, Any], by_area: int | None) -> int:
    """제28조제2항제1호가목·제2호가목, 제4항제2호: a share of its own, for large homes as the mayor announces."""
    if band["greenbelt_up_to"] is not None and by_area is None:
        return _announced(case, row, band["greenbelt_up_to"])
    own = band["greenbelt"] if band["greenbelt_up_to"] is None else by_area
    if own is None or (by_area is not None and own != by_area):
        raise Lacking(
            f"law:{row.family}", ko="공고문의 가점제 비율을 넣어 주십시오.",
            en="State the share that the notice gives as points_share.",
        )  # fmt: skip
    share: int = own
    return share


def _announced(case: Case, row: Row, most: int) -> int:
    share = case[mayor_points_share]
    if share is not None:
        case.compare(
            "points_share.limit", row, mayor_points_share, "<=", most,
            ko="공고한 가점제 비율 {value}%가 한도 {limit}% 이내인지", en="Announced share {value}% within {limit}%",
        )  # fmt: skip
    return share or 0


def _share(case: Case, row: Row, share: int) -> int:
    return case.state(row, share, ko="가점제 비율 {value}%", en="{value}% go by points")


def _lots(case: Case, row: Row, share: int) -> int:
    return case.state(
        row, share, ko="추첨 물량의 {value}%를 무주택세대에", en="{value}% of the lots for the homeless first"
    )


def _general(case: Case) -> int:
    return case[units].get("general", 0)


def _any(case: Case, *terms: Any) -> bool:
    """One yes is enough; only noes of all are a no."""
    return any(case.knows(term) and case[term] for term in terms) or any(case[term] for term in terms)


def _mayors_area(case: Case) -> bool:
    """Homes up to 85 m² outside designated areas and green-belt districts: owners of a home keep their points."""
    limit = approval_row(case, "points_share").value["elsewhere"]["area_max"]
    if Decimal(case[exclusive_area]) > Decimal(limit):
        return False
    return not case[regulated] and not (case[greenbelt_site] and case[capital])


def _won_by_points(case: Case) -> bool:
    period, unsure = case.book.period("rewin_points_ban", case.as_of), False
    for win in case[wins]:
        # Who was struck off as ineligible counts as no winner (제57조제4항제6호).
        if win.cancelled_as_ineligible or not win.won_on <= case.as_of <= period.ends_on(win.won_on):
            continue
        if win.by_points:
            return True
        unsure = unsure or win.by_points is None
    if unsure or case[wins_unseen]:
        raise Lacking(wins.name)
    return False
