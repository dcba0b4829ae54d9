"""What procedures did yesterday, the code of today does again: stored histories of both cases and of other ways.

``python -m onjip.demo.histories FOLDER`` records the two cases again, ``pytest tests/workflows --record-histories
FOLDER`` the others. Only a procedure that nobody has in a running state may be recorded again; otherwise it is patched.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from onjip.temporal.codec import data_converter
from onjip.temporal.worker import workflow_runner
from onjip.wiring.flow import WORKFLOWS

FOLDER = Path(__file__).parent / "histories"
STORED = sorted(FOLDER.glob("*.json"))
MISMATCH = re.compile("Nondeterminism|TMPRL1100")
KEYS = {"published-for-tests": b"this key protects nothing at all"}  # the files are readable; what is written is not


def replayer() -> Replayer:
    """As in production: the same procedures, converter and sandbox."""
    return Replayer(workflows=WORKFLOWS, data_converter=data_converter(KEYS), workflow_runner=workflow_runner())


def _text(file: Path) -> str:
    return file.read_text("utf-8")


def history(text: str) -> WorkflowHistory:
    return WorkflowHistory.from_json("replayed", text)


@pytest.mark.parametrize("file", STORED, ids=lambda file: file.stem)
async def test_a_stored_history_replays(file: Path) -> None:
    await replayer().replay_workflow(history(_text(file)))


async def test_a_history_of_another_procedure_is_noticed() -> None:
    """The same events, but the contract was sealed before anybody signed."""
    changed = _text(FOLDER / "contract_b.json").replace('"prepare_field"', '"seal"', 1)
    with pytest.raises(Exception, match=MISMATCH):
        await replayer().replay_workflow(history(changed))


async def test_the_stored_one_that_must_fail_does() -> None:
    with pytest.raises(Exception, match=MISMATCH):
        await replayer().replay_workflow(history(_text(FOLDER / "must_fail" / "draft_without_title.json")))


def _procedure(stored: dict[str, Any]) -> str:
    started = stored["events"][0]["workflowExecutionStartedEventAttributes"]
    return str(started["workflowType"]["name"])


def test_every_procedure_of_both_cases_is_among_them() -> None:
    kinds = {_procedure(json.loads(file.read_text())) for file in STORED}
    alone = {"VerifyWorkflow", "PreviewWorkflow"}  # a single activity each, in neither case
    assert kinds | alone == {workflow.__name__ for workflow in WORKFLOWS}


@pytest.mark.parametrize("file", STORED, ids=lambda file: file.stem)
def test_a_stored_history_is_small_and_tells_no_machine(file: Path) -> None:
    text = file.read_text()
    assert len(text) < 300_000
    for word in ("/work/", "site-packages", "Traceback", 'identity"', "JVBERi0"):  # the last one: a PDF in base64
        assert word not in text
