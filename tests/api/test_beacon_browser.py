"""The public random source in a real browser: the officer's choice, and the ceremony that waits for its value."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent / "static"))
from draw_cases import Witness
from test_beacon_notice import SOURCE
from test_draw_browser import CHROMIUM, FAULTS, keep, opened, served
from test_draw_pages import head_of, row_of
from test_publish_page import CITY

from law.drawing.terms import Beacon

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.api.conftest import Browser as Session
    from tests.api.conftest import Make, Site

pytestmark = [pytest.mark.browser]


@pytest_asyncio.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--headless=new", "--no-sandbox"])
        yield started
        await started.close()


@pytest.mark.parametrize("width", [1280, 390])
async def test_form_and_ceremony(site: Site, make: Make, browser: Browser, tmp_path: Path, width: int) -> None:
    head = head_of()
    custody = head.custody.model_copy(update={"beacon": Beacon(source=SOURCE, round=125_000_000)})
    head = head.model_copy(update={"custody": custody})
    notice = await make.notice(name="과천지식정보타운 S9블록 새봄마을")
    await site.add(
        row_of(
            notice.id, head, state="revealed", root1="1" * 64, root2="2" * 64, digits="204179583",
            revealed={"shares": {"lh": "00", "trust": "11"}, "digits_stamp": "AA=="},
        )
    )  # fmt: skip
    officer = await site.browser("신예린", ("officer", CITY))
    with_source = replace(site, services=replace(site.services, beacon=SOURCE))
    async with served(with_source, Witness(), tmp_path) as address, opened(browser, width) as (page, faults):
        await _as(page, officer, address)
        await page.goto(f"{address}/notices/new")
        await page.get_by_label("공개 난수를 함께 씁니다").check()
        announced = await page.get_by_label("당첨자 발표일").first.input_value()
        await expect(page.get_by_label("난수가 나오는 시각")).to_have_value(f"{announced}T14:00")
        assert await page.evaluate(FAULTS) == []
        await keep(page, f"beacon-form-{width}")
        await page.goto(f"{address}/notices/{notice.id}/ceremony")
        step = page.locator("ol.ceremony > li", has_text="정해 둔 회차")
        await expect(step).to_have_attribute("aria-current", "step")
        await expect(page.get_by_role("status")).to_contain_text("공개 난수 대기")
        assert await page.evaluate(FAULTS) == []
        await keep(page, f"beacon-ceremony-{width}")
        assert faults == []


async def _as(page: Page, session: Session, address: str) -> None:
    token = session.http.cookies["onjip_session"]
    await page.context.add_cookies([{"name": "onjip_session", "value": token, "url": address}])
