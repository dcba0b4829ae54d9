"""The applicant's way in a browser: a case, consent under own log-in, eligibility with reasons, one application."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

if TYPE_CHECKING:
    from tests.e2e.pages.conftest import Desk, Office

pytestmark = [pytest.mark.stack, pytest.mark.browser]


async def test_applicant_applies(office: Office) -> None:
    async with office.desk("haneul", javascript=True) as desk:
        await desk.open("/")
        await desk.open("/notices")
        await desk.log_in()
        await _open_case(desk)
        await _consent(desk)
        await _eligibility(desk)
        await _refused_together(desk)
        await _file(desk)
        await desk.keep_screenshot("applicant")


async def _open_case(desk: Desk) -> None:
    await desk.press("청약 시작하기")
    await desk.page.get_by_label("사건 이름").fill("")
    await desk.page.locator("form.stacked").evaluate("form => form.noValidate = true")
    await desk.press("사건 열기")
    await expect(desk.page.get_by_role("alert")).to_contain_text("사건 이름: 입력해 주십시오.")
    assert (await desk.page.title()).startswith("오류:")
    await desk.page.get_by_label("사건 이름").fill("우리 가족 첫 집")
    await desk.press("사건 열기")
    await desk.sees("누구의 어떤 자료를 확인할까요?")
    await desk.look()


async def _consent(desk: Desk) -> None:
    await desk.page.get_by_label("배우자", exact=True).uncheck()
    await desk.press("동의 요청하기")
    await desk.sees("동의를 요청했습니다")
    await desk.look()
    await desk.page.locator(".tasks").get_by_text("동의 요청 확인").click()
    await desk.sees("청약통장 가입·납입 내역")
    await desk.press("동의하러 가기")
    await desk.identify("동의하고 인증")
    await desk.sees("동의함")
    await desk.look()
    await desk.press("사건으로 돌아가기")
    await desk.sees("동의한 자료를 모았습니다.")  # without a reload: the page keeps itself up to date


async def _eligibility(desk: Desk) -> None:
    await desk.press("자격 판정 보기")
    await desk.press("자격 판정 받기")
    await expect(desk.page.locator("section.judged").first).to_be_visible(timeout=20_000)
    await desk.keep_screenshot("eligibility-1280")
    await _why(desk)
    await _what_if(desk)
    await desk.press("통합신청으로")


async def _why(desk: Desk) -> None:
    """One decision with every reason, and judged again."""
    await desk.page.get_by_role("link", name="이유").first.click()
    await desk.sees("왜 그런가요?")
    await desk.page.get_by_text("확인한 나머지 기준").click()
    await desk.sees("공고일 현재 성년자이거나")
    await desk.keep_screenshot("decision-1280")
    await desk.page.set_viewport_size({"width": 390, "height": 844})
    await desk.keep_screenshot("decision-390")
    await desk.press("지금 다시 판정해 보기")
    await desk.sees("같은 결과입니다")
    await desk.look()
    await desk.press("모든 판정 보기")


async def _what_if(desk: Desk) -> None:
    await desk.keep_screenshot("eligibility-390")
    await desk.page.set_viewport_size({"width": 1280, "height": 900})
    await desk.page.get_by_text("만약에: 이 값이 바뀌면?").click()
    await desk.page.get_by_label("세대가 가진 집").select_option("한 채")
    await desk.press("전과 후 나란히 보기")
    await desk.sees("건의 결과가 달라집니다")
    await desk.keep_screenshot("what-if-1280")
    await desk.page.set_viewport_size({"width": 390, "height": 844})
    await desk.keep_screenshot("what-if-390")
    await desk.page.set_viewport_size({"width": 1280, "height": 900})
    await desk.press("실제 판정으로 돌아가기")


async def _refused_together(desk: Desk) -> None:
    """Two homes of one notice by one supply method: refused before anything is filed, with the article."""
    wishes = desk.page.get_by_role("group", name="온마을 성북 푸른마루")
    for home in ("59A · 일반공급", "84B · 일반공급"):
        await wishes.get_by_label(home).check()
    await desk.press("함께 신청할 수 있는지 확인")
    await expect(desk.page.get_by_role("alert")).to_contain_text("같은 공급방법(일반·특별)에 한 번만")
    await expect(desk.page.get_by_role("alert")).to_contain_text("주택공급에 관한 규칙 제4조")
    await expect(wishes.get_by_label("59A · 일반공급")).to_be_checked()
    await desk.look()
    await wishes.get_by_label("84B · 일반공급").uncheck()


async def _file(desk: Desk) -> None:
    await desk.page.get_by_role("group", name="수원당수").get_by_role("checkbox").first.check()
    await desk.press("함께 신청할 수 있는지 확인")
    await desk.sees("이대로 접수할까요?")
    await desk.look()
    await desk.press("2건 접수하기")
    await desk.sees("통합신청 접수증")
    await desk.press("사건으로 돌아가기")
    await expect(desk.page.locator(".sub-list").get_by_text("접수 완료")).to_have_count(2, timeout=20_000)
    await desk.look()


async def test_pages_in_english(office: Office) -> None:
    async with office.desk("jiho", width=390) as desk:
        await desk.log_in()
        await desk.page.get_by_role("link", name="English").click()
        await expect(desk.page.locator("html")).to_have_attribute("lang", "en")
        await desk.sees("To do now")
        for path in ("/", "/notices", "/about", "/verify", "/consents", "/access", "/cases/new"):
            await desk.open(path)
        await desk.keep_screenshot("applicant-english-phone")


async def test_the_keyboard_alone(office: Office) -> None:
    """Past the header by the skip link, into the form, and off with the enter key; the focus is always seen."""
    async with office.desk("jiho") as desk:
        await desk.log_in("/cases/new")
        page = desk.page
        await page.keyboard.press("Tab")
        skip = page.get_by_role("link", name="본문 바로가기")
        await expect(skip).to_be_focused()
        await expect(skip).to_be_in_viewport()
        await page.keyboard.press("Enter")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Tab")
        title = page.get_by_label("사건 이름")
        await expect(title).to_be_focused()
        assert await title.evaluate("field => getComputedStyle(field).outlineStyle") == "solid"
        await page.keyboard.type(" 둘째")
        await page.keyboard.press("Enter")
        await desk.sees("누구의 어떤 자료를 확인할까요?")
