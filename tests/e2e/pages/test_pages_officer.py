"""The officer's way: a notice refused with its fault, then published; the digits of the draw; winners by ticket.

And the operator's: receipt closed, the same digits typed without seeing the officer's, the record for everybody.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from onjip.demo.case_a import DIGITS
from onjip.demo.people import Person

if TYPE_CHECKING:
    from tests.e2e.pages.conftest import Desk, Office

pytestmark = [pytest.mark.stack, pytest.mark.browser]


async def test_officer_publishes(office: Office, people: dict[str, Person]) -> None:
    async with office.desk("yerin") as desk:
        await desk.log_in()
        await desk.press("새 공고 게시")
        page = desk.page
        await page.get_by_label("공고 이름").fill("과천지식정보타운 S9블록 새봄마을 공공분양")
        house = page.get_by_role("group", name="주택형 1")
        await house.get_by_label("주택형", exact=True).fill("059.9800A")
        await house.get_by_label("전용면적").fill("59.98")
        await house.get_by_label("공급금액").fill("520,000,000")
        await house.get_by_label("일반공급").fill("4")
        await page.get_by_label("계좌번호").fill("301-7700-2021-33")
        await expect(page.get_by_label("입주 예정월")).not_to_have_value("")
        await page.get_by_label("중도금 2회 비율").fill("5")
        await page.get_by_label("중도금 3회 납부일").fill("")
        await page.locator("form.stacked").evaluate("form => form.noValidate = true")
        await desk.press("게시하기")
        await expect(page.get_by_role("alert")).to_contain_text("납부 비율의 합이 100%여야 합니다.")
        await desk.look()
        await page.get_by_label("중도금 2회 비율").fill("15")
        await desk.press("게시하기")
        await expect(page.get_by_role("alert")).to_contain_text("중도금 3회 납부일: 계약금과 중도금에는 납부일이")
        await desk.keep_screenshot("officer-refused")
        await page.get_by_role("link", name="중도금 3회 납부일").click()
        await expect(page.get_by_label("중도금 3회 납부일")).to_be_focused()
        later = date.fromisoformat(await page.get_by_label("중도금 2회 납부일").input_value()) + timedelta(days=90)
        await page.get_by_label("중도금 3회 납부일").fill(later.isoformat())
        await desk.press("게시하기")
        await desk.sees("공고를 게시했습니다.")
        await desk.sees("사업주체 담당자 업무")
        await desk.keep_screenshot("officer")


async def test_the_form_for_a_notice_on_a_phone(office: Office) -> None:
    async with office.desk("yerin", width=390) as desk:
        await desk.log_in("/notices/new")
        await desk.sees("계약금은 주택가격의")
        await desk.keep_screenshot("officer-phone")


async def test_operator_and_officer_draw(office: Office, people: dict[str, Person], lh_notice_id: str) -> None:
    path = f"/notices/{lh_notice_id}"
    await people["harin"].task("close", subject_id=lh_notice_id)
    async with office.desk("harin") as operator, office.desk("jihun") as officer:
        await operator.log_in()
        await operator.page.locator(".tasks a").filter(has_text="접수 마감").first.click()
        await operator.press("접수 마감하기")
        await operator.sees("접수를 마감하고")
        await people["harin"].task("digits", subject_id=lh_notice_id)
        await officer.log_in(path)
        for desk in (officer, operator):
            await _type(desk, path)
        await operator.open(f"{path}/draw")
        await operator.reload_until("추첨 기록 (JSON)")
        await operator.keep_screenshot("operator")
        await officer.open(f"{path}/applicants")
        await officer.sees("예비입주자")
        await officer.sees("당첨")
        await officer.look()


async def _type(desk: Desk, path: str) -> None:
    await desk.open(path)
    await desk.page.get_by_role("textbox", name="추첨 숫자").fill("끝자리")
    await desk.press("숫자 확정")
    await expect(desk.page.get_by_role("alert")).to_contain_text("추첨 숫자")
    await desk.page.get_by_role("textbox", name="추첨 숫자").fill(DIGITS)
    await desk.press("숫자 확정")
    await desk.sees("추첨 숫자를 기록했습니다.")
