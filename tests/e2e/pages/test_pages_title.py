"""The judicial scrivener's way: the packet, the application signed; then the registrar, at the registry's own site.

The last of the walks by its name: after it the home of the others has another owner.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from onjip.demo.acts import await_step, choose_scrivener, give_right_proof
from onjip.demo.case_b import UNIQUE_NO, Resale

if TYPE_CHECKING:
    from tests.e2e.pages.conftest import Desk, Office

pytestmark = [pytest.mark.stack, pytest.mark.browser]


async def test_scrivener_files_registrar_registers_buyer_sees_it(office: Office, resale: Resale) -> None:
    await _bring_to_the_scrivener(resale)
    async with office.desk("doyun") as scrivener:
        receipt = await _file(scrivener, resale)
    async with office.desk("haeun") as registrar:
        await _register(registrar, receipt)
    async with office.desk("seoa", javascript=True, width=390) as buyer:
        await buyer.log_in(f"/transfers/{resale.transfer_id}")
        await buyer.sees("소유권이전등기가 끝났습니다. 축하합니다!")
        await buyer.open(f"/cases/{resale.case_id}")
        await buyer.keep_screenshot("buyer-phone")


async def _bring_to_the_scrivener(resale: Resale) -> None:
    """What the broker's walk has not done yet, by the API."""
    if not resale.contract_id:
        await resale.draft()
        await resale.sign()
    if not resale.transfer_id:
        await resale.deposit_and_report()
    await resale.pay_and_tax()
    await choose_scrivener(resale.buyer, resale.transfer_id, resale.scrivener)
    await give_right_proof(resale.seller, resale.transfer_id, UNIQUE_NO)
    await asyncio.gather(
        resale.approve(resale.seller, "mandate", ""), resale.approve(resale.buyer, "mandate", ""),
        resale.pay("fee", ""),
    )  # fmt: skip
    await resale.scrivener.task("approve", case_id=resale.case_id)


async def _file(desk: Desk, resale: Resale) -> str:
    """Without JavaScript. The answer is the registry's receipt number."""
    await desk.log_in(f"/transfers/{resale.transfer_id}")
    await desk.sees("준비 중")
    await desk.open("/my")
    await desk.page.locator(".tasks a").filter(has_text="등기").first.click()
    await desk.sees("등기원인")
    await desk.look()
    await desk.press("서명 서비스로 보내기")
    await desk.reload_until("서명 서비스로 가서 승인하기")
    await desk.press("서명 서비스로 가서 승인하기")
    await desk.sign_at_the_service()
    receipt = await await_step(resale.scrivener, resale.case_id, "packet_delivered")
    await desk.open(f"/transfers/{resale.transfer_id}")
    await desk.sees(receipt)
    await desk.sees("취득세 영수필확인서")
    await desk.keep_screenshot("scrivener")
    return receipt


async def _register(desk: Desk, receipt: str) -> None:
    """The registrar's pages are the sandbox court's own site, behind its own log-in."""
    page, path = desk.page, f"{desk.world.agencies['registry']}/people/registrar/{receipt}"
    await page.goto(path)
    await desk.identify("로그인")
    await page.goto(path)
    await expect(page.get_by_text(receipt).first).to_be_visible()
    await desk.keep_screenshot("registrar", ours=False)
    await page.get_by_role("button", name="교합하여 등기 완료").click()
    await expect(page.get_by_text("등기 완료").first).to_be_visible()
