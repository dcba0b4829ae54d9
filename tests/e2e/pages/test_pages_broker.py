"""The broker's way: a draft from the registers, the explanation, the invitation, the own signature, the report."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from onjip.demo.case_b import STATEMENTS, UNIQUE_NO, Resale
from onjip.demo.people import Person

if TYPE_CHECKING:
    from tests.e2e.pages.conftest import Desk, Office

pytestmark = [pytest.mark.stack, pytest.mark.browser]


async def test_broker_drafts_signs_and_reports(office: Office, people: dict[str, Person], resale: Resale) -> None:
    async with office.desk("daon", javascript=True) as desk:
        await desk.log_in()
        await _draft(desk, resale)
        await desk.press("확인·설명서를 교부했습니다")
        await desk.sees("확인·설명서를 교부했습니다. 문서를 확정하고")
        await desk.press("문서 확정하고 초대")
        await desk.sees("정해진 순서대로 서명합니다.")
        for person in (resale.seller, resale.buyer):
            await _sign(person, resale.contract_id)
        await desk.press("서명하기")
        await desk.press("서명 서비스로 보내기")
        await desk.press("서명 서비스로 가서 승인하기")
        await desk.sign_at_the_service()
        await asyncio.gather(
            _sign(resale.other_broker, resale.contract_id), desk.open(f"/contracts/{resale.contract_id}")
        )
        await desk.sees("모두 서명했고 증거와 시점확인을 함께 봉인했습니다.")
        await desk.keep_screenshot("broker")
        await _report(desk, resale)


async def _draft(desk: Desk, resale: Resale) -> None:
    await desk.press("매매계약서 작성")
    page = desk.page
    await page.get_by_label("부동산 고유번호").fill(UNIQUE_NO)
    await page.get_by_label("매도인 코드").fill(resale.seller.me["code"])
    await page.get_by_label("매수인 코드").fill("ZZZZ9999")
    await page.get_by_label("공동중개 중개사 코드").fill(resale.other_broker.me["code"].lower())
    await page.get_by_label("거래금액").fill("487,000,000")
    await page.get_by_label("계약금", exact=True).fill("48,700,000")
    for name, text in STATEMENTS.items():
        await page.locator(f"[name={name}]").fill(text)
    await page.get_by_label("그 밖의 특약").fill("매도인은 잔금일까지 등기기록의 권리관계를 현재 상태로 유지한다.")
    await desk.press("초안 만들기")
    await expect(page.get_by_role("alert")).to_contain_text("매수인 코드: 등록되지 않은 당사자 코드")
    await expect(page.get_by_label("거래금액")).to_have_value("487,000,000")
    await desk.look()
    await page.get_by_label("매수인 코드").fill(resale.buyer.me["code"])
    await desk.press("초안 만들기")
    await desk.sees("초안을 확인하고 확인·설명서를 교부할 차례입니다.")
    resale.contract_id = page.url.split("?")[0].rsplit("/", 1)[1]
    await desk.open(f"/contracts/{resale.contract_id}")
    await desk.sees("4억 8,700만원")
    found = await resale.broker.get(f"/api/v1/contracts/{resale.contract_id}")
    resale.case_id = found["case_id"]


async def _sign(person: Person, contract_id: str) -> None:
    await person.task("sign", subject_id=contract_id)
    await person.post(f"/api/v1/contracts/{contract_id}/sign")
    await person.sign_at_signing_service()


async def _report(desk: Desk, resale: Resale) -> None:
    """The joint report: read here, signed at the signing service. The buyer has paid the deposit meanwhile."""
    resale.transfer_id = await resale._transfer()
    await resale.pay("deposit", "계약금")
    await resale.broker.task("approve", case_id=resale.case_id, kind="report")
    await desk.open(f"/cases/{resale.case_id}")
    await desk.page.locator(".tasks a").filter(has_text="부동산거래신고").click()
    await desk.sees("487,000,000원")
    await desk.look()
    await desk.press("서명 서비스로 보내기")
    await desk.press("서명 서비스로 가서 승인하기")
    await desk.sign_at_the_service()
    await resale.approve(resale.other_broker, "report", "공동 신고")
    await desk.open(f"/cases/{resale.case_id}")
    await desk.sees("부동산거래신고를")
