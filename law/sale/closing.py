"""The closing sheets: what the buyer pays besides the price, and what the seller is left with.

Sums only; each part is a rule or a fact of its own. Checked 2026-11-23 against the worked sheet of the dossier.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from domain.words import Won
from law.rules import Case, Fact, Trigger, rule
from law.sale.bond import bond_resale_cost
from law.sale.brokerage import brokerage_ceiling, brokerage_vat
from law.sale.counting import Sum
from law.sale.facts import sale_price
from law.sale.registry import mortgage_cancellation_cost, registration_fee, scrivener_fee_most
from law.sale.stamp import stamp_duty
from law.sale.taxes import AcquisitionTaxes, acquisition_tax
from law.vocabulary import Stated

ARTICLE = "지방세법 제20조, 인지세법 제3조, 주택도시기금법 제8조, 공인중개사법 제32조"


def _won(name: str, ko: str, en: str) -> Fact[int]:
    return Fact[int](name, ko, en, unit="won", kind=Won, default=0)


stamp_parts = Fact[int](
    "stamp_parts", "인지세를 나누는 당사자 수", "parties who share the stamp duty equally",
    kind=Annotated[int, Field(ge=1, le=10)], default=2,
)  # fmt: skip
with_scrivener = Fact[bool]("with_scrivener", "법무사에게 맡김", "a scrivener files", kind=bool, default=False)
balance_received = Fact[int]("balance_received", "받을 잔금", "balance to be received", unit="won", kind=Won)
mortgage_payoff = _won("mortgage_payoff", "근저당 상환액", "payoff of the mortgage, interest and fees included")
lease_taken_over = _won("lease_taken_over", "승계·반환할 임차보증금", "lease deposits taken over or returned")
running_costs = _won("running_costs", "관리비·재산세 정산액", "settlement of service charges and property tax")
has_mortgage = Fact[bool](
    "has_mortgage", "말소할 근저당이 있는지", "a mortgage is to be cancelled", kind=bool, default=False
)


class BuyerCosts(Stated):
    """Won. ``total``: everything besides the price."""

    acquisition_tax: Sum
    education_tax: Sum
    rural_tax: Sum
    stamp_duty: Sum
    bond_cost: Sum
    registry_fee: Sum
    brokerage: Sum
    brokerage_vat: Sum
    scrivener: Sum = 0
    scrivener_vat: Sum = 0
    total: Sum


@rule(
    "buyer_closing_sheet", acquisition_tax, stamp_duty, stamp_parts, bond_resale_cost, registration_fee,
    brokerage_ceiling, brokerage_vat, with_scrivener, scrivener_fee_most,
    ko="매수인 부대비용", en="What the buyer pays besides the price", article=ARTICLE, trigger=Trigger.ACQUISITION,
)  # fmt: skip
def buyer_closing_sheet(case: Case) -> BuyerCosts:
    """Brokerage and scrivener at their ceilings; the bond sold at once."""
    taxes: AcquisitionTaxes = case[acquisition_tax]
    fee = case[scrivener_fee_most] if case[with_scrivener] else 0
    parts = {
        "acquisition_tax": taxes.acquisition_tax,
        "education_tax": taxes.education_tax,
        "rural_tax": taxes.rural_tax,
        "stamp_duty": case[stamp_duty] // case[stamp_parts],
        "bond_cost": case[bond_resale_cost],
        "registry_fee": case[registration_fee],
        "brokerage": case[brokerage_ceiling],
        "brokerage_vat": case[brokerage_vat],
        "scrivener": fee,
        "scrivener_vat": fee * case.row("vat_percent").value // 100,
    }
    total = case.state(ARTICLE, sum(parts.values()), ko="부대비용 합계 {value}원", en="{value} won besides the price")
    return BuyerCosts(**parts, total=total)


@rule(
    "seller_net", balance_received, mortgage_payoff, lease_taken_over, running_costs, has_mortgage,
    mortgage_cancellation_cost, brokerage_ceiling, brokerage_vat, sale_price,
    ko="매도인 순수령액", en="What the seller is left with on the day", article=ARTICLE, trigger=Trigger.ACQUISITION,
    unit="won",
)  # fmt: skip
def seller_net(case: Case) -> int:
    """Balance less payoff, deposits, settlements, brokerage with VAT and the cancellation; negative: to be added."""
    net = case[balance_received] - case[mortgage_payoff] - case[lease_taken_over] - case[running_costs]
    net -= case[brokerage_ceiling] + case[brokerage_vat]
    if case[has_mortgage]:
        net -= case[mortgage_cancellation_cost].total
    return case.state(ARTICLE, net, ko="순수령액 {value}원", en="{value} won remain")
