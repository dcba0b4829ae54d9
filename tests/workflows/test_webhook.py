"""Events reach the computers of the offices that act in a contract, and of nobody else, however often that is tried."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from temporalio.client import Client
from temporalio.exceptions import ApplicationError

from activities.contracts import Contracts
from activities.webhooks import STOP_AFTER, Webhooks
from domain.contracts import ContractTerms, Party, PropertyTerms
from domain.ids import new_webhook_key
from domain.time import now, seoul_date
from domain.webhooks import Event, Office, WebhookStart
from domain.words import CaseKind, ContractKind, PartyRole, Role
from domain.work import ContractDone
from mydata_connectors.webhooks import HttpReceivers
from onjip.temporal.codec import data_converter
from onjip.temporal.worker import build_worker
from onjip.wiring.outbox import Dispatcher
from store import contracts, transfers
from store.tables.people import RoleRow
from store.tables.webhooks import WebhookDeliveryRow, WebhookRow
from store.tasks import todo
from tests.webhook_receiver import Receiver, answer, holds, receiving
from workflows._options import FLOW, WEBHOOKS
from workflows.webhook import WebhookWorkflow

ROOT = Path(__file__).parents[2]
OK, BROKEN, GONE = answer(204), answer(500), answer(410)
LH = "한국토지주택공사"
SOON = (timedelta(milliseconds=100),) * 3  # where a deployment waits minutes and days
EVERYTHING = [str(event) for event in Event]
WITHIN_S = 1.0


@dataclass
class Offices:
    """People, contracts and addresses, as the API would have written them."""

    world: Any
    contract_ids: list[UUID] = field(default_factory=list)

    async def person(self, *offices: Office, active: bool = True) -> UUID:
        person: UUID = await self.world.person()
        for one in offices:
            number = one.number or uuid4().hex[:6]
            await self.world.add(
                RoleRow(
                    person_id=person, role=one.role, organisation=one.organisation, register_name="test",
                    number=number, active=active,
                )
            )  # fmt: skip
        return person

    async def contract(self, *parties: tuple[PartyRole, UUID], supplier: str | None = None) -> UUID:
        kind = ContractKind.SUPPLY if supplier else ContractKind.SALE
        terms = ContractTerms(
            contract_id=uuid4(), kind=kind, made_on=seoul_date(now()), price=1, payments=(),
            property=PropertyTerms(lot_address="과천시 1", building="온마을", exclusive_area="84.97"),
            parties=tuple(
                Party(person_id=person, role=role, order=n, name="김하늘", organisation=supplier)
                for n, (role, person) in enumerate(parties, 1)
            ),
        )  # fmt: skip
        case_id = await self.world.case(parties[0][1], CaseKind.RESALE)
        async with self.world.db.transaction() as session:
            row = await contracts.add_contract(session, terms, case_id=case_id, created_by=parties[0][1])
            row.document_sha256 = "d" * 64
        return terms.contract_id

    async def address(self, office: Office, url: str, **changed: Any) -> WebhookRow:
        values = {**office.model_dump(), "url": url, "events": EVERYTHING, "secret": new_webhook_key(), **changed}
        row = WebhookRow(**values, created_by=await self.world.person())
        await self.world.add(row)
        return row

    async def mark(self, contract_id: UUID, state: str) -> None:
        await Contracts(self.world.db).mark(ContractDone(contract_id=contract_id, state=state))

    async def told(self, *rows: WebhookRow) -> list[list[str]]:
        """Types of the messages promised to each address."""
        found = [await self.world.rows(WebhookDeliveryRow, webhook_id=row.id) for row in rows]
        return [[one.type for one in sorted(deliveries, key=lambda one: one.created_at)] for deliveries in found]

    async def delivery(self, row: WebhookRow) -> WebhookDeliveryRow:
        (found,) = await self.world.rows(WebhookDeliveryRow, webhook_id=row.id)
        return found  # type: ignore[no-any-return]

    async def ended(self, row: WebhookRow) -> WebhookDeliveryRow:
        async with asyncio.timeout(60):
            while (found := await self.delivery(row)).state == "waiting":  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        return found

    async def now(self, row: WebhookRow) -> WebhookRow:
        (found,) = await self.world.rows(WebhookRow, id=row.id)
        return found  # type: ignore[no-any-return]


def broker(organisation: str = "다온공인중개사사무소") -> Office:
    return Office(role=Role.BROKER, organisation=organisation, number=uuid4().hex[:8])


@asynccontextmanager
async def at_work(
    world: Any, client: Client | None = None, *, sending: bool = True, waits: tuple[timedelta, ...] = SOON
) -> AsyncIterator[Offices]:
    """The outbox, the procedure, and the worker that sends."""
    client = client or world.client
    outbox = asyncio.create_task(Dispatcher(world.db, client).run())
    try:
        async with build_worker(client, FLOW, workflows=[WebhookWorkflow]):
            if not sending:
                yield Offices(world)
                return
            holder = Webhooks(world.db, HttpReceivers(loopback=True, within_s=WITHIN_S), waits)
            async with build_worker(client, WEBHOOKS, activities=[holder.deliver]):
                yield Offices(world)
    finally:
        outbox.cancel()
        with suppress(asyncio.CancelledError):
            await outbox


async def one_sale(offices: Offices, receiver: Receiver) -> tuple[UUID, WebhookRow]:
    """A sale whose broker's office listens at ``receiver``."""
    office = broker()
    person, seller = await offices.person(office), await offices.person()
    contract_id = await offices.contract((PartyRole.SELLER_BROKER, person), (PartyRole.SELLER, seller))
    return contract_id, await offices.address(office, receiver.url())


async def test_only_offices_that_act_in_the_contract_are_told(world: Any) -> None:
    offices, url = Offices(world), "https://hooks.example.com/"
    acting, namesake, supplier, another = broker(), broker(), Office(role=Role.OFFICER, organisation=LH), broker("가람")
    notary, private = Office(role=Role.SCRIVENER, organisation="도윤법무사사무소", number="1"), broker("하늘")
    agent, scrivener = await offices.person(acting), await offices.person(notary)
    closed = broker("닫힌")
    was_broker = await offices.person(closed, active=False)
    # A broker who buys a home, and one whose office has closed.
    buyer = await offices.person(private, supplier)
    parties = (
        (PartyRole.SELLER_BROKER, agent), (PartyRole.BUYER_BROKER, was_broker), (PartyRole.BUYER, buyer),
    )  # fmt: skip
    contract_id = await offices.contract(*parties)
    hears, picky, off = [await offices.address(acting, url, **more) for more in ({}, {"events": [Event.SEALED]},
                                                                                {"state": "off"})]  # fmt: skip
    strangers = [await offices.address(one, url) for one in (namesake, supplier, another, private, closed)]
    late = await offices.address(notary, url)
    await offices.mark(contract_id, "invited")
    await offices.mark(contract_id, "invited")  # at least once may be twice
    async with world.db.transaction() as session:
        row = await contracts.contract(session, contract_id)
        transfer = await transfers.open_transfer(session, case_id=row.case_id, contract_id=contract_id)
        transfer.scrivener_id = scrivener
    await offices.mark(contract_id, "sealed")
    await offices.mark(contract_id, "declined")
    assert await offices.told(hears, picky, off, late) == [
        ["contract.invited", "contract.sealed", "contract.declined"], ["contract.sealed"], [],
        ["contract.sealed", "contract.declined"],
    ]  # fmt: skip
    assert await offices.told(*strangers) == [[]] * 5


async def test_a_supplier_hears_of_its_own_contracts_also_by_the_name_of_a_branch(world: Any) -> None:
    """An officer of two suppliers signs for one of them."""
    offices, url = Offices(world), "https://hooks.example.com/"
    house, other = [Office(role=Role.OFFICER, organisation=name) for name in (LH, "과천도시공사")]
    officer, winner = await offices.person(house, other), await offices.person()
    contract_id = await offices.contract(
        (PartyRole.SUPPLIER, officer), (PartyRole.BUYER, winner), supplier=f"{LH} 경기남부지역본부"
    )
    rows = [await offices.address(one, url) for one in (house, other)]
    await offices.mark(contract_id, "sealed")
    assert await offices.told(*rows) == [["contract.sealed"], []]


async def test_a_message_arrives_once_signed_and_without_a_word_about_people(world: Any, keep_history: Any) -> None:
    async with at_work(world) as offices, receiving(OK) as receiver:
        contract_id, address = await one_sale(offices, receiver)
        await offices.mark(contract_id, "sealed")
        await offices.mark(contract_id, "sealed")
        row = await offices.ended(address)
        assert (row.state, row.attempts, row.status, row.next_at) == ("delivered", 1, 204, None)
        (got,) = receiver.got
        assert holds(address.secret, got)
        assert not holds(new_webhook_key(), got)
        assert (got.line, got.headers["content-type"]) == ("POST /hook HTTP/1.1", "application/json")
        said = json.loads(got.body)
        assert got.id == said.pop("id") == str(row.id)
        assert abs(int(got.headers["webhook-timestamp"]) - now().timestamp()) < 60
        assert said.pop("at")
        assert said == {
            "type": "contract.sealed", "contract_id": str(contract_id), "version": 1, "state": "sealed",
            "document_sha256": "d" * 64,
        }  # fmt: skip
        handle = world.client.get_workflow_handle(f"webhook-{row.id}-0")
        await handle.result()
        await keep_history(handle, "webhook")


async def test_after_a_change_of_the_key_both_hold_for_a_day(world: Any) -> None:
    async with at_work(world) as offices, receiving(OK) as receiver:
        contract_id, address = await one_sale(offices, receiver)
        for left, both in ((timedelta(minutes=1), True), (-timedelta(seconds=1), False)):
            old = new_webhook_key()
            async with world.db.transaction() as session:
                row = await session.get_one(WebhookRow, address.id)
                row.old_secret, row.old_until = old, now() + left
            await offices.mark(contract_id, "invited" if both else "sealed")
            got = (await receiver.arrived(1 if both else 2))[-1]
            assert (holds(address.secret, got), holds(old, got)) == (True, both)


async def test_what_failed_is_tried_again_with_the_same_id(world: Any) -> None:
    moved = answer(302, "Location: http://127.0.0.1:1/")
    async with at_work(world) as offices, receiving(BROKEN, b"", moved, OK) as receiver:
        contract_id, address = await one_sale(offices, receiver)
        await offices.mark(contract_id, "sealed")
        row = await offices.ended(address)
        assert (row.state, row.attempts, row.status, row.problem) == ("delivered", 4, 204, None)
        assert {got.id for got in receiver.got} == {str(row.id)}
        assert len({got.body for got in receiver.got}) == 1
        assert all(holds(address.secret, got) for got in receiver.got)


async def test_what_is_noted_as_due_later_is_not_sent_before(world: Any) -> None:
    """The worker was killed after noting the attempt, before Temporal heard of the wait."""
    long = (timedelta(hours=1),)
    async with at_work(world, waits=long) as offices, receiving(BROKEN) as receiver:
        contract_id, address = await one_sale(offices, receiver)
        await offices.mark(contract_id, "sealed")
        await receiver.arrived(1)
        async with asyncio.timeout(30):
            while (row := await offices.delivery(address)).next_at is None:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        assert timedelta(minutes=59) < row.next_at - now() <= timedelta(hours=1)
        handle = world.client.get_workflow_handle(f"webhook-{row.id}-0")
        (pending,) = (await handle.describe()).raw_description.pending_activities
        due = pending.next_attempt_schedule_time.ToDatetime(row.next_at.tzinfo)
        assert abs(due - row.next_at) < timedelta(minutes=1), "Temporal waits, not a worker"
        await handle.terminate()
        early = Webhooks(world.db, HttpReceivers(loopback=True), long)
        with pytest.raises(ApplicationError) as told:
            await early.deliver(WebhookStart(delivery_id=row.id))
        assert told.value.type == "webhook_not_due"
        assert told.value.next_retry_delay is not None
        assert told.value.next_retry_delay > timedelta(minutes=58)
        assert len(receiver.got) == 1


async def test_gone_means_stop_and_what_waits_is_given_up(world: Any) -> None:
    async with at_work(world) as offices, receiving(GONE) as receiver:
        contract_id, address = await one_sale(offices, receiver)
        await offices.mark(contract_id, "invited")
        row = await offices.ended(address)
        assert (row.state, row.status, row.attempts) == ("dead", 410, 1)
        assert (await offices.now(address)).state == "stopped"
        await offices.mark(contract_id, "sealed")
        assert await offices.told(address) == [["contract.invited"]], "nothing more is promised"


async def test_what_waits_for_an_address_that_is_switched_off_is_not_sent(world: Any) -> None:
    async with at_work(world, waits=(timedelta(seconds=2),)) as offices, receiving(BROKEN, OK) as receiver:
        contract_id, address = await one_sale(offices, receiver)
        await offices.mark(contract_id, "sealed")
        await receiver.arrived(1)
        async with world.db.transaction() as session:
            (await session.get_one(WebhookRow, address.id)).state = "off"
        row = await offices.ended(address)
        assert (row.state, row.problem, len(receiver.got)) == ("dead", "webhook_off", 1)


async def test_a_dead_letter_is_told_and_too_many_in_a_row_stop_the_address(world: Any) -> None:
    async with at_work(world, waits=SOON[:1]) as offices, receiving(BROKEN) as receiver:
        contract_id, address = await one_sale(offices, receiver)
        office = Office(role=Role.BROKER, organisation=address.organisation, number=address.number)
        colleague, stranger = await offices.person(office), await offices.person(broker())
        await offices.mark(contract_id, "invited")
        row = await offices.ended(address)
        assert (row.state, row.attempts, row.status) == ("dead", 2, 500)
        (task,) = await tasks(world, colleague)
        assert (task.code, task.link) == ("webhook", f"/webhooks/{address.id}")
        assert await tasks(world, stranger) == []
        kept = await offices.now(address)
        assert (kept.state, kept.dead_in_a_row) == ("on", 1)
        async with world.db.transaction() as session:
            (await session.get_one(WebhookRow, address.id)).dead_in_a_row = STOP_AFTER - 1
        await offices.mark(contract_id, "sealed")
        async with asyncio.timeout(30):
            while (await offices.now(address)).state == "on":  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        kept = await offices.now(address)
        assert (kept.state, kept.dead_in_a_row) == ("stopped", STOP_AFTER)
        assert len(receiver.got) == 4
        assert [one.link for one in await tasks(world, colleague)] == [f"/webhooks/{address.id}"]


async def tasks(world: Any, person: UUID) -> list[Any]:
    async with world.db.transaction() as session:
        return await todo(session, person)


@pytest.mark.long
async def test_a_worker_killed_after_sending_sends_the_same_message_again(
    world: Any, cluster: Any, tmp_path: Path
) -> None:
    codec, host = secrets.token_bytes(32), world.client.service_client.config.target_host
    client = await Client.connect(host, namespace="onjip", data_converter=data_converter({"test": codec}))
    told = tmp_path / "told.json"
    told.write_text(
        json.dumps({
            "temporal": host, "database": world.db.engine.url.render_as_string(hide_password=False),
            "ring": cluster.ring.key.hex(), "codec": codec.hex(),
        })
    )  # fmt: skip
    async with at_work(world, client, sending=False) as offices, receiving(b"", OK) as receiver:
        contract_id, address = await one_sale(offices, receiver)
        dying = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.workflows.webhook_child", str(told),
            cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        receiver.hook = lambda: dying.kill() if dying.returncode is None else None
        await offices.mark(contract_id, "sealed")
        async with asyncio.timeout(60):
            await dying.wait()
        row = await offices.delivery(address)
        assert (row.state, row.attempts, len(receiver.got)) == ("waiting", 0, 1), "sent, and nothing noted of it"
        holder = Webhooks(world.db, HttpReceivers(loopback=True), SOON)
        async with build_worker(client, WEBHOOKS, activities=[holder.deliver]):
            row = await offices.ended(address)
        first, second = receiver.got
        assert (row.state, row.attempts, first.id, first.body) == ("delivered", 1, second.id, second.body)
