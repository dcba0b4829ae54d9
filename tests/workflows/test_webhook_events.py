"""What happens to a real contract is promised to the offices that act in it, with the transaction that makes it so."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from domain.filings import RegistryState
from domain.ids import new_webhook_key, transfer_workflow_id
from domain.messages import Act, ReasonAct
from domain.webhooks import Event
from domain.words import PartyRole, Role, Step
from store.tables.exchange import OutboxRow
from store.tables.people import RoleRow
from store.tables.transfers import TransferRow
from store.tables.webhooks import WebhookDeliveryRow, WebhookRow
from tests.workflows.deal_world import ROLES, act, deal_at_work
from tests.workflows.lease_play import NAMES, letting
from tests.workflows.real_play import agencies
from tests.workflows.test_amendment import CHEAPER, amended, pay_balance

pytestmark = pytest.mark.long


async def listening(world: Any, person: UUID, role: Role) -> WebhookRow:
    """An address of this person's office."""
    office = {"role": role, "organisation": "사무소", "number": str(person)}
    await world.add(RoleRow(person_id=person, register_name="test", active=True, **office))
    row = WebhookRow(
        **office, url="https://hooks.example.com/", events=list(Event), secret=new_webhook_key(), created_by=person
    )
    await world.add(row)
    return row


async def told(world: Any, row: WebhookRow) -> list[tuple[str, UUID | None]]:
    """Type and contract of each message, and all of them promised."""
    found = await world.rows(WebhookDeliveryRow, webhook_id=row.id)
    promised = {one.workflow_id for one in await world.rows(OutboxRow, kind="start:WebhookWorkflow")}
    assert {f"webhook-{one.id}-0" for one in found} <= promised
    return [(one.type, one.contract_id) for one in sorted(found, key=lambda one: one.created_at)]


async def test_from_the_invitation_to_the_seal(world: Any) -> None:
    async with deal_at_work(world) as deal:
        address = await listening(world, deal.broker, Role.BROKER)
        handle = await deal.start_contract()
        for update in ("explain", "invite"):
            await act(handle, update, Act(person_id=deal.broker))
        for role in ROLES:
            await deal.sign(handle, role)
        await handle.result()
        kinds = [kind for kind, contract_id in await told(world, address) if contract_id == deal.terms.contract_id]
        assert kinds == ["contract.invited", *["contract.signed"] * len(ROLES), "contract.sealed"]
        (transfer,) = await world.rows(TransferRow, contract_id=deal.terms.contract_id)
        await world.client.get_workflow_handle(transfer_workflow_id(transfer.id)).terminate()


async def test_what_is_taken_back_is_invited_anew_and_withdrawn_once(world: Any) -> None:
    async with deal_at_work(world) as deal:
        address = await listening(world, deal.broker, Role.BROKER)
        handle = await deal.start_contract()
        for update in ("explain", "invite"):
            await act(handle, update, Act(person_id=deal.broker))
        await deal.sign(handle, PartyRole.SELLER)
        await act(handle, "withdraw", ReasonAct(person_id=deal.broker, reason="요청"))
        await handle.result()
        kinds = [kind for kind, _ in await told(world, address)]
        assert kinds[0] == "contract.invited"
        assert kinds[-1] == "contract.withdrawn"
        assert set(kinds[1:-1]) <= {"contract.signed"}


async def test_amended_reported_and_registered_also_for_the_scrivener(world: Any) -> None:
    async with deal_at_work(world) as deal:
        deal.pay("deposit")
        handle = await deal.start_transfer()
        brokers = await listening(world, deal.broker, Role.BROKER)
        scriveners = await listening(world, deal.scrivener, Role.SCRIVENER)
        async with deal.everybody_signs(handle):
            await deal.until_step(Step.STAMP_PAID)
            amendment = await amended(deal, CHEAPER)
            pay_balance(deal, CHEAPER)
            deal.outside.decide(await deal.outside.received(), RegistryState.REGISTERED)
            await deal.finished(handle)
        first = deal.terms.contract_id
        for address in (brokers, scriveners):
            found = await told(world, address)
            assert [kind for kind, contract_id in found if contract_id == first] == [
                "contract.reported", "contract.amended", "transfer.registered",
            ]  # fmt: skip
            assert ("contract.sealed", amendment) in found


async def test_dissolved(world: Any) -> None:
    async with deal_at_work(world) as deal:
        deal.pay("deposit")
        handle = await deal.start_transfer()
        address = await listening(world, deal.scrivener, Role.SCRIVENER)
        async with deal.everybody_signs(handle):
            await deal.until_step(Step.STAMP_PAID)
            dissolution = await deal.dissolve_by_signing()
            await deal.finished(handle)
        found = await told(world, address)
        assert found[-1] == ("contract.dissolved", deal.terms.contract_id)
        assert ("contract.sealed", dissolution) in found


async def test_the_report_of_a_lease(world: Any, tmp_path: Path) -> None:
    with agencies(tmp_path, NAMES) as box:
        async with letting(world, box, tmp_path / "documents") as let:
            contract_id = await let.sealed()
            broker = await listening(world, let.people[PartyRole.BUYER_BROKER], Role.BROKER)
            handle = await let.start(contract_id)
            await let.approve(handle, PartyRole.LESSEE)
            await handle.result()
            assert await told(world, broker) == [("contract.reported", contract_id)]
