"""Days that the law sets after a contract: shown to its people with how many are left, until it is done."""

from __future__ import annotations

import re
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).parent))
from page_reader import get, read, send

from activities.plans import fund_plan_duty
from domain.time import now, seoul_date
from domain.words import Outcome
from store import contracts, transfers
from store.transfers import FUND_PLAN

if TYPE_CHECKING:
    from tests.api.conftest import Make, Site


async def test_the_last_day_of_the_report_is_told_until_it_is_filed(site: Site, make: Make) -> None:
    broker = await site.browser("정다온", ("broker", "정다온"))
    seller, buyer = await site.browser("최민준"), await site.browser("윤서아")
    contract_id = await make.contract(broker, ("seller", seller), ("buyer", buyer), ("seller_broker", broker))
    async with site.db.transaction() as session:
        case_id = (await contracts.contract(session, contract_id)).case_id
        terms = contracts.terms_of(await contracts.contract(session, contract_id))
    duty = fund_plan_duty(terms, site.services.rulebook).model_dump(mode="json")
    transfer = await make.transfer(contract_id, record={"fund_plan": duty})
    due = (await seller.get(f"/transfers/{transfer}")).json()["report_due"]
    assert (due["on"], due["article"]) == (duty["file_by"], "부동산 거래신고 등에 관한 법률 제3조제1항")
    assert due["days_left"] == (date.fromisoformat(due["on"]) - seoul_date(now())).days
    approval = await make.approval(transfer, case_id, broker, "nobody", role="seller_broker")
    for person, path in ((seller, f"/transfers/{transfer}"), (broker, f"/approvals/{approval}")):
        page = read(await get(person, path)).text
        assert f"{due['days_left']}일 남음" in page, path
    async with site.db.transaction() as session:
        await transfers.note(session, transfer, "answer:report", {"number": "RTMS-1"})
    assert (await seller.get(f"/transfers/{transfer}")).json()["report_due"] is None


async def test_brokers_see_until_when_they_keep_the_papers(site: Site, make: Make) -> None:
    broker = await site.browser("정다온", ("broker", "정다온"))
    seller, buyer = await site.browser("최민준"), await site.browser("윤서아")
    people = (("seller", seller), ("buyer", buyer), ("seller_broker", broker))
    sealed, open_one = [await make.contract(broker, *people, state=state) for state in ("sealed", "signing")]
    async with site.db.transaction() as session:
        row = await contracts.contract(session, sealed, lock=True)
        row.sealed_at = datetime(2026, 11, 23, 3, tzinfo=UTC)
        session.add(row)
    page = read(await get(broker, f"/contracts/{sealed}")).text
    assert re.search(r"거래계약서:\s*2031\. 11\. 23\.\(.\)\s*까지 보존합니다\.\s*공인중개사법 시행령 제22조제2항", page)
    assert re.search(
        r"확인·설명서:\s*2029\. 11\. 23\.\(.\)\s*까지 보존합니다\.\s*공인중개사법 시행령 제21조제4항", page
    )
    assert "온집은 공인전자문서센터가 아니니" in page
    for person, contract_id in ((buyer, sealed), (broker, open_one)):
        assert "보존 의무" not in read(await get(person, f"/contracts/{contract_id}")).text


async def test_the_buyer_says_how_the_fund_plan_is_filed(site: Site, make: Make) -> None:
    broker = await site.browser("정다온", ("broker", "정다온"))
    seller, buyer = await site.browser("최민준"), await site.browser("윤서아")
    contract_id = await make.contract(broker, ("seller", seller), ("buyer", buyer), ("seller_broker", broker))
    async with site.db.transaction() as session:
        row = await contracts.contract(session, contract_id)
        case_id, terms = row.case_id, contracts.terms_of(row)
    duty = fund_plan_duty(terms, site.services.rulebook).model_dump(mode="json")
    transfer = await make.transfer(contract_id, record={FUND_PLAN: duty})
    page = read(await get(buyer, f"/transfers/{transfer}")).text
    assert "자금조달계획서를 어떻게 내시겠습니까" in page
    assert "어떻게 내시겠습니까" not in read(await get(broker, f"/transfers/{transfer}")).text
    secrets = {"csrf": buyer.csrf, "key": uuid4().hex}
    reply = await send(buyer, f"/transfers/{transfer}/fund-plan", {**secrets, "way": "with_report"})
    assert reply.status_code == 303
    told = (await broker.get(f"/transfers/{transfer}")).json()
    assert told["fund_plan_way"] == "with_report"
    assert "신고하는 사람에게 주어 신고서와 함께 냅니다" in read(await get(broker, f"/transfers/{transfer}")).text
    assert (await seller.get(f"/transfers/{transfer}")).json()["fund_plan_way"] is None
    await make.approval(transfer, case_id, broker, "nobody", role="broker")
    late = await buyer.post(f"/transfers/{transfer}/fund-plan", {"way": "apart"})
    assert (late.status_code, late.json()["code"]) == (409, "report_prepared")
    assert "어떻게 내시겠습니까" not in read(await get(buyer, f"/transfers/{transfer}")).text


async def test_where_no_plan_is_owed_none_is_asked_for(site: Site, make: Make) -> None:
    broker = await site.browser("정다온", ("broker", "정다온"))
    buyer = await site.browser("윤서아")
    contract_id = await make.contract(broker, ("buyer", buyer), ("seller_broker", broker))
    async with site.db.transaction() as session:
        terms = contracts.terms_of(await contracts.contract(session, contract_id))
    duty = fund_plan_duty(terms, site.services.rulebook)
    none = duty.model_copy(update={"plan": duty.plan.model_copy(update={"outcome": Outcome.NO})})
    transfer = await make.transfer(contract_id, record={FUND_PLAN: none.model_dump(mode="json")})
    reply = await buyer.post(f"/transfers/{transfer}/fund-plan", {"way": "apart"})
    assert (reply.status_code, reply.json()["code"]) == (409, "no_fund_plan")
    assert "어떻게 내시겠습니까" not in read(await get(buyer, f"/transfers/{transfer}")).text
