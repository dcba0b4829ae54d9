"""The agencies' own small tables against the hand-computed examples of the facts, and payment numbers."""

from __future__ import annotations

from decimal import Decimal

import pytest

from mydata_connectors.sandbox import _bills
from mydata_connectors.sandbox._acquisition_tax import taxes
from mydata_connectors.sandbox.bank import stamp_duty
from mydata_connectors.sandbox.bond import purchase

MILLION = 1_000_000


@pytest.mark.parametrize(
    ("base", "area", "homes", "regulated", "expected"),
    [
        (370, "84.9", 1, False, (3_700_000, 370_000, 0)),
        (630, "84", 1, False, (7_560_000, 756_000, 0)),
        (742, "101", 1, False, (14_469_000, 1_446_900, 1_484_000)),
        (835, "84", 1, False, (21_459_500, 2_145_950, 0)),
        (960, "84", 1, False, (28_800_000, 2_880_000, 0)),
        (1300, "120", 1, False, (39_000_000, 3_900_000, 2_600_000)),
        (880, "84", 2, True, (70_400_000, 3_520_000, 0)),
        (1100, "130", 2, True, (88_000_000, 4_400_000, 6_600_000)),
        (440, "59", 3, False, (35_200_000, 1_760_000, 0)),
        (440, "99", 4, False, (52_800_000, 1_760_000, 4_400_000)),
        (600, "85", 2, False, (6_000_000, 600_000, 0)),
        (900, "85", 1, False, (27_000_000, 2_700_000, 0)),
    ],
)
def test_acquisition_tax(base: int, area: str, homes: int, regulated: bool, expected: tuple[int, int, int]) -> None:
    won = base * MILLION
    own = taxes(base=won, whole_price=won, area=Decimal(area), homes_after=homes, regulated=regulated)
    assert tuple(own) == expected


def test_a_half_is_taxed_at_the_rate_of_the_whole() -> None:
    own = taxes(base=417_500_000, whole_price=835 * MILLION, area=Decimal(84), homes_after=1, regulated=False)
    assert own[:2] == (10_729_750, 1_072_970)


@pytest.mark.parametrize(
    ("value", "metro", "amount"),
    [
        (580 * MILLION, True, 15_080_000), (580 * MILLION, False, 12_180_000), (259_990_000, True, 5_980_000),
        (260 * MILLION, True, 6_760_000), (700 * MILLION, True, 21_700_000), (19_999_999, False, 0),
        (20 * MILLION, False, 260_000), (312 * MILLION, False, 6_550_000),
    ],
)  # fmt: skip
def test_housing_bond(value: int, metro: bool, amount: int) -> None:
    assert purchase(value, metro) == amount


@pytest.mark.parametrize(
    ("contract", "duty"),
    [(100 * MILLION, 0), (100 * MILLION + 1, 150_000), (1000 * MILLION, 150_000), (1000 * MILLION + 1, 350_000)],
)
def test_stamp_duty(contract: int, duty: int) -> None:
    assert stamp_duty(contract) == duty


def test_a_mistyped_payment_number_is_noticed() -> None:
    digits = "110000000000001234"
    number = digits + _bills._check_digit(digits)
    assert _bills.issuer(number) == "wetax"
    for place in range(19):
        wrong = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
        assert _bills.issuer(wrong) is None
    assert _bills.issuer("٣" * 19) is None
