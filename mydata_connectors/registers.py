"""What the registers about people have in common: one item, under one person's consent, becomes one fact."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import JsonValue

from domain.errors import Invalid
from domain.facts import (
    PROVIDER,
    AddressHistory,
    Fact,
    HomeOwnership,
    Household,
    Income,
    Item,
    Marriage,
    PastWins,
    SubscriptionAccount,
)
from domain.model import Model
from domain.words import Agency
from mydata_connectors.exchange import Exchange, Received
from mydata_connectors.reading import reading
from mydata_connectors.wire import parse, unreadable

VALUES: Mapping[Item, type[Model]] = {
    Item.ADDRESS_HISTORY: AddressHistory,
    Item.HOUSEHOLD: Household,
    Item.MARRIAGE: Marriage,
    Item.SUBSCRIPTION_ACCOUNT: SubscriptionAccount,
    Item.HOME_OWNERSHIP: HomeOwnership,
    Item.PAST_WINS: PastWins,
    Item.INCOME: Income,
}


class Document(Model):
    """A register's answer: what, as of when, under which number."""

    item: Item
    as_of: date
    issued_at: datetime
    document_no: str
    value: JsonValue


@dataclass(frozen=True)
class ConsentedRegister:
    """``domain.ports.Register`` for registers that answer with a ``Document``. ``paths``: where each item is asked."""

    exchange: Exchange
    paths: Mapping[Item, str]

    @property
    def agency(self) -> Agency:
        return self.exchange.agency

    async def fetch(self, item: Item, *, identity_ref: str, consent_token: str, purpose: str) -> Fact:
        """Raises ConsentNeeded, AgencyRefused (``no_record``), AgencyDown."""
        got = await ask(
            self.exchange, self.paths.get(item), item,
            identity_ref=identity_ref, consent_token=consent_token, purpose=purpose,
        )  # fmt: skip
        return to_fact(item, self.agency, got)


async def ask(
    exchange: Exchange, path: str | None, item: Item, *, identity_ref: str, consent_token: str, purpose: str
) -> Received:
    """One question under consent. It changes nothing, so an unknown outcome is only a register that is down."""
    if path is None or PROVIDER[item] is not exchange.agency:
        raise Invalid("unknown_item", field="item")
    return await reading(exchange.post(path, {}, purpose=purpose, consent=consent_token, subject_ref=identity_ref))


def to_fact(item: Item, agency: Agency, got: Received) -> Fact:
    """The fact that a document states, its value in the words of ``domain.facts``. Raises AgencyDown (unreadable)."""
    document = parse(Document, got.data, "document")
    if document.item is not item:
        unreadable("item")
    return fact_of(item, agency, document, document.value, got.body)


def fact_of(item: Item, agency: Agency, document: Document, value: JsonValue, raw: bytes) -> Fact:
    stated = parse(VALUES[item], value, item)
    return Fact(
        item=item,
        value=stated.model_dump(mode="json"),
        source=agency,
        as_of=document.as_of,
        issued_at=document.issued_at,
        document_no=document.document_no,
        sha256=hashlib.sha256(raw).hexdigest(),
    )
