"""An annulled draw, and the forms of order and correction, in a real browser: wide and narrow, without faults."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import Browser

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent / "static"))
from draw_cases import Witness
from test_draw_browser import FAULTS, browser, keep, opened, served
from test_draw_endings import ORDER, stage, worker

from domain.draws import Entered, Superseded
from domain.time import now
from store.tables.draws import AwardRow, DrawRecordRow

if TYPE_CHECKING:
    from tests.api.conftest import Make, Site

__all__ = ["browser", "worker"]  # fixtures
pytestmark = [pytest.mark.browser]


async def test_pages_of_a_draw_that_does_not_stand(site: Site, make: Make, browser: Browser, tmp_path: Path) -> None:
    witness = Witness()
    play = await stage(site, make, witness)
    entered = Entered(order=ORDER, person_id=play.operator.id, at=now())
    old = Superseded(body_sha256="1" * 64, transcript_sha256="2" * 64, listing_sha256="3" * 64, until=now())
    record = {"notice_id": play.notice.id, "number": 1, "body_sha256": "ef" * 32, "document_sha256": "0" * 64}
    await play.change(ordered=entered.model_dump(mode="json"), earlier=[old.model_dump(mode="json")])
    await site.add(DrawRecordRow(format="onjip-draw-corrected", **record))
    async with served(site, witness, tmp_path) as address:
        for width in (1280, 390):
            async with opened(browser, width) as (page, faults):
                for who, paths in (
                    (play.operator, ("draw", "draw/order", "draw/correction")),
                    (play.officer, ("draw/order", "draw/correction")),
                ):
                    cookie = {"name": "onjip_session", "value": who.http.cookies["onjip_session"], "url": address}
                    await page.context.add_cookies([cookie])
                    for path in paths:
                        await page.goto(f"{address}/notices/{play.notice.id}/{path}")
                        assert await page.evaluate(FAULTS) == [], path
                        seat = "operator" if who is play.operator else "officer"
                        await keep(page, f"{path.replace('/', '-')}-{seat}-{width}")
                assert faults == []
        ended = {
            "reason": "annulled", "at": now().isoformat(), "order": ORDER.model_dump(mode="json"),
            "entered_by": str(play.operator.id), "confirmed_by": str(play.officer.id),
        }  # fmt: skip
        await play.change(state="annulled", ended=ended, ordered=None)
        plain = {"notice_id": play.notice.id, "model_no": "01", "supply_kind": "general", "option_codes": []}
        await site.add(AwardRow(**plain, ticket="2" * 32, state="contracted", unit="101-101"))
        await site.add(DrawRecordRow(format="onjip-draw-annulled", **record))
        for width in (1280, 390):
            async with opened(browser, width) as (page, faults):
                cookie = {"name": "onjip_session", "value": play.officer.http.cookies["onjip_session"], "url": address}
                await page.context.add_cookies([cookie])
                for path in ("draw", "draw/order", "ceremony"):
                    await page.goto(f"{address}/notices/{play.notice.id}/{path}")
                    assert await page.evaluate(FAULTS) == [], path
                    await keep(page, f"annulled-{path.replace('/', '-')}-{width}")
                assert faults == []
