"""A sealed lease is reported by one party's approval, over real HTTP, once in effect; or it says why it is not."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from activities.leasing import moments
from domain import ids
from domain.messages import Act
from domain.time import now, seoul_date, seoul_midnight
from domain.words import PartyRole
from law import rulebook
from store import contracts
from store.tables.contracts import ApprovalRow
from store.tables.leases import LeaseReportRow
from tests.contracts.contract_samples import LEASED, lease
from tests.workflows.deal_world import act, deal_at_work
from tests.workflows.lease_play import NAMES, letting
from tests.workflows.real_play import agencies

LESSOR, LESSEE = PartyRole.LESSOR, PartyRole.LESSEE
BROKERS = (PartyRole.SELLER_BROKER, PartyRole.BUYER_BROKER)
TODAY = seoul_date(now())


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with agencies(tmp_path_factory.mktemp("sandbox"), NAMES) as running:
        yield running


async def test_one_party_approves_and_the_date_is_fixed(
    world: Any, box: Any, tmp_path: Path, keep_history: Any
) -> None:
    async with letting(world, box, tmp_path) as let:
        contract_id, before = await let.sealed(), len(await let.acts())
        handle = await let.start(contract_id)
        await let.ready(handle, LESSOR)  # is asked at the signing service, and does not come
        await let.approve(handle, LESSEE)
        await handle.result()
        report = await let.report(contract_id)
        last_day = rulebook.load("normal").period("lease_report_deadline", TODAY).ends_on(TODAY)
        assert (report.state, report.due_on, report.fixed_on) == ("certified", last_day, TODAY)
        assert report.certificate_no is not None
        assert report.fixed_date_no is not None
        states = {row.role: row.state for row in await world.rows(ApprovalRow, subject_id=contract_id)}
        assert states == {"lessor": "void", "lessee": "signed"}
        acts = await let.acts()
        assert [one["number"] for one in acts[before:]] == [report.number]
        assert "lease_reported" in await world.steps(report.case_id)
        async with box.person("signing", "minjun") as browser:  # what the lessor could still approve was taken back
            assert [one for one in (await browser.get("/people")).json() if one["state"] == "waiting"] == []
        await keep_history(handle, "lease_report")
        told = await world.events(report.case_id)
        await let.every_act_again(contract_id)
        assert (await world.events(report.case_id)).keys() == told.keys()
        assert (await let.report(contract_id), len(await let.acts())) == (report, before + 1)


@pytest.mark.long
async def test_a_lost_answer_is_one_report(world: Any, box: Any, tmp_path: Path) -> None:
    async with letting(world, box, tmp_path) as let:
        contract_id, before = await let.sealed(), len(await let.acts())
        await box.fault("rtms", "/leases", "act_then_timeout", method="POST", seconds=6)
        await box.fault("rtms", "/leases", "reset", method="GET")
        handle = await let.start(contract_id)
        await let.approve(handle, LESSOR)
        await handle.result()
        assert [one["number"] for one in (await let.acts())[before:]] == [(await let.report(contract_id)).number]


async def test_below_the_sums_nothing_is_reported(world: Any, box: Any, tmp_path: Path, keep_history: Any) -> None:
    async with letting(world, box, tmp_path) as let:
        contract_id, before = await let.sealed(deposit=60_000_000, rent=300_000), len(await let.acts())
        handle = await let.start(contract_id)
        await handle.result()
        report = await let.report(contract_id)
        assert (report.state, report.decision["causes"]) == ("exempt", ["lease_report.amount"])
        assert await world.rows(ApprovalRow, subject_id=contract_id) == []
        line = (await world.events(report.case_id))[f"lease_report:{contract_id}"]
        assert (line.step, line.reference) == ("lease_reported", "exempt")
        assert len(await let.acts()) == before
        await keep_history(handle, "lease_exempt")


@pytest.mark.long
async def test_what_the_agency_refuses_is_told_and_waits_for_another_approval(
    world: Any, box: Any, tmp_path: Path, keep_history: Any
) -> None:
    """The ledger says an office: whether people live there the data do not tell, and the agency says no."""
    async with letting(world, box, tmp_path) as let:
        contract_id = await let.sealed(use="업무시설")
        handle = await let.start(contract_id)
        told = await let.until_line(contract_id, f"lease_report:{contract_id}")
        assert told.detail["missing"] == ["leased_as_home"]
        await let.approve(handle, LESSEE)
        refused = await let.until_line(contract_id, "refused:lease_report")
        assert refused.reference == "not_a_home"
        for role in (LESSOR, LESSEE):
            await let.until(contract_id, "lease_report:2", role, "open")
        assert (await let.report(contract_id)).state == "open"
        await keep_history(handle, "lease_refused")
        await handle.terminate()


@pytest.mark.long
async def test_late_is_told_with_the_fine_and_still_filed(world: Any, box: Any, tmp_path: Path) -> None:
    async with letting(world, box, tmp_path) as let:
        contract_id = await let.sealed(made_on=TODAY - timedelta(days=45))
        handle = await let.start(contract_id)
        late = await let.until_line(contract_id, "lease_reminded:")
        assert "1,000,000원 이하의 과태료" in late.ko
        assert (await let.report(contract_id)).reminders == 1
        await let.approve(handle, LESSOR)
        await handle.result()
        report = await let.report(contract_id)
        assert report.state == "certified"
        assert report.answer is not None
        assert report.answer["late"] is True


@pytest.mark.long
async def test_workers_come_and_go_while_people_take_their_time(world: Any, box: Any, tmp_path: Path) -> None:
    async with letting(world, box, tmp_path) as let:
        contract_id, before = await let.sealed(), len(await let.acts())
        handle = await let.start(contract_id)
        await let.until(contract_id, "lease_report", LESSEE, "open")
    async with letting(world, box, tmp_path) as again:
        again.people = let.people
        await again.ready(handle, LESSEE)
        await again.until(contract_id, "lease_report", LESSEE, "asked")
    async with letting(world, box, tmp_path) as last:
        last.people = let.people
        async with asyncio.timeout(30):
            row = await last.until(contract_id, "lease_report", LESSEE, "asked")
            await last.consent(LESSEE, row)
            await handle.result()
        assert len(await last.acts()) == before + 1
        assert (await last.report(contract_id)).state == "certified"


async def test_a_lease_that_all_have_signed_goes_on_by_itself(world: Any) -> None:
    """The seal starts the procedure; of this one the law asks no report."""
    async with deal_at_work(world) as deal:
        sale, sample = deal.people, lease()
        deal.people = {
            LESSOR: sale[PartyRole.SELLER], LESSEE: sale[PartyRole.BUYER],
            **{role: person for role, person in sale.items() if role in BROKERS},
        }  # fmt: skip
        parties = tuple(one.model_copy(update={"person_id": deal.people[one.role]}) for one in sample.parties)
        small = LEASED.model_copy(update={"monthly_rent": 0})
        terms = {"contract_id": ids.new_id(), "parties": parties, "price": 60_000_000, "lease": small}
        deal.terms = sample.model_copy(update=terms)
        async with world.db.transaction() as session:
            await contracts.add_contract(session, deal.terms, case_id=deal.case_id, created_by=deal.broker)
        handle = await deal.start_contract()
        for update in ("explain", "invite"):
            await act(handle, update, Act(person_id=deal.broker))
        for party in deal.terms.parties:
            await deal.sign(handle, party.role)
        await handle.result()
        report = world.client.get_workflow_handle(ids.lease_report_workflow_id(deal.terms.contract_id))
        await report.result()
        (row,) = await world.rows(LeaseReportRow, contract_id=deal.terms.contract_id)
        assert row.state == "exempt"
        assert {"sealed", "lease_reported"} <= await world.steps(deal.case_id)


def test_reminders_are_days_before_the_last_day_and_only_those_ahead() -> None:
    due_on = TODAY + timedelta(days=5)
    nine = timedelta(hours=9)
    assert list(moments(due_on)) == [seoul_midnight(due_on - timedelta(days=1)) + nine]
    far = date(TODAY.year + 1, 6, 30)
    assert [far - seoul_date(one) for one in moments(far)] == [timedelta(days=7), timedelta(days=1)]
    assert list(moments(TODAY - timedelta(days=1))) == list(moments(None)) == []
