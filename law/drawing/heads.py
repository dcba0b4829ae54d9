"""From a notice to the head of its draw, and back: every number of law is worked out again from what the notice says.

주택공급에 관한 규칙 제25조–제28조, 제34조, 제35조의3–제46조; 공공주택 특별법 시행규칙 별표 6. Checked 2026-11-23. The
rules of ``law.subscription`` answer; what they cannot tell for a notice is refused here, before anybody applies.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn, TypeVar

from domain.errors import Invalid, OnjipError
from domain.notices import Notice
from domain.words import HousingKind, Outcome, SupplyKind
from law.ceremony import BallGroup
from law.drawing.terms import (
    Basis,
    Custody,
    Head,
    Key,
    Law,
    Stage,
    Tier,
    TypeBasis,
    TypeLaw,
    Waiting,
)
from law.rulebook import Rulebook, load
from law.rules import Case, Rule, rule
from law.subscription.approval import approval_row
from law.subscription.areas import adjusted, overheated
from law.subscription.ordering import selection_order, sequence_measure
from law.subscription.regional import regional_shares
from law.subscription.shares import lottery_homeless_share, points_share, points_tie
from law.subscription.special.common import SpecialTier, tiers_after
from law.subscription.special.tiers import special_tiers
from law.subscription.wait_list import wait_list_order
from law.vocabulary import approval_applied_on, housing_kind

T = TypeVar("T")
EXCLUSIONS = ("", "applied_twice", "rewin", "ineligible_ban", "disturbance_ban", "agency")
LEFT_BY_LOT = "special_left_by_lot"
ALL, FARTHEST = 100, 2
LEAST_CUSTODIANS = 2
RULES = "주택공급에 관한 규칙"
TRIGGER = (approval_applied_on, housing_kind)


def make_head(notice: Notice, custody: Custody, rulebook: Rulebook) -> Head:
    """Terms of the notice's draw. Invalid where its numbers contradict each other or the law, or the law cannot tell
    them (``bad_selection_terms``), and where the nonce is not in several hands (``bad_custody``)."""
    _check_custody(custody)
    return _head(basis_of(notice), custody, rulebook)


def lawful(head: Head) -> bool:
    """Are the head's numbers those that the law gives for these terms?

    The rulebook's own digest is bound by the time stamps; a later program may hold a longer rulebook that says the
    same here.
    """
    try:
        _check_custody(head.custody)
        again = _head(head.basis, head.custody, load(head.rulebook))
    except (OnjipError, ArithmeticError, ValueError, LookupError):
        return False
    return again.model_copy(update={"rulebook_sha256": head.rulebook_sha256}) == head


def basis_of(notice: Notice) -> Basis:
    """What of the notice decides about the selection."""
    types = tuple(
        TypeBasis.model_validate({name: getattr(one, name) for name in TypeBasis.model_fields})
        for one in notice.house_types
    )
    given = {name: getattr(notice, name) for name in Basis.model_fields if name not in ("notice_id", "types")}
    return Basis(notice_id=notice.id, types=types, **given)


def resolve(basis: Basis, rulebook: Rulebook) -> Law:
    """The law's numbers for these terms, as of the notice date."""
    whole, day = _Asked(basis, rulebook), basis.notice_date
    ceremony = rulebook.value("draw_ceremony", day)
    stages = _stages(whole, basis)
    return Law(
        types={one.model_no: _type_law(basis, one, rulebook) for one in basis.types},
        tiers={kind: _tiers(basis, kind, rulebook) for kind in kinds_of(basis) if kind is not SupplyKind.GENERAL},
        stages=stages,
        special_stages=stages if basis.large_site else (Stage(pct=ALL, band=FARTHEST),),
        left_by_lot=LEFT_BY_LOT in whole.said(selection_order),
        lottery_homeless_pct=whole.said(lottery_homeless_share),
        tie_by_account=whole.said(points_tie) == "longer_account_then_lot",
        wait=_waiting(whole, waiting_terms, basis.wait_list_ratio_pct),
        wait_special=_waiting(whole, special_waiting_terms, basis.wait_list_ratio_pct),
        ceremony=tuple(BallGroup(digits=group["from"], draw=group["draw"]) for group in ceremony["groups"]),
        typed_by=tuple(ceremony["typed_by"]),
    )  # fmt: skip


def kinds_of(basis: Basis) -> tuple[SupplyKind, ...]:
    """General supply, then the special kinds with homes in the notice, in the order of the vocabulary."""
    offered = {kind for one in basis.types for kind, number in one.units.items() if number}
    return tuple(kind for kind in SupplyKind if kind is SupplyKind.GENERAL or kind in offered)


def _head(basis: Basis, custody: Custody, rulebook: Rulebook) -> Head:
    _check_units(basis)
    small_pool: int = rulebook.value("draw_ceremony", basis.notice_date, "small_pool")
    return Head(
        basis=basis, law=resolve(basis, rulebook), kinds=kinds_of(basis), exclusions=EXCLUSIONS,
        small_pool=small_pool, rulebook=rulebook.name, rulebook_sha256=rulebook.sha256, custody=custody,
    )  # fmt: skip


class _Asked:
    """The rules of law asked about a notice, or one of its house types and kinds of supply."""

    def __init__(self, basis: Basis, rulebook: Rulebook, **more: Any) -> None:
        facts = {
            "approval_applied_on": basis.approval_applied_on, "housing_kind": basis.housing_kind,
            "supplier_public": basis.supplier_public, "notice_region": basis.region, "capital": basis.capital_area,
            "regulated": basis.regulated, "greenbelt_site": basis.greenbelt_site, "large_site": basis.large_site,
            "large_site_local_share": basis.large_site_local_pct, "mayor_points_share": basis.points_share_pct,
        }  # fmt: skip
        self.case = Case(as_of=basis.notice_date, book=rulebook, facts=facts | _designations(basis) | more)

    def said(self, rule: Rule[T]) -> T:
        """What the rule finds. Invalid where it cannot tell or a test says no."""
        found = self.case.judge(rule)
        if found.outcome is not Outcome.YES:
            reason = next(one for one in reversed(found.reasons) if one.outcome is found.outcome)
            _refuse(", ".join(found.missing) or rule.name, reason.ko, reason.en)
        value: T = found.value
        return value


@rule(
    "waiting_terms", *TRIGGER, ko="일반공급 예비입주자 비율", en="Size of the wait-list",
    article=f"{RULES} 제26조제1항",
)  # fmt: skip
def waiting_terms(case: Case) -> Waiting:
    row = approval_row(case, "wait_list")
    return case.state(row, Waiting(**row.value), ko="예비입주자 비율 {value}", en="Wait-list {value}")


@rule(
    "special_waiting_terms", *TRIGGER, ko="특별공급 예비입주자 비율", en="Size of the wait-list of special supply",
    article=f"{RULES} 제26조의2제1항",
)  # fmt: skip
def special_waiting_terms(case: Case) -> Waiting:
    row = approval_row(case, "wait_list_special")
    return case.state(row, Waiting(**row.value), ko="예비입주자 비율 {value}", en="Wait-list {value}")


def _waiting(asked: _Asked, rule: Rule[Waiting], stated_pct: int) -> Waiting:
    """A notice may set more places than the law asks for, not fewer."""
    least = asked.said(rule)
    return least.model_copy(update={"pct": max(least.pct, stated_pct)}) if least.pct else least


def _stages(asked: _Asked, basis: Basis) -> tuple[Stage, ...]:
    """Residents first for all homes (제25조③), on large sites for their shares (제34조①)."""
    shares = asked.said(regional_shares)
    if not basis.large_site:
        return Stage(pct=ALL, band=0), Stage(pct=ALL, band=FARTHEST)
    local, province = shares.local, shares.local + shares.province
    steps = [Stage(pct=local, band=0), *([Stage(pct=province, band=1)] if shares.province else [])]
    return *steps, Stage(pct=ALL, band=FARTHEST)


def _type_law(basis: Basis, one: TypeBasis, rulebook: Rulebook) -> TypeLaw:
    share = _points_pct(basis, one, rulebook)
    asked = _Asked(basis, rulebook, exclusive_area=one.exclusive_area)
    public = basis.housing_kind is HousingKind.PUBLIC
    _Asked(basis, rulebook, points_share=share).said(wait_list_order)  # in this program: points before lots, or lots
    return TypeLaw(points_pct=share, by_payments=public and asked.said(sequence_measure) == "payments")


def _points_pct(basis: Basis, one: TypeBasis, rulebook: Rulebook) -> int:
    """가점제 비율 (제28조②④). Where the notice does not tell 투기과열지구 apart and it matters, the designations of the
    region on the notice date decide."""
    area = {"exclusive_area": one.exclusive_area}
    if basis.housing_kind is HousingKind.PUBLIC or not basis.regulated or basis.overheated is not None:
        return _Asked(basis, rulebook, **area).said(points_share)
    readings = {
        _Asked(basis, rulebook, **area, overheated=hot, adjusted=not hot).said(points_share) for hot in (True, False)
    }
    if len(readings) == 1:
        return readings.pop()
    listed = _Asked(basis, rulebook, **area)
    found = [listed.case.judge(kind).outcome for kind in (overheated, adjusted)]
    if Outcome.CANNOT_TELL in found or Outcome.YES not in found:
        ko, en = "투기과열지구인지 공고에서 알 수 없습니다.", "The notice does not say if the area is overheated."
        _refuse("overheated", ko, en)
    return listed.said(points_share)


def _tiers(basis: Basis, kind: SupplyKind, rulebook: Rulebook) -> tuple[Tier, ...]:
    if kind is SupplyKind.RECOMMENDED:
        # Chosen by the body that recommends; those in reserve take part in what is left only (제25조⑦).
        return (Tier(pct=ALL, takes_part=(0,)),)
    # Neither the price nor an earlier home changes the parts, only the income that they ask for.
    asked = _Asked(
        basis, rulebook, supply_kind=kind, price=0, never_owned=True, exclusive_area=basis.types[0].exclusive_area
    )
    tiers = asked.said(special_tiers)
    if not tiers:
        _refuse(kind, f"이 공고에는 없는 특별공급입니다: {kind}", f"No such special supply in this notice: {kind}")
    words = _words(basis, kind, rulebook)
    reach = {first: tiers_after(first, tiers) for first in range(len(tiers))}
    return tuple(
        Tier(
            pct=tier.pct, takes_part=tuple(first for first, reached in reach.items() if number in reached),
            keys=_keys(basis, tier, words),
        )
        for number, tier in enumerate(tiers)
    )  # fmt: skip


def _words(basis: Basis, kind: SupplyKind, rulebook: Rulebook) -> tuple[str, ...]:
    """The order inside a part, as the data says it for this supplier."""
    row = rulebook.row("special_tie_order", basis.notice_date)
    words = row.value["public_sale" if basis.supplier_public else "rules"].get(kind.value)
    if isinstance(words, Mapping):
        words = words.get(basis.housing_kind.value)
    if words is None:
        _refuse(kind, f"선정 순서를 확인하지 못했습니다: {kind}", f"The order of {kind} could not be confirmed.")
    return tuple(words)


def _keys(basis: Basis, tier: SpecialTier, words: tuple[str, ...]) -> tuple[Key, ...]:
    """By lot: only residents come first, our reading of 제25조③. On large sites shares take the place of that."""
    found = [Key(word) for word in words if word != "lot" and (tier.by != "lot" or word == Key.LOCAL)]
    return tuple(key for key in found if key is not Key.LOCAL or not basis.large_site)


def _check_units(basis: Basis) -> None:
    for one in basis.types:
        names, total = set(one.unit_numbers), sum(one.units.values())
        fits = len(names) == len(one.unit_numbers) and len(names) in (0, total)
        if not fits or any(number < 0 for number in one.units.values()):
            _refuse("unit_numbers", f"동·호수와 세대수가 다릅니다: {one.model_no}", f"Units do not fit: {one.model_no}")
        if len(set(one.lowest_floor)) != len(one.lowest_floor) or not names.issuperset(one.lowest_floor):
            _refuse("lowest_floor", f"최하층 동·호수가 없습니다: {one.model_no}", f"No such unit: {one.model_no}")
    if len({one.model_no for one in basis.types}) != len(basis.types):
        _refuse("house_types", "같은 주택형이 두 번 있습니다.", "A house type stands twice in the notice.")


def _check_custody(custody: Custody) -> None:
    bodies = {one.body for one in custody.custodians}
    several = LEAST_CUSTODIANS <= custody.threshold <= len(custody.custodians)
    if not several or len(bodies) != len(custody.custodians) or "" in bodies:
        raise Invalid(
            "bad_custody", field="custody",
            ko="난수는 서로 다른 여러 기관이 나누어 맡아야 합니다.", en="Several bodies must hold the nonce in shares.",
        )  # fmt: skip


def _designations(basis: Basis) -> dict[str, bool]:
    if not basis.regulated:
        return {"overheated": False, "adjusted": False}
    if basis.overheated is None:
        return {}
    return {"overheated": basis.overheated, "adjusted": not basis.overheated}


def _refuse(field: str, ko: str, en: str) -> NoReturn:
    raise Invalid("bad_selection_terms", ko=ko, en=en, field=field)
