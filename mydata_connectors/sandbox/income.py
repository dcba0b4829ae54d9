"""Income certificates (국세청): last year's income of one person."""

from __future__ import annotations

from mydata_connectors.sandbox import _registers
from mydata_connectors.sandbox._agency import Agency
from mydata_connectors.sandbox._context import AgencyContext


def agency(ctx: AgencyContext) -> Agency:
    return _registers.register(ctx, "소득금액증명 조회", "Income certificates", "income", ("income",))
