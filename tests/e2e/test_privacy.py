"""Nothing about people in logs, in the workflow engine, or beside the record; no secret in clear anywhere."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from onjip import telemetry
from onjip.demo.journey import Progress
from onjip.demo.play import both_cases, the_world
from onjip.settings import Settings
from onjip.stack.secrets import ensure_home
from onjip.stack.stack import running
from onjip.up import whole_stack
from tests.e2e.privacy import leaks

pytestmark = [pytest.mark.stack, pytest.mark.long, pytest.mark.timeout(400)]


async def test_both_cases_leave_nothing_about_people_behind(home: Path) -> None:
    ensure_home(home)
    settings = Settings(home=home, rulebook="demo")
    with (home / "logs" / "stack.log").open("a") as log:
        telemetry.configure("e2e", log)
        async with running(whole_stack(settings)) as stack:
            world = the_world(home, stack.record.urls["site"])
            async with both_cases(world, Progress(Console(file=io.StringIO()))) as cases:
                await cases.run()
            assert await leaks(stack, settings) == []
