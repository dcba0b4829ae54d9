"""What ``out/demo`` must hold after both cases, read by somebody who knows only the issue that asked for it."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

STEPS = {
    "A": [
        "looked_up", "consented", "facts_collected", "assessed", "applied", "delivered", "closed", "drawn", "awarded",
        "checked", "deposit_paid", "contract_signed", "reported", "stamp_paid", "instalments_paid", "paid", "taxed",
        "bond_bought", "packet_delivered", "correction_ordered", "correction_answered", "registered",
    ],
    "B": [
        "drafted", "explained", "invited", "signed", "sealed", "deposit_paid", "reported", "stamp_paid", "paid",
        "taxed", "bond_bought", "packet_delivered", "registered",
    ],
}  # fmt: skip
ARTIFACTS = {
    "A": {"supply-contract.pdf", "transfer-packet-a.zip", "draw-transcript.json", "draw-own-proof.json"},
    "B": {"sale-contract.pdf", "transfer-packet-b.zip"},
}
OTHERS = {"journey.json", "ledgers.json", "trust.pem"}


def check_journey(folder: Path) -> None:
    """Every step done, in the order of the issue; every artifact there, with its digest."""
    journey = json.loads((folder / "journey.json").read_text("utf-8"))
    assert journey.keys() == {"cases"}
    assert journey["cases"].keys() == STEPS.keys()
    for case, found in journey["cases"].items():
        assert found.keys() == {"steps", "artifacts"}
        assert [step["step"] for step in found["steps"]] == STEPS[case]
        for step in found["steps"]:
            _check_step(step)
        assert {artifact["path"] for artifact in found["artifacts"]} == ARTIFACTS[case]
        for artifact in found["artifacts"]:
            assert artifact.keys() == {"path", "sha256"}
            assert hashlib.sha256((folder / artifact["path"]).read_bytes()).hexdigest() == artifact["sha256"]
    expected = OTHERS | set().union(*ARTIFACTS.values())
    assert {path.name for path in folder.iterdir()} == expected


def _check_step(step: dict[str, Any]) -> None:
    assert step.keys() == {"step", "status", "at", "reference"}
    assert step["status"] == "done", step["step"]
    assert datetime.fromisoformat(step["at"]) <= datetime.now(UTC)
    assert isinstance(step["reference"], str)


async def check_verifiers(folder: Path) -> None:
    """A stranger's look: the two commands of the issue, with the file and the trust list only."""
    wanted = (
        ("contract", "supply-contract.pdf"), ("contract", "sale-contract.pdf"), ("draw", "draw-transcript.json"),
        ("draw", "draw-transcript.json", "--proof", folder / "draw-own-proof.json"),
    )  # fmt: skip
    for kind, name, *more in wanted:
        command = (sys.executable, "-m", "onjip", kind, "verify", folder / name, "--trust", folder / "trust.pem", *more)
        process = await asyncio.create_subprocess_exec(
            *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        said, _ = await process.communicate()
        assert process.returncode == 0, said.decode()
