"""Exactly once in effect: real agencies that fail in every way they can, a real database, and processes that die.

The registry and the report system know no idempotency key: what is sent to them twice takes effect twice.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import pytest
from sqlmodel import col, select

from activities.exchange import Carriage
from domain.errors import AgencyDown, AgencyRefused, OnjipError, OutcomeUnknown, Wait
from domain.filings import Answer, DeliveryState, FeeOrder, Outgoing
from domain.model import Model
from domain.time import now
from domain.words import Agency
from mydata_connectors.exchange import ExchangeOffice
from store import exchange
from store.db import Database
from store.tables.exchange import DeliveryRow
from store.tables.sealing import ring_of
from tests.mydata_connectors.deals.conftest import TITLE, Sale, new_reference

if TYPE_CHECKING:
    from tests.mydata_connectors.deals.conftest import Deals

LIFETIME = timedelta(seconds=2)
FAULTS = ("slow", "error", "reset", "act_then_timeout", "late", "maintenance", "malformed")
CHILD = Path(__file__).with_name("carrying_child.py")
PATIENCE_S = 30.0


# What is carried


def outgoing(agency: Agency, service: str, purpose: str, signed: dict[str, Any]) -> Outgoing:
    body = {name: value for name, value in signed.items() if name != "reference"}
    return Outgoing(agency=agency, service=service, reference=signed["reference"], purpose=purpose, body=body)


async def a_fee(_: Deals, unique_no: str = TITLE) -> Outgoing:
    """An order at the registry: nobody signs it, and two messages are two orders."""
    order = FeeOrder(reference=new_reference(), unique_no=unique_no, purpose="소유권이전")
    return outgoing(Agency.REGISTRY, "fees", "registration", unsigned(order, order.reference))


def unsigned(body: Model, reference: str) -> dict[str, Any]:
    return {"body": body.canonical().decode(), "signatures": [], "reference": reference}


async def a_report(deals: Deals) -> Outgoing:
    """A sale without brokers, signed by both parties: two messages are two certificates."""
    sale = Sale(brokers=())
    report = await deals.report(sale, await deals.contract(sale))
    return outgoing(Agency.RTMS, "reports", "report", await deals.signed(report, sale.seller, sale.buyer))


async def a_return(deals: Deals) -> Outgoing:
    """A tax return: this agency knows keys, and yet gets a new one with each attempt."""
    sale = Sale(brokers=())
    number = await deals.reported(sale, await deals.contract(sale))
    return outgoing(
        Agency.WETAX, "returns", "tax", await deals.signed(deals.tax_return(sale, number), sale.buyer)
    )  # fmt: skip


ACTS: dict[Agency, Callable[[Deals], Awaitable[Outgoing]]] = {
    Agency.REGISTRY: a_fee, Agency.RTMS: a_report, Agency.WETAX: a_return,
}  # fmt: skip


# By whom


@dataclass
class Post:
    """Our side: carries, and is asked again as Temporal asks."""

    database: Database
    deals: Deals
    http: httpx.AsyncClient

    def office(self, agency: Agency) -> ExchangeOffice:
        seconds = LIFETIME.total_seconds()
        return ExchangeOffice(self.deals.box.exchange(agency, self.http, seconds=seconds))

    def carriage(self) -> Carriage:
        return Carriage(self.database, {agency: self.office(agency) for agency in ACTS}, LIFETIME)

    async def carry(self, wanted: Outgoing, waits: list[OnjipError] | None = None) -> Answer:
        """Until there is an answer; every wait on the way is told."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                try:
                    return await self.carriage().carry(wanted)
                except Wait as wait:
                    if waits is not None:
                        waits.append(wait)
                    await asyncio.sleep(wait.retry_after or 0.1)

    async def acts(self, wanted: Outgoing) -> list[str]:
        """Numbers of what really took effect there under this reference."""
        ledger = await self.deals.box.ledger(wanted.agency)
        return [act["number"] for act in ledger["acts"] if act["reference"] == wanted.reference]

    async def denials(self, wanted: Outgoing) -> list[str]:
        return [one["code"] for one in (await self.deals.box.ledger(wanted.agency))["denied"]]

    async def states(self, wanted: Outgoing) -> list[str]:
        query = select(DeliveryRow.state).where(DeliveryRow.reference == wanted.reference)
        async with self.database.transaction() as session:
            return list(await session.exec(query.order_by(col(DeliveryRow.attempt))))

    async def fault(self, wanted: Outgoing, kind: str, seconds: float) -> None:
        box = self.deals.box
        await box.fault(wanted.agency, f"/{wanted.service}", kind, method="POST", seconds=seconds)


@pytest.fixture
def post(database: Database, deals: Deals, http: httpx.AsyncClient) -> Post:
    return Post(database, deals, http)


# Every fault, at each agency: one act


@pytest.mark.parametrize("agency", ACTS)
async def test_one_act_whatever_happens_to_the_answer(post: Post, deals: Deals, agency: Agency) -> None:
    """Seven acts side by side; each of them meets another fault."""
    wanted = [await ACTS[agency](deals) for _ in FAULTS]
    for fault in FAULTS:
        await post.fault(wanted[0], fault, 0.5)
    answers = await asyncio.gather(*(post.carry(one) for one in wanted))
    for one, answer in zip(wanted, answers, strict=True):
        assert await post.acts(one) == [answer.number]
        assert (await post.states(one))[-1] == DeliveryState.ANSWERED
        assert await post.carry(one) == answer  # and ever after
    turned_away = [one["outcome"] for one in (await deals.box.ledger(agency))["received"]]
    assert {"fault_error", "fault_reset", "fault_maintenance"} <= set(turned_away)


async def test_the_same_message_twice_would_be_two_acts(post: Post, deals: Deals) -> None:
    """What we are careful about is real: neither agency would have noticed."""
    for wanted in (await a_fee(deals), await a_report(deals)):
        office, msg_id = post.office(wanted.agency), str(uuid4())
        assert not office.knows_keys
        for _ in range(2):
            await office.send(wanted, msg_id=msg_id, expires_at=now() + LIFETIME)
        assert len(await post.acts(wanted)) == 2


async def test_an_agency_that_knows_keys_answers_the_same_message_the_same(post: Post, deals: Deals) -> None:
    wanted = await a_return(deals)
    office, msg_id, end = post.office(wanted.agency), str(uuid4()), now() + LIFETIME
    assert office.knows_keys
    numbers = {(await office.send(wanted, msg_id=msg_id, expires_at=end)).number for _ in range(2)}
    assert numbers == set(await post.acts(wanted))


# Late arrivals


async def test_a_request_that_arrives_after_we_gave_up_is_found_not_repeated(post: Post, deals: Deals) -> None:
    wanted = await a_fee(deals)
    await post.fault(wanted, "late", 0.5)
    with pytest.raises(OutcomeUnknown):
        await post.carriage().carry(wanted)
    assert await post.acts(wanted) == []
    answer = await post.carry(wanted)
    assert await post.acts(wanted) == [answer.number]
    assert await post.states(wanted) == [DeliveryState.ANSWERED]  # it was that one request


@pytest.mark.long
async def test_a_request_that_arrives_after_we_sent_again_is_refused(post: Post, deals: Deals) -> None:
    wanted = await a_fee(deals)
    await post.fault(wanted, "late", LIFETIME.total_seconds() + 1.5)
    answer = await post.carry(wanted)
    assert await post.states(wanted) == [DeliveryState.NOT_ACTED, DeliveryState.ANSWERED]
    await deals.until(lambda: post.denials(wanted), lambda codes: "expired_message" in codes)
    assert await post.acts(wanted) == [answer.number]


@pytest.mark.long
async def test_nothing_is_sent_again_while_the_first_may_still_act(post: Post, deals: Deals) -> None:
    wanted = await a_fee(deals)
    await post.fault(wanted, "reset", 0)
    waits: list[OnjipError] = []
    await post.carry(wanted, waits)
    assert [wait.code for wait in waits] == ["outcome_unknown", "waiting_for_expiry"]


# Who surely did not act


async def test_an_agency_that_surely_did_not_act_is_sent_the_next_at_once(post: Post, deals: Deals) -> None:
    wanted = await a_fee(deals)
    await post.fault(wanted, "maintenance", 1)
    with pytest.raises(AgencyDown, match="maintenance"):
        await post.carriage().carry(wanted)
    answer = await post.carriage().carry(wanted)  # no wait: neither for the expiry nor for anything else
    assert await post.states(wanted) == [DeliveryState.NOT_ACTED, DeliveryState.ANSWERED]
    assert await post.acts(wanted) == [answer.number]


async def test_a_refusal_is_kept_and_the_mended_act_may_be_sent(post: Post, deals: Deals) -> None:
    wrong = await a_fee(deals, unique_no="9999-2099-999999")
    with pytest.raises(AgencyRefused, match="title_unknown"):
        await post.carriage().carry(wrong)
    assert await post.states(wrong) == [DeliveryState.REFUSED]
    order = FeeOrder(reference=wrong.reference, unique_no=TITLE, purpose="소유권이전")
    mended = wrong.model_copy(update={"body": {"body": order.canonical().decode(), "signatures": []}})
    answer = await post.carriage().carry(mended)
    assert await post.states(wrong) == [DeliveryState.REFUSED, DeliveryState.ANSWERED]
    assert await post.acts(wrong) == [answer.number]


# Who carries dies


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.long
async def test_the_process_that_carried_was_killed(post: Post, deals: Deals, moment: str, tmp_path: Path) -> None:
    """SIGKILL of a process of its own between the attempt that is stored and the answer that is not."""
    wanted, ring = await a_fee(deals), ring_of(post.database.engine.dialect)
    told = {
        "ring": (ring.key_id, ring.key.hex()),
        "database": post.database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False),
        "agency": deals.box.agencies[Agency.REGISTRY], "key": deals.box.key.as_dict(private=True),
        "outgoing": wanted.model_dump(mode="json"), "lifetime": LIFETIME.total_seconds(), "moment": moment,
    }  # fmt: skip
    file = tmp_path / "told.json"
    file.write_text(json.dumps(told))
    child = await asyncio.create_subprocess_exec(sys.executable, str(CHILD), str(file), stdout=asyncio.subprocess.PIPE)
    assert child.stdout is not None
    assert (await asyncio.wait_for(child.stdout.readline(), PATIENCE_S)).strip() == b"now"
    child.send_signal(signal.SIGKILL)
    await child.wait()
    assert await post.states(wanted) == [DeliveryState.SENDING]
    assert len(await post.acts(wanted)) == (0 if moment == "before" else 1)
    answer = await post.carry(wanted)
    assert await post.acts(wanted) == [answer.number]
    assert DeliveryState.SENDING not in await post.states(wanted)


# Two at once


async def test_two_who_carry_the_same_act_act_once(post: Post, deals: Deals) -> None:
    """A worker that was believed dead and the one that took over."""
    wanted = await a_report(deals)
    first, second = await asyncio.gather(post.carry(wanted), post.carry(wanted))
    assert first == second
    assert await post.acts(wanted) == [first.number]
    assert await post.states(wanted) == [DeliveryState.ANSWERED]


async def test_an_attempt_is_begun_by_one_only(post: Post, deals: Deals) -> None:
    wanted = await a_fee(deals)
    begun = []
    for _ in range(2):
        async with post.database.transaction() as session:
            begun.append(
                await exchange.begin_delivery(
                    session, wanted, attempt=1, msg_id=str(uuid4()), expires_at=now() + LIFETIME
                )
            )
    assert begun[0] is not None
    assert begun[1] is None


# A whole agency dies


@pytest.mark.long
async def test_an_agency_that_is_killed_while_it_acts(post: Post, deals: Deals) -> None:
    """Its ledger is one transaction with the act: it has either acted and says so, or not acted and will not."""
    wanted = await a_fee(deals)
    await post.fault(wanted, "slow", 0.5)
    carrying = asyncio.create_task(post.carry(wanted))
    await asyncio.sleep(0.3)
    os.kill(deals.box.pid(Agency.REGISTRY), signal.SIGKILL)
    answer = await carrying
    assert await post.acts(wanted) == [answer.number]
