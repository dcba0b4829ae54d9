"""Resident and family registers (주민등록, 가족관계등록): addresses, household, marriage."""

from __future__ import annotations

from mydata_connectors.sandbox import _registers
from mydata_connectors.sandbox._agency import Agency
from mydata_connectors.sandbox._context import AgencyContext

ITEMS = ("address_history", "household", "marriage")


def agency(ctx: AgencyContext) -> Agency:
    return _registers.register(ctx, "주민·가족관계 등록 조회", "Resident and family registers", "residents", ITEMS)
