"""The city's own small table of acquisition tax for homes bought (지방세법 §11①8, §13의2, §151①; 농특세법 §5①6).

Rates are whole ten-thousandths (``bp``) of the base; every tax is cut to ten won.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

LOW, HIGH = 600_000_000, 900_000_000  # won: 1 % up to LOW, sliding up to HIGH, 3 % above
SMALL_HOME = Decimal(85)  # m²: no rural tax up to here


class Taxes(NamedTuple):
    """Won."""

    acquisition: int
    education: int
    rural: int

    @property
    def total(self) -> int:
        return sum(self)


class Rates(NamedTuple):
    """Hundred-thousandths, so that a tenth of the main rate is whole."""

    acquisition: int
    education: int
    rural: int


def taxes(*, base: int, whole_price: int, area: Decimal, homes_after: int, regulated: bool) -> Taxes:
    """``base`` is taxed at the rate of the ``whole_price``: a share of a home does not fall into a lower band."""
    rates = _rates(whole_price, homes_after, regulated)
    rural = rates.rural if area > SMALL_HOME else 0
    return Taxes(*(_cut(base * rate // 100_000) for rate in (rates.acquisition, rates.education, rural)))


def _rates(price: int, homes_after: int, regulated: bool) -> Rates:
    heavy = homes_after + (1 if regulated else 0)
    if homes_after >= 2 and heavy >= 4:
        return Rates(12_000, 400, 1_000)
    if homes_after >= 2 and heavy >= 3:
        return Rates(8_000, 400, 600)
    normal = 10 * _normal_bp(price)
    return Rates(normal, normal // 10, 200)


def _normal_bp(price: int) -> int:
    """Between the bands (price × 2 / 300,000,000 − 3) percent, half up to whole ten-thousandths."""
    if price <= LOW:
        return 100
    if price > HIGH:
        return 300
    return (2 * (2 * price - 900_000_000) + 3_000_000) // 6_000_000


def _cut(won: int) -> int:
    return won // 10 * 10
