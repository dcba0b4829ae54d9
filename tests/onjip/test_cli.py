"""The command line as a person meets it: quick help, and one clear sentence when something is wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from onjip import doctor, up

HEAVY = ("temporalio", "sqlalchemy", "weasyprint", "pyhanko", "fastapi", "asyncpg")


def onjip(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        (sys.executable, "-m", "onjip", *arguments),
        capture_output=True, text=True, timeout=30, check=False, env={**os.environ, **environment},
    )  # fmt: skip


def test_help_lists_every_command() -> None:
    shown = onjip("--help", COLUMNS="200").stdout
    for command in ("up", "demo", "api", "worker", "sandbox", "migrate", "seed", "contract", "draw", "doctor"):
        assert command in shown


def test_help_loads_nothing_heavy() -> None:
    code = f"import sys, onjip.cli; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run((sys.executable, "-c", code), capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("command", [("worker", "flow"), ("api",), ("migrate",)])
def test_without_a_stack_says_what_to_do(command: tuple[str, ...], tmp_path: Path) -> None:
    done = onjip(*command, ONJIP_HOME=str(tmp_path / "home"))
    assert done.returncode == 2
    assert "onjip up" in done.stderr
    assert "Traceback" not in done.stderr


def test_wrong_settings_are_named_without_their_values() -> None:
    done = onjip("up", ONJIP_SEALED_KEY="c2VjcmV0LXNlY3JldA==", ONJIP_RULEBOOK="quick")
    assert done.returncode == 2
    assert "ONJIP_RULEBOOK" in done.stderr
    assert "c2VjcmV0" not in done.stderr


def test_unknown_worker_is_refused() -> None:
    assert onjip("worker", "everything").returncode == 2


def test_doctor_names_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "requirements.lock").write_text("typer==0.0.1 \\\n    --hash=sha256:00\nno-such-package==1.0\n")
    findings = {finding.what: finding for finding in doctor.examine(tmp_path)}
    assert "typer==0.0.1" in findings["Python packages"].found
    assert "no-such-package==1.0" in findings["Python packages"].found
    assert findings["Python packages"].remedy == "make setup"
    assert "krds-uiux" in findings["web assets (npm)"].found
    assert "PostgreSQL) 18" in findings["PostgreSQL, Temporal"].found
    assert findings["Python"].remedy == ""
    assert doctor.run(tmp_path) == 1


def test_demo_people_can_be_shown() -> None:
    people = {person["login"]: person for person in up.demo_people()}
    assert people["haneul"]["name"] == "김하늘"
    assert "pin" not in people["bom"]


def test_verify_is_a_command(tmp_path: Path) -> None:
    file = tmp_path / "file.pdf"
    file.write_bytes(b"no contract")
    done = onjip("contract", "verify", str(file), "--trust", str(file))
    assert done.returncode == 1
    assert "NOT valid" in done.stdout
