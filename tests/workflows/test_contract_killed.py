"""``kill -9`` between any two steps of a contract, and it goes on; nobody is asked twice for what they have signed."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
import sys
from asyncio.subprocess import Process
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client

from domain import ids
from domain.messages import Act, EditAct, ReasonAct
from onjip.temporal.codec import data_converter
from store import contracts
from store.tables.contracts import ContractVersionRow
from store.tables.transfers import TransferRow
from tests.workflows.conftest import World
from tests.workflows.deal_world import ROLES, Deal, act, make_deal
from tests.workflows.test_contract import ended

pytestmark = pytest.mark.long

ROOT, CHILD = Path(__file__).parents[2], "tests.workflows.contract_child"
# Every activity of a contract that is drafted, edited, taken back, signed and sealed; and which run of it.
STEPS = {
    "view": 1, "begin": 4, "edit": 1, "mark": 2, "freeze": 2, "prepare_field": 3, "ask": 2, "await_signature": 3,
    "finish": 4, "reopen": 1, "call_back": 1, "seal": 1, "open_transfer": 1,
}  # fmt: skip
EFFECTS = ("ask", "finish", "seal")  # for the others, before it is after the one before
PATIENCE_S = 60  # a killed activity is noticed when it has not beaten for ten seconds
POINTS = [
    (when, name, number)
    for name, number in STEPS.items()
    for when in ("after", "before")
    if when == "after" or name in EFFECTS
]


@dataclass
class Machine:
    """Starts processes with all workers of a deal."""

    told: Path

    async def start(self, when: str, name: str, number: int) -> Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", CHILD, str(self.told), when, name, str(number),
            cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip


async def prepared(world: Any, cluster: Any, folder: Path) -> tuple[Deal, Machine]:
    """A deal whose workers run elsewhere, with a payload key that they know too."""
    codec, host = secrets.token_bytes(32), world.client.service_client.config.target_host
    client = await Client.connect(host, namespace="onjip", data_converter=data_converter({"test": codec}))
    (folder / "desk").mkdir()
    deal = await make_deal(World(client, world.db, world.sealed), folder)
    database = world.db.engine.url.render_as_string(hide_password=False)
    keys = {"ring": cluster.ring.key.hex(), "box": world.sealed.key.hex(), "codec": codec.hex()}
    told = folder / "told.json"
    told.write_text(json.dumps({"temporal": host, "database": database, "folder": str(folder), **keys}))
    return deal, Machine(told)


async def people(deal: Deal, handle: Any) -> None:
    """Edited once, signed by the seller, taken back, and signed by everybody."""
    broker = Act(person_id=deal.broker)
    await act(handle, "edit", EditAct(person_id=deal.broker, version=1, special_clauses=("누수를 고친다.",)))
    for update in ("explain", "invite"):
        await act(handle, update, broker)
    first, *others = ROLES
    await deal.sign(handle, first, PATIENCE_S)
    while (await deal.signers())[first].state != "signed":  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    await act(handle, "reopen", ReasonAct(person_id=deal.broker, reason="잔금일"))
    for update in ("explain", "invite"):
        await act(handle, update, broker)
    for role in (first, *others):
        await deal.sign(handle, role, PATIENCE_S)


@pytest.mark.parametrize(("when", "name", "number"), POINTS)
async def test_a_contract_goes_on_whatever_is_killed(  # noqa: PLR0917
    world: Any, cluster: Any, tmp_path: Path, when: str, name: str, number: int
) -> None:
    deal, machine = await prepared(world, cluster, tmp_path)
    handle = await deal.start_contract()
    dying = await machine.start(when, name, number)
    everybody = asyncio.create_task(people(deal, handle))
    try:
        async with asyncio.timeout(60):
            assert await dying.wait() == -signal.SIGKILL, f"it has no {name} number {number}"
        other = await machine.start("never", "", 0)
        async with asyncio.timeout(90):
            await everybody
            assert await ended(handle) == "sealed"
    finally:
        everybody.cancel()
        for process in (dying, other):
            if process.returncode is None:
                process.kill()
                await process.wait()
    await _whole(deal, tmp_path / "desk")


async def _whole(deal: Deal, desk: Path) -> None:
    row, signers = await deal.contract(), await deal.signers()
    assert (row.state, contracts.terms_of(row).version) == ("sealed", 3)
    versions = await deal.world.rows(ContractVersionRow, contract_id=row.id)
    assert [one.version for one in versions] == [1, 2]
    assert len({one.revision_sha256 for one in signers.values()}) == len(ROLES)
    asked = Counter(file.read_text() for file in sorted(desk.iterdir()) if not file.suffix)  # noqa: ASYNC240
    assert sorted(asked.values()) == [1, 1, 1, 2], "the seller for each version, the others once"
    signed = [key for key in await deal.world.events(deal.case_id) if key.startswith(f"signed:{row.id}")]
    assert len(signed) == len(ROLES) + 1
    (transfer,) = await deal.world.rows(TransferRow, contract_id=row.id)
    await deal.world.client.get_workflow_handle(ids.transfer_workflow_id(transfer.id)).terminate()
