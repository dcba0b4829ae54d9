"""Mandatory contents (``contents.yaml``), checked before a page is laid out."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from domain.contracts import ContractTerms, Party
from domain.errors import Invalid
from domain.words import PartyRole

GIVERS = (PartyRole.SELLER, PartyRole.SUPPLIER)


class Item(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    item: str
    needs: str
    ko: str
    en: str


class Contents(BaseModel):
    """The mandatory list of one kind of contract; ``verified`` is the day the text of the law was compared."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    description: str
    law: str
    article: str
    verified: object
    items: tuple[Item, ...]


@cache
def mandatory() -> dict[str, Contents]:
    rows = yaml.safe_load(Path(__file__).with_name("contents.yaml").read_text("utf-8"))
    return {kind: Contents.model_validate(row) for kind, row in rows.items()}


def check(terms: ContractTerms) -> None:
    """Raise Invalid naming the first missing content and its article."""
    contents = mandatory()[terms.kind.value]
    for item in contents.items:
        if not _satisfied(item.needs, terms):
            raise Invalid(
                "contract_content_missing",
                field=item.needs.removeprefix("said:"),
                article=f"{contents.law} {contents.article}{item.item if item.item.startswith('제') else ''}",
                ko=f"계약서에 꼭 들어가야 하는 내용이 없습니다: {item.ko}",
                en=f"A mandatory content is missing: {item.en}.",
            )


def _satisfied(needs: str, terms: ContractTerms) -> bool:
    if needs.startswith("said:"):
        said = terms.extra.get("conditions")
        return isinstance(said, dict) and bool(said.get(needs.removeprefix("said:")))
    return TESTS[needs](terms)


def _identified(party: Party) -> bool:
    """An office or company by its name and a person; a natural person by name and address."""
    return bool(party.name and (party.organisation or party.address))


def _parties_identified(terms: ContractTerms) -> bool:
    roles = {party.role for party in terms.parties}
    both = PartyRole.BUYER in roles and any(role in roles for role in GIVERS)
    return both and all(_identified(party) for party in terms.parties)


def _payments_stated(terms: ContractTerms) -> bool:
    """Every sum has a day, except a balance that falls due at move-in (제60조제4항제4호)."""
    dated = all(payment.due_on or payment.kind == "balance" for payment in terms.payments)
    return bool(terms.payments) and dated and sum(p.amount for p in terms.payments) == terms.price + terms.option_price


def _areas_stated(terms: ContractTerms) -> bool:
    names = ("residential_common_area", "other_common_area", "land_area")
    return bool(terms.property.exclusive_area) and all(_satisfied(f"said:{name}", terms) for name in names)


def _explanation_delivered(terms: ContractTerms) -> bool:
    """Only a brokered sale has an explanation to deliver."""
    brokered = any(party.role in (PartyRole.SELLER_BROKER, PartyRole.BUYER_BROKER) for party in terms.parties)
    return not brokered or (terms.explanation is not None and terms.explanation.delivered_at is not None)


TESTS: dict[str, Callable[[ContractTerms], bool]] = {
    "parties_identified": _parties_identified,
    "property_described": lambda terms: bool(
        terms.property.lot_address and terms.property.building and terms.property.exclusive_area
    ),
    "payments_stated": _payments_stated,
    "handover_stated": lambda terms: terms.handover_on is not None,
    "right_named": lambda terms: bool(terms.property.unique_no or terms.property.land_share),
    "explanation_delivered": _explanation_delivered,
    "move_in_stated": lambda terms: bool(terms.extra.get("move_in")),
    "areas_stated": _areas_stated,
    "original_named": lambda terms: terms.supersedes is not None and bool(terms.extra.get("original_digest")),
    "settlement_stated": lambda terms: {"refund", "forfeited"} <= terms.extra.keys(),
}
