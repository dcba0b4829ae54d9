"""The flow worker: procedures, judging, the record; and the outbox that feeds them."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta

from activities.amending import Amending
from activities.annulling import Annulling
from activities.awards import Awards
from activities.consents import Consents
from activities.contracts import Contracts
from activities.correcting import Correcting
from activities.deliver import Deliver
from activities.duties import Duties
from activities.examining import Examining
from activities.judge import Judge
from activities.lease_duties import LeaseDuties
from activities.making import Making
from activities.reserve import ReserveRound
from activities.select import Select
from activities.supplying import Supplying
from activities.troubles import Troubles
from activities.turns import Turns
from activities.unwinding import Unwinding
from activities.versions import Versions
from activities.waiting import WaitList
from domain.messages import SigningPeriods
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
from workflows.archive import ArchiveWorkflow
from workflows.assess import AssessWorkflow
from workflows.award import AwardWorkflow
from workflows.consent import ConsentWorkflow
from workflows.contract import ContractWorkflow
from workflows.draft import DraftWorkflow
from workflows.draw import DrawWorkflow
from workflows.lease_report import LeaseReportWorkflow
from workflows.notice_sync import NoticeSyncWorkflow
from workflows.preview import PreviewWorkflow
from workflows.reserve import ReserveRoundWorkflow
from workflows.transfer import TransferWorkflow
from workflows.verify import VerifyWorkflow
from workflows.webhook import WebhookWorkflow
from workflows.winner import WinnerWorkflow

WORKFLOWS: tuple[type, ...] = (
    NoticeSyncWorkflow,
    ConsentWorkflow,
    AssessWorkflow,
    ApplicationWorkflow,
    DrawWorkflow,
    ReserveRoundWorkflow,
    WinnerWorkflow,
    AwardWorkflow,
    DraftWorkflow,
    ContractWorkflow,
    TransferWorkflow,
    LeaseReportWorkflow,
    ArchiveWorkflow,
    PreviewWorkflow,
    VerifyWorkflow,
    WebhookWorkflow,
)


async def run(settings: Settings) -> None:
    shared, outside = parts.shared(settings), parts.partners(settings)
    client = await connect(settings)
    methods = parts.methods(*record_and_judging(settings, shared, outside))
    worker = build_worker(client, FLOW, workflows=WORKFLOWS, activities=methods, max_concurrent_activities=30)
    await schedules.ensure(client, look_every=timedelta(minutes=10), renew_every=timedelta(days=1))
    outbox = asyncio.create_task(Dispatcher(shared.db, client).run())
    try:
        await run_until_signal(worker, ready_file(settings.home, "flow"))
    finally:
        outbox.cancel()
        with suppress(asyncio.CancelledError):
            await outbox


def signing_periods(settings: Settings) -> SigningPeriods:
    return SigningPeriods(
        patience=timedelta(days=settings.signing_days),
        remind_after=tuple(timedelta(days=days) for days in settings.signing_reminder_days),
    )


def record_and_judging(settings: Settings, shared: Shared, outside: Partners) -> tuple[object, ...]:
    law = rulebook.load(settings.rulebook)
    making = Making(shared.db, shared.sealed, shared.documents, law, parts.poll(settings))
    judge, trust = Judge(shared.db, law), parts.trust(settings, outside)
    return (
        Contracts(shared.db, signing_periods(settings)),
        Turns(shared.db),
        Versions(shared.db, law),
        Amending(shared.db),
        Troubles(shared.db),
        Supplying(shared.db, law, settings.site),
        Duties(making),
        LeaseDuties(shared.db, shared.sealed, law),
        Examining(making),
        Unwinding(shared.db, shared.sealed, law),
        judge,
        Awards(shared.db, judge),
        Select(shared.db, shared.sealed, shared.documents, trust, law),
        Correcting(shared.db, shared.sealed, shared.documents, trust),
        Annulling(shared.db, shared.documents),
        ReserveRound(shared.db, shared.documents, trust, law),
        WaitList(shared.db, shared.sealed, law),
        Consents(shared.db, shared.sealed, ConsentDesk(outside.exchange(Agency.IDENTITY))),
        Deliver(shared.db, shared.sealed, carriage(shared, outside)),
    )
