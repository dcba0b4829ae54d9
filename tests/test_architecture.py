"""The system about itself: imports point down only, and every activity that a procedure asks for is served."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from importlinter.cli import lint_imports

from onjip.wiring import agencies, documents, flow
from workflows._options import AGENCIES, DOCUMENTS, FLOW, WEBHOOKS

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted(path.stem for path in (ROOT / "workflows").glob("*.py") if path.stem != "__init__")
WORKERS = {FLOW: flow, AGENCIES: agencies, WEBHOOKS: agencies, DOCUMENTS: documents}
STARTERS = ("execute_activity_method", "start_activity_method")
INSISTS = "insist"  # workflows._mending: transfer, what for, method, argument, options


def test_imports_point_down_only() -> None:
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


def tree(module: ModuleType) -> ast.Module:
    assert module.__file__ is not None
    return ast.parse(Path(module.__file__).read_text("utf-8"))


def served(worker: ModuleType) -> set[str]:
    """Names of the classes that a worker's wiring makes."""
    calls = (node.func for node in ast.walk(tree(worker)) if isinstance(node, ast.Call))
    return {call.id for call in calls if isinstance(call, ast.Name)}


def asked(module: ModuleType) -> Iterator[tuple[str, str]]:
    """Activity class and task queue of every activity that a procedure starts."""
    for node in ast.walk(tree(module)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if node.func.attr in STARTERS and isinstance(node.args[0], ast.Attribute):
            yield holder(module, node.args[0]), queue(module, node)
        if node.func.attr == INSISTS and isinstance(node.args[2], ast.Attribute):
            yield holder(module, node.args[2]), eval(ast.unparse(node.args[4]), vars(module))["task_queue"]  # noqa: S307


def holder(module: ModuleType, method: ast.Attribute) -> str:
    """The class of an activity, whatever it is called where it is imported."""
    return str(eval(ast.unparse(method.value), vars(module)).__name__)  # noqa: S307 - our own source


def queue(module: ModuleType, call: ast.Call) -> str:
    said = {keyword.arg or "options": ast.unparse(keyword.value) for keyword in call.keywords}
    place = said.get("task_queue") or f'{said["options"]}["task_queue"]'
    return str(eval(place, vars(module)))  # noqa: S307 - our own source


@pytest.mark.parametrize("name", WORKFLOWS)
def test_every_activity_is_served_on_the_queue_where_it_is_asked_for(name: str) -> None:
    """One that is not would be waited for without end."""
    module = importlib.import_module(f"workflows.{name}")
    missing = [(kind, where) for kind, where in asked(module) if kind not in served(WORKERS[where])]
    assert missing == []


def test_the_look_at_procedures_is_not_blind() -> None:
    """It finds the activities of every kind of start; a new way to start one must be added above."""
    found = {kind for name in WORKFLOWS for kind, _ in asked(importlib.import_module(f"workflows.{name}"))}
    unasked = {name for worker in WORKERS.values() for name in activities_of(worker)} - found
    assert unasked == set()


def activities_of(worker: ModuleType) -> set[str]:
    """Classes with activities that a worker's wiring makes."""
    made = (vars(worker).get(name) for name in served(worker))
    return {
        one.__name__
        for one in made
        if isinstance(one, type)
        and any(hasattr(value, "__temporal_activity_definition") for value in vars(one).values())
    }


def test_every_procedure_is_served() -> None:
    defined = {
        node.name
        for name in WORKFLOWS
        for node in ast.walk(tree(importlib.import_module(f"workflows.{name}")))
        if isinstance(node, ast.ClassDef) and any("workflow.defn" in ast.unparse(one) for one in node.decorator_list)
    }
    assert {workflow.__name__ for workflow in flow.WORKFLOWS} == defined
