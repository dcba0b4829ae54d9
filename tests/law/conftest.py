"""Builders that the law's tests share: a rulebook, notices, wishes and entries made of a few words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.applications import ReceivedEntry, SelectionFacts
from domain.notices import HouseType, Notice
from domain.words import Agency, HousingKind, SupplyKind
from law.rulebook import Rulebook, load

BuildNotice = Callable[..., Notice]
BuildEntry = Callable[..., ReceivedEntry]


@pytest.fixture(scope="session")
def book() -> Rulebook:
    return load("normal")


@pytest.fixture(scope="session")
def build_notice() -> BuildNotice:
    def build(as_of: date = date(2026, 10, 1), /, **terms: Any) -> Notice:
        units = terms.pop("units", {"general": 20, "newlywed": 5, "first_home": 5})
        house_type = HouseType(
            model_no="01", name="84A", exclusive_area=terms.pop("exclusive_area", "84.9"), price=800_000_000,
            units={SupplyKind(kind): number for kind, number in units.items()},
            unit_numbers=terms.pop("unit_numbers", ()), lowest_floor=terms.pop("lowest_floor", ()),
        )  # fmt: skip
        opens = datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC) + timedelta(days=10)
        common: dict[str, Any] = {
            "id": "applyhome-1", "agency": Agency.APPLYHOME, "number": "1", "name": "시험", "supplier": "시험",
            "supplier_public": False, "approval_no": "과천-1", "housing_kind": "private", "region": "41290",
            "region_name": "과천시", "address": "시험", "capital_area": True, "regulated": False, "notice_date": as_of,
            "receipt_opens_at": opens, "receipt_closes_at": opens + timedelta(hours=8),
            "announcement_date": as_of + timedelta(days=20), "house_types": (house_type,),
        }  # fmt: skip
        merged = {**common, **terms}
        return Notice.model_validate({**merged, "housing_kind": HousingKind(merged["housing_kind"])})

    return build


@pytest.fixture(scope="session")
def build_entry() -> BuildEntry:
    def build(ticket: str, kind: str = "general", /, *, holder: str | None = None, **facts: Any) -> ReceivedEntry:
        known: dict[str, Any] = {"local": True, "homeless": True, "points": 50, "account_opened": "2010-01-01"}
        return ReceivedEntry(
            ticket=ticket, holder=holder or f"h-{ticket}", household=f"x-{ticket}", model_no="01",
            supply_kind=SupplyKind(kind), facts=SelectionFacts.model_validate({**known, **facts}),
            received_at=datetime(2026, 10, 12, tzinfo=UTC),
        )  # fmt: skip

    return build
