"""May I apply? Asked by somebody without an account and without JavaScript: typed, told, corrected, supposed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

if TYPE_CHECKING:
    from onjip.stack.stack import Stack
    from tests.e2e.pages.conftest import Desk, Office

pytestmark = [pytest.mark.stack, pytest.mark.browser]
TYPED = {
    "생년월일": "1989-04-13", "그곳에 살기 시작한 날": "2020-01-07", "혼인신고일": "2021-05-07",
    "배우자 생년월일": "1990-01-09", "미혼 자녀": "2024-02-03", "부모·조부모": "0", "납입 인정 회차": "60",
    "납입 인정 금액": "6,000,000", "예치금": "6,000,000", "내 월평균소득": "3,400,000",
    "배우자 월평균소득": "2,100,000", "부동산가액": "0", "자동차가액": "0", "소득세를 낸 햇수": "6",
}  # fmt: skip
CHOSEN = {
    "사는 곳": "서울특별시", "세대주입니까": "예", "혼인했습니까": "예", "우리 세대가 가진 집": "가진 적이 없음",
    "당첨된 사람": "아니요", "근로자 또는": "예",
}  # fmt: skip


SECRETS = ("1989-04-13", "2021-05-07", "1990-01-09", "3,400,000", "3400000", "2026-09-03")


@pytest.mark.parametrize("width", [1280, 390])
async def test_a_visitor_asks(office: Office, stack: Stack, width: int) -> None:
    async with office.desk("jiho", width=width) as desk:
        await desk.open("/check")
        await desk.keep_screenshot(f"check-empty-{width}")
        await _fill(desk)
        await _corrected(desk, width)
        await desk.sees("등록부로 확인한 판정이 아닙니다.")
        await expect(desk.page.locator("section.judged").first).to_be_visible()
        await desk.keep_screenshot(f"check-{width}")
        await desk.page.get_by_role("button", name="이유 모두 보기").last.click()
        await desk.sees("확인한 나머지 기준")
        await expect(desk.page.locator("#result").get_by_text("판정을 가른 이유")).to_be_visible()
        await desk.keep_screenshot(f"check-why-{width}")
        await _supposed(desk, width)
        assert await desk.page.context.cookies() == []
        assert desk.page.url == f"{desk.world.site}/check#result"
    written = "".join(path.read_text("utf-8", "replace") for path in (stack.home / "logs").iterdir())
    assert written
    assert not [secret for secret in SECRETS if secret in written]


async def _fill(desk: Desk) -> None:
    form = desk.page.locator("#facts")
    for label, value in TYPED.items():
        await form.get_by_label(label).first.fill(value)
    for label, value in CHOSEN.items():
        await form.get_by_label(label).first.select_option(label=value)
    await form.locator("#account_opened_on").fill("2026-09-03")


async def _corrected(desk: Desk, width: int) -> None:
    """What cannot be is told at its field, and nothing has to be typed twice."""
    await desk.page.locator("#marriage_registered_on").fill("1980-01-01")
    await desk.press("판정 보기")
    await expect(desk.page.get_by_role("alert")).to_contain_text("혼인신고일")
    await expect(desk.page.locator("#birth_date")).to_have_value("1989-04-13")
    await desk.keep_screenshot(f"check-refused-{width}")
    await desk.page.locator("#marriage_registered_on").fill("2021-05-07")
    await desk.press("판정 보기")


async def _supposed(desk: Desk, width: int) -> None:
    await desk.page.get_by_text("만약에: 이 값이 바뀌면?").click()
    await desk.page.locator("#if_account_opened_on").fill("2018-01-01")
    await desk.press("판정 보기")
    await expect(desk.page.locator(".beside.changed").first).to_be_visible()
    await desk.keep_screenshot(f"check-what-if-{width}")


async def test_in_english_and_by_the_keyboard(office: Office) -> None:
    async with office.desk("jiho") as desk:
        await desk.open("/check")
        await desk.page.get_by_role("link", name="English").click()
        await expect(desk.page.locator("html")).to_have_attribute("lang", "en")
        await desk.page.locator("#account_payments").focus()
        await desk.page.keyboard.type("24")
        await desk.page.keyboard.press("Enter")
        await desk.sees("Not from registers.")
        await desk.keep_screenshot("check-english-1280")
