"""What the law says a contract must contain, checked before a page is laid out. A missing content names its article."""

from __future__ import annotations

from collections.abc import Callable

from domain.contracts import ContractTerms, Party
from domain.draft_rules import SHARING, are_whole
from domain.errors import Invalid
from domain.words import LeaseKind, PartyRole
from law.forms import form
from law.forms.writing import BROKERS, is_brokered

SAID = "said:"
GIVERS = {PartyRole.SELLER, PartyRole.SUPPLIER, PartyRole.LESSOR}
TAKERS = {PartyRole.BUYER, PartyRole.LESSEE}
DELIVERY = "explanation_delivered"


def check(terms: ContractTerms, *, draft: bool = False) -> None:
    """Raise Invalid naming the first missing content and its article. Of a draft no explanation is delivered yet."""
    for item in form.of(terms.kind).contents:
        if not (draft and item.needs == DELIVERY) and not _satisfied(item.needs, terms):
            raise Invalid(
                "contract_content_missing",
                field=item.needs.removeprefix(SAID),
                article=item.article,
                ko=f"계약서에 꼭 들어가야 하는 내용이 없습니다: {item.ko}. 적어 주십시오.",
                en=f"A mandatory content is missing: {item.en}. Add it.",
            )


def _satisfied(needs: str, terms: ContractTerms) -> bool:
    if needs.startswith(SAID):
        said = terms.extra.get("conditions")
        return isinstance(said, dict) and bool(said.get(needs.removeprefix(SAID)))
    return TESTS[needs](terms)


def _identified(party: Party) -> bool:
    """An office or company by its name and a person; a natural person by name and address."""
    return bool(party.name and (party.organisation or party.address))


def _parties_identified(terms: ContractTerms) -> bool:
    roles = {party.role for party in terms.parties}
    return bool(roles & GIVERS) and bool(roles & TAKERS) and all(_identified(party) for party in terms.parties)


def _payments_stated(terms: ContractTerms) -> bool:
    """Every sum has a day, except a balance that falls due at move-in (제60조제4항제4호)."""
    dated = all(payment.due_on or payment.kind == "balance" for payment in terms.payments)
    return bool(terms.payments) and dated and sum(p.amount for p in terms.payments) == terms.price + terms.option_price


def _areas_stated(terms: ContractTerms) -> bool:
    names = ("residential_common_area", "other_common_area", "land_area")
    return bool(terms.property.exclusive_area) and all(_satisfied(SAID + name, terms) for name in names)


def _explanation_delivered(terms: ContractTerms) -> bool:
    """Only a brokered deal has an explanation to deliver."""
    return not is_brokered(terms) or (terms.explanation is not None and terms.explanation.delivered_at is not None)


def _explanation_whole(terms: ContractTerms) -> bool:
    """No section is empty. Which rows a section needs is asked when the contract is drafted (``law.forms.ready``)."""
    sections = terms.explanation.sections if terms.explanation else ()
    return not is_brokered(terms) or (bool(sections) and all(section.rows for section in sections))


def _brokers_named(terms: ContractTerms) -> bool:
    brokers = [party for party in terms.parties if party.role in BROKERS]
    return all(broker.organisation and broker.registration_no for broker in brokers)


def _rent_stated(terms: ContractTerms) -> bool:
    return terms.lease is not None and (not terms.lease.monthly_rent or terms.lease.rent_day is not None)


def _fee_stated(terms: ContractTerms) -> bool:
    """A fee says what it is for; none is said too."""
    lease = terms.lease
    return lease is not None and (lease.management_fee is None or bool(lease.management_basis))


def _of_lease(name: str) -> Callable[[ContractTerms], bool]:
    return lambda terms: bool(terms.lease and getattr(terms.lease, name))


TESTS: dict[str, Callable[[ContractTerms], bool]] = {
    "parties_identified": _parties_identified,
    "shares_stated": lambda terms: all(
        are_whole([party.share for party in terms.parties if party.role is role]) for role in SHARING
    ),
    "property_described": lambda terms: bool(
        terms.property.lot_address and terms.property.building and terms.property.exclusive_area
    ),
    "made_on": lambda terms: bool(terms.made_on),
    "payments_stated": _payments_stated,
    "handover_stated": lambda terms: terms.handover_on is not None,
    "right_named": lambda terms: bool(terms.property.unique_no or terms.property.land_share),
    "special_written": lambda terms: all(terms.special_clauses),
    DELIVERY: _explanation_delivered,
    "explanation_whole": _explanation_whole,
    "clauses_written": lambda terms: bool(terms.clauses),
    "brokers_named": _brokers_named,
    "move_in_stated": lambda terms: bool(terms.extra.get("move_in")),
    "areas_stated": _areas_stated,
    "original_named": lambda terms: terms.supersedes is not None and bool(terms.extra.get("original_digest")),
    "settlement_stated": lambda terms: {"refund", "forfeited"} <= terms.extra.keys(),
    "changes_stated": lambda terms: bool(terms.changes),
    "part_described": lambda terms: bool(terms.lease and terms.lease.part and terms.lease.part_area),
    "rent_stated": _rent_stated,
    "fee_stated": _fee_stated,
    "term_stated": lambda terms: terms.lease is not None and terms.lease.starts_on < terms.lease.ends_on,
    "former_stated": lambda terms: bool(
        terms.lease and (terms.lease.kind is LeaseKind.NEW or terms.lease.former is not None)
    ),
    "taxes_shown": _of_lease("unpaid_taxes"),
    "dates_shown": _of_lease("fixed_dates"),
    "repairs_stated": _of_lease("repairs"),
    "principal_and_agent": lambda terms: (
        {one.role for one in terms.parties if _identified(one)} == {PartyRole.PRINCIPAL, PartyRole.ATTORNEY}
    ),
    "powers_stated": lambda terms: bool(terms.power and terms.power.powers and terms.power.purpose),
}
