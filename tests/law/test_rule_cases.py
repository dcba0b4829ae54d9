"""The lawyers' cases: every file under ``cases/rules`` states facts and a day, and what the law says then.

A case has ``name``, ``source``, ``rule``, ``as_of`` and ``facts`` (on top of the file's ``defaults``), and expects any
of ``outcome``, ``value`` (for an object: the keys named), ``missing``, ``given`` and ``failed`` (codes that say no).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from domain.words import Outcome
from law.catalogue import find_rule, read_facts
from law.rulebook import Rulebook
from law.rules import Case, decide
from law.strict_yaml import read

FOLDER = Path(__file__).parent / "cases" / "rules"
FILES = sorted(FOLDER.rglob("*.yaml"))
KEYS = {"name", "source", "rule", "as_of", "facts", "outcome", "value", "missing", "given", "failed", "note"}


def cases() -> list[Any]:
    found = []
    for path in FILES:
        document = read(path)
        defaults = document.get("defaults", {})
        for case in document["cases"]:
            filled = {**case, "facts": {**defaults, **case.get("facts", {})}}
            found.append(pytest.param(filled, id=f"{path.stem}: {case['name']}"))
    return found


@pytest.mark.parametrize("case", cases())
def test_case(case: dict[str, Any], book: Rulebook) -> None:
    assert set(case) <= KEYS
    assert case["name"]
    assert case["source"]
    rule = find_rule(case["rule"])
    # Defaults of a file serve several rules: each takes what it can use.
    stated = {name: value for name, value in case["facts"].items() if name in rule.closure}
    facts = read_facts(rule, json.loads(json.dumps(stated, default=str)))
    decision = decide(rule, Case(case["as_of"], book, facts))
    told = [(reason.code, reason.outcome.value, reason.missing) for reason in decision.reasons]
    assert decision.outcome == case.get("outcome", Outcome.YES), told
    assert decision.rulebook == book.sha256
    assert decision.reasons
    assert all(reason.article and reason.ko and reason.en for reason in decision.reasons)
    if "value" in case:
        assert _chosen(decision.value, case["value"]) == json.loads(json.dumps(case["value"], default=str)), told
    assert set(case.get("missing", ())) <= set(decision.missing), decision.missing
    assert set(case.get("given", ())) <= {reason.code for reason in decision.reasons if reason.given}
    assert set(case.get("failed", ())) <= {reason.code for reason in decision.reasons if reason.outcome is Outcome.NO}


def _chosen(value: Any, wanted: Any) -> Any:
    return {key: value[key] for key in wanted} if isinstance(wanted, dict) and isinstance(value, dict) else value
