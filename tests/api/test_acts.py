"""A person's act reaches the running procedure once, whatever the browser repeats."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest_asyncio
from temporalio import workflow
from temporalio.client import (
    Client,
    Interceptor,
    OutboundInterceptor,
    StartWorkflowUpdateInput,
    WorkflowUpdateHandle,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from api.app import create_app
from domain.ids import contract_workflow_id
from domain.messages import Act, ActAnswer, ReasonAct
from store.tables.people import IdempotencyRow

if TYPE_CHECKING:
    from tests.api.conftest import Browser, Make, Site

QUEUE = "acts"
ACCEPTED = ActAnswer(state="asked", ko="승인해 주십시오.", en="Please approve.")


@workflow.defn(name="ActsProbe", sandboxed=False)
class Probe:
    """Counts what reached it. ``explain`` waits for ``sign``."""

    def __init__(self) -> None:
        self.signed: list[str] = []
        self.over = False

    @workflow.run
    async def run(self) -> int:
        await workflow.wait_condition(lambda: self.over)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return len(self.signed)

    @workflow.update
    async def sign(self, act: Act) -> ActAnswer:
        self.signed.append(str(act.person_id))
        return ACCEPTED

    @workflow.update
    async def explain(self, act: Act) -> ActAnswer:
        await workflow.wait_condition(lambda: bool(self.signed))
        return ActAnswer(state="explained", ko="교부했습니다.", en="Delivered.")

    @workflow.update
    async def invite(self, act: Act) -> ActAnswer:
        raise AssertionError("the validator refuses")

    @invite.validator
    def _not_now(self, act: Act) -> None:
        said = {"ko": "아직 아닙니다.", "en": "Not now.", "article": "공인중개사법 제25조", "field": None}
        raise ApplicationError("Not now.", said, type="wrong_state")

    @workflow.update
    async def decline(self, act: ReasonAct) -> ActAnswer:
        if act.reason == "not mine":
            raise ApplicationError("Only a party.", type="not_allowed")
        self.over = True
        return ActAnswer(state="declined", ko="거절했습니다.", en="Declined.")


@pytest_asyncio.fixture(scope="module", autouse=True)
async def worker(temporal: Client) -> AsyncIterator[None]:
    async with Worker(temporal, task_queue=QUEUE, workflows=[Probe], workflow_runner=UnsandboxedWorkflowRunner()):
        yield


@pytest_asyncio.fixture
async def party(site: Site, make: Make) -> tuple[Browser, Browser, UUID]:
    """A broker, a buyer, and their contract whose procedure runs."""
    broker, buyer = await site.browser("정다온", ("broker", "다온")), await site.browser("윤서아")
    contract_id = await make.contract(broker, ("buyer", buyer), state="invited")
    await site.services.temporal.start_workflow("ActsProbe", id=contract_workflow_id(contract_id), task_queue=QUEUE)
    return broker, buyer, contract_id


async def keys(site: Site, person: Browser) -> list[IdempotencyRow]:
    return await site.rows(IdempotencyRow, person_id=person.id)


async def test_an_act_is_carried_out_once_for_each_key(site: Site, party: Any) -> None:
    _, buyer, contract_id = party
    path, key = f"/contracts/{contract_id}/sign", uuid4().hex
    answers = await asyncio.gather(*(buyer.post(path, key=key) for _ in range(4)))
    assert [answer.status_code for answer in answers] == [200] * 4
    assert all(answer.json() == ACCEPTED.model_dump() for answer in answers)
    assert (await buyer.post(path, key=key)).json() == ACCEPTED.model_dump()
    handle = site.services.temporal.get_workflow_handle(contract_workflow_id(contract_id))
    await buyer.post(f"/contracts/{contract_id}/decline", {"reason": "no"})
    assert await handle.result() == 1
    assert (await buyer.post(path, key=key)).json() == ACCEPTED.model_dump()  # also after the procedure has ended


async def test_the_same_key_with_another_body_is_refused(site: Site, party: Any) -> None:
    _, buyer, contract_id = party
    path, key = f"/contracts/{contract_id}/decline", uuid4().hex
    assert (await buyer.post(path, {"reason": "too dear"}, key=key)).status_code == 200
    reused = await buyer.post(path, {"reason": "another"}, key=key)
    assert (reused.status_code, reused.json()["code"]) == (409, "idempotency_key_reused")


async def test_a_refusal_names_its_reason_and_frees_its_key(site: Site, party: Any) -> None:
    broker, buyer, contract_id = party
    before = await site.fingerprint()
    answer = await broker.post(f"/contracts/{contract_id}/invite")
    assert answer.status_code == 409
    problem = answer.json()
    assert (problem["code"], problem["ko"]) == ("wrong_state", "아직 아닙니다.")
    assert problem["article"] == "공인중개사법 제25조"
    forbidden = await buyer.post(f"/contracts/{contract_id}/decline", {"reason": "not mine"})
    assert (forbidden.status_code, forbidden.json()["code"]) == (403, "not_allowed")
    assert await site.fingerprint() == before


async def test_an_act_that_takes_longer_is_asked_for_again_with_the_same_key(site: Site, party: Any) -> None:
    broker, buyer, contract_id = party
    path, key = f"/contracts/{contract_id}/explain", uuid4().hex
    waiting = await broker.post(path, key=key)
    assert (waiting.status_code, waiting.json()["code"]) == (503, "not_yet")
    assert int(waiting.headers["retry-after"]) >= 1
    assert [row.status for row in await keys(site, broker)] == [None]
    await buyer.post(f"/contracts/{contract_id}/sign")
    done = await broker.post(path, key=key)
    assert (done.status_code, done.json()["state"]) == (200, "explained")


async def test_a_procedure_that_has_not_begun_or_has_ended(site: Site, make: Make) -> None:
    broker, buyer = await site.browser("정다온", ("broker", "다온")), await site.browser("윤서아")
    contract_id = await make.contract(broker, ("buyer", buyer), state="invited")
    path, key = f"/contracts/{contract_id}/sign", uuid4().hex
    early = await buyer.post(path, key=key)
    assert (early.status_code, early.json()["code"]) == (503, "not_yet")
    workflow_id = contract_workflow_id(contract_id)
    handle = await site.services.temporal.start_workflow("ActsProbe", id=workflow_id, task_queue=QUEUE)
    assert (await buyer.post(path, key=key)).status_code == 200
    await buyer.post(f"/contracts/{contract_id}/decline", {"reason": "no"})
    await handle.result()
    late = await buyer.post(path)
    assert (late.status_code, late.json()["code"]) == (409, "procedure_ended")


@dataclass
class BeginsMeanwhile(Interceptor):
    """The procedure begins in the very moment after an act did not find it."""

    engine: Client

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:
        return _Meanwhile(next, self.engine)


class _Meanwhile(OutboundInterceptor):
    def __init__(self, next: OutboundInterceptor, engine: Client) -> None:
        super().__init__(next)
        self._engine = engine

    async def start_workflow_update(self, input: StartWorkflowUpdateInput) -> WorkflowUpdateHandle[Any]:
        try:
            return await super().start_workflow_update(input)
        except RPCError:
            await self._engine.start_workflow("ActsProbe", id=input.id, task_queue=QUEUE)
            raise


async def test_a_procedure_that_begins_meanwhile_is_asked_again(site: Site, make: Make) -> None:
    engine = site.services.temporal
    client = Client(
        engine.service_client, namespace=engine.namespace, data_converter=engine.data_converter,
        interceptors=[BeginsMeanwhile(engine)],
    )  # fmt: skip
    services = replace(site.services, temporal=client)
    hurried = replace(site, app=create_app(services), services=services)
    broker, buyer = await hurried.browser("정다온", ("broker", "다온")), await hurried.browser("윤서아")
    contract_id = await make.contract(broker, ("buyer", buyer), state="invited")
    path, key = f"/contracts/{contract_id}/sign", uuid4().hex
    early = await buyer.post(path, key=key)
    assert (early.status_code, early.json()["code"]) == (503, "not_yet")
    assert (await buyer.post(path, key=key)).status_code == 200


async def test_an_unknown_update_is_our_fault_and_tells_nothing(site: Site, make: Make) -> None:
    buyer = await site.browser("윤서아")
    workflow_id = f"approval-{uuid4()}"
    await site.services.temporal.start_workflow("ActsProbe", id=workflow_id, task_queue=QUEUE)
    contract_id = await make.contract(buyer, ("buyer", buyer))
    case_id = (await buyer.get(f"/contracts/{contract_id}")).json()["case_id"]
    approval = await make.approval(contract_id, UUID(case_id), buyer, workflow_id)
    answer = await buyer.post(f"/approvals/{approval}/approve")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "approve" not in answer.text.replace(str(approval), "")
