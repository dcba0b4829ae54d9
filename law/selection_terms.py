"""The terms of one selection: the notice's numbers and the law's, resolved, so that anybody can re-run the draw.

주택공급에 관한 규칙 제26조①, 제26조의2①, 제27조②, 제28조②④⑦⑧, 제41조③, 제43조②④. Checked 2026-11-23. Regional
shares of large sites (제34조) are not here: residents of the housing area come first in every rank (제25조③).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from domain.errors import Invalid
from domain.model import Model
from domain.notices import Notice
from domain.words import HousingKind, Sha256, SupplyKind
from law.ceremony import BallGroup
from law.rulebook import Rulebook

SPECIAL = (SupplyKind.NEWLYWED, SupplyKind.FIRST_HOME)


class TypeBasis(Model):
    """One house type as the notice says it."""

    model_no: str
    exclusive_area: str
    units: dict[SupplyKind, int]
    unit_numbers: tuple[str, ...] = ()


class Basis(Model):
    """What of the notice decides about the selection."""

    notice_id: str
    number: str
    version: int
    name: str
    notice_date: date
    housing_kind: HousingKind
    region: str
    capital_area: bool
    regulated: bool
    overheated: bool | None
    points_share_pct: int | None
    wait_list_ratio_pct: int
    types: tuple[TypeBasis, ...]


class Tier(Model):
    """``pct`` of the kind's units (rounded up, the last tier takes the rest); ``leads_to``: where its own take part."""

    pct: int
    takes_part: tuple[int, ...]  # first tiers whose people take part here
    by_lot: bool


class TypeLaw(Model):
    """The law's numbers for one house type."""

    points_pct: int
    by_payments: bool  # 국민주택 at or below the small area: number of payments decides, else the amount


class Law(Model):
    """The law's numbers for the whole notice."""

    types: dict[str, TypeLaw]
    tiers: dict[SupplyKind, tuple[Tier, ...]]
    lottery_homeless_pct: int | None
    tie_by_account: bool
    wait_pct: int
    wait_all_below_pct: int
    ceremony: tuple[BallGroup, ...]
    typed_by: tuple[str, ...]


class Head(Model):
    """Everything fixed before receipt closes. Its digest enters the seed and both time stamps."""

    format: str = "onjip-draw-proof"
    protocol: int = 1
    basis: Basis
    law: Law
    rulebook: str
    rulebook_sha256: Sha256
    nonce_commitment: Sha256


def make_head(notice: Notice, nonce_commitment: str, rulebook: Rulebook) -> Head:
    """Terms of the notice's selection. Invalid where the notice's numbers contradict each other or the law."""
    basis = basis_of(notice)
    return Head(
        basis=basis, law=resolve(basis, rulebook), rulebook=rulebook.name, rulebook_sha256=rulebook.sha256,
        nonce_commitment=nonce_commitment,
    )  # fmt: skip


def basis_of(notice: Notice) -> Basis:
    types = tuple(
        TypeBasis(
            model_no=one.model_no, exclusive_area=one.exclusive_area, units=one.units, unit_numbers=one.unit_numbers
        )
        for one in notice.house_types
    )
    for one in types:
        if one.unit_numbers and len(set(one.unit_numbers)) != sum(one.units.values()):
            ko, en = f"동·호수와 세대수가 다릅니다: {one.model_no}", f"Unit numbers do not fit: {one.model_no}"
            raise _bad("unit_numbers", ko, en)
    return Basis(
        notice_id=notice.id, types=types,
        **{name: getattr(notice, name) for name in Basis.model_fields if name not in ("notice_id", "types")},
    )  # fmt: skip


def resolve(basis: Basis, rulebook: Rulebook) -> Law:
    """The law's numbers for these terms, as of the notice date."""
    day = basis.notice_date
    wait, ceremony = rulebook.value("wait_list", day), rulebook.value("draw_ceremony", day)
    return Law(
        types={one.model_no: _type_law(one, basis, rulebook) for one in basis.types},
        tiers={kind: _tiers(rulebook.value(kind, day, "tiers")) for kind in SPECIAL},
        lottery_homeless_pct=_homeless_pct(basis, rulebook),
        tie_by_account=rulebook.value("tie_by_account", day) == "longer_account_then_lot",
        wait_pct=max(wait["pct"], basis.wait_list_ratio_pct),
        wait_all_below_pct=wait["all_below_pct"],
        ceremony=tuple(BallGroup(digits=group["from"], draw=group["draw"]) for group in ceremony["groups"]),
        typed_by=tuple(ceremony["typed_by"]),
    )


def _type_law(one: TypeBasis, basis: Basis, rulebook: Rulebook) -> TypeLaw:
    small = Decimal(rulebook.value("public_homeless_years", basis.notice_date, "small_area"))
    by_payments = basis.housing_kind is HousingKind.PUBLIC and Decimal(one.exclusive_area) <= small
    return TypeLaw(points_pct=points_pct(one.exclusive_area, basis, rulebook), by_payments=by_payments)


def points_pct(exclusive_area: str, basis: Basis, rulebook: Rulebook) -> int:
    """가점제 비율 (제28조제2항·제4항), percent. Invalid where a large type's area designation is not known."""
    if basis.housing_kind is HousingKind.PUBLIC:
        return 0
    table, area = rulebook.value("points_share", basis.notice_date), Decimal(exclusive_area)
    if not basis.regulated:
        return _mayors_share(area, basis, table["elsewhere"])
    fits = (band for band in table["bands"] if band["area_max"] is None or area <= Decimal(band["area_max"]))
    band = next(fits)
    if basis.overheated is None and band["overheated"] != band["adjusted"]:
        ko, en = "투기과열지구인지 공고에서 알 수 없습니다.", "The notice does not say if the area is overheated."
        raise _bad("overheated", ko, en)
    share: int = band["adjusted" if basis.overheated is False else "overheated"]
    return share


def _mayors_share(area: Decimal, basis: Basis, limit: Any) -> int:
    share = basis.points_share_pct or 0
    if share > limit["up_to"]:
        ko, en = "가점제 비율이 법정 한도를 넘습니다.", "The share by points is above the law's limit."
        raise _bad("points_share_pct", ko, en)
    return share if area <= Decimal(limit["area_max"]) else 0


def _homeless_pct(basis: Basis, rulebook: Rulebook) -> int | None:
    """제28조제8항: only in regulated areas, the capital region and metropolitan cities; private homes."""
    named = (
        basis.regulated
        or basis.capital_area
        or basis.region[:2] in rulebook.value("regions", basis.notice_date, "metropolitan")
    )
    if basis.housing_kind is HousingKind.PUBLIC or not named:
        return None
    share: int = rulebook.value("lottery_homeless_share", basis.notice_date)
    return share


def _tiers(tiers: Any) -> tuple[Tier, ...]:
    reach = {first: tiers_after(first, tiers) for first in range(len(tiers))}
    return tuple(
        Tier(
            pct=tier["pct"], by_lot=tier["income"] == "lottery",
            takes_part=tuple(first for first, reached in reach.items() if number in reached),
        )
        for number, tier in enumerate(tiers)
    )  # fmt: skip


def tiers_after(first: int, tiers: Any) -> tuple[int, ...]:
    """All tiers in which somebody whose first tier is ``first`` takes part (losers roll on, 제41조제3항)."""
    own, order = tiers[first], ("first", "second", "lottery")
    reach = order.index(own["income"])
    return tuple(
        number
        for number, tier in enumerate(tiers)
        if number >= first and order.index(tier["income"]) >= reach and (own["newborn"] or not tier["newborn"])
    )


def _bad(field: str, ko: str, en: str) -> Invalid:
    return Invalid("bad_selection_terms", ko=ko, en=en, field=field)
