"""The page of a reported lease in a real browser, wide and narrow: no fault, targets that a thumb can hit."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import Browser

sys.path.insert(0, str(Path(__file__).parent))
from test_draw_browser import FAULTS, SCREENSHOTS, browser, opened, served, witness
from test_lease_reports import TODAY, let

from domain.time import now

if TYPE_CHECKING:
    from draw_cases import Witness

    from tests.api.conftest import Make, Site

__all__ = ["browser", "witness"]
pytestmark = [pytest.mark.browser]


async def test_a_lease_before_and_after_its_report(
    site: Site, make: Make, browser: Browser, witness: Witness, tmp_path: Path
) -> None:
    asked, late, small, unsure, done = [
        await let(site, make, **values)
        for values in (
            {}, {"made_on": TODAY - timedelta(days=50)}, {"deposit": 10_000_000, "rent": 0}, {"use": "업무시설"}, {},
        )
    ]  # fmt: skip
    cases = {"asked": asked, "late": late, "exempt": small, "unsure": unsure, "done": done}
    for one in cases.values():
        await one.decided()
    await done.changed(
        state="certified", number="RTMS-L-2026-000001", filed_at=now(), certificate_no="LEASE-2026-000001",
        fixed_date_no="FIX-2026-000001", fixed_on=TODAY,
    )  # fmt: skip
    async with served(site, witness, tmp_path) as address:
        for width in (1280, 390):
            for name, one in cases.items():
                async with opened(browser, width) as (page, faults):
                    session = one.people["lessee"].http.cookies["onjip_session"]
                    await page.context.add_cookies([{"name": "onjip_session", "value": session, "url": address}])
                    await page.goto(f"{address}/contracts/{one.contract_id}")
                    await page.get_by_text("알아 둘 것").click()
                    assert await page.evaluate(FAULTS) == [], name
                    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
                    await page.screenshot(path=SCREENSHOTS / f"lease-{name}-{width}.png", full_page=True)
                    assert await page.evaluate("document.documentElement.scrollWidth") <= width
                    assert faults == []
