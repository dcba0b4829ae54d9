"""The page of a sealed lease says whether it is reported, until when, what the reader can do, and what came of it."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from temporalio.testing import ActivityEnvironment

sys.path.insert(0, str(Path(__file__).parent))
from page_reader import get, read

from activities.lease_duties import LeaseDuties
from domain.contracts import LeaseTerms
from domain.ids import lease_report_workflow_id
from domain.leases import LeaseReportStart
from domain.time import now, seoul_date
from domain.work import ApprovalsWanted
from law import rulebook
from store import contracts, leases

if TYPE_CHECKING:
    from tests.api.conftest import Browser, Make, Site

TODAY = seoul_date(now())
TERM = {"starts_on": TODAY, "ends_on": TODAY + timedelta(days=729), "part": "전부", "part_area": "84.97"}
LAW = rulebook.load("normal")


@dataclass
class Let:
    """A sealed lease, as its procedure has left it."""

    site: Site
    contract_id: UUID
    people: dict[str, Browser]

    @property
    def duties(self) -> LeaseDuties:
        return LeaseDuties(self.site.db, self.site.services.sealed, LAW)

    async def decided(self) -> None:
        start = LeaseReportStart(contract_id=self.contract_id)
        if not (await ActivityEnvironment().run(self.duties.open, start)).wanted:
            return
        workflow_id = lease_report_workflow_id(self.contract_id)
        wanted = ApprovalsWanted(subject_id=self.contract_id, kind="lease_report", workflow_id=workflow_id)
        await ActivityEnvironment().run(self.duties.open_approvals, wanted)

    async def changed(self, **values: Any) -> None:
        async with self.site.db.transaction() as session:
            row = await leases.report(session, self.contract_id, lock=True)
            for name, value in values.items():
                setattr(row, name, value)
            session.add(row)

    async def page(self, who: str, lang: str = "ko") -> str:
        found: str = read(await get(self.people[who], f"/contracts/{self.contract_id}", lang), lang).text
        return found

    async def told(self, who: str) -> dict[str, Any]:
        reply = await self.people[who].get(f"/contracts/{self.contract_id}/lease-report")
        assert reply.status_code == 200
        found: dict[str, Any] = reply.json()
        return found


async def let(
    site: Site,
    make: Make,
    *,
    deposit: int = 300_000_000,
    use: str = "아파트",
    made_on: date = TODAY,
    rent: int = 900_000,
) -> Let:
    broker = await site.browser("정다온", ("broker", "정다온"))
    lessor, lessee = await site.browser("최민준"), await site.browser("윤서아")
    people = {"lessor": lessor, "lessee": lessee, "seller_broker": broker}
    contract_id = await make.contract(broker, *people.items(), state="sealed", kind="lease")
    async with site.db.transaction() as session:
        row = await contracts.contract(session, contract_id, lock=True)
        terms = contracts.terms_of(row)
        home = terms.property.model_copy(update={"region": "41290", "use": use})
        lease = LeaseTerms(**TERM, monthly_rent=rent, rent_day=25 if rent else None)
        changed = terms.model_copy(update={"property": home, "lease": lease, "price": deposit, "made_on": made_on})
        row.terms, row.document_sha256 = changed.model_dump(mode="json"), "a" * 64
        session.add(row)
    return Let(site, contract_id, people)


@pytest.mark.parametrize("lang", ["ko", "en"])
async def test_who_may_approve_sees_the_last_day_and_the_way(site: Site, make: Make, lang: str) -> None:
    one = await let(site, make)
    assert "준비하고 있습니다" in await one.page("lessee")
    await one.decided()
    told = await one.told("lessee")
    assert (told["state"], told["decision"]["outcome"], told["due"]["days_left"] >= 30) == ("open", "yes", True)
    page = await one.page("lessee", lang)
    assert ("신고서 확인하고 승인하기" if lang == "ko" else "Read and approve the report") in page
    left = told["due"]["days_left"]
    assert (f"{left}일 남음" if lang == "ko" else f"{left} days left") in page
    assert told["due"]["article"] in page
    assert "승인하기" not in await one.page("seller_broker"), "a broker would need a mandate"
    approval = await get(one.people["lessor"], f"/approvals/{(await one.told('lessor'))['my_approval']}")
    assert "900,000원" in read(approval).text
    tasks = (await one.people["lessor"].get("/tasks")).json()["items"]
    assert any("주택 임대차 계약 신고서" in task["ko"] and "까지" in task["ko"] for task in tasks)


async def test_a_small_lease_says_why_it_is_not_reported(site: Site, make: Make) -> None:
    one = await let(site, make, deposit=60_000_000, rent=300_000)
    await one.decided()
    page = await one.page("lessee")
    assert "신고하지 않아도 됩니다" in page
    assert re.search(r"아니요\s*보증금이나 월 차임이 기준을 넘는지", page)
    assert "온집은 확정일자만 따로 신청해 드리지 않습니다" in page
    assert (await one.told("lessee"))["my_approval"] is None


async def test_what_the_data_do_not_settle_is_said(site: Site, make: Make) -> None:
    one = await let(site, make, use="업무시설")
    await one.decided()
    page = await one.page("lessor")
    assert "자료만으로는 정할 수 없습니다" in page
    assert re.search(r"확인 필요\s*주택의 임대차인지", page)


async def test_after_the_last_day_the_fine_is_said_and_the_way_stays_open(site: Site, make: Make) -> None:
    one = await let(site, make, made_on=TODAY - timedelta(days=50))
    await one.decided()
    page = await one.page("lessee")
    assert "일 지남" in page
    assert "1,000,000원" in page
    assert "신고서 확인하고 승인하기" in page


async def test_the_numbers_are_shown_once_they_are_there(site: Site, make: Make) -> None:
    one = await let(site, make)
    await one.decided()
    await one.changed(state="filed", number="RTMS-L-2026-000001", filed_at=now())
    assert "신고필증을 기다립니다" in await one.page("lessee")
    certified = {"certificate_no": "LEASE-2026-000001", "fixed_date_no": "FIX-2026-000001", "fixed_on": TODAY}
    await one.changed(state="certified", **certified)
    page = await one.page("seller_broker")
    assert all(str(one) in page for one in ("RTMS-L-2026-000001", "LEASE-2026-000001", "FIX-2026-000001"))
    assert (await one.told("lessor"))["fixed_on"] == TODAY.isoformat()


async def test_what_is_no_sealed_lease_has_no_report(site: Site, make: Make) -> None:
    one = await let(site, make)
    stranger = await site.browser("김하늘")
    assert (await stranger.get(f"/contracts/{one.contract_id}/lease-report")).status_code == 404
    sale = await make.contract(
        one.people["seller_broker"], ("seller", one.people["lessor"]), ("buyer", one.people["lessee"]), state="sealed"
    )
    reply = await one.people["lessor"].get(f"/contracts/{sale}/lease-report")
    assert (reply.status_code, reply.json()["code"]) == (404, "no_lease_report")
    assert "임대차 신고" not in read(await get(one.people["lessor"], f"/contracts/{sale}")).text
