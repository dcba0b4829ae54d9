"""The law: one household against three hundred lines with every reason, and points for a million households."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import numpy as np
from pydantic_core import to_json

from domain.words import HousingKind, SupplyKind
from law import columns
from law.counterfactual import flips
from law.rulebook import Rulebook, load
from law.rules import Case, decide
from law.subscription.lines import line
from law.subscription.points import points
from law.vocabulary import Member, Stay
from onjip.bench.figures import Figure, best, timed
from onjip.bench.households import facts, make

DAY = date(2026, 10, 1)
MANY, SAMPLE, LINES, QUESTIONS = 1_000_000, 10_000, 300, 1_000
REGIONS = ("11680", "41290", "41590", "28185", "26350", "27290", "43113", "50110", "36110", "41463")
AREAS = ("39.9", "59.8", "74.6", "84.9", "101.5")
KINDS = (
    SupplyKind.GENERAL, SupplyKind.NEWLYWED, SupplyKind.FIRST_HOME, SupplyKind.MULTI_CHILD,
    SupplyKind.ELDERLY_PARENTS, SupplyKind.NEWBORN,
)  # fmt: skip
WON = 1_000_000
HOUSEHOLD: dict[str, Any] = {
    "birth_date": date(1989, 4, 12), "head": True, "married": True, "marriage_registered_on": date(2021, 5, 1),
    "members": (Member(relation="spouse", birth_date=date(1990, 1, 1)),
                Member(relation="child", birth_date=date(2023, 3, 3), married=False)),
    "homes": (), "wins": (), "addresses": (Stay(region="41290", since=date(2018, 1, 1)),),
    "account_opened_on": date(2012, 5, 1), "account_payments": 160, "account_amount": 18 * WON,
    "account_deposit": 6 * WON, "spouse_birth_date": date(1990, 1, 1), "spouse_account_opened_on": date(2015, 1, 1),
    "income_monthly": 4 * WON, "spouse_income_monthly": 2 * WON, "property_value": 0, "car_value": 0,
    "tax_years": 11, "working": True,
}  # fmt: skip


def figures() -> Iterator[Figure]:
    book = load("normal")
    yield from _three_hundred(book)
    yield from _a_million(book)
    yield from _a_thousand_questions(book)


def _three_hundred(book: Rulebook) -> Iterator[Figure]:
    """Every line a case of its own, as the product judges it; nothing is shared between them."""
    wanted = _lines()
    told, seconds = timed(lambda: [decide(line, Case(DAY, book, one)) for one in wanted])
    reasons = sum(len(decision.reasons) for decision in told)
    yield Figure(
        name=f"one household, {len(told)} lines, {reasons:,} reasons", value=seconds / len(told) * 1e6,
        unit="µs per decision", bound=_bare(told), bound_name="building the same reasons and nothing else",
    )  # fmt: skip
    noes = [one for one, decision in zip(wanted, told, strict=True) if decision.outcome == "no"][:20]
    spent = best(lambda: [flips(line, Case(DAY, book, one)) for one in noes], 1)
    yield Figure(name="every single change that flips a no", value=spent / len(noes) * 1e3, unit="ms per decision")


def _bare(told: list[Any]) -> float:
    """Seconds for making the same reason objects, per decision, in µs: what no rule engine could go below."""
    copies = [reason.model_dump() for decision in told for reason in decision.reasons]
    kind = type(told[0].reasons[0])
    return best(lambda: [kind(**copy) for copy in copies]) / len(told) * 1e6


def _lines() -> list[Mapping[str, Any]]:
    dice = random.Random(1)  # noqa: S311
    every = [
        {
            **HOUSEHOLD, "housing_kind": housing, "notice_region": region, "exclusive_area": area, "supply_kind": kind,
            "price": 600 * WON, "price_capped": False, "units": {kind: 5}, "announcement_date": DAY,
        }
        for housing in HousingKind for region in REGIONS for area in AREAS for kind in KINDS
    ]  # fmt: skip
    return dice.sample(every, LINES)


def _a_million(book: Rulebook) -> Iterator[Figure]:
    households = make(MANY, DAY)
    many = columns.points(households, DAY, book)
    chosen = np.random.default_rng(7).choice(MANY, SAMPLE, replace=False)
    single, seconds = timed(lambda: [_alone(facts(households, at), book) for at in chosen.tolist()])
    differ = sum(one != many[at] for one, at in zip(single, chosen.tolist(), strict=True))
    if differ:
        raise AssertionError(f"{differ} of {SAMPLE} households get other points alone")
    together = best(lambda: columns.points(households, DAY, book))
    yield Figure(
        name=f"points for {MANY:,} households in columns", value=together, unit="s", bound=_one_pass(households),
        bound_name="one pass: each day looked up once in a table, each other column read once", aim="≤ 10×",
        note=f"equal to the single case on {SAMPLE:,} households",
    )  # fmt: skip
    yield Figure(name="points, one household alone", value=seconds / SAMPLE * 1e6, unit="µs")
    yield Figure(name="points, in columns", value=together / MANY * 1e6, unit="µs per household")


def _a_thousand_questions(book: Rulebook) -> Iterator[Figure]:
    """``onjip law eval --jsonl`` as a process of its own, start included."""
    households = make(QUESTIONS, DAY)
    stated = [{**facts(households, at), "housing_kind": "private"} for at in range(QUESTIONS)]
    lines = b"\n".join(
        to_json({"id": at, "rule": "points", "as_of": DAY, "facts": one}) for at, one in enumerate(stated)
    )
    command = [sys.executable, "-m", "onjip", "law", "eval", "--jsonl"]
    done, seconds = timed(lambda: subprocess.run(command, input=lines, capture_output=True, check=True))
    if done.stdout.count(b'"outcome"') < QUESTIONS:
        raise AssertionError("a question without an answer")
    inside = best(lambda: [_alone(one, book) for one in stated])
    yield Figure(
        name=f"onjip law eval --jsonl, {QUESTIONS:,} questions, whole process", value=seconds, unit="s", bound=inside,
        bound_name="the same decisions alone, without reading, reasons and writing",
    )  # fmt: skip


def _alone(stated: dict[str, Any], book: Rulebook) -> int:
    finding = Case(DAY, book, {**stated, "housing_kind": HousingKind.PRIVATE}).judge(points)
    return columns.UNKNOWN if finding.value is None else int(finding.value)


def _one_pass(households: columns.Households) -> float:
    members = households.members
    days = [
        households.born, households.wed, households.gave_up, households.account, households.spouse_born,
        households.spouse_account, members.born, members.since,
    ]  # fmt: skip
    flags = [households.head, households.married, households.homes, households.ascendant_owns, members.child,
             members.married, members.household]  # fmt: skip
    table = np.arange(columns.NEVER + 1, dtype=np.int32)
    return best(lambda: ([table[day] for day in days], [flag + 1 for flag in flags]))
