"""A dissolution never dies of its own acts, and what is stopped is stopped for good, but never cut in two."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from temporalio import activity
from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError
from temporalio.exceptions import ApplicationError

from domain.errors import AgencyRefused
from domain.filings import RegistryState
from domain.messages import Act
from domain.words import Agency, Step
from domain.work import Nothing, Possible, Refusal, Responsible, TransferView, Undo
from store.tasks import todo
from tests.workflows.deal_world import PAID, REPORTED, Deal, act, make_deal
from workflows.contract import ContractWorkflow
from workflows.transfer import TransferWorkflow

pytestmark = pytest.mark.long

RTMS, REGISTRY = Agency.RTMS, Agency.REGISTRY
LOOK_S = 0.02


def no() -> ApplicationError:
    said = {"ko": "기록이 맞지 않습니다.", "en": "The record does not agree."}
    return ApplicationError("no", said, type="wrong_state", non_retryable=True)


@activity.defn(name="unwinding.begin")
async def cannot_begin(transfer: TransferView) -> Nothing:
    raise no()


@activity.defn(name="unwinding.can_undo")
async def cannot_say(undo: Undo) -> Possible:
    raise no()


@activity.defn(name="unwinding.name_what_stays")
async def cannot_name(transfer: TransferView) -> Nothing:
    raise no()


@activity.defn(name="troubles.tell")
async def cannot_tell(refusal: Refusal) -> Responsible:
    raise no()


@asynccontextmanager
async def working(deal: Deal, *instead: Callable[..., Any]) -> AsyncIterator[None]:
    """The deal's workers, with these in the place of the activities of the same name."""
    known = {name_of(one): one for one in deal.activities()} | {name_of(one): one for one in instead}
    async with deal.world.working([ContractWorkflow, TransferWorkflow], list(known.values())):
        yield


def name_of(one: Callable[..., Any]) -> str:
    found: str = one.__temporal_activity_definition.name  # type: ignore[attr-defined]
    return found


@pytest.fixture
async def deal(world: Any) -> AsyncIterator[Deal]:
    with tempfile.TemporaryDirectory(prefix="onjip-deal-") as folder:
        yield await make_deal(world, Path(folder))


@pytest.mark.parametrize(
    ("failing", "kind"),
    [(cannot_begin, "undo:begin"), (cannot_say, "undo:cancellation"), (cannot_name, "undo:stays")],
    ids=lambda one: getattr(one, "__name__", ""),
)
async def test_what_fails_for_good_is_a_task_and_then_goes_on(
    deal: Deal, failing: Any, kind: str, keep_history: Any
) -> None:
    deal.pay("deposit")
    async with working(deal, failing):
        handle = await deal.start_transfer(REPORTED)
        async with deal.everybody_signs(handle):
            await deal.dissolve(handle)
            waiting = await deal.mending()
            assert (list(waiting), waiting[kind]["code"]) == ([kind], "wrong_state")
    assert "기록이 맞지 않습니다." in {
        row.ko.split(" (")[0] for row in (await deal.world.events(deal.case_id)).values() if row.key.startswith("refus")
    }
    async with deal.world.db.transaction() as session:
        (task,) = [one for one in await todo(session, deal.buyer) if one.code == "refile"]
    assert "기록이 맞지 않습니다." in task.ko
    async with working(deal), deal.everybody_signs(handle):
        await act(handle, "refile", Act(person_id=deal.buyer))
        await deal.finished(handle)
    if failing is cannot_begin:
        await keep_history(handle, "transfer_undo_failed")
    assert (await deal.transfer()).state == "dissolved"
    assert Step.DISSOLVED in await deal.world.steps(deal.case_id)


async def test_what_cannot_even_be_told_does_not_end_it(deal: Deal) -> None:
    async with working(deal, cannot_begin, cannot_tell):
        handle = await deal.start_transfer(REPORTED)
        await deal.dissolve(handle)
        await until(lambda: activity_failed(handle, "troubles.tell"))
        await asyncio.sleep(0.3)
        assert (await handle.describe()).status == WorkflowExecutionStatus.RUNNING
        await handle.terminate()


async def test_a_cancelled_procedure_finishes_the_act_that_was_sent(deal: Deal) -> None:
    deal.pay("deposit")
    deal.outside[RTMS].shut = shut = asyncio.Event()
    async with working(deal):
        handle = await deal.start_transfer()
        async with deal.everybody_signs(handle):
            await until(lambda: true_now(deal.outside[RTMS].arrived))
        await handle.cancel()
        await asyncio.sleep(0.5)
        assert (await handle.describe()).status == WorkflowExecutionStatus.RUNNING
        shut.set()
        with pytest.raises(WorkflowFailureError):
            await handle.result()
    assert (await handle.describe()).status == WorkflowExecutionStatus.CANCELED
    assert len(deal.outside[RTMS].references("reports")) == 1
    assert Step.REPORTED in await deal.world.steps(deal.case_id), "what took effect is in the record"


async def test_a_cancelled_dissolution_finishes_the_act_that_was_sent(deal: Deal) -> None:
    """The report's cancellation is on its way; the other branch waits for people, and is stopped."""
    deal.pay("deposit")
    deal.outside[RTMS].shut = shut = asyncio.Event()
    async with working(deal):
        handle = await deal.start_transfer(REPORTED)
        async with deal.everybody_signs(handle, but=["undo:release"]):
            await deal.dissolve(handle)
            await until(lambda: true_now(deal.outside[RTMS].arrived))
        await handle.cancel()
        await asyncio.sleep(0.5)
        assert (await handle.describe()).status == WorkflowExecutionStatus.RUNNING
        shut.set()
        with pytest.raises(WorkflowFailureError):
            await handle.result()
    assert "answer:undo:cancellation" in (await deal.transfer()).record
    assert (await handle.describe()).status == WorkflowExecutionStatus.CANCELED


async def test_nothing_is_unwound_while_an_act_beside_a_stopped_one_is_on_its_way(deal: Deal) -> None:
    """The mandates wait for their people while the fee's order is sent: stopping the one does not forget the other."""
    deal.signing.willing = False
    deal.outside[REGISTRY].shut = shut = asyncio.Event()
    async with working(deal):
        handle = await deal.start_transfer(PAID[:-1])
        async with deal.everybody_signs(handle):
            await until(lambda: true_now(deal.outside[REGISTRY].arrived and deal.signing.states))
            await deal.dissolve(handle)
            await asyncio.sleep(1.5)
            assert (await deal.transfer()).state == "open", "the fee's order may take effect yet"
            shut.set()
            await deal.until_state("dissolving")
            assert "answer:fee" in (await deal.transfer()).record
            deal.signing.willing = True
            await until(lambda: true_now("waiting" not in deal.signing.states.values()))
            await deal.finished(handle)
    assert set(deal.signing.states.values()) == {"approved", "cancelled"}


async def test_a_withdrawal_that_came_too_late_leaves_nothing_to_do(deal: Deal) -> None:
    """It was refused, and while that waited to be mended the registrar registered."""
    async with working(deal):
        handle = await deal.start_transfer(PAID)
        async with deal.everybody_signs(handle):
            receipt = await deal.outside.received()
            await deal.until_step(Step.PACKET_DELIVERED)
            deal.outside[REGISTRY].refusals[f"applications/{receipt}/withdrawal"] = [AgencyRefused("examined_already")]
            await deal.dissolve(handle)
            assert [said["code"] for said in (await deal.mending()).values()] == ["examined_already"]
            deal.outside.decide(receipt, RegistryState.REGISTERED)
            await deal.finished(handle)
    assert (await deal.transfer()).record["mending"] == {}


async def test_nobody_signs_a_withdrawal_of_what_is_registered(deal: Deal) -> None:
    async with working(deal):
        handle = await deal.start_transfer(PAID)
        async with deal.everybody_signs(handle):
            receipt = await deal.outside.received()
            await deal.until_step(Step.PACKET_DELIVERED)
            deal.signing.willing = False
            await deal.dissolve(handle)
            await until(lambda: true_now("waiting" in deal.signing.states.values()))
            deal.outside.decide(receipt, RegistryState.REGISTERED)
            await deal.finished(handle)
    assert "waiting" not in deal.signing.states.values()
    assert [row.state for row in await deal.approvals(f"undo:withdrawal:{receipt}")] == ["void"]
    async with deal.world.db.transaction() as session:
        assert await todo(session, deal.scrivener) == []


async def true_now(what: object) -> bool:
    return bool(what)


async def activity_failed(handle: Any, name: str) -> bool:
    scheduled: dict[int, str] = {}
    async for event in handle.fetch_history_events():
        if event.HasField("activity_task_scheduled_event_attributes"):
            scheduled[event.event_id] = event.activity_task_scheduled_event_attributes.activity_type.name
        failed = event.activity_task_failed_event_attributes.scheduled_event_id
        if scheduled.get(failed) == name:
            return True
    return False


async def until(holds: Callable[[], Any]) -> None:
    async with asyncio.timeout(15):
        while not await holds():  # noqa: ASYNC110
            await asyncio.sleep(LOOK_S)
