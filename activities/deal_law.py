"""A deal as the law's rules ask for it: one set of facts for report, taxes, bond, plans and papers of one contract.

Every home that is carried here is a flat with a register of its own. Facts that a decision needs and nobody has
stated are asked for where they decide; none is assumed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

from pydantic import JsonValue

from domain.contracts import ContractTerms, PropertyTerms
from domain.errors import AskPerson, LawForbids
from domain.notices import Notice
from domain.words import ContractKind, Outcome, PartyRole, Won
from law.rulebook import Rulebook
from law.rules import Case, Rule
from law.sale.area import permit_zone
from law.sale.brokerage import brokerage_ceiling, brokerage_lease_ceiling, lease_base, sale_base
from law.sale.permit import land_permit
from law.sale.taxes import acquisition_tax

T = TypeVar("T")
BROKERS = (PartyRole.SELLER_BROKER, PartyRole.BUYER_BROKER)
# 건축물의 용도 (건축법 시행령 별표 1 제2호) of the building ledger.
BUILDINGS = {
    "아파트": "apartment", "연립주택": "row_house", "다세대주택": "multi_unit", "도시형생활주택": "urban_living",
}  # fmt: skip
PERCENT_BP = 100  # ten-thousandths in a hundredth
LAND_PART = re.compile(r"^(\d{1,4}(?:\.\d{1,4})?)/")  # m² of a land share as registers write it: 36.52/41250.3


def deal_case(
    terms: ContractTerms,
    day: date,
    rulebook: Rulebook,
    *,
    notice: Notice | None = None,
    home: PropertyTerms | None = None,
    **more: Any,
) -> Case:
    """The contract's own facts and ``more``, as of ``day``, the one that the rule's trigger names. ``home``: as the
    register has it meanwhile, where it stands there only after the contract."""
    facts = _facts(terms, home or terms.property, notice)
    sources: dict[str, JsonValue] = {name: {"contract": terms.digest()} for name in facts}
    return Case(day, rulebook, {**facts, **more}, sources)


def _facts(terms: ContractTerms, home: PropertyTerms, notice: Notice | None) -> dict[str, Any]:
    permit = permit_of(terms)
    land = LAND_PART.match(home.land_share)
    stated = {
        "contract_kind": terms.kind,
        "contract_brokers": tuple(party.role for party in terms.parties if party.role in BROKERS),
        "public_party_role": PartyRole.SUPPLIER if notice and notice.supplier_public else None,
        "sale_price": terms.price,
        "option_price": terms.option_price,
        "exclusive_area": home.exclusive_area,
        "property_region": home.region or None,
        "building_kind": BUILDINGS.get(home.use),
        "land_area": land[1] if land else None,
        "permit_zone": permit.get("zone"),
        "land_zone": permit.get("land_zone"),
    }
    return {name: value for name, value in stated.items() if value is not None}


def permit_of(terms: ContractTerms) -> Mapping[str, Any]:
    """What the broker said of a permit zone: zone, land_zone, number."""
    said = terms.extra.get("permit")
    return said if isinstance(said, dict) else {}


def settled(rule: Rule[T], case: Case) -> T:
    """The rule's value, for acts that must not rest on a guess."""
    finding = case.judge(rule)
    if finding.outcome is Outcome.CANNOT_TELL:
        missing = ", ".join(finding.missing)
        raise AskPerson(
            "law_cannot_tell", article=rule.article,
            ko=f"{rule.ko}: 법령 자료만으로 정할 수 없습니다. 확인할 것: {missing}",
            en=f"{rule.en}: the data do not settle it. To be found out: {missing}",
        )  # fmt: skip
    value: T = finding.value
    return value


def brokerage(terms: ContractTerms, price: Won, rulebook: Rulebook) -> tuple[Won, str]:
    """The most that each side may be asked for the contract at ``price``, and why (공인중개사법 제32조)."""
    lease = terms.lease
    facts = {"lease_deposit": price, "monthly_rent": lease.monthly_rent} if lease else {"sale_price": price}
    case, rule = Case(terms.made_on, rulebook, facts), brokerage_lease_ceiling if lease else brokerage_ceiling
    base = settled(lease_base if lease else sale_base, case)
    return settled(rule, case), f"거래금액 {base:,}원: {case.judge(rule).reasons[-1].ko}"


def with_taxes(terms: ContractTerms, rulebook: Rulebook) -> ContractTerms:
    """The explanation tells what acquiring costs in taxes with no other home (공인중개사법 시행령 제21조제1항제9호)."""
    if terms.explanation is None or terms.kind is not ContractKind.SALE:
        return terms
    plain: dict[str, Any] = {"acquisition_cause": "purchase", "heavy_rate_bp": 0, "luxury_added_bp": 0}
    found = settled(acquisition_tax, deal_case(terms, terms.made_on, rulebook, **plain))
    sums = (("취득세", found.acquisition_tax), ("지방교육세", found.education_tax), ("농어촌특별세", found.rural_tax))
    said = ", ".join(f"{name} {amount:,}원" for name, amount in sums)
    rate = f"{found.rate_bp / PERCENT_BP:g} %"
    taxes = f"1주택 기준 {said} (취득세율 {rate}). 주택 수와 지역에 따라 중과될 수 있습니다 (지방세법 제13조의2)."
    return terms.model_copy(update={"explanation": terms.explanation.model_copy(update={"taxes": taxes})})


def check_permit(terms: ContractTerms, rulebook: Rulebook) -> None:
    """LawForbids where the home lies in a permit zone and nobody has named the permit: the contract would be void."""
    case = deal_case(terms, terms.made_on, rulebook)
    inside = case.judge(permit_zone).outcome is Outcome.YES
    if inside and not permit_of(terms).get("number") and case.judge(land_permit).outcome is not Outcome.NO:
        raise LawForbids(
            "permit_missing", field="permit_no", article="부동산 거래신고 등에 관한 법률 제11조제1항·제6항",
            ko="토지거래허가구역의 주택입니다. 허가 없이 맺은 계약은 효력이 없으니, 먼저 공동으로 허가를 받아 "
            "허가번호를 적어 주십시오.",
            en="The home lies in a land-transaction permit zone: without the permit the contract has no effect. "
            "Both parties apply first; then give the permit's number.",
        )  # fmt: skip
