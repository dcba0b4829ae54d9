"""The lawyers' cases: each file under ``cases/`` names a rule, the facts, and what the law says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from domain.decisions import Decision
from law.acquisition_tax import Purchase, acquisition_tax
from law.brokerage import brokerage_ceiling, lease_ceiling
from law.fees import registration_fee
from law.housing_bond import housing_bond
from law.reports import Deal, fund_plan, report_duty
from law.rulebook import Rulebook
from law.stamp_duty import stamp_duty
from law.strict_yaml import read

FOLDER = Path(__file__).parent / "cases"
Case = dict[str, Any]


def cases(rule: str) -> list[Any]:
    """The cases of one file as parameters, their facts filled up with the file's defaults."""
    document = read(FOLDER / f"{rule}.yaml")
    defaults = document.get("defaults", {})
    filled = [{**case, "facts": {**defaults, **case.get("facts", {})}} for case in document["cases"]]
    return [pytest.param(case, id=case["name"]) for case in filled]


def check(case: Case, decision: Decision, book: Rulebook) -> None:
    """Compare with what the case expects. Whatever is expected, each reason is cited."""
    assert decision.rulebook == book.sha256
    assert all(reason.article for reason in decision.reasons)
    if "outcome" in case:
        assert decision.outcome == case["outcome"], [(reason.code, reason.outcome) for reason in decision.reasons]
    value = case.get("value")
    if value is not None and not isinstance(value, dict):
        assert decision.value == value
    wanted = {**case.get("expected", {}), **(value if isinstance(value, dict) else {})}
    assert {key: decision.value[key] for key in wanted} == wanted
    missing = {name for reason in decision.reasons for name in reason.missing}
    assert set(case.get("missing", [])) <= missing
    if "flip" in case:
        flip = decision.flip
        assert (flip and {"fact": flip.fact, "value": flip.value}) == case["flip"]


@pytest.mark.parametrize("case", cases("costs"))
def test_costs(case: Case, book: Rulebook) -> None:
    facts = case["facts"]
    calls: dict[str, Callable[[], Decision]] = {
        "tax": lambda: acquisition_tax(Purchase.model_validate(facts), book),
        "bond": lambda: housing_bond(**facts, rulebook=book),
        "brokerage": lambda: brokerage_ceiling(**facts, rulebook=book),
        "lease": lambda: lease_ceiling(**facts, rulebook=book),
        "stamp": lambda: stamp_duty(**facts, rulebook=book),
        "fee": lambda: registration_fee(**facts, rulebook=book),
    }
    check(case, calls[case["call"]](), book)


@pytest.mark.parametrize("case", cases("reports"))
def test_reports(case: Case, book: Rulebook) -> None:
    judge = {"duty": report_duty, "plan": fund_plan}[case["call"]]
    check(case, judge(Deal.model_validate(case["facts"]), book), book)


def test_every_case_names_its_source() -> None:
    for path in FOLDER.glob("*.yaml"):
        assert all(case.get("source") and case.get("name") for case in read(path)["cases"]), path
