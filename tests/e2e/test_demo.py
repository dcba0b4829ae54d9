"""``onjip demo`` as a newcomer runs it. The seeded chaos runs prove the same and more."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from onjip.demo.audit import repeated
from tests.e2e.demo_files import check_journey, check_verifiers

pytestmark = [pytest.mark.stack, pytest.mark.long, pytest.mark.timeout(400)]


async def test_the_demo_carries_both_cases_to_the_registered_title(home: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ONJIP_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "onjip", "demo",
        cwd=home, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()[-3000:]
    folder = home / "out" / "demo"
    check_journey(folder)
    await check_verifiers(folder)
    ledgers = json.loads((folder / "ledgers.json").read_text("utf-8"))
    assert repeated(ledgers) == []
    assert len(ledgers) == 14
