"""What the city asks of a tax return, and when it gives the tax back (지방세법 §10의3, §20; 시행령 §20②)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from pydantic import BaseModel, Field

from mydata_connectors.sandbox import _acquisition_tax
from mydata_connectors.sandbox._agency import Refused
from mydata_connectors.sandbox._report_rules import PropertyIn, same_home

FILE_WITHIN = timedelta(days=60)
UNDONE_WITHIN = timedelta(days=60)


class Return(BaseModel):
    reference: str = Field(min_length=1, max_length=64)
    report_no: str
    property: PropertyIn
    taxpayer_ref: str
    acquired_on: date
    base: int = Field(ge=1, le=10**15)
    homes_after: int = Field(ge=1)
    regulated: bool
    temporary_two_homes: bool = False
    acquisition_tax: int = Field(ge=0)
    education_tax: int = Field(ge=0)
    rural_tax: int = Field(ge=0)


class Refund(BaseModel):
    reference: str = Field(min_length=1, max_length=64)
    return_no: str
    report_no: str


def check(filed: Return, certificate: dict[str, Any] | None, today: date) -> _acquisition_tax.Taxes:
    """The taxes as the city computes them. ``Refused`` when the return differs from them or from the report."""
    if certificate is None:
        raise Refused("report_missing", "no report of this sale exists yet")
    if certificate["state"] != "current":
        raise Refused("report_not_current", f"the certificate is {certificate['state']}")
    share = _share(certificate, filed.taxpayer_ref)
    if not same_home(certificate["property"], filed.property.model_dump()):
        raise Refused("property_differs", "not the property of the report")
    _check_dates(filed, date.fromisoformat(certificate["contract_date"]), today)
    if filed.base < certificate["price"] * share:
        raise Refused("base_below_price", f"the reported price is {certificate['price']} won")
    return _check_amounts(filed, share)


def _share(certificate: dict[str, Any], taxpayer: str) -> Fraction:
    shares = [p["share"] for p in certificate["parties"] if p["role"] == "buyer" and p["identity_ref"] == taxpayer]
    if not shares:
        raise Refused("taxpayer_differs", "the taxpayer is not a buyer of the report")
    return Fraction(shares[0])


def _check_dates(filed: Return, contract_date: date, today: date) -> None:
    if not contract_date <= filed.acquired_on <= today:
        raise Refused("acquisition_date_wrong", "the day of acquisition does not fit")
    if today - filed.acquired_on > FILE_WITHIN:
        raise Refused("return_late", "60 days have passed: to be assessed at the city office")


def _check_amounts(filed: Return, share: Fraction) -> _acquisition_tax.Taxes:
    moving = filed.temporary_two_homes and filed.homes_after == 2
    own = _acquisition_tax.taxes(
        base=filed.base, whole_price=int(filed.base / share), area=Decimal(filed.property.exclusive_area),
        homes_after=filed.homes_after, regulated=filed.regulated and not moving,
    )  # fmt: skip
    if (filed.acquisition_tax, filed.education_tax, filed.rural_tax) != tuple(own):
        figures = f"acquisition {own.acquisition}, education {own.education}, rural {own.rural}"
        raise Refused("amount_differs", f"the city computes {figures}")
    if own.total == 0:
        raise Refused("nothing_to_pay", "the tax is below ten won")
    return own


def check_refund(filed: Return, certificate: dict[str, Any] | None, title: dict[str, Any] | None) -> None:
    """No acquisition: dissolved within 60 days, reported so, and not registered."""
    if certificate is None or certificate["state"] != "cancelled":
        raise Refused("not_dissolved", "the dissolution is not reported")
    if date.fromisoformat(certificate["cancelled_on"]) - filed.acquired_on > UNDONE_WITHIN:
        raise Refused("dissolved_too_late", "60 days from the acquisition had passed")
    if title is not None and title["owner_ref"] == filed.taxpayer_ref:
        raise Refused("registered_already", "the transfer is registered: it was an acquisition")
