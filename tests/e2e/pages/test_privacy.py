"""After the walks: what they have left behind in logs, engine and record tells nothing that it must not."""

from __future__ import annotations

import pytest

from onjip.demo.case_b import Resale
from onjip.settings import Settings
from onjip.stack.stack import Stack
from tests.e2e.privacy import leaks

pytestmark = [pytest.mark.stack, pytest.mark.long]


async def test_the_walks_leave_nothing_about_people_behind(stack: Stack, resale: Resale) -> None:
    if not resale.contract_id:  # run alone, there is nothing yet that could tell
        await resale.draft()
    assert await leaks(stack, Settings(home=stack.home, rulebook="demo")) == []
