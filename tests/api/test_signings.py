"""An officer sends many contracts to the signing service at once: each by itself, each once, whatever is repeated."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest_asyncio
from temporalio import workflow
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from domain.ids import contract_workflow_id
from domain.messages import ActAnswer, SignAct

# Helper modules stand beside the tests; ``importlib`` mode puts no folder on the path by itself.
sys.path.insert(0, str(Path(__file__).parent))
from page_reader import get, read, send

if TYPE_CHECKING:
    from tests.api.conftest import Browser, Make, Site

QUEUE = "signings"


@workflow.defn(name="SigningsProbe", sandboxed=False)
class Probe:
    """Counts who is ready. ``closed``: nobody signs any more."""

    @workflow.init
    def __init__(self, closed: bool) -> None:
        self.closed = closed
        self.ready = 0

    @workflow.run
    async def run(self, closed: bool) -> None:
        await workflow.wait_condition(lambda: False)

    @workflow.update
    async def sign(self, act: SignAct) -> ActAnswer:
        self.ready += 1
        return ActAnswer(state="asked", ko="승인해 주십시오.", en="Please approve.")

    @sign.validator
    def _open(self, act: SignAct) -> None:
        if self.closed:
            raise ApplicationError("Over.", {"ko": "더는 서명하지 않는 계약입니다.", "en": "Over."}, type="wrong_state")

    @workflow.query
    def count(self) -> int:
        return self.ready


@pytest_asyncio.fixture(scope="module", autouse=True)
async def worker(temporal: Client) -> AsyncIterator[None]:
    async with Worker(temporal, task_queue=QUEUE, workflows=[Probe], workflow_runner=UnsandboxedWorkflowRunner()):
        yield


async def waiting(site: Site, make: Make, officer: Browser, *, closed: bool = False) -> UUID:
    buyer = await site.browser("김하늘")
    contract_id = await make.contract(officer, ("supplier", officer), ("buyer", buyer), state="signing", kind="supply")
    await site.services.temporal.start_workflow(
        "SigningsProbe", closed, id=contract_workflow_id(contract_id), task_queue=QUEUE
    )
    return contract_id


async def counts(site: Site, ids: list[UUID]) -> list[int]:
    handles = [site.services.temporal.get_workflow_handle(contract_workflow_id(one)) for one in ids]
    return [await handle.query("count") for handle in handles]


async def officer_of(site: Site) -> Browser:
    return await site.browser("오지훈", ("officer", "한국토지주택공사"))


async def test_each_is_sent_by_itself_and_once(site: Site, make: Make) -> None:
    officer = await officer_of(site)
    ids = [await waiting(site, make, officer) for _ in range(12)]
    shown = (await officer.get("/signings")).json()
    assert [one["contract_id"] for one in shown] == [str(one) for one in ids]
    assert {one["sum_won"] for one in shown} == {500_000_000}
    body, key = {"contract_ids": [str(one) for one in ids]}, uuid4().hex
    for _ in range(2):
        answer = await officer.post("/signings", body, key=key)
        assert answer.status_code == 200, answer.text
        assert answer.json()["sent"] == body["contract_ids"]
        assert answer.json()["signing_url"] == "https://signing.test/people"
    assert await counts(site, ids) == [1] * 12


async def test_what_cannot_be_signed_is_named_and_the_others_go_on(site: Site, make: Make) -> None:
    officer = await officer_of(site)
    open_one, closed = await waiting(site, make, officer), await waiting(site, make, officer, closed=True)
    others = await waiting(site, make, await officer_of(site))
    answer = (
        await officer.post("/signings", {"contract_ids": [str(one) for one in (closed, others, open_one)]})
    ).json()
    assert answer["sent"] == [str(open_one)]
    assert [(one["contract_id"], one["code"]) for one in answer["not_sent"]] == [
        (str(closed), "wrong_state"), (str(others), "unknown"),
    ]  # fmt: skip
    assert await counts(site, [others]) == [0]


async def test_what_was_sent_is_not_sent_again_when_the_rest_is(site: Site, make: Make) -> None:
    """One of them does not answer yet: the same key asks again, and each procedure hears it once."""
    officer = await officer_of(site)
    here = await waiting(site, make, officer)
    buyer = await site.browser("김하늘")
    late = await make.contract(officer, ("supplier", officer), ("buyer", buyer), state="signing", kind="supply")
    body, key = {"contract_ids": [str(here), str(late)]}, uuid4().hex
    answer = await officer.post("/signings", body, key=key)
    assert (answer.status_code, answer.json()["code"]) == (503, "not_yet")
    await site.services.temporal.start_workflow("SigningsProbe", False, id=contract_workflow_id(late), task_queue=QUEUE)
    assert (await officer.post("/signings", body, key=key)).json()["sent"] == body["contract_ids"]
    assert await counts(site, [here, late]) == [1, 1]


async def test_the_page_lists_ticks_and_leads_to_the_service(site: Site, make: Make) -> None:
    officer = await officer_of(site)
    ids = [await waiting(site, make, officer) for _ in range(2)]
    page = read(await get(officer, "/signings"))
    assert "공급계약" in page.text
    assert "500,000,000원" in page.text
    form: dict[str, Any] = next(one.fields for one in page.forms if one.action == "/signings")
    sent = await send(officer, "/signings", {**form, "contract_ids": [str(one) for one in ids]})
    assert sent.status_code == 200, sent.text
    assert "2건을 서명 서비스로" in read(sent).text
    assert await counts(site, ids) == [1, 1]
    nothing = await send(officer, "/signings", {name: form[name] for name in ("csrf",)} | {"key": uuid4().hex})
    assert nothing.status_code == 422
    assert "/signings" in read(await get(officer, "/my")).links
