"""A lease, drafted on its page from the registers, signed by the lessor's agent under a power of attorney, sealed; the
finished file says the same on its pages and inside. The lessee's approval reports it."""

from __future__ import annotations

import asyncio
import io
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pikepdf
import pytest
from playwright.async_api import expect

from contracts.verify import verify_file
from domain.time import now, seoul_date
from domain.words import ContractKind
from law.forms.explaining import asked
from onjip.demo.case_b import STATEMENTS, UNIQUE_NO, Resale
from onjip.demo.people import Person

if TYPE_CHECKING:
    from tests.e2e.pages.conftest import Desk, Office

pytestmark = [pytest.mark.stack, pytest.mark.browser, pytest.mark.long]

TODAY = seoul_date(now())
START, END = TODAY + timedelta(days=30), TODAY + timedelta(days=759)
SAID = {str(row.ask): STATEMENTS.get(str(row.ask), "해당 없음") for row in asked(ContractKind.LEASE)}


async def test_broker_drafts_a_lease_on_its_page(office: Office, people: dict[str, Person], resale: Resale) -> None:
    async with office.desk("daon", javascript=True) as desk:
        await desk.log_in()
        contract = await _draft(desk, resale)
        await desk.keep_screenshot("lease")
        assert await _is_pdf(people["daon"], f"{contract}/preview")
        assert await _is_pdf(people["daon"], f"{contract}/preview?paper=explanation")
        await desk.press("확인·설명서를 교부했습니다")
        await desk.sees("확인·설명서를 교부했습니다. 문서를 확정하고")
        await desk.press("문서 확정하고 초대")
        await desk.sees("정해진 순서대로 서명합니다.")
        for person in (resale.seller, resale.buyer, resale.broker):
            await _sign(person, contract)
        await desk.sees("모두 서명했고 증거와 시점확인을 함께 봉인했습니다.")
        await desk.sees("임대인이나 임차인 한 분이 신고서를 승인하면 계약서와 함께 냅니다.")
        await _report(resale.buyer, contract)
        await desk.sees("신고를 마쳤고 확정일자를 받았습니다.")
        await desk.keep_screenshot("lease-reported")
    await _stands(people["daon"], contract)


async def test_an_agent_signs_for_the_lessor(people: dict[str, Person], resale: Resale) -> None:
    """The power of attorney is sealed first; without it the draft is refused, and nothing is kept."""
    lessor, agent, broker = resale.seller, people["haneul"], resale.broker
    acting = {"role": "lessor", "code": agent.me["code"], "authority": "attorney"}
    refused = await broker.post("/api/v1/leases", _lease(resale, agents=[acting]))
    found = await _until(broker, refused["contract_id"], "refused")
    assert found["refusal"]["code"] == "power_missing"
    power = await lessor.post("/api/v1/powers", {
        "unique_no": UNIQUE_NO, "agent_code": agent.me["code"],
        "power": {"powers": ["let", "hand_over"], "purpose": "임대", "valid_until": END.isoformat()},
    })  # fmt: skip
    await _until(lessor, power["contract_id"], "invited", "signing", "draft")
    for person in (lessor, agent):
        await _sign(person, power["contract_id"])
    await _until(lessor, power["contract_id"], "sealed")
    drafted = await broker.post("/api/v1/leases", _lease(resale, agents=[{**acting, "power_id": power["contract_id"]}]))
    contract = drafted["contract_id"]
    await _until(broker, contract, "draft")
    await broker.post(f"/api/v1/contracts/{contract}/explain")
    await broker.post(f"/api/v1/contracts/{contract}/invite")
    for person in (agent, resale.buyer, broker):
        await _sign(person, contract)
    await _until(broker, contract, "sealed")
    terms = await _stands(broker, contract)
    assert terms["parties"][0]["agent"]["power_id"] == power["contract_id"]
    assert (await lessor.get(f"/api/v1/contracts/{contract}"))["state"] == "sealed"


async def _draft(desk: Desk, resale: Resale) -> str:
    page = desk.page
    await desk.press("임대차계약서 작성")
    typed = {
        "unique_no": UNIQUE_NO, "lessor_code": resale.seller.me["code"], "lessee_code": resale.buyer.me["code"],
        "part_area": "59.94", "price": "300,000,000", "deposit": "30,000,000", "monthly_rent": "900,000",
        "unpaid_taxes": "없음 (납세증명서 제시)", "fixed_dates": "없음 (확정일자 부여현황 제시)", "repairs": "없음",
        "starts_on": START.isoformat(), "ends_on": END.isoformat(), **SAID,
    }  # fmt: skip
    for name, text in typed.items():
        await page.locator(f"[name={name}]").fill(text)
    await page.get_by_text("상세주소 부여").click()
    await desk.keep_screenshot("lease-draft")
    await desk.press("초안 만들기")
    await expect(page.get_by_role("alert")).to_contain_text("차임이 있으면")
    await page.locator("[name=rent_day]").fill("25")
    await desk.press("초안 만들기")
    await desk.sees("초안을 확인하고 확인·설명서를 교부할 차례입니다.")
    contract = page.url.split("?")[0].rsplit("/", 1)[1]
    await desk.open(f"/contracts/{contract}")
    await desk.sees("3억원")
    return contract


def _lease(resale: Resale, **more: Any) -> dict[str, Any]:
    return {
        "unique_no": UNIQUE_NO, "deposit": 300_000_000, "lessor_code": resale.seller.me["code"],
        "lessee_code": resale.buyer.me["code"], "statements": SAID, "switches": ["hidden_priority"],
        "payments": [
            {"kind": "deposit", "amount": 30_000_000, "due_on": TODAY.isoformat()},
            {"kind": "balance", "amount": 270_000_000, "due_on": START.isoformat()},
        ],
        "lease": {
            "starts_on": START.isoformat(), "ends_on": END.isoformat(), "part": "전부", "part_area": "59.94",
            "repairs": "없음", "unpaid_taxes": "없음", "fixed_dates": "없음",
        },
        **more,
    }  # fmt: skip


async def _sign(person: Person, contract: str) -> None:
    await person.task("sign", subject_id=contract)
    await person.post(f"/api/v1/contracts/{contract}/sign")
    await person.sign_at_signing_service()


async def _report(lessee: Person, contract: str) -> None:
    """Approved by one party; its numbers come back by themselves."""
    task = await lessee.task("approve", kind="lease_report")
    await lessee.post(f"/api/v1{task['link']}/approve")
    await lessee.sign_at_signing_service()
    async with asyncio.timeout(60):
        while (found := await lessee.get(f"/api/v1/contracts/{contract}/lease-report"))["state"] != "certified":  # noqa: ASYNC110
            await asyncio.sleep(0.25)
    assert found["fixed_on"] == TODAY.isoformat()
    assert found["fixed_date_no"]


async def _until(person: Person, contract: str, *states: str) -> dict[str, Any]:
    async with asyncio.timeout(60):
        while (found := await person.get(f"/api/v1/contracts/{contract}"))["state"] not in states:  # noqa: ASYNC110
            await asyncio.sleep(0.25)
    return found


async def _is_pdf(person: Person, path: str) -> bool:
    return (await person.bytes(f"/api/v1/contracts/{path}")).startswith(b"%PDF-")


async def _stands(person: Person, contract: str) -> dict[str, Any]:
    """The sealed file, judged by itself; its terms."""
    pdf = await person.bytes(f"/api/v1/contracts/{contract}/document")
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        terms: dict[str, Any] = json.loads(opened.attachments["contract.json"].get_file().read_bytes())
    pem = await person.http.get(f"{person.world.agencies['trust']}/trust.pem")
    report = await asyncio.to_thread(verify_file, pdf, pem.content)
    assert report.valid, [one.code for one in report.findings if not one.ok]
    assert terms["kind"] == "lease"
    return terms
