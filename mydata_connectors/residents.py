"""Resident and family registers (주민등록, 가족관계등록)."""

from __future__ import annotations

from domain.facts import Item
from mydata_connectors.exchange import Exchange
from mydata_connectors.registers import ConsentedRegister

ITEMS = (Item.ADDRESS_HISTORY, Item.HOUSEHOLD, Item.MARRIAGE)


def resident_register(exchange: Exchange) -> ConsentedRegister:
    return ConsentedRegister(exchange, {item: f"/facts/{item}" for item in ITEMS})


def past_win_register(exchange: Exchange) -> ConsentedRegister:
    """The list of winners that 한국부동산원 keeps (제57조제3항), at 청약홈."""
    return ConsentedRegister(exchange, {Item.PAST_WINS: "/wins/search"})
