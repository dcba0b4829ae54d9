"""Acts on a contract through the site: who may do what, and how an act that comes too late is refused."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from temporalio.client import Client

sys.path.insert(0, str(Path(__file__).parent))
from page_reader import get, read

from domain.ids import contract_workflow_id
from domain.time import now
from store.tables.contracts import ContractRow

if TYPE_CHECKING:
    from tests.api.conftest import Browser, Make, Site

REASON = {"reason": "매도인의 요청"}


async def made(site: Site, make: Make, state: str) -> tuple[UUID, dict[str, Browser]]:
    """A sale of two brokers in that state, whose procedure has ended."""
    broker, other = [await site.browser(name, ("broker", name)) for name in ("정다온", "한가람")]
    seller, buyer = await site.browser("최민준"), await site.browser("윤서아")
    people = {"seller": seller, "buyer": buyer, "seller_broker": broker, "buyer_broker": other}
    contract_id = await make.contract(broker, *people.items(), state=state)
    return contract_id, people


async def ended(temporal: Client, contract_id: UUID) -> None:
    handle = await temporal.start_workflow("Nobody", id=contract_workflow_id(contract_id), task_queue="nobody")
    await handle.terminate()


@pytest.mark.parametrize("state", ["expired", "declined", "withdrawn", "sealed"])
async def test_an_act_that_comes_too_late_is_told_how_the_contract_ended(
    site: Site, make: Make, temporal: Client, state: str
) -> None:
    contract_id, people = await made(site, make, state)
    await ended(temporal, contract_id)
    before = await site.fingerprint()
    for who, name, body in (
        ("seller", "sign", {}), ("buyer", "decline", REASON), ("seller_broker", "withdraw", REASON),
        ("seller_broker", "reopen", REASON), ("buyer", "remind", {}), ("buyer_broker", "edit", {"version": 1}),
    ):  # fmt: skip
        reply = await people[who].post(f"/contracts/{contract_id}/{name}", body)
        assert (reply.status_code, reply.json()["code"]) == (409, f"contract_{state}"), name
    assert await site.fingerprint() == before


async def test_brokers_edit_and_only_the_drafting_one_takes_back(site: Site, make: Make) -> None:
    contract_id, people = await made(site, make, "signing")
    refused = {
        "edit": ("seller", {"version": 1}), "reopen": ("buyer_broker", REASON), "withdraw": ("seller", REASON),
    }  # fmt: skip
    for name, (who, body) in refused.items():
        reply = await people[who].post(f"/contracts/{contract_id}/{name}", body)
        assert reply.status_code == 403, name


async def test_the_deadline_and_the_reminders_are_shown(site: Site, make: Make) -> None:
    contract_id, people = await made(site, make, "signing")
    until = now() + timedelta(days=12)
    await changed(site, contract_id, wait_until=until, reminders=2)
    shown = (await people["buyer"].get(f"/contracts/{contract_id}")).json()
    assert (shown["wait_until"], shown["reminders"]) == (until.isoformat(), 2)
    (task,) = (await people["seller"].get("/tasks")).json()["items"]
    assert "알림 2회" in task["ko"]
    page = read(await get(people["seller"], f"/contracts/{contract_id}")).text
    assert "서명하지 않으면 계약은 성립하지 않고 끝납니다" in page


async def changed(site: Site, contract_id: UUID, **values: Any) -> None:
    async with site.db.transaction() as session:
        row = await session.get_one(ContractRow, contract_id)
        for name, value in values.items():
            setattr(row, name, value)
        session.add(row)
