"""Subscription accounts at a bank that answers in the form of financial MyData: every value a string.

MyData gives the account (은행-001), its opening day (002) and its balance (003). It has no account type for the
subscription account, so it is found by its product name, and it does not tell what is recognised: that stands in
the block ``recognition``, which a bank adds here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from pydantic import JsonValue

from domain.errors import AgencyDown, AgencyRefused
from domain.facts import Fact, Item
from domain.words import Agency
from mydata_connectors.exchange import Exchange
from mydata_connectors.registers import Document, ask, fact_of
from mydata_connectors.wire import Row, parse, rows, table, unreadable

PRODUCT = "청약"
FINE = ("00000", "000")  # five digits today, three in older answers
PATH = f"/facts/{Item.SUBSCRIPTION_ACCOUNT}"
STOP = ("403", "404")  # this asset will never answer: not in a valid state, unknown, closed


@dataclass(frozen=True)
class SavingsRegister:
    """``domain.ports.Register`` of a subscription-account bank."""

    exchange: Exchange

    @property
    def agency(self) -> Agency:
        return self.exchange.agency

    async def fetch(self, item: Item, *, identity_ref: str, consent_token: str, purpose: str) -> Fact:
        """Raises ConsentNeeded, AgencyRefused (``no_record``, ``no_subscription_account``), AgencyDown."""
        path = PATH if item is Item.SUBSCRIPTION_ACCOUNT else None
        got = await ask(
            self.exchange, path, item, identity_ref=identity_ref, consent_token=consent_token, purpose=purpose
        )
        document = subscription_account(got.data)
        return fact_of(item, self.agency, document, document.value, got.body)


def subscription_account(answer: JsonValue) -> Document:
    """The 청약 account in a bank's answer, as a document. Raises AgencyRefused, AgencyDown."""
    checked(answer)
    found = table(answer, "answer")
    account = account_number(found)
    basic, detail = (_of(found.get(name), account) for name in ("basic_list", "detail_list"))
    recognised = _of(found.get("recognition"), account)
    value: JsonValue = {
        "opened_on": basic.need_day("issue_date").isoformat(),
        "payments_recognised": recognised.count("payments_recognised"),
        "amount_recognised": recognised.count("amount_recognised"),
        "deposit": detail.count("balance_amt"),
    }
    stated: dict[str, date | datetime | JsonValue] = {
        "item": Item.SUBSCRIPTION_ACCOUNT,
        "as_of": recognised.need_day("as_of"),
        "issued_at": recognised.need("issued_at"),
        "document_no": recognised.need("document_no"),
        "value": value,
    }
    return parse(Document, stated, "recognition")


def checked(answer: JsonValue) -> None:
    """The bank's own code: 403xx and 404xx end the matter, 42901 and 5xxxx are for later, 00000 is fine."""
    code = Row(table(answer, "answer")).need("rsp_code")
    if code in FINE:
        return
    if code.startswith(STOP):
        raise AgencyRefused("no_subscription_account")
    raise AgencyDown("agency_quota_used" if code.startswith("429") else "agency_fault")


def account_number(answer: JsonValue) -> str:
    """Number of the account whose product is a 청약 account and which consent covers (``is_consent``)."""
    listed = rows(table(answer, "answer").get("account_list"))
    for row in listed:
        if PRODUCT in row.text("prod_name") and row.yes("is_consent"):
            return row.need("account_num")
    raise AgencyRefused("no_subscription_account")


def _of(value: JsonValue, account: str) -> Row:
    found = [row for row in rows(value) if row.text("account_num") == account]
    return found[0] if found else unreadable("account")
