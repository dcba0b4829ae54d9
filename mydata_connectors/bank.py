"""The bank: deposits with its signed statement, electronic revenue stamps, releases of money that is held."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from domain.filings import Bill, Deposit
from domain.model import Model
from mydata_connectors.billing import bill
from mydata_connectors.envelope import NotGenuine, open_token
from mydata_connectors.exchange import Exchange
from mydata_connectors.wire import parse, unreadable

STAMPS: Final = "stamps"
RELEASES: Final = "releases"
PURPOSE: Final = "payment"


class _Deposits(Model):
    items: tuple[Deposit, ...]


@dataclass(frozen=True)
class BankDesk:
    """``domain.ports.Bank``."""

    exchange: Exchange

    async def deposits(self, account: str, memo: str) -> list[Deposit]:
        """Incoming transfers under one memo, oldest first; each statement is checked to be the bank's about it."""
        got = await self.exchange.get("/deposits", query={"account": account, "memo": memo})
        found = parse(_Deposits, got.data, "deposits").items
        for deposit in found:
            self._check(deposit)
        return list(found)

    async def bill(self, number: str) -> Bill:
        return await bill(self.exchange, STAMPS, number)

    def _check(self, deposit: Deposit) -> None:
        """A statement that says something else than the answer would be refused where it serves as proof."""
        try:
            claims = open_token(deposit.statement_jws, self.exchange.agency_key, kid=self.exchange.agency)
        except NotGenuine:
            unreadable("statement")
        said = tuple(claims.get(name) for name in ("kind", "number", "account", "amount", "memo"))
        if said != ("deposit", deposit.number, deposit.account, deposit.amount, deposit.memo):
            unreadable("statement")
