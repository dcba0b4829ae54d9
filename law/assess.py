"""One answer for one notice × house type × supply kind, and what the selection needs of it.

Puts the rules of general and special supply, of earlier wins and of points together. Checked 2026-11-23.
"""

from __future__ import annotations

from typing import Any

from domain.applications import SelectionFacts
from domain.decisions import Decision
from domain.words import Outcome, SupplyKind
from law.calendar import full_years
from law.eligibility import general
from law.ownership import owned
from law.points import homeless_since, points
from law.reasons import Judgement, weakest
from law.restrictions import points_eligible, rewin
from law.special_supply import special
from law.wish import Wish


def assess(wish: Wish, kind: SupplyKind) -> Decision:
    """May the applicant file this line? ``value`` adds rank, local, tier and points where they can be told."""
    judgement = Judgement(f"assess.{kind}", wish.day, wish.rulebook)
    base = judgement.include(general(wish) if kind is SupplyKind.GENERAL else special(wish, kind))
    ban = judgement.include(rewin(wish))
    value: dict[str, Any] = dict(base.value or {})
    if kind is SupplyKind.GENERAL and not wish.public:
        scored = judgement.include(points(wish.applicant, wish.notice, wish.rulebook))
        value["points"] = scored.value
    return judgement.decision(value, outcome=weakest([base.outcome, ban.outcome]), flip=base.flip)


def selection_facts(wish: Wish, kind: SupplyKind) -> SelectionFacts:
    """Facts for the selection, from registers only. An unknown counts as the lesser standing, never as the better:
    the missing fact is listed with the filing and completed before the draw (promise 5)."""
    decision = assess(wish, kind)
    value = decision.value or {}
    homes = owned(wish.applicant, wish.day, wish.rulebook)
    account = wish.applicant.subscription_account
    scored = value.get("points") or {}
    return SelectionFacts(
        local=bool(value.get("local")),
        homeless=homes.below(1) is True,
        points=scored.get("total"),
        account_opened=account.opened_on.isoformat() if account else None,
        homeless_three_years=_homeless_long(wish),
        amount_recognised=account.amount_recognised if account else 0,
        payments_recognised=account.payments_recognised if account else 0,
        priority=_tier(wish, kind, value.get("tier")),
        rank=value.get("rank") or (2 if kind is SupplyKind.GENERAL else 1),
        homes=homes.at_least if homes.count is None else homes.count,
        points_eligible=_takes_part_in_points(wish),
        first_order=bool(value.get("first_order")),
        children=value.get("children") or 0,
    )


def _tier(wish: Wish, kind: SupplyKind, tier: int | None) -> int:
    if kind is SupplyKind.GENERAL:
        return 0
    last = len(wish.rulebook.value(kind, wish.day, "tiers")) - 1
    return last if tier is None else tier


def _homeless_long(wish: Wish) -> bool:
    """제27조제2항·제3항: the household has had no home for the years of the article."""
    asked = wish.rulebook.value("public_homeless_years", wish.day)
    if owned(wish.applicant, wish.day, wish.rulebook).count != 0 or wish.applicant.marriage is None:
        return False
    since = homeless_since(wish.applicant, wish.day, asked["start_age"])
    return since is not None and full_years(since, wish.day) >= asked["years"]


def _takes_part_in_points(wish: Wish) -> bool:
    """제28조제6항: recent winners by points are out, and home owners where the points system is prescribed."""
    recent = points_eligible(wish).outcome is Outcome.YES
    return recent and (not wish.notice.regulated or owned(wish.applicant, wish.day, wish.rulebook).count == 0)
