"""Addresses for events in a real browser: wide and narrow, without faults."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import Browser, expect

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent / "static"))
from draw_cases import Witness
from test_draw_browser import FAULTS, SCREENSHOTS, browser, opened, served

from domain.ids import new_id
from domain.time import now
from store.tables.webhooks import WebhookDeliveryRow

if TYPE_CHECKING:
    from uuid import UUID

    from tests.api.conftest import Make, Site

__all__ = ["browser"]  # fixture
pytestmark = [pytest.mark.browser]


def messages(webhook_id: UUID, contract_id: UUID) -> list[WebhookDeliveryRow]:
    """One of each state."""
    states = (
        {"state": "delivered", "attempts": 1, "status": 200, "type": "contract.sealed"},
        {"state": "waiting", "attempts": 3, "status": 503, "next_at": now(), "type": "contract.signed"},
        {"state": "dead", "attempts": 8, "problem": "webhook_timeout", "ended_at": now(), "type": "contract.invited"},
        {"state": "dead", "problem": "webhook_off", "ended_at": now(), "type": "contract.reported"},
    )  # fmt: skip
    return [
        WebhookDeliveryRow(id=new_id(), webhook_id=webhook_id, key=str(n), body="{}", contract_id=contract_id, **one)
        for n, one in enumerate(states)
    ]


@pytest.mark.parametrize("width", [1280, 390])
async def test_an_address_is_registered_and_its_messages_are_seen(
    site: Site, make: Make, browser: Browser, tmp_path: Path, width: int
) -> None:
    broker = await site.browser("정다온", ("broker", "다온공인중개사사무소"))
    contract_id = await make.contract(broker, ("seller_broker", broker))
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    async with served(site, Witness(), tmp_path) as address, opened(browser, width) as (page, faults):
        cookie = {"name": "onjip_session", "value": broker.http.cookies["onjip_session"], "url": address}
        await page.context.add_cookies([cookie])
        await page.goto(f"{address}/my")
        await page.get_by_role("link", name="알림 받을 주소 (웹훅)").click()
        assert await page.evaluate(FAULTS) == []
        await page.screenshot(path=SCREENSHOTS / f"webhooks-new-{width}.png", full_page=True)
        await page.get_by_label("받을 주소").fill("https://hooks.example.com/onjip/daon-office/events-of-our-contracts")
        await page.get_by_role("button", name="주소 등록하고 비밀키 받기").click()
        await expect(page.get_by_text("whsec_")).to_be_visible()
        assert await page.evaluate(FAULTS) == []
        await page.screenshot(path=SCREENSHOTS / f"webhooks-key-{width}.png", full_page=True)
        (made,) = (await broker.get("/webhooks")).json()["items"]
        await site.add(*messages(made["id"], contract_id))
        await page.goto(f"{address}/webhooks/{made['id']}")
        await expect(page.get_by_text("whsec_")).to_have_count(0)
        assert await page.evaluate(FAULTS) == []
        await page.screenshot(path=SCREENSHOTS / f"webhooks-sent-{width}.png", full_page=True)
        await page.get_by_role("button", name="다시 보내기").first.click()
        await expect(page.get_by_text("알림을 보내고 있습니다")).to_be_visible()
        assert faults == []
