"""The spouse's way, on a phone and without JavaScript: the invitation, own log-in, consent, and its withdrawal."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from domain.time import now
from onjip.demo.people import Person

if TYPE_CHECKING:
    from tests.e2e.pages.conftest import Office

pytestmark = [pytest.mark.stack, pytest.mark.browser]


async def test_spouse_consents_and_withdraws(office: Office, people: dict[str, Person]) -> None:
    link = await _invited(people["haneul"])
    async with office.desk("seojun", width=390) as desk:
        await desk.open(link)
        await desk.press("내 로그인으로 확인하기")
        await desk.identify("인증 (Log in)")
        await desk.sees("이서준 님으로 로그인되어 있습니다")
        await desk.press("네, 요청 내용 보기")
        await desk.sees("김하늘 님이 함께 청약하려고 요청했습니다.")
        await desk.keep_screenshot("spouse")
        await desk.press("동의하러 가기")
        await desk.identify("동의하고 인증")
        await desk.sees("동의함")
        await desk.press("동의 철회")
        await desk.sees("동의를 철회했습니다")
        await expect(desk.page.get_by_role("button", name="동의 철회")).to_have_count(0)
        await desk.open("/access")


async def _invited(applicant: Person) -> str:
    case = await applicant.post("/api/v1/cases", {"kind": "A", "title": "함께 청약"})
    wish = {
        "members": [{"relation": "spouse"}], "items": ["household", "home_ownership"], "purpose": "subscription",
        "ends_at": (now() + timedelta(days=90)).isoformat(),
    }  # fmt: skip
    asked = await applicant.post(f"/api/v1/cases/{case['id']}/consents", wish)
    return str(asked["invitation"])
