"""Acquisition tax on a home bought for money (주택 유상취득), with its two companions.

지방세법 제11조①8 (1 to 3 percent, sliding between), 제13조의2① (heavy rates by homes of the household), 제151조①1
(local education tax), 농어촌특별세법 제4조 11호·제5조①6 (above the exempt area). Checked 2026-11-23. Reliefs and
inheritance are not here. Each tax is cut below ten won by itself. Won, and rates in ten-thousandths: integers only.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

from pydantic import JsonValue

from domain.decisions import Decision
from domain.model import Model
from domain.words import Won
from law.reasons import Judgement
from law.rulebook import Rulebook

WHOLE = 10_000  # ten-thousandths


class Purchase(Model):
    """One buyer's purchase. None: not known. ``whole_price`` of the home where ``base`` is only a share of it."""

    acquired_on: date
    base: Won
    whole_price: Won | None = None
    exclusive_area: str
    homes_after: int | None = None  # counted homes of the household, this one included
    regulated: bool | None = None  # 조정대상지역
    temporary_two_homes: bool | None = None
    contract_before_designation: bool = False  # with proof of the deposit (제13조의2제4항)
    corporation: bool = False


def acquisition_tax(purchase: Purchase, rulebook: Rulebook) -> Decision:
    """``value``: rate_bp, acquisition_tax, education_tax, rural_tax, total (won). Cannot tell names the fact."""
    judgement = Judgement("acquisition_tax", purchase.acquired_on, rulebook)
    basic = basic_rate(purchase.whole_price or purchase.base, purchase.acquired_on, rulebook)
    heavy = _heavy_rate(judgement, purchase)
    if heavy is None:
        return judgement.decision()
    rate = heavy or basic
    row = rulebook.row("acquisition_tax_rate", purchase.acquired_on)
    judgement.test(
        "tax.rate", row, True, ko=f"취득세율 {_percent(rate)}%", en=f"Rate {_percent(rate)} %",
        facts={"base": purchase.base, "rate_bp": rate},
    )  # fmt: skip
    taxes = {
        "acquisition_tax": _cut(purchase.base * rate, WHOLE, purchase, rulebook),
        "education_tax": _education(judgement, purchase, rate, bool(heavy)),
        "rural_tax": _rural(judgement, purchase, rate, bool(heavy)),
    }
    return judgement.decision({"rate_bp": rate, **taxes, "total": sum(taxes.values())})


def basic_rate(price: Won, as_of: date, rulebook: Rulebook) -> int:
    """제11조제1항제8호: rate of the whole home's price in ten-thousandths, half up where it slides."""
    table = rulebook.value("acquisition_tax_rate", as_of)
    low, sliding, high = table["low"], table["sliding"], table["high"]
    if price <= low["up_to"]:
        rate: int = low["bp"]
    elif price <= sliding["up_to"]:
        # percent = price × times ÷ divisor − minus; a hundredth of a percent is one ten-thousandth.
        scaled, divisor = price * sliding["times"] * 100, sliding["divisor"]
        rate = (2 * scaled + divisor) // (2 * divisor) - sliding["minus"] * 100
    else:
        rate = high["bp"]
    return rate


def _heavy_rate(judgement: Judgement, purchase: Purchase) -> int | None:
    """The heavy rate, 0 where none applies, None where an unknown fact decides. Only deciding facts are asked for."""
    row = judgement.rulebook.row("acquisition_tax_heavy", purchase.acquired_on)
    most = max(row.value["elsewhere"])
    options: dict[str, tuple[Any, ...]] = {
        "homes_after": (purchase.homes_after,) if purchase.homes_after else tuple(range(1, most + 1)),
        "regulated": (purchase.regulated,) if purchase.regulated is not None else (True, False),
        "temporary_two_homes": (
            (purchase.temporary_two_homes,) if purchase.temporary_two_homes is not None else (True, False)
        ),
    }
    rates = {
        facts: _heavy(purchase, dict(zip(options, facts, strict=True)), row.value)
        for facts in product(*options.values())
    }
    decided = len(set(rates.values())) == 1
    rate = next(iter(rates.values())) if decided else None
    stated: dict[str, JsonValue] = {name: getattr(purchase, name) for name in options}
    judgement.test(
        "tax.heavy", row, True if decided else None,
        ko="법인·다주택 중과 여부" + ("" if rate is None else f": {_percent(rate)}%" if rate else ": 해당 없음"),
        en="Heavy rate for corporations and several homes" + ("" if rate is None else f": {_percent(rate)} %"),
        facts=stated, missing=[name for name in options if _matters(name, options, rates)],
    )  # fmt: skip
    return rate


def _heavy(purchase: Purchase, facts: Mapping[str, Any], table: Mapping[str, Any]) -> int:
    if purchase.corporation:
        return int(table["corporation"])
    regulated = facts["regulated"] and not purchase.contract_before_designation
    homes = facts["homes_after"]
    steps: Mapping[int, int] = table["regulated" if regulated else "elsewhere"]
    if regulated and facts["temporary_two_homes"] and homes == min(steps):
        return 0
    return next((steps[count] for count in sorted(steps, reverse=True) if homes >= count), 0)


def _matters(name: str, options: Mapping[str, tuple[Any, ...]], rates: Mapping[tuple[Any, ...], int]) -> bool:
    """Does the unknown ``name`` change the rate for some value of the others?"""
    if len(options[name]) == 1:
        return False
    place = list(options).index(name)
    groups: dict[tuple[Any, ...], set[int]] = {}
    for facts, rate in rates.items():
        groups.setdefault(facts[:place] + facts[place + 1 :], set()).add(rate)
    return any(len(found) > 1 for found in groups.values())


def _education(judgement: Judgement, purchase: Purchase, rate: int, heavy: bool) -> Won:
    row = judgement.rulebook.row("education_tax", purchase.acquired_on)
    if heavy:
        amount = _cut(purchase.base * row.value["heavy_bp"], WHOLE, purchase, judgement.rulebook)
    else:
        share = row.value["half_of_rate_pct"] * row.value["share_pct"]
        amount = _cut(purchase.base * rate * share, WHOLE * 100 * 100, purchase, judgement.rulebook)
    judgement.test("tax.education", row, True, ko="지방교육세", en="Local education tax", facts={"won": amount})
    return amount


def _rural(judgement: Judgement, purchase: Purchase, rate: int, heavy: bool) -> Won:
    row = judgement.rulebook.row("rural_tax", purchase.acquired_on)
    exempt = Decimal(purchase.exclusive_area) <= Decimal(row.value["exempt_area"])
    share = 0 if exempt else row.value["heavy_bp"][rate] if heavy else row.value["basic_bp"]
    amount = _cut(purchase.base * share, WHOLE, purchase, judgement.rulebook)
    judgement.test(
        "tax.rural", row, True, ko="농어촌특별세", en="Rural special tax",
        facts={"won": amount, "exclusive_area": purchase.exclusive_area},
    )  # fmt: skip
    return amount


def _cut(numerator: int, denominator: int, purchase: Purchase, rulebook: Rulebook) -> Won:
    unit: Won = rulebook.value("tax_rounding", purchase.acquired_on)
    return numerator // denominator // unit * unit


def _percent(rate: int) -> str:
    return f"{rate // 100}.{rate % 100:02d}"
