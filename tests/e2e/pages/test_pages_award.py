"""A home won by somebody about whom the registers leave a question: explained, judged by a human, given on.

The spouse withdraws the consent between filing and draw. So the check of the winner cannot tell, and a person decides.
"""

from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from rich.console import Console

from domain.time import now, seoul_date
from onjip.demo.acts import await_step, publish
from onjip.demo.case_a import DIGITS, Subscription, judged
from onjip.demo.journey import Progress
from onjip.demo.notices import lh_notice
from onjip.demo.people import Person

if TYPE_CHECKING:
    from tests.e2e.pages.conftest import Desk, Office

pytestmark = [pytest.mark.stack, pytest.mark.browser, pytest.mark.long]


async def test_winner_explains_officer_judges_and_gives_the_home_on(office: Office, people: dict[str, Person]) -> None:
    story = _subscription(people)
    await _apply(story)
    async with office.desk("haneul") as winner, office.desk("jihun", width=390) as officer:
        await winner.log_in()
        await officer.log_in()
        award = await _won(story)
        await winner.open(f"/awards/{award}")
        await _explain(winner, story, award)
        await _judge(officer, story, award)
        await winner.open(f"/awards/{award}")
        await winner.sees("배우자의 주택 소유를 확인할 수 없음")
        await expect(winner.page.get_by_role("heading", level=1)).to_have_text("부적격으로 판정되었습니다")
        await winner.keep_screenshot("award-ineligible")
        await _give_on(officer, story, award)


def _subscription(people: dict[str, Person]) -> Subscription:
    return Subscription(
        Progress(Console(file=io.StringIO())), applicant=people["haneul"], spouse=people["seojun"],
        second=people["jiho"], officer=people["jihun"], city_corporation=people["yerin"], operator=people["harin"],
        city=people["citysora"], scrivener=people["doyun"], registrar=people["haeun"],
    )  # fmt: skip


async def _apply(story: Subscription) -> None:
    """As in the demo, up to the receipt of one line; then the spouse's consent is withdrawn."""
    story.lh_id = await publish(story.officer, lh_notice("0000077002", seoul_date(now())))
    story.case_id = (await story.applicant.post("/api/v1/cases", {"kind": "A", "title": "소명할 일"}))["id"]
    await story.consent()
    await judged(story.applicant, story.case_id, [story.lh_id], (story.lh_id, "first_home"))
    line = {"notice_id": story.lh_id, "model_no": "01", "supply_kind": "first_home"}
    await story.applicant.post(f"/api/v1/cases/{story.case_id}/applications", {"lines": [line]})
    await await_step(story.applicant, story.case_id, "delivered")
    mine = (await story.spouse.get("/api/v1/consents"))["items"]
    given = next(one for one in mine if one["case_id"] == story.case_id and one["state"] == "given")
    await story.spouse.post(f"/api/v1/consents/{given['id']}/withdraw")


async def _won(story: Subscription) -> str:
    """Closed and drawn; the answer is the award, as soon as there is one."""
    await story._close(story.lh_id)
    await story.operator.task("digits", subject_id=story.lh_id)
    for person in (story.officer, story.operator):
        await person.post(f"/api/v1/notices/{story.lh_id}/digits", {"digits": DIGITS})
    return str((await story._own_award(story.applicant))["id"])


async def _explain(desk: Desk, story: Subscription, award: str) -> None:
    """The time for it is shortened to two seconds: at once."""
    while not await desk.page.get_by_label("소명").count():
        await asyncio.sleep(0.02)
        await desk.page.reload()
    await desk.page.get_by_label("소명").fill("배우자의 동의가 끝났을 뿐, 세대의 주택 수는 그대로입니다.")
    await desk.press("소명 제출")
    await desk.sees("소명을 심사하고 있습니다.")
    await desk.keep_screenshot("award-explained")


async def _judge(desk: Desk, story: Subscription, award: str) -> None:
    """On a phone: refused without a reason, then recorded."""
    page = desk.page
    await desk.open(f"/notices/{story.lh_id}/applicants")
    await page.locator(f'a[href="/awards/{award}/decide"]').click()
    await desk.sees("세대의 주택 수는 그대로입니다.")
    await desk.keep_screenshot("award-decide-phone")
    await page.locator("form.stacked").first.evaluate("form => form.noValidate = true")
    await desk.press("판정 기록")
    await expect(page.get_by_role("alert")).to_contain_text("판정: 하나를 골라 주십시오.")
    await expect(page.get_by_role("alert")).to_contain_text("이유: 입력해 주십시오.")
    await desk.look()
    await page.get_by_role("combobox", name="판정").select_option("no")
    await page.get_by_role("textbox", name="이유").fill("배우자의 주택 소유를 확인할 수 없음")
    await desk.press("판정 기록")
    await desk.sees("판정을 기록했습니다.")


async def _give_on(desk: Desk, story: Subscription, award: str) -> None:
    page = desk.page
    await story.officer.until(
        f"/api/v1/notices/{story.lh_id}/awards?limit=100",
        lambda found: next((one for one in found["items"] if (one["id"], one["state"]) == (award, "ineligible")), None),
        "found ineligible",
    )
    await desk.open(f"/awards/{award}/decide")
    await page.get_by_text("빈 주택으로 기록").click()
    await page.get_by_role("textbox", name="사유").fill("부적격 확정")
    await page.get_by_role("button", name="기록", exact=True).last.click()
    await desk.sees("예비입주자에게 처음 공급할 때")
    await desk.look()
    await desk.open(f"/notices/{story.lh_id}/reserve")
    await desk.sees("비어 있는 주택")
    await desk.look()
    await desk.keep_screenshot("reserve-phone")
