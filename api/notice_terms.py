"""What an officer publishes: the strict form of ``domain.notices.Notice``."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from api.inputs import (
    NO_CONTROL,
    NO_CONTROL_BUT_LINES,
    Area,
    At,
    Count,
    Day,
    Flag,
    LongText,
    ModelNo,
    Price,
    Strict,
    Text,
    Word,
)
from domain import ids
from domain.notices import Account, HouseType, Notice, Option, Payment, SupplyConditions
from domain.words import Agency, HousingKind, SupplyKind

Number = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{4,40}$")]
Region = Annotated[str, StringConstraints(pattern=r"^\d{5}$")]
Month = Annotated[str, StringConstraints(pattern=r"^\d{4}(0[1-9]|1[0-2])$")]
UnitNo = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z가-힣]{1,8}-[0-9A-Za-z가-힣]{1,8}$")]
Digits = Annotated[str, StringConstraints(pattern=r"^[0-9-]{6,30}$")]
Said = Annotated[Text, StringConstraints(max_length=2000, pattern=NO_CONTROL_BUT_LINES)]
AreaOrNot = Annotated[str, StringConstraints(pattern=r"^(\d{1,6}(\.\d{1,4})?)?$")]
Url = Annotated[str, StringConstraints(max_length=500, pattern=r"^https?://[^\s\x00-\x1f\x7f]+$")]


class OptionTerms(Strict):
    code: ModelNo
    name: Word
    price: Price


class PaymentTerms(Strict):
    kind: Literal["deposit", "instalment", "balance"]
    number: Annotated[int, Field(strict=True, ge=1, le=30)] = 1
    share_bp: Annotated[int, Field(strict=True, ge=1, le=10_000)]
    due_on: Day | None = None


class HouseTypeTerms(Strict):
    model_no: ModelNo
    name: Word
    exclusive_area: Area
    price: Price
    units: Annotated[dict[SupplyKind, Count], Field(min_length=1)]
    unit_numbers: Annotated[list[UnitNo], Field(max_length=20_000)] = []


class AccountTerms(Strict):
    bank: Word
    number: Digits
    holder: Word


class ConditionsTerms(Strict):
    residential_common_area: AreaOrNot = ""
    other_common_area: AreaOrNot = ""
    land_area: AreaOrNot = ""
    resale_limit: Said = ""
    guarantee: Said = ""
    surface_right: Said = ""
    late_fee: Said = ""
    delay_damages: Said = ""
    loan: Said = ""
    defects: Said = ""
    cancellation: Said = ""
    bond: Said = ""


class BeaconTerms(Strict):
    """A round of the public random source that this site uses, by its name."""

    source: Word
    round: Annotated[int, Field(strict=True, ge=1, le=10**12)]


class NoticeTerms(Strict):
    """Terms of a new notice. Under a time-shortening rulebook the receipt window runs from publication."""

    agency: Literal[Agency.APPLYHOME, Agency.LH]
    number: Number
    name: Annotated[Text, StringConstraints(min_length=1, max_length=200, pattern=NO_CONTROL)]
    housing_kind: HousingKind
    supplier: Word
    supplier_public: Flag
    approval_no: Word | None = None
    region: Region
    region_name: Word
    address: LongText
    capital_area: Flag
    regulated: Flag
    overheated: Flag | None = None
    price_capped: Flag | None = None
    notice_date: Day
    receipt_opens_at: At
    receipt_closes_at: At
    announcement_date: Day
    contract_from: Day | None = None
    contract_until: Day | None = None
    move_in: Month | None = None
    house_types: Annotated[list[HouseTypeTerms], Field(min_length=1, max_length=100)]
    payments: Annotated[list[PaymentTerms], Field(min_length=2, max_length=32)]
    deposit_account: AccountTerms
    options: Annotated[list[OptionTerms], Field(max_length=50)] = []
    conditions: ConditionsTerms
    wait_list_ratio_pct: Annotated[int, Field(strict=True, ge=0, le=1000)] = 500
    url: Url | None = None
    beacon: BeaconTerms | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if sum(part.share_bp for part in self.payments) != 10_000:
            raise ValueError("the shares of the payments must make 10000")
        models = [house.model_no for house in self.house_types]
        if len(set(models)) < len(models):
            raise ValueError("a house type is named twice")
        units = [unit for house in self.house_types for unit in house.unit_numbers]
        if len(set(units)) < len(units):
            raise ValueError("a unit is named twice")
        return self

    def notice(self, published_at: datetime) -> Notice:
        """The notice in the words of ``domain``."""
        apart = {"house_types", "payments", "deposit_account", "options", "conditions", "beacon"}
        values = self.model_dump(exclude=apart)
        return Notice(
            **values, id=ids.notice_id(self.agency, self.number), published_at=published_at,
            house_types=tuple(HouseType.model_validate(one.model_dump()) for one in self.house_types),
            payments=tuple(Payment(**part.model_dump()) for part in self.payments),
            deposit_account=Account(**self.deposit_account.model_dump()),
            options=tuple(Option(**one.model_dump()) for one in self.options),
            conditions=SupplyConditions(**self.conditions.model_dump()),
        )  # fmt: skip
