"""A sale dissolved by all who made it: proposed and signed in the browser, the deposit given back, the end shown."""

from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from playwright.async_api import expect
from rich.console import Console

from domain.time import now, seoul_date
from onjip.demo.acts import approve, await_step
from onjip.demo.case_b import DEPOSIT, Resale
from onjip.demo.journey import Progress
from onjip.demo.people import Person

if TYPE_CHECKING:
    from tests.e2e.pages.conftest import Desk, Office

pytestmark = [pytest.mark.stack, pytest.mark.browser, pytest.mark.long]


@pytest_asyncio.fixture
async def sold(people: dict[str, Person]) -> Resale:
    """A sale of its own, sealed, its deposit in custody."""
    resale = Resale(
        Progress(Console(file=io.StringIO())), broker=people["daon"], other_broker=people["garam"],
        seller=people["minjun"], buyer=people["seoa"], scrivener=people["doyun"], registrar=people["haeun"],
    )  # fmt: skip
    await resale.draft()
    await resale.sign()
    resale.transfer_id = await resale._transfer()
    await resale.pay("deposit", "")
    await await_step(resale.buyer, resale.case_id, "deposit_paid")
    return resale


async def test_the_parties_dissolve_a_sale(office: Office, sold: Resale) -> None:
    async with office.desk("seoa") as buyer, office.desk("minjun", javascript=True, width=390) as seller:
        await buyer.log_in(f"/contracts/{sold.contract_id}")
        dissolution = await _propose(buyer)
        await seller.log_in()
        await _sign_in_turn(buyer, seller, sold, dissolution)
        await _release(buyer, seller, sold)
        await await_step(sold.buyer, sold.case_id, "dissolved")
        await buyer.open(f"/transfers/{sold.transfer_id}")
        await buyer.sees("계약을 해제했고 되돌릴 수 있는 것은 모두 되돌렸습니다.")
        await buyer.keep_screenshot("dissolved")
        await seller.open(f"/cases/{sold.case_id}")
        await expect(seller.page.locator("[aria-current=step]")).to_have_count(0)  # nothing comes next
        await seller.keep_screenshot("dissolved-phone")


async def _propose(desk: Desk) -> str:
    """More than the price is refused, with its article; what was typed stays. The answer is the new contract."""
    page = desk.page
    await page.get_by_text("합의해제 제안").click()
    await page.get_by_label("해제 이유").fill("매수인의 대출이 거절됨")
    await page.get_by_label("반환 금액").fill("487,000,001")
    await page.get_by_label("반환 기한").fill(seoul_date(now()).isoformat())
    await desk.press("합의해제서 만들기")
    await expect(page.get_by_role("alert")).to_contain_text("돌려줄 금액이 계약 금액보다 큽니다.")
    await expect(page.get_by_role("alert")).to_contain_text("민법 제548조")
    await expect(page.get_by_label("해제 이유")).to_have_value("매수인의 대출이 거절됨")
    await desk.keep_screenshot("dissolution-refused")
    await page.get_by_label("반환 금액").fill(f"{DEPOSIT:,}")
    await desk.press("합의해제서 만들기")
    await desk.sees("합의해제서")
    return page.url.split("?")[0].rsplit("/", 1)[1]


async def _sign_in_turn(buyer: Desk, seller: Desk, sold: Resale, dissolution: str) -> None:
    """The parties in their browsers, in the order of the paper; the brokers as clients of the API."""
    desks = {sold.seller.login: seller, sold.buyer.login: buyer}
    for person in (sold.seller, sold.buyer, sold.broker, sold.other_broker):
        await person.task("sign", subject_id=dissolution)
        desk = desks.get(person.login)
        if desk is None:
            await person.post(f"/api/v1/contracts/{dissolution}/sign")
            await person.sign_at_signing_service()
            continue
        await desk.open(f"/contracts/{dissolution}")
        await desk.sees(f"{DEPOSIT:,}원")
        await desk.press("서명하기")
        await desk.press("서명 서비스로 보내기")
        await _go_and_sign(desk)


async def _go_and_sign(desk: Desk) -> None:
    go = "서명 서비스로 가서 승인하기"
    if not await desk.page.evaluate("() => 'htmx' in window"):
        await desk.reload_until(go)
    await desk.press(go)
    await desk.sign_at_the_service()


async def _release(buyer: Desk, seller: Desk, sold: Resale) -> None:
    """The deposit lies in custody: both consent that it goes back. The buyer in the browser."""
    await asyncio.gather(
        approve(sold.seller, sold.case_id, "undo:release:1"),
        sold.buyer.task("approve", case_id=sold.case_id, kind="undo:release:1"),
    )
    await buyer.open("/my")
    await buyer.page.locator(".tasks a").filter(has_text="예치금").first.click()
    await buyer.sees(f"{DEPOSIT:,}")
    await buyer.look()
    await buyer.press("서명 서비스로 보내기")
    await _go_and_sign(buyer)
