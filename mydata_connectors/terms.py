"""The machine-readable part of a notice that the published formats leave out.

``GET /notices/{number}/terms`` is our proposed extension, served by the sandbox's agencies: what an applicant and
a contract need and what today stands only in the notice's PDF (account, payment plan, options, instants, prices).
"""

from __future__ import annotations

from datetime import datetime

from domain.model import Model
from domain.notices import Account, Option, Payment, SupplyConditions
from domain.words import SupplyKind, Won

SAID_BY_SOME = ("regulated", "overheated", "price_capped", "region", "region_name")  # 청약홈 says them, LH does not


class TypeTerms(Model):
    """One house type: price in won and homes on offer by supply kind."""

    model_no: str
    price: Won
    units: dict[SupplyKind, int]
    unit_numbers: tuple[str, ...] = ()


class Terms(Model):
    """``region`` is the 5-digit 시군구 code of the site."""

    number: str
    version: int = 1
    supplier: str
    supplier_public: bool
    approval_no: str | None = None
    region: str
    region_name: str
    regulated: bool
    overheated: bool | None = None
    price_capped: bool | None = None
    receipt_opens_at: datetime
    receipt_closes_at: datetime
    house_types: tuple[TypeTerms, ...]
    payments: tuple[Payment, ...] = ()
    deposit_account: Account | None = None
    options: tuple[Option, ...] = ()
    unique_nos: dict[str, str] = {}
    conditions: SupplyConditions | None = None
    wait_list_ratio_pct: int = 500
    published_at: datetime | None = None

    def of_type(self, model_no: str) -> TypeTerms | None:
        return next((row for row in self.house_types if row.model_no == model_no), None)

    def beyond_published(self) -> dict[str, object]:
        """What no agency's published rows say, under the names of ``domain.notices.Notice``."""
        return self.model_dump(exclude={"number", "house_types", "supplier", *SAID_BY_SOME})
