"""Shares by residence on large sites (대규모 택지개발지구 등에서의 우선공급).

주택공급에 관한 규칙 제34조①, 제4조⑤⑦. Checked 2026-11-23. Who loses in a nearer stage takes part in the next one
together with those who live farther away. The article does not say how a share that is no whole number of homes is
rounded: then the notice's own numbers are asked for.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.model import Model
from domain.words import Outcome
from law.parameters import Row
from law.rules import Advice, Case, Fact, Lacking, rule
from law.subscription.residence import Band, local, residence_band
from law.vocabulary import Count, large_site, notice_region

ARTICLE = "주택공급에 관한 규칙 제34조제1항"
HUNDRED = 100
Applicants = Annotated[int, Field(ge=0, le=100_000_000)]
Stage = Literal["local", "province", "zone"]


class Shares(Model):
    """Percent of the units by stage."""

    local: int
    province: int
    zone: int


class Stages(Model):
    """Homes by stage."""

    local: int
    province: int
    zone: int


large_site_local_share = Fact[int | None](
    "large_site_local_share", "공고가 정한 해당지역 우선공급 비율(%)",
    "local share that the notice states (행정중심복합도시, 경제자유구역 outside the capital region), percent",
    Advice.NEVER, "percent", kind=Count | None, default=None,
)  # fmt: skip
regional_units_on_offer = Fact[int](
    "regional_units_on_offer", "우선공급 비율을 적용할 세대수", "homes to which the shares apply", Advice.NEVER,
    "homes", kind=Count,
)  # fmt: skip
applicants_local = Fact[int](
    "applicants_local", "해당지역 신청자 수", "applicants with local priority", Advice.NEVER, "persons", kind=Applicants
)
applicants_province = Fact[int](
    "applicants_province", "그 밖의 경기도 거주 신청자 수", "other applicants of the province", Advice.NEVER, "persons",
    kind=Applicants,
)  # fmt: skip
applicants_zone = Fact[int](
    "applicants_zone",
    "그 밖의 수도권 거주 신청자 수",
    "other applicants of the zone",
    Advice.NEVER,
    "persons",
    kind=Applicants,
)


@rule(
    "regional_shares", large_site, notice_region, large_site_local_share, ko="거주지별 공급비율",
    en="Shares by residence", article=ARTICLE,
)  # fmt: skip
def regional_shares(case: Case) -> Shares:
    """Without a large site there are none: residents come first for all homes (제25조③)."""
    if not case[large_site]:
        all_local = Shares(local=HUNDRED, province=0, zone=0)
        return case.state(
            "주택공급에 관한 규칙 제25조제3항", all_local,
            ko="모든 세대에서 해당지역이 먼저입니다.", en="Locals first for every home",
        )  # fmt: skip
    row = case.row("large_site_shares")
    local_pct, province_pct = _shares(case, row)
    shares = Shares(local=local_pct, province=province_pct, zone=HUNDRED - local_pct - province_pct)
    return case.state(
        row, shares, ko=f"거주지별 비율: {_listed(shares, '%')[0]}", en=f"Shares: {_listed(shares, '%')[1]}"
    )


def _shares(case: Case, row: Row) -> tuple[int, int]:
    province = case[notice_region][:2]
    if province in row.value["gyeonggi_codes"]:
        part = row.value["gyeonggi"]
        return part["local"], part["province"]
    stated = case[large_site_local_share]
    if stated is not None:
        most = HUNDRED if province in row.value["as_announced"] else row.value["outside_capital_max"]
        return min(stated, most), 0
    if province in row.value["home_zone"]:
        return row.value["city"]["local"], row.value["city"]["province"]
    raise Lacking(large_site_local_share.name)


@rule(
    "regional_units", regional_shares, regional_units_on_offer, ko="거주지별 공급 세대수", en="Homes by residence",
    article=ARTICLE,
)  # fmt: skip
def regional_units(case: Case) -> Stages:
    """Lacking where a share is no whole number: state what the notice says as ``regional_units``."""
    shares, units = case[regional_shares], case[regional_units_on_offer]
    if units * shares.local % HUNDRED or units * shares.province % HUNDRED:
        raise Lacking(
            regional_units.name, ko="비율이 정수로 나누어지지 않아 공고의 세대수가 필요합니다.",
            en="The shares are no whole homes: the notice's own numbers are needed.",
        )  # fmt: skip
    first, second = units * shares.local // HUNDRED, units * shares.province // HUNDRED
    stages = Stages(local=first, province=second, zone=units - first - second)
    return case.state(
        ARTICLE, stages, ko=f"거주지별 세대수: {_listed(stages, '세대')[0]}", en=f"Homes: {_listed(stages)[1]}"
    )


@rule(
    "regional_stages", regional_shares, large_site, local, residence_band, ko="참여하는 거주지별 단계",
    en="Stages by residence in which the applicant takes part", article=ARTICLE,
)  # fmt: skip
def regional_stages(case: Case) -> tuple[Stage, ...]:
    """Locals take part in every stage, the province's people in the second and third, the zone's in the last."""
    stages: tuple[Stage, ...] = ()
    if case.find(local).outcome is Outcome.YES:
        stages = ("local", "province", "zone")
    elif case.find(local).outcome is Outcome.CANNOT_TELL:
        raise Lacking(*case.find(local).missing)
    else:
        stages = _from(case[residence_band])
    if case[large_site] and not case[regional_shares].province:
        stages = tuple(stage for stage in stages if stage != "province")
    return case.state(ARTICLE, stages, ko="참여 단계 {value}개", en="Takes part in {value} stages")


def _from(band: Band) -> tuple[Stage, ...]:
    if band == "none":
        return ()
    return ("zone",) if band == "zone" else ("province", "zone")


@rule(
    "regional_fill", regional_units, applicants_local, applicants_province, applicants_zone,
    ko="거주지별 단계의 당첨 세대수", en="Homes awarded in each stage by residence", article=ARTICLE,
)  # fmt: skip
def regional_fill(case: Case) -> Stages:
    """Homes that locals leave over are added to the province's stage (제2호 단서); others pass to the next one."""
    units = case[regional_units]
    at_home, near, far = case[applicants_local], case[applicants_province], case[applicants_zone]
    first = min(units.local, at_home)
    second = min(units.province + units.local - first, at_home - first + near)
    left = units.local + units.province + units.zone - first - second
    third = min(left, at_home - first + near - second + far)
    filled = Stages(local=first, province=second, zone=third)
    return case.state(
        ARTICLE, filled, ko=f"단계별 당첨: {_listed(filled, '세대')[0]}", en=f"Awarded: {_listed(filled)[1]}"
    )


def _listed(stages: Shares | Stages, unit: str = "") -> tuple[str, str]:
    """The three numbers in Korean, with their unit, and in English."""
    here, near, far = stages.local, stages.province, stages.zone
    return (
        f"해당지역 {here:,}{unit}, 같은 시·도 {near:,}{unit}, 권역 {far:,}{unit}",
        f"local {here:,}, province {near:,}, zone {far:,}",
    )
