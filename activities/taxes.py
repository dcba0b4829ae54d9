"""Sums of a transfer by law, from the deal's own facts."""

from __future__ import annotations

from datetime import date
from typing import Any

from activities.deal import Deal
from activities.deal_law import deal_case
from domain.errors import NotYet
from domain.facts import HomeOwnership, Item, PersonFacts
from domain.filings import TaxReturn
from law.rulebook import Rulebook
from law.rules import Case
from law.sale.area import home_adjusted
from law.sale.taxes import AcquisitionTaxes, acquisition_tax
from law.sale.two_homes import temporary_two_homes


def homes_after(deal: Deal, facts: PersonFacts) -> int | None:
    """Homes of the buyer with this one: from the register under consent, else as the buyer declared, else unknown."""
    for fact in facts.facts:
        if fact.item is Item.HOME_OWNERSHIP:
            owned = HomeOwnership.model_validate(fact.value).homes
            return 1 + sum(1 for home in owned if home.disposed_on is None)
    declared: dict[str, Any] | None = deal.record.get("declaration")
    return None if declared is None else 1 + int(declared["homes_before"])


def tax_return(
    deal: Deal,
    reference: str,
    facts: PersonFacts,
    *,
    acquired_on: date,
    deposit_proven: bool,
    rulebook: Rulebook,
    poll: float,
) -> TaxReturn:
    """취득세 신고서 with the taxes as the law computes them; NotYet while a deciding fact is missing."""
    homes = homes_after(deal, facts)
    said: dict[str, Any] = deal.record.get("declaration") or {}
    known = {
        "homes_after": homes,
        "home_adjusted": said.get("home_adjusted"),
        "standard_value": _standard(deal),
        # A contract from before a designation counts where its deposit is proven (지방세법 제13조의2제4항).
        "proven_contract_on": deal.terms.made_on if deposit_proven else None,
    }
    more: dict[str, Any] = {name: value for name, value in known.items() if value is not None}

    def case(moving: bool) -> Case:
        return deal_case(
            deal.terms, acquired_on, rulebook, home=deal.home, supply_contract=deal.is_supply,
            moving_house=moving, **more,
        )  # fmt: skip

    # Temporary two homes are a claim: the buyer is asked only where it would change the tax.
    claims = (False, True) if said.get("moving_house") is None else (bool(said["moving_house"]),)
    cases = [case(moving) for moving in claims]
    taxes: list[AcquisitionTaxes | None] = [one.judge(acquisition_tax).value for one in cases]
    first = taxes[0]
    if homes is None or first is None or any(other != first for other in taxes):
        raise NotYet("waiting_for_declaration", retry_after=poll)
    return TaxReturn(
        reference=reference,
        report_no=deal.certificate_no,
        property=deal.home,
        taxpayer_ref=deal.refs[deal.buyer.person_id],
        acquired_on=acquired_on,
        base=deal.full_price,
        homes_after=homes,
        regulated=cases[0].judge(home_adjusted).value is True,  # where it decides, it is known
        temporary_two_homes=cases[0].judge(temporary_two_homes).value is True,
        acquisition_tax=first.acquisition_tax,
        education_tax=first.education_tax,
        rural_tax=first.rural_tax,
    )


def _standard(deal: Deal) -> int | None:
    """Only very large homes are asked for it (고급주택)."""
    found = deal.record.get("standard_value")
    return deal.home.official_price if found is None else int(found["value"])
