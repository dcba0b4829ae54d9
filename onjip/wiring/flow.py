"""The flow worker: procedures, judging, the record; and the outbox that feeds them."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta

from activities.awards import Awards
from activities.consents import Consents
from activities.contracts import Contracts
from activities.deliver import Deliver
from activities.duties import Duties
from activities.examining import Examining
from activities.judge import Judge
from activities.making import Making
from activities.select import Select
from activities.supplying import Supplying
from activities.troubles import Troubles
from activities.unwinding import Unwinding
from domain.words import Agency
from law import rulebook
from mydata_connectors.identity import ConsentDesk
from onjip.settings import Settings
from onjip.temporal import schedules
from onjip.temporal.client import connect
from onjip.temporal.worker import build_worker, ready_file, run_until_signal
from onjip.wiring import parts
from onjip.wiring.agencies import carriage
from onjip.wiring.outbox import Dispatcher
from onjip.wiring.parts import Partners, Shared
from workflows._options import FLOW
from workflows.application import ApplicationWorkflow
from workflows.assess import AssessWorkflow
from workflows.award import AwardWorkflow
from workflows.consent import ConsentWorkflow
from workflows.contract import ContractWorkflow
from workflows.draft import DraftWorkflow
from workflows.draw import DrawWorkflow
from workflows.notice_sync import NoticeSyncWorkflow
from workflows.transfer import TransferWorkflow
from workflows.verify import VerifyWorkflow

WORKFLOWS: tuple[type, ...] = (
    NoticeSyncWorkflow,
    ConsentWorkflow,
    AssessWorkflow,
    ApplicationWorkflow,
    DrawWorkflow,
    AwardWorkflow,
    DraftWorkflow,
    ContractWorkflow,
    TransferWorkflow,
    VerifyWorkflow,
)


async def run(settings: Settings) -> None:
    shared, outside = parts.shared(settings), parts.partners(settings)
    client = await connect(settings)
    methods = parts.methods(*record_and_judging(settings, shared, outside))
    worker = build_worker(client, FLOW, workflows=WORKFLOWS, activities=methods, max_concurrent_activities=30)
    await schedules.ensure(client, look_every=timedelta(minutes=10))
    outbox = asyncio.create_task(Dispatcher(shared.db, client).run())
    try:
        await run_until_signal(worker, ready_file(settings.home, "flow"))
    finally:
        outbox.cancel()
        with suppress(asyncio.CancelledError):
            await outbox


def record_and_judging(settings: Settings, shared: Shared, outside: Partners) -> tuple[object, ...]:
    law = rulebook.load(settings.rulebook)
    making = Making(shared.db, shared.sealed, shared.documents, law, parts.poll(settings))
    judge = Judge(shared.db, law)
    return (
        Contracts(shared.db),
        Troubles(shared.db),
        Supplying(shared.db, law),
        Duties(making),
        Examining(making),
        Unwinding(shared.db, shared.sealed, law),
        judge,
        Awards(shared.db, judge),
        Select(shared.db, shared.sealed, shared.documents, parts.trust(settings, outside), law),
        Consents(shared.db, shared.sealed, ConsentDesk(outside.exchange(Agency.IDENTITY))),
        Deliver(shared.db, shared.sealed, carriage(shared, outside)),
    )
