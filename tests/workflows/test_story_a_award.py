"""A winner's facts are looked up again; a person decides where the registers disagree; then the home is contracted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ActivityError, ApplicationError

from activities.awards import Awards
from activities.collect import Collect
from activities.contracts import Contracts
from activities.judge import Judge
from activities.money import Money
from activities.supplying import Supplying
from domain import ids
from domain.errors import AgencyDown
from domain.facts import PROVIDER, Fact, Item
from domain.filings import Bill, Deposit
from domain.messages import AcceptAct, Act, ActAnswer, AwardStart, ExplainAct, JudgeAct
from domain.notices import Account, Notice, Option, Payment, SupplyConditions
from domain.ports import BondSeller, Registry, TaxOffice
from domain.time import now
from domain.words import Agency
from law.rulebook import PARAMETERS, Rulebook, build
from store.tables.applications import ApplicationLineRow
from store.tables.contracts import ContractRow
from store.tables.draws import AwardRow
from store.tables.people import RoleRow
from store.tables.transfers import DueRow
from store.tasks import Task, todo
from workflows._options import FLOW
from workflows.award import AwardWorkflow
from workflows.contract import ContractWorkflow

QUICK = """\
name: quick
base: normal
description: Periods of seconds for these tests.
periods:
  explanation_window: PT1S
  contract_after_announcement: PT0S
  contract_window: {window}
  register_search: PT1S
"""
HOME = {
    "region": "41290", "exclusive_area": "59.9", "official_price": 900_000_000, "acquired_on": "2026-01-05",
}  # fmt: skip


@dataclass
class Register:
    """Answers ``values``; silent for what is in ``down``."""

    agency: Agency
    values: dict[Item, Any]
    make: Callable[[Item, Any], Fact]
    down: set[Item]
    asked: list[Item] = field(default_factory=list)

    async def fetch(self, item: Item, *, identity_ref: str, consent_token: str, purpose: str) -> Fact:
        self.asked.append(item)
        if item in self.down:
            raise AgencyDown
        return self.make(item, self.values[item])


@dataclass
class Bank:
    paid: dict[str, Deposit] = field(default_factory=dict)

    async def deposits(self, account: str, memo: str) -> list[Deposit]:
        return [self.paid[memo]] if memo in self.paid else []

    async def bill(self, number: str) -> Bill:
        raise AgencyDown


@dataclass
class Story:
    world: Any
    handle: WorkflowHandle[Any, Any]
    award_id: UUID
    case_id: UUID
    person: UUID
    officer: UUID
    bank: Bank

    async def act(self, update: str, message: Act) -> ActAnswer:
        answer: ActAnswer = await self.handle.execute_update(update, message, result_type=ActAnswer)
        return answer

    async def refused(self, update: str, message: Act) -> str | None:
        with pytest.raises(WorkflowUpdateFailedError) as caught:
            await self.act(update, message)
        cause: BaseException | None = caught.value.cause
        while isinstance(cause, ActivityError):
            cause = cause.cause
        assert isinstance(cause, ApplicationError)
        return cause.type

    async def award(self) -> AwardRow:
        row: AwardRow = (await self.world.rows(AwardRow, id=self.award_id))[0]
        return row

    async def set(self, **values: Any) -> None:
        row = await self.award()
        for name, value in values.items():
            setattr(row, name, value)
        await self.world.add(row)

    async def until_event(self, key: str, within: float = 15.0, suffix: str = "") -> None:
        async with asyncio.timeout(within):
            while f"{key}:{self.award_id}{suffix}" not in await self.world.events(self.case_id):  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    async def due(self) -> DueRow:
        async with asyncio.timeout(10):
            while not (rows := await self.world.rows(DueRow, case_id=self.case_id)):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        row: DueRow = rows[0]
        return row


def book(folder: Path, window: str) -> Rulebook:
    (folder / "quick.yaml").write_text(QUICK.format(window=window))
    return build("quick", PARAMETERS, folder)


def sellable(notice_of: Callable[..., Notice], number: str) -> Notice:
    return notice_of(
        number, payments=(Payment(kind="deposit", share_bp=1000), Payment(kind="balance", share_bp=9000)),
        deposit_account=Account(bank="샌드박스은행", number="100-001-000003", holder="온마을건설 주식회사"),
        options=(Option(code="balcony", name="발코니 확장", price=15_000_000),),
        conditions=SupplyConditions(residential_common_area="24.1", land_area="40.2"),
    )  # fmt: skip


@asynccontextmanager
async def awarded(
    world: Any, notice: Notice, folder: Path, fact_of: Callable[[Item, Any], Fact], *, window: str = "PT30S",
    down: set[Item] | None = None,
    **changed: Any,
) -> AsyncIterator[Story]:  # fmt: skip
    """A home won by a person of ours, and workers for what follows. ``changed``: what registers say by now."""
    person, case_id = await world.household()
    officer = await world.person("신예린", date(1987, 10, 8))
    await world.publish(notice, officer)
    await world.assess(person, case_id, notice.id)
    application_id = await world.file(person, case_id, notice)
    line = (await world.rows(ApplicationLineRow, application_id=application_id))[0]
    award = AwardRow(
        notice_id=notice.id, ticket=uuid4().hex, person_id=person, case_id=case_id, line_id=line.id, model_no="01",
        supply_kind="general", unit="101-301", option_codes=[],
    )  # fmt: skip
    await world.add(award)
    values: dict[Item, Any] = {
        Item.HOUSEHOLD: {"head": True, "members": [
            {"relation": "self", "name": "김하늘", "birth_date": "1989-04-12"},
            {"relation": "child", "name": "이봄", "birth_date": "2022-03-05"},
        ]},
        Item.HOME_OWNERSHIP: {"homes": []},
        # The operator's list shows the very win that is being checked.
        Item.PAST_WINS: {"wins": [{"notice_no": notice.number, "won_on": "2026-11-20", "regulated": True}]},
    }  # fmt: skip
    values |= {Item(name): value for name, value in changed.items()}
    registers = {agency: Register(agency, values, fact_of, down or set()) for agency in set(PROVIDER.values())}
    rules, bank, nobody = book(folder, window), Bank(), cast(Any, None)
    awards, supplying, contracts = (
        Awards(world.db, Judge(world.db, rules)),
        Supplying(world.db, rules, "https://onjip.test"),
        Contracts(world.db),
    )
    collect = Collect(world.db, world.sealed, registers)
    money = Money(
        world.db,
        bank,
        cast(TaxOffice, nobody),
        cast(BondSeller, nobody),
        cast(Registry, nobody),
        timedelta(seconds=0.2),
    )
    activities = [
        awards.view, awards.decide, awards.explained, awards.judged, awards.accepted, awards.contract_by, awards.end,
        collect.renew, supplying.draft_supply, supplying.open_deposit, supplying.tell_refusal, contracts.mark,
        contracts.step_done, contracts.view, money.await_payment,
    ]  # fmt: skip
    async with world.working([AwardWorkflow, ContractWorkflow], activities):
        handle = await world.client.start_workflow(
            AwardWorkflow.run, AwardStart(award_id=award.id), id=ids.award_workflow_id(award.id), task_queue=FLOW
        )
        yield Story(world, handle, award.id, case_id, person, officer, bank)


async def test_a_winner_in_order_is_checked_pays_and_gets_a_contract(
    world: Any, notice_of: Callable[..., Notice], fact_of: Any, tmp_path: Path
) -> None:
    async with awarded(world, sellable(notice_of, "2026000401"), tmp_path, fact_of) as story:
        await story.until_event("checked")
        assert (await story.award()).state == "checked"
        assert await story.refused("accept", accept(story, "jacuzzi")) == "unknown_option"
        assert await story.refused("explain", ExplainAct(person_id=story.person, text="?")) == "no_finding"
        assert (await story.act("accept", accept(story, "balcony"))).state == "accepted"
        assert await story.refused("accept", accept(story)) == "accepted_already"
        due = await story.due()
        assert due.amount == 52_000_000
        story.bank.paid[due.memo or ""] = Deposit(
            number="D-1", account=due.account or "", amount=due.amount, at=now(), memo=due.memo or ""
        )
        assert (await story.handle.result()).state == "contracted"
        contract = (await world.rows(ContractRow, award_id=story.award_id))[0]
        assert contract.terms["option_price"] == 15_000_000
        assert await world.steps(story.case_id) >= {"checked", "deposit_paid"}
        begun = world.client.get_workflow_handle(ids.contract_workflow_id(contract.id))
        assert (await begun.describe()).workflow_type == "ContractWorkflow"
        await begun.terminate()


async def test_a_finding_is_explained_and_decided_by_a_person(
    world: Any, notice_of: Callable[..., Notice], fact_of: Any, tmp_path: Path
) -> None:
    owner = {"homes": [HOME]}
    notice = sellable(notice_of, "2026000402")
    async with awarded(world, notice, tmp_path, fact_of, home_ownership=owner) as story:
        await story.until_event("finding")
        assert (await story.award()).state == "awarded", "never refused by a machine alone"
        assert "checked" not in await world.steps(story.case_id)
        refuse = JudgeAct(person_id=story.officer, eligible=False, reason="주택 소유")
        assert await story.refused("judge", refuse) == "explanation_open"
        said = ExplainAct(person_id=story.person, text="상속받은 지분을 처분했습니다.")
        assert (await story.act("explain", said)).state == "explained"
        assert await story.refused("explain", said) == "explanation_over"
        assert (await story.act("judge", refuse)).state == "ineligible"
        assert (await story.handle.result()).state == "ineligible"
    assert (await story.award()).state == "ineligible"
    assert await world.rows(DueRow, case_id=story.case_id) == []


async def test_registers_that_stay_silent_leave_the_decision_to_a_person(
    world: Any, notice_of: Callable[..., Notice], fact_of: Any, tmp_path: Path
) -> None:
    notice = sellable(notice_of, "2026000403")
    async with awarded(world, notice, tmp_path, fact_of, window="PT2S", down={Item.HOME_OWNERSHIP}) as story:
        await story.until_event("finding")
        await asyncio.sleep(1.2)
        accepted = JudgeAct(person_id=story.officer, eligible=True, reason="서류로 확인")
        assert (await story.act("judge", accepted)).state == "checked"
        assert (await story.award()).state == "checked"
        await story.act("accept", accept(story))
        assert (await story.handle.result()).state == "lapsed", "no deposit within the window"
    assert (await story.award()).state == "lapsed"
    assert [row.state for row in await world.rows(ContractRow, award_id=story.award_id)] == ["expired"]


@pytest.mark.parametrize(
    ("missing", "code"), [("conditions", "conditions_missing"), ("unit", "unit_unknown"), ("account", "no_account")]
)
async def test_a_contract_that_cannot_be_drafted_is_the_suppliers_task(  # noqa: PLR0917
    world: Any,
    fact_of: Any,
    notice_of: Callable[..., Notice],
    tmp_path: Path,
    missing: str,
    code: str,
    keep_history: Any,
) -> None:
    whole = sellable(notice_of, f"20260004{len(code):02}")
    gone = {"conditions": {"conditions": None}, "account": {"deposit_account": None}}.get(missing, {})
    async with awarded(world, whole.model_copy(update=gone), tmp_path, fact_of) as story:
        await world.add(
            RoleRow(
                person_id=story.officer,
                role="officer",
                organisation=whole.supplier,
                register_name="r",
                number="1",
                active=True,
            )
        )
        await story.until_event("checked")
        if missing == "unit":
            await story.set(unit=None)
        await story.act("accept", accept(story))
        await story.until_event("supply_refused", suffix=":1")
        line = (await world.events(story.case_id))[f"supply_refused:{story.award_id}:1"]
        assert (line.reference, code in line.ko) == (code, True)
        (task,) = [one for one in await tasks_of(world, story.officer) if one.code == "redraft"]
        assert task.link == f"/awards/{story.award_id}/decide"
        assert not [one for one in await tasks_of(world, story.person) if one.code == "redraft"]
        assert (await story.act("redraft", Act(person_id=story.officer))).state == "drafting"
        await story.until_event("supply_refused", suffix=":2")
        if missing == "unit":
            await story.set(unit="101-301")
        else:
            await world.publish(whole.model_copy(update={"version": whole.version + 1}))
        await story.act("redraft", Act(person_id=story.officer))
        assert (await story.due()).amount == 52_000_000
        assert [one for one in await tasks_of(world, story.officer) if one.code == "redraft"] == []
        assert await story.refused("redraft", Act(person_id=story.officer)) == "nothing_refused"
        if missing == "unit":
            await keep_history(story.handle, "award_draft_refused")
        await story.handle.terminate()


async def tasks_of(world: Any, person: UUID) -> list[Task]:
    async with world.db.transaction() as session:
        return await todo(session, person)


def accept(story: Story, *codes: str) -> AcceptAct:
    return AcceptAct(person_id=story.person, option_codes=codes)
