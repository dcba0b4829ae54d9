"""Income certificates (국세청)."""

from __future__ import annotations

from domain.facts import Item
from mydata_connectors.exchange import Exchange
from mydata_connectors.registers import ConsentedRegister


def income_register(exchange: Exchange) -> ConsentedRegister:
    return ConsentedRegister(exchange, {Item.INCOME: f"/facts/{Item.INCOME}"})
