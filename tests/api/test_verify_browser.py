"""Verification in a real browser: a genuine file, a tampered one, and the page behind the code on the paper."""

from __future__ import annotations

import hashlib
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import Browser, Page

sys.path.insert(0, str(Path(__file__).parent))
from test_draw_browser import FAULTS, SCREENSHOTS, browser, opened, served, witness
from test_verify import judge, keep, printed

from contracts.verify import verify_file
from domain.ids import new_verify_code
from onjip.bench.pki import Pki
from tests.contracts import contract_samples as samples
from tests.contracts.conftest import Signing, works_on
from tests.contracts.contract_attacks import revise
from tests.contracts.contract_tampering import new_attachment

if TYPE_CHECKING:
    from draw_cases import Witness

    from tests.api.conftest import Make, Site

__all__ = ["browser", "witness"]
pytestmark = [pytest.mark.browser]
WIDTHS = (1280, 390)


async def shown(page: Page, name: str) -> None:
    """No fault that an accessibility checker would name; kept as a picture."""
    assert await page.evaluate(FAULTS) == [], name
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=SCREENSHOTS / f"verify-{name}.png", full_page=True)


async def uploaded(page: Page, address: str, pdf: bytes) -> None:
    await page.goto(f"{address}/verify")
    await page.set_input_files("#file", {"name": "contract.pdf", "mimeType": "application/pdf", "buffer": pdf})
    await page.get_by_role("button", name="확인하기").click()
    await page.wait_for_url("**/verify/files/**")


async def test_a_stranger_verifies_a_contract(
    site: Site, make: Make, browser: Browser, witness: Witness, tmp_path: Path
) -> None:
    pki = Pki()
    platform = pki.person("온집", organisation="온집")
    here = Signing(pki, platform, works_on(pki, platform))
    sealed = (await here.revisions(samples.supply()))[-1]
    pki.ahead += timedelta(days=400)
    renewed, report = await here.works.renew(sealed)
    broker, buyer = await site.browser("정다온"), await site.browser("윤서아")
    contract_id = await make.contract(broker, ("buyer", buyer), state="sealed")
    await keep(site, contract_id, renewed, report)
    code, forged = await printed(site, contract_id), revise(renewed, new_attachment)
    async with served(site, witness, tmp_path) as address:
        for width in WIDTHS:
            async with opened(browser, width) as (page, faults):
                await page.goto(f"{address}/verify")
                await shown(page, f"ask-{width}")
                await uploaded(page, address, renewed)
                assert "진짜 계약서입니다" in await page.inner_text("#result")
                assert "김하늘" in await page.inner_text("#result table")
                await shown(page, f"genuine-{width}")
                await page.goto(f"{address}/verify/{code}")
                assert "지금 유효한 계약입니다" in await page.inner_text("main")
                await shown(page, f"code-{width}")
                await uploaded(page, address, forged)
                assert "확인하고 있습니다" in await page.inner_text("#result")
                await shown(page, f"waiting-{width}")
                await judge(site, hashlib.sha256(forged).hexdigest(), verify_file(forged, pki.trust_pem))
                await page.wait_for_selector("#result .verdict.no")
                assert "contract.json" in await page.inner_text("#result")
                await shown(page, f"forged-{width}")
                assert faults == []
                await page.goto(f"{address}/verify/{new_verify_code()}")
                assert "찾을 수 없는 코드입니다" in await page.inner_text("main")
                await shown(page, f"unknown-{width}")
