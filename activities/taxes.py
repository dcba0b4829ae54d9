"""Sums of a transfer by law, from the deal's own facts."""

from __future__ import annotations

from typing import Any

from activities.deal import Deal
from domain.errors import NotYet
from domain.facts import HomeOwnership, Item, PersonFacts
from domain.filings import TaxReturn
from domain.words import Outcome
from law.acquisition_tax import Purchase, acquisition_tax
from law.rulebook import Rulebook


def homes_after(deal: Deal, facts: PersonFacts) -> int | None:
    """Homes of the buyer with this one: from the register under consent, else as the buyer declared, else unknown."""
    for fact in facts.facts:
        if fact.item is Item.HOME_OWNERSHIP:
            owned = HomeOwnership.model_validate(fact.value).homes
            return 1 + sum(1 for home in owned if home.disposed_on is None)
    declared: dict[str, Any] | None = deal.record.get("declaration")
    return None if declared is None else 1 + int(declared["homes_before"])


def tax_return(
    deal: Deal, reference: str, facts: PersonFacts, *, acquired_on: Any, rulebook: Rulebook, poll: float
) -> TaxReturn:
    """취득세 신고서 with the taxes as the law computes them; NotYet while a deciding fact is missing."""
    regulated = deal.notice.regulated if deal.notice else None
    purchase = Purchase(
        acquired_on=acquired_on,
        base=deal.full_price,
        exclusive_area=deal.home.exclusive_area,
        homes_after=homes_after(deal, facts),
        regulated=regulated,
    )
    decision = acquisition_tax(purchase, rulebook)
    if purchase.homes_after is None or decision.outcome is not Outcome.YES:
        raise NotYet("waiting_for_declaration", retry_after=poll)
    return TaxReturn(
        reference=reference,
        report_no=deal.certificate_no,
        property=deal.home,
        taxpayer_ref=deal.refs[deal.buyer.person_id],
        acquired_on=acquired_on,
        base=deal.full_price,
        homes_after=purchase.homes_after,
        regulated=bool(regulated),  # decides only from the second home on; there it is known, or we waited above
        acquisition_tax=decision.value["acquisition_tax"],
        education_tax=decision.value["education_tax"],
        rural_tax=decision.value["rural_tax"],
    )
